/** One patient: the history in order, results, medicines and diagnoses over time, and other entries of the same person. */
import { ActionIcon, Button, Skeleton, Tabs } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { Elsewhere as ElsewhereView } from '../../../../shared/contract/access.ts'
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { checkNationalId } from '../../../../shared/domain/national-id.ts'
import { showIcd10 } from '../../../../shared/domain/visit-check.ts'
import { todayAtFacility } from '../../../lib/facility-clock.ts'
import { ageOn, formatCivilDate, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { useSettings } from '../../../lib/session.ts'
import { useRoomKey } from '../../../lib/use-room-key.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { DisputeVisit } from '../../../parts/DisputeVisit.tsx'
import { UpdatePatient } from '../../../parts/UpdatePatient.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Keys } from '../../../ui/Kbd.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ChangeVisit } from './ChangeVisit.tsx'
import { DisputeElsewhere } from './DisputeElsewhere.tsx'
import { Elsewhere } from './Elsewhere.tsx'
import { AskedErasure } from './AskedErasure.tsx'
import { ErasePerson } from './ErasePerson.tsx'
import { DiagnosisList } from './DiagnosisList.tsx'
import { groupsOf } from './history-filter.ts'
import { LateResult } from './LateResult.tsx'
import { MedicineBars } from './MedicineBars.tsx'
import { MoveVisit } from './MoveVisit.tsx'
import styles from './Patients.module.css'
import { PersonChanges } from './PersonChanges.tsx'
import { PersonLinks } from './PersonLinks.tsx'
import { ResultCharts } from './ResultCharts.tsx'
import { useFhirFile } from './use-fhir-file.ts'
import type { Doing } from './VisitCard.tsx'
import { VisitHistory } from './VisitHistory.tsx'

const FIRST = 100
const TABS = ['visits', 'results', 'medicines', 'diagnoses', 'person', 'privacy'] as const
type Tab = (typeof TABS)[number]

interface Props {
  readonly patientId: string
  /** The tab that the address names, where it does. */
  readonly begin?: string | undefined
}

export function PatientPage({ patientId, begin }: Props) {
  const words = useWords()
  const t = words.patients
  const h = words.history
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const [limit, setLimit] = useState(FIRST)
  const [tab, setTab] = useState<Tab>(TABS.find((each) => each === begin) ?? 'visits')
  const [isErasing, setErasing] = useState(false)
  const [isUpdating, setUpdating] = useState(false)
  useRoomKey('F4', () => setUpdating(true))
  const fhir = useFhirFile(patientId)
  const [doing, setDoing] = useState<{ what: Doing; version: VersionOfVisit } | null>(null)
  const refresh = [
    'records.visitChanged',
    'node.segmentFinal',
    'patients.linksChanged',
    'patients.personChanged',
    'erasures.changed',
  ] as const
  const person = useAsk(() => node.patients.get({ patientId }), [patientId], refresh)
  const asked = useAsk(() => node.records.ofPatient({ patientId, limit }), [patientId, limit], refresh)
  const erasure = useAsk(
    () => node.erasures.ofPatient({ patientId }),
    [patientId],
    ['erasures.changed', 'node.segmentFinal'],
  )
  const elsewhere = useAsk(
    () => node.access.elsewhere({ patientId }),
    [patientId],
    ['access.changed', 'patients.linksChanged', 'erasures.changed'],
  )
  // The answer to a key is shown at once; whatever is asked for later replaces it.
  const [answered, setAnswered] = useState<{ view: ElsewhereView; before: unknown } | null>(null)
  const isAnswer = answered !== null && answered.before === elsewhere.value
  // Where asking fails nothing of before stays on the screen: its end may have come.
  const there = elsewhere.failure !== undefined ? undefined : isAnswer ? answered.view : elsewhere.value
  const linked = person.value?.linked ?? []
  const entries = useAsk(
    () => Promise.all(linked.map((each) => node.patients.get({ patientId: each }))),
    [linked.join(' ')],
  )
  const patient = person.value
  const pane = useRef<HTMLElement>(null)
  const isThere = patient != null
  // Whoever came from a search that is gone by now goes on at the patient; a list beside it keeps the focus.
  useEffect(() => {
    const { activeElement } = document
    if (isThere && (activeElement === document.body || activeElement?.id === 'content')) pane.current?.focus()
  }, [isThere])
  // Whatever kept the person closed kept the rest of the page closed.
  const askAgain = () => {
    for (const each of [person, asked, erasure, elsewhere]) each.again()
  }
  if (person.failure !== undefined && patient === undefined)
    return (
      <aside className={styles.pane}>
        <FailureNote code={person.failure} onRetry={askAgain} />
      </aside>
    )
  if (patient === undefined)
    return (
      <aside className={styles.pane}>
        <Skeleton height={24} width="40%" mb="md" />
        <Skeleton height={90} />
      </aside>
    )
  if (patient === null)
    return (
      <aside className={styles.pane}>
        <EmptyState>{t.gone}</EmptyState>
      </aside>
    )
  // What other hospitals let us read stands in one order of time with our own.
  const groups = groupsOf([...(asked.value?.visits ?? []), ...(there?.visits ?? [])])
  // What was taken back says nothing of the patient any more.
  const records = groups
    .filter(({ current }) => current.record.envelope.op !== 'retract')
    .map(({ current }) => ({ record: current.record, merkleRoot: current.merkleRoot }))
  const age = ageOn(patient.birthDate, formatDay(todayAtFacility()))
  const entryNames = new Map(
    (entries.value ?? []).flatMap((each) =>
      each === null ? [] : [[each.patientId, each.medicalRecordNumber ?? each.name] as const],
    ),
  )
  const closeDoing = () => setDoing(null)
  const changed = () => {
    closeDoing()
    asked.again()
  }
  return (
    <aside ref={pane} tabIndex={-1} className={styles.pane} aria-label={patient.name}>
      <header className={styles.paneHead}>
        <div>
          <h2>{patient.name}</h2>
          <span className="secondary">
            {[
              words.clinical.sex[patient.sex],
              age === undefined ? undefined : words.clinical.age(age),
              patient.latinName,
              patient.deathDate === undefined
                ? patient.deceased === true
                  ? t.hasDied
                  : undefined
                : t.died(formatCivilDate(patient.deathDate, calendar)),
            ]
              .filter((part) => part !== undefined)
              .join(' · ')}
          </span>
        </div>
        <div className={`${styles.tools} ${styles.paneTools}`}>
          <Button onClick={() => go('record', 'for', patientId)}>{t.newVisit}</Button>
          <Button variant="default" rightSection={<Keys of="F4" />} onClick={() => setUpdating(true)}>
            {t.update}
          </Button>
          <Button variant="default" onClick={() => go('patients', patientId, 'summary')}>
            {h.summary.action}
          </Button>
          <Button variant="default" loading={fhir.isWriting} onClick={fhir.save}>
            {h.summary.fhir}
          </Button>
        </div>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          className={styles.paneClose}
          aria-label={words.shell.close}
          onClick={() => go('patients')}
        >
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      <Fields>
        {patient.birthDate !== undefined && (
          <Field name={t.birthDate}>{formatCivilDate(patient.birthDate, calendar)}</Field>
        )}
        {patient.medicalRecordNumber !== undefined && (
          <Field name={t.medicalRecordNumber}>{patient.medicalRecordNumber}</Field>
        )}
        {patient.nationalId !== undefined && (
          <Field name={t.nationalId}>
            {patient.nationalId}
            {checkNationalId(patient.nationalId) === 'wrong-check-digit' && (
              <span className="secondary"> {t.nationalIdOdd}</span>
            )}
          </Field>
        )}
        {patient.phone !== undefined && <Field name={t.phone}>{patient.phone}</Field>}
        {patient.residenceRegion !== undefined && (
          <Field name={t.residenceRegion}>{patient.residenceRegion}</Field>
        )}
        {patient.causeOfDeath !== undefined && (
          <Field name={t.causeOfDeath}>{showIcd10(patient.causeOfDeath)}</Field>
        )}
      </Fields>
      {elsewhere.failure !== undefined && !there && (
        <FailureNote code={elsewhere.failure} onRetry={elsewhere.again} />
      )}
      {there && (
        <Elsewhere
          patientId={patientId}
          elsewhere={there}
          onAnswer={(view) => setAnswered({ view, before: elsewhere.value })}
          onChanged={elsewhere.again}
        />
      )}
      {erasure.value && <AskedErasure erasure={erasure.value} />}
      <Tabs value={tab} onChange={(value) => setTab((value ?? 'visits') as Tab)} keepMounted={false} mt="xs">
        <Tabs.List>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {each === 'person' && linked.length > 0 ? `${h.tabs[each]} (${linked.length})` : h.tabs[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {asked.failure !== undefined && !asked.value && (
          <FailureNote code={asked.failure} onRetry={asked.again} />
        )}
        {!asked.value && asked.failure === undefined && <Skeleton height={120} mt="sm" />}
        {asked.value && (
          <>
            <Tabs.Panel value="visits">
              <VisitHistory
                patient={patient}
                groups={groups}
                entryNames={entryNames}
                onDo={(what, version) => setDoing({ what, version })}
              />
              <p className={`secondary ${styles.elsewhere}`}>
                <DisputeElsewhere />
              </p>
            </Tabs.Panel>
            <Tabs.Panel value="results" pt="xs">
              <ResultCharts records={records} />
            </Tabs.Panel>
            <Tabs.Panel value="medicines" pt="xs">
              <MedicineBars records={records} />
            </Tabs.Panel>
            <Tabs.Panel value="diagnoses" pt="xs">
              <DiagnosisList records={records} />
            </Tabs.Panel>
            <Tabs.Panel value="person" pt="xs">
              <PersonLinks patient={patient} />
              <PersonChanges patient={patient} />
            </Tabs.Panel>
            <Tabs.Panel value="privacy" pt="xs">
              <Button
                variant="default"
                mt="lg"
                mr="sm"
                onClick={() => go('patients', patientId, 'disclosure')}
              >
                {words.audit.disclosure.action}
              </Button>
              {/* Offered once it is known that nobody asked already. */}
              {erasure.value === null && (
                <Button variant="subtle" color="red" mt="lg" onClick={() => setErasing(true)}>
                  {words.erasures.open}
                </Button>
              )}
            </Tabs.Panel>
          </>
        )}
      </Tabs>
      {asked.value && asked.value.total > limit && (
        <Button variant="default" onClick={() => setLimit(1000)}>
          {t.showAll(formatNumber(asked.value.total, locale))}
        </Button>
      )}
      {doing && (doing.what === 'retract' || doing.what === 'restore') && (
        <ChangeVisit
          row={doing.version}
          op={doing.what}
          patientId={doing.version.patientId}
          onClose={closeDoing}
          onChanged={changed}
        />
      )}
      {doing?.what === 'result' && (
        <LateResult version={doing.version} onClose={closeDoing} onChanged={changed} />
      )}
      {isUpdating && (
        <UpdatePatient patient={patient} onUpdated={person.again} onClose={() => setUpdating(false)} />
      )}
      {isErasing && (
        <ErasePerson patientId={patientId} onAsked={erasure.again} onClose={() => setErasing(false)} />
      )}
      {doing?.what === 'dispute' && (
        <DisputeVisit merkleRoot={doing.version.merkleRoot} onClose={closeDoing} />
      )}
      {doing?.what === 'move' && (
        <MoveVisit version={doing.version} onClose={closeDoing} onChanged={changed} />
      )}
    </aside>
  )
}
