/** Beside the form: what is wrong with it, with a jump to the field; and the last visits, with copies of what lasts. */
import { Button, Skeleton, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleX, IconCopy } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { formatCode, formatRecordedInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useSettings } from '../../../lib/session.ts'
import { codesOf, useCodeNames } from '../../../parts/code-names.ts'
import { withDose } from '../../../parts/dosing-words.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Keys } from '../../../ui/Kbd.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { CopiedForward } from './copy-forward.ts'
import { goToField } from './go-on.ts'
import { problemSentence } from './ProblemText.tsx'
import { showUnit } from '../../../parts/units.ts'
import { Review } from './Review.tsx'
import { currentOf } from './same-visit.ts'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function SideColumn({ patient }: { readonly patient: Patient }) {
  return (
    <aside className={styles.aside}>
      <Problems />
      <Review />
      <LastVisits patient={patient} />
    </aside>
  )
}

function Problems() {
  const t = useWords()
  const problems = useEntry((entry) => entry.problems)
  const isTried = useEntry((entry) => entry.isTried)
  const left = useEntry((entry) => entry.left)
  const shown = problems.filter((each) => isTried || left.has(each.field))
  const ahead = new Set(problems.map(({ field }) => field)).size
  return (
    <section className={`card ${styles.box}`} aria-label={t.entry.problems}>
      <h2 className={styles.boxTitle}>
        {t.entry.problems} <Keys of="F8" />
      </h2>
      {shown.length === 0 ? (
        <p className="secondary">{ahead === 0 ? t.entry.problemsNone : t.entry.problemsAhead(ahead)}</p>
      ) : (
        <ul className={styles.problems}>
          {shown.slice(0, 30).map((problem, i) => (
            <li key={`${problem.field} ${problem.rule} ${i}`} data-problem={problem.field}>
              <UnstyledButton className={styles.problemLine} onClick={() => goToField(problem.field)}>
                {problem.severity === 'refuse' ? (
                  <IconCircleX size={15} aria-hidden className={styles.refuse} />
                ) : (
                  <IconAlertTriangle size={15} aria-hidden className={styles.unusual} />
                )}
                <span>{problemSentence(problem, t)}</span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** As far back as is looked for what goes on: half a year of somebody who comes three times a week. */
const EARLIER_MAX = 80

function LastVisits({ patient }: { readonly patient: Patient }) {
  const t = useWords()
  const asked = useAsk(
    () => node.records.ofPatient({ patientId: patient.patientId, limit: EARLIER_MAX }),
    [patient.patientId],
    ['records.visitChanged'],
  )
  const copyForward = useEntry((entry) => entry.copyForward)
  const visitId = useEntry((entry) => entry.change?.visitId)
  const [copied, setCopied] = useState<Omit<CopiedForward, 'form'> | null>(null)
  const setEarlier = useEntry((entry) => entry.setEarlier)
  const visits = currentOf(asked.value?.visits ?? [], visitId)
  const records = visits.map((each) => each.record)
  // Asked for before the visits are known: copied when they are.
  const isWanted = useRef(false)
  const copy = () => {
    isWanted.current = !asked.value
    if (asked.value) setCopied(copyForward(records))
  }
  useEffect(() => {
    if (!asked.value) return
    setEarlier(patient.patientId, asked.value.visits)
    if (isWanted.current) copy()
  }, [asked.value])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'd') {
        event.preventDefault()
        copy()
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
  return (
    <section className={`card ${styles.box}`} aria-label={t.entry.lastVisits}>
      <h2 className={styles.boxTitle}>
        {t.entry.lastVisits} {visits.length > 0 && <Keys of="Ctrl Shift D" />}
      </h2>
      {asked.failure !== undefined && !asked.value && (
        <FailureNote code={asked.failure} onRetry={asked.again} />
      )}
      {!asked.value && asked.isAsking && <Skeleton height={64} />}
      {asked.value && visits.length === 0 && <p className="secondary">{t.entry.lastVisitsEmpty}</p>}
      {visits.length > 0 && (
        <Button
          variant="light"
          size="compact-sm"
          fullWidth
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={copy}
          classNames={{ label: styles.wrapLabel, root: styles.copyAll }}
        >
          {t.entry.copyAll}
        </Button>
      )}
      <div className="secondary" role="status">
        {copied !== null && (
          <>
            <p>{copied.count === 0 ? t.entry.nothingToCopy : t.entry.copiedRows(copied.count)}</p>
            <LeftMedicines left={copied.left} />
          </>
        )}
      </div>
      {records.slice(0, 3).map((record) => (
        <PastVisit key={record.envelope.recordId} record={record} />
      ))}
    </section>
  )
}

/** Of the medicines that did not come, as many as can be read at once. */
const LEFT_SHOWN = 6

function LeftMedicines({ left }: Pick<CopiedForward, 'left'>) {
  const t = useWords().entry
  const nameOf = useCodeNames(left.map(({ order }) => order.code))
  if (left.length === 0) return null
  const lines = left.slice(0, LEFT_SHOWN).map(({ order, why, until }) => {
    const name = nameOf(order.code) ?? order.text ?? order.code.code
    return t.leftMedicine[why](name, formatDay(until))
  })
  return <p>{t.leftMedicines(lines.join(t.leftBetween), left.length - lines.length)}</p>
}

function PastVisit({ record }: { readonly record: VisitRecord }) {
  const t = useWords()
  const locale = useLocale()
  const calendar = useSettings()?.calendar
  const copyRow = useEntry((entry) => entry.copyRow)
  const nameOf = useCodeNames(codesOf(record))
  const results = record.observations.flatMap((observation) => {
    const test = labTestOf(observation.code)
    const { value } = observation
    if (value.type !== 'decimal') return []
    const name = test
      ? ((t.entry.vitals.names as Record<string, string>)[test.key] ??
        (locale === 'zh-Hant' ? test.zh : test.en))
      : (observation.code.display ?? observation.code.code)
    const isRepeated =
      record.observations.filter((each) => each.code.code === observation.code.code).length > 1
    const at = observation.effective ?? observation.specimenCollected ?? ''
    const when = isRepeated && at.length > 10 ? ` (${at.slice(5, 16).replace('T', ' ')})` : ''
    return [`${name} ${value.comparator ?? ''}${value.value} ${showUnit(value.unit ?? '')}`.trim() + when]
  })
  return (
    <article className={styles.past}>
      <h3 className={styles.pastHead}>
        {formatRecordedInstant(record.encounter.admission.at.slice(0, 10), calendar)}
        <span className="secondary"> {t.clinical.class[record.encounter.class]}</span>
      </h3>
      <ul className={styles.pastRows}>
        {record.diagnoses.slice(0, 8).map((diagnosis, i) => (
          <PastRow
            key={`d${i}`}
            text={`${diagnosis.code.code === 'text' ? '' : formatCode(diagnosis.code)} ${nameOf(diagnosis.code) ?? diagnosis.text ?? ''}`}
            onCopy={() => copyRow(record, 'diagnoses', i)}
          />
        ))}
        {record.prescriptions.slice(0, 8).map((prescription, i) => (
          <PastRow
            key={`p${i}`}
            text={[
              withDose(nameOf(prescription.code) ?? prescription.code.code, prescription.dose),
              prescription.frequency,
              prescription.asNeeded === true && prescription.frequency !== 'prn' ? 'prn' : '',
            ]
              .filter(Boolean)
              .join(' ')}
            onCopy={() => copyRow(record, 'prescriptions', i)}
          />
        ))}
      </ul>
      {results.length > 0 && <p className="secondary">{results.slice(0, 14).join(' · ')}</p>}
    </article>
  )
}

function PastRow({ text, onCopy }: { readonly text: string; onCopy(): void }) {
  const t = useWords().entry
  return (
    <li className={styles.pastRow}>
      <span>{text.trim()}</span>
      <UnstyledButton
        className={styles.copy}
        aria-label={t.copyRow(text.trim())}
        title={t.copyRow(text.trim())}
        onClick={onCopy}
      >
        <IconCopy size={14} aria-hidden />
      </UnstyledButton>
    </li>
  )
}
