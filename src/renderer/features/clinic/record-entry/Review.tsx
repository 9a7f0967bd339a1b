/** What will be signed, in one look beside the form and always up to date: no window comes between a visit and its save. */
import { useDeferredValue, useMemo } from 'react'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { Keys } from '../../../ui/Kbd.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { questionCount, stopsOf } from './entry-problems.ts'
import { countRows, isBlankRow, type VisitForm, VITALS } from './form.ts'
import { flagInRange, flagOf, readRange } from './result-range.ts'
import { parseTypedNumber, unitMeant } from './typed.ts'
import { useEntry } from './use-entry.ts'
import { typedOf } from './vital-sets.ts'
import styles from './Entry.module.css'

export function Review() {
  const t = useWords().entry
  // A moment behind the keys, which come first.
  const form = useDeferredValue(useEntry((entry) => entry.form))
  const problems = useEntry((entry) => entry.problems)
  const facts = useMemo(() => factsOf(form), [form])
  const isTried = useEntry((entry) => entry.isTried)
  const left = useEntry((entry) => entry.left)
  const { wrongCount, aheadCount } = stopsOf(problems, isTried, left)
  const confirmations = useEntry((entry) => entry.confirmations)
  const askedCount = questionCount(form, problems, confirmations)
  const lines = [
    [t.sections[2], facts.vitalCount === 0 ? '–' : String(facts.vitalCount)],
    [
      t.sections[3],
      facts.labCount === 0
        ? '–'
        : `${facts.labCount}${facts.oddCount === 0 ? '' : ` · ${t.sign.odd(facts.oddCount)}`}`,
    ],
    [t.sections[4], facts.principal === '' ? '–' : facts.principal],
    ['', facts.furtherCount === 0 ? '' : t.sign.further(facts.furtherCount)],
    [t.sections[5], facts.procedureCount === 0 ? '–' : String(facts.procedureCount)],
    [t.sections[6], facts.medicines.length === 0 ? '–' : facts.medicines.join(', ')],
    [t.outcome.billed, facts.billed === '' ? '–' : `${facts.billed} ${form.currency}`],
  ].filter(([, value]) => value !== '')
  return (
    <section className={`card ${styles.box}`} aria-label={t.sign.title} data-testid="review">
      <h2 className={styles.boxTitle}>
        {t.sign.title} <Keys of="Ctrl Enter" />
      </h2>
      <dl className={styles.review}>
        {lines.map(([name, value], i) => (
          <div key={i}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={wrongCount > 0 ? styles.refuse : askedCount > 0 ? styles.unusual : 'secondary'}>
        {wrongCount > 0
          ? t.sign.stopped(wrongCount)
          : askedCount > 0
            ? t.sign.asks(askedCount)
            : aheadCount > 0
              ? t.problemsAhead(aheadCount)
              : t.sign.ready}
      </p>
    </section>
  )
}

function factsOf(form: VisitForm) {
  const labs = form.labs.filter((row) => !isBlankRow.labs(row))
  const odd = labs.filter((row) => {
    const test = row.test.code === null ? null : labTestOf(row.test.code)
    const number = parseTypedNumber(row.value)
    if (test === null || number === null) return false
    const unit = (number.unitTyped === undefined ? null : unitMeant(test, number.unitTyped)) ?? row.unit
    const flag =
      row.range.trim() === ''
        ? flagOf(test, number.value, unit)
        : flagInRange(readRange(row.range), { type: 'decimal', value: number.value })
    return (row.flag || flag || 'N') !== 'N'
  })
  const diagnoses = form.diagnoses.filter((row) => !isBlankRow.diagnoses(row))
  const principal = diagnoses.find((row) => row.role === 'principal')
  const medicines = form.medicines.filter((row) => !isBlankRow.medicines(row))
  return {
    vitalCount: VITALS.flatMap((key) => typedOf(form, key)).length,
    labCount: labs.length,
    oddCount: odd.length,
    principal: principal ? principal.code.text || principal.text : '',
    furtherCount: diagnoses.length - (principal ? 1 : 0),
    procedureCount: countRows(form, 'procedures'),
    medicines: medicines.map((row) => row.code.text.replace(/^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2} /, '')),
    billed: form.claims
      .map((row) => row.billed.trim())
      .filter((text) => text !== '')
      .join(' + ')
      .replaceAll('+ -', '− '),
  }
}
