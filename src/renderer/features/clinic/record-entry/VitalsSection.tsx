/** Vital signs: bare numbers with unit and usual range; `120/80` fills both pressures. */
import { Button } from '@mantine/core'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { unitUnderstood } from '../../../../shared/domain/units.ts'
import { useWords } from '../../../words/catalogue.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { VITALS, type VitalKey } from './form.ts'
import { Section } from './Section.tsx'
import { templateOf, vitalsShown } from './templates.ts'
import { flagOf } from './result-range.ts'
import { inOwnUnit, parseBloodPressure, parseTypedNumber, unitMeant } from './typed.ts'
import { showUnit } from '../../../parts/units.ts'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function VitalsSection() {
  const words = useWords()
  const t = words.entry.vitals
  const smoking = useEntry((entry) => entry.form.smoking)
  const isSmokingCopied = useEntry((entry) => entry.form.copied.includes('smoking'))
  const shown = useEntry((entry) =>
    entry.isWhole
      ? VITALS.join(' ')
      : vitalsShown(templateOf(entry.form.template), entry.form.vitals).join(' '),
  )
  const isWhole = useEntry((entry) => entry.isWhole)
  const showWhole = useEntry((entry) => entry.showWhole)
  const hasMass = shown.includes('height') && shown.includes('weight')
  const set = useEntry((entry) => entry.set)
  return (
    <Section number={3} side={t.hint}>
      <div className={styles.vitals}>
        {(shown.split(' ') as VitalKey[]).map((key) => (
          <Vital key={key} vital={key} />
        ))}
        {hasMass && <BodyMassIndex />}
        <EntrySelect
          field="smoking"
          label={t.smoking}
          value={smoking as keyof typeof words.clinical.smoking}
          options={words.clinical.smoking}
          enter="skip"
          isCopied={isSmokingCopied}
          onChange={(value) => set({ smoking: value })}
        />
        {!isWhole && shown.split(' ').length < VITALS.length && (
          <Button variant="subtle" size="compact-sm" className={styles.more} onClick={showWhole}>
            {t.more}
          </Button>
        )}
      </div>
    </Section>
  )
}

function Vital({ vital }: { readonly vital: VitalKey }) {
  const words = useWords()
  const t = words.entry.vitals
  const value = useEntry((entry) => entry.form.vitals[vital])
  const setVitals = useEntry((entry) => entry.setVitals)
  // `120/80` has filled the second field; Enter in it would invite the next number to overwrite it.
  const isFilled = useEntry((entry) => vital === 'dbp' && parseBloodPressure(entry.form.vitals.sbp) !== null)
  const isCopied = useEntry((entry) => entry.form.copied.includes(`vitals.${vital}`))
  const test = labTestByKey(vital)
  if (!test) return null
  const number = parseTypedNumber(value)
  const typedUnit = number?.unitTyped === undefined ? undefined : unitMeant(test, number.unitTyped)
  const converted = number && typedUnit ? inOwnUnit(test, number.value, typedUnit) : null
  const flag = number ? flagOf(test, number.value, typedUnit ?? test.unit) : undefined
  const range = test.reference ? `${test.reference[0] ?? ''}–${test.reference[1] ?? ''}` : ''
  const hint =
    converted !== null
      ? t.converted(converted)
      : flag !== undefined
        ? flag === 'H'
          ? words.entry.labs.high
          : words.entry.labs.low
        : range === ''
          ? undefined
          : t.usual(range)
  return (
    <EntryText
      field={`vitals.${vital}`}
      label={t.names[vital]}
      value={value}
      isCopied={isCopied}
      {...(isFilled ? { enter: 'skip' as const } : {})}
      unit={number?.unitTyped === undefined ? showUnit(test.unit) : ''}
      hint={flag === undefined || converted !== null ? hint : <strong className={styles.flag}>{hint}</strong>}
      onChange={(text) => {
        const both = vital === 'sbp' ? parseBloodPressure(text) : null
        // Filled while typing, so that 120/80 and Enter is all that is needed; the slash goes when the field is left.
        setVitals(both ? { sbp: text, dbp: both.diastolic } : { [vital]: text })
      }}
      onLeave={(text) => {
        const both = vital === 'sbp' ? parseBloodPressure(text) : null
        if (both) setVitals({ sbp: both.systolic, dbp: both.diastolic })
      }}
    />
  )
}

function BodyMassIndex() {
  const t = useWords().entry.vitals
  const height = useEntry((entry) => entry.form.vitals.height)
  const weight = useEntry((entry) => entry.form.vitals.weight)
  const [tall, heavy] = [own('height', height), own('weight', weight)]
  const index = tall && heavy ? heavy / (tall / 100) ** 2 : null
  return (
    <div className={styles.derived}>
      <span className={styles.derivedName}>{t.bmi}</span>
      <output className={styles.derivedValue}>
        {index === null || !Number.isFinite(index) ? '–' : index.toFixed(1)}{' '}
        <span className={styles.unit}>{showUnit('kg/m2')}</span>
      </output>
    </div>
  )
}

/** A typed vital sign in its own unit, or null. */
function own(key: 'height' | 'weight', text: string): number | null {
  const test = labTestByKey(key)
  const number = parseTypedNumber(text)
  if (!test || !number) return null
  const unit = number.unitTyped === undefined ? test.unit : unitMeant(test, number.unitTyped)
  const rule = unit === null ? null : unitUnderstood(test, unit)
  return rule ? Number(number.value) * rule.factor + rule.offset : null
}
