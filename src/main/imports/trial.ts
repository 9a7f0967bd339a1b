/** An import that takes nothing in: what would come of it, what would be left out and what is unusual, cell by cell. */
import type { ImportReject } from '../../shared/contract/imports.ts'
import type { TrialIssue, TrialReport, VisitPreview } from '../../shared/contract/tables.ts'
import type { SourcePatient } from '../../shared/domain/source.ts'
import { UNKNOWN_MAX } from '../../shared/domain/trial-limits.ts'
import type { Observation } from '../../shared/domain/visit.ts'
import type { PersonAnswer, PersonQuestion } from './person-desk.ts'
import { answerAfterVisits, toldOf } from './person-told.ts'
import { identityOf, type IntakeNews, type SourceEvent } from './intake.ts'
import { createIdCheck, findingsOf, type KnownPerson } from './visit-findings.ts'

/** Lines that are kept for the file of issues; beyond it they are only counted. */
const ISSUES_KEPT_MAX = 100_000
const PREVIEW_MAX = 20
const NEWS_EVERY_MS = 100
const PEOPLE_AT_ONCE = 250

export interface TrialOptions {
  /** Today at the facility, days since 1970-01-01. */
  readonly today: number
  /** What this hospital knows of a person already; null where the person is new here. */
  known(patient: SourcePatient): Promise<KnownPerson | null>
  /** What would become of messages about people, by what is known here. */
  people(questions: readonly PersonQuestion[]): Promise<PersonAnswer[]>
  isCancelled(): boolean
  tell(progress: NonNullable<IntakeNews['progress']>): void
}

/** The report, with all issues that were kept. */
export interface FinishedTrial {
  readonly report: Omit<TrialReport, 'issues'>
  readonly issues: readonly TrialIssue[]
}

export async function tryOut(
  source: AsyncIterable<SourceEvent>,
  { today, known, people, isCancelled, tell }: TrialOptions,
): Promise<FinishedTrial> {
  const patients = new Map<string, KnownPerson | null>()
  const counts = new Map<string, { reason: string; severity: TrialIssue['severity']; count: number }>()
  const issues: TrialIssue[] = []
  const preview: VisitPreview[] = []
  const unknown = new Map<string, TrialReport['unknown'][number]>()
  const checkId = createIdCheck()
  const totals = { files: 0, visits: 0, people: 0, observations: 0, 'left-out': 0, unusual: 0 }
  let toldAt = 0
  const add = (severity: TrialIssue['severity'], place: ImportReject, count = 1): void => {
    const key = `${severity}|${place.reason}`
    const entry = counts.get(key) ?? { reason: place.reason, severity, count: 0 }
    entry.count += count
    counts.set(key, entry)
    totals[severity] += count
    addUnknown(unknown, place, count)
    if (issues.length < ISSUES_KEPT_MAX) issues.push({ ...place, severity })
  }
  /** Whom these files bring, by each of their numbers. */
  const brought = new Map<string, string>()
  const newOf = (patient: SourcePatient): string | null => {
    for (const number of numbersOf(patient)) {
      const identity = brought.get(number)
      if (identity !== undefined && patients.get(identity) === null) return identity
    }
    return null
  }
  let ofPeople: PersonEvent[] = []
  async function tellPeople(): Promise<void> {
    const asked = ofPeople
    ofPeople = []
    if (asked.length === 0) return
    const answers = await people(asked.map(({ question }) => question))
    for (const [i, answer] of answers.entries()) {
      const { question, file, path } = asked[i]!
      for (const { severity, ...told } of toldOf(answerAfterVisits(question, answer, newOf)))
        if (severity !== 'counted') add(severity, { file, path, ...told })
    }
  }
  for await (const event of source) {
    if (isCancelled()) break
    switch (event.kind) {
      case 'visit': {
        const identity = identityOf(event.patient)
        if (!patients.has(identity)) patients.set(identity, await known(event.patient))
        for (const number of numbersOf(event.patient)) brought.set(number, identity)
        totals.visits++
        totals.observations += event.observations
        if (preview.length < PREVIEW_MAX) preview.push(previewOf(event))
        for (const issue of checkId(event)) add('unusual', issue)
        for (const issue of findingsOf(event, { today, known: patients.get(identity) ?? null }))
          add('unusual', issue)
        break
      }
      case 'person':
        totals.people++
        for (const issue of checkId({ ...event, patient: event.question.patient })) add('unusual', issue)
        ofPeople.push(event)
        if (ofPeople.length >= PEOPLE_AT_ONCE) await tellPeople()
        break
      case 'reject':
        add('left-out', event.reject)
        break
      case 'warning':
        add('unusual', { file: '', path: '', ...event.at, reason: event.reason }, event.count)
        break
      case 'file':
        totals.files++
        break
      case 'progress':
        if (Date.now() - toldAt < NEWS_EVERY_MS) break
        toldAt = Date.now()
        tell({ done: event.done, total: event.total })
        break
    }
  }
  if (!isCancelled()) await tellPeople()
  return {
    report: {
      files: totals.files,
      patients: patients.size,
      visits: totals.visits,
      people: totals.people,
      observations: totals.observations,
      leftOutCount: totals['left-out'],
      unusualCount: totals.unusual,
      counts: [...counts.values()].sort(
        (a, b) =>
          (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0) ||
          b.count - a.count ||
          (a.reason < b.reason ? -1 : 1),
      ),
      unknown: [...unknown.values()].sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1)),
      preview,
      isCancelled: isCancelled(),
    },
    // What is lost before what is only unusual; within each in the order of the files.
    issues: [
      ...issues.filter(({ severity }) => severity === 'left-out'),
      ...issues.filter(({ severity }) => severity === 'unusual'),
    ],
  }
}

const UNKNOWN: Readonly<Record<string, 'word' | 'unit'>> = {
  'word-not-known': 'word',
  'unit-not-known': 'unit',
}

function addUnknown(
  unknown: Map<string, TrialReport['unknown'][number]>,
  { reason, column, value }: ImportReject,
  count: number,
): void {
  const kind = UNKNOWN[reason]
  if (kind === undefined || column === undefined || value === undefined) return
  const key = `${kind}|${column}|${value}`
  const entry = unknown.get(key)
  if (entry !== undefined) entry.count += count
  else if (unknown.size < UNKNOWN_MAX) unknown.set(key, { kind, column, text: value, count })
}

/** By which messages and visits of the same files mean one person. */
const numbersOf = ({ identity, alsoKnownAs = [] }: SourcePatient): string[] =>
  [...alsoKnownAs, identity].map(({ system, value }) => `${system}|${value}`)

type PersonEvent = Extract<SourceEvent, { kind: 'person' }>
type VisitEvent = Extract<SourceEvent, { kind: 'visit' }>

const RESULTS_SHOWN = 6

function previewOf({ patient, content }: VisitEvent): VisitPreview {
  const { encounter, observations, diagnoses, prescriptions } = content
  return {
    patient: patient.name ?? patient.latinName ?? patient.medicalRecordNumber ?? patient.identity.value,
    birthDate: patient.birthDate ?? '',
    sex: patient.sex,
    admission: encounter.admission.at,
    class: encounter.class,
    department: encounter.department?.code ?? '',
    diagnoses: diagnoses.map(({ code }) => code.code),
    results: observations.slice(0, RESULTS_SHOWN).map(({ code, value }) => ({ code, said: saidOf(value) })),
    medicines: prescriptions.map(({ code }) => code.display ?? code.code),
  }
}

function saidOf(value: Observation['value']): string {
  switch (value.type) {
    case 'decimal':
      return `${value.comparator ?? ''}${value.value} ${value.unit ?? ''}`.trim()
    case 'text':
      return value.value.slice(0, 40)
    case 'code':
      return value.value.display ?? value.value.code
    case 'boolean':
    case 'ratio':
    case 'range':
    case 'absent':
      return ''
  }
}
