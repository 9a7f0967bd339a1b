/**
 * Messages of one hospital → visits: one for each number of PV1-19, with the results that belong to it. Results without a
 * number find their visit by patient and time; those whose visit is not in these files are handed on, to be joined with
 * the version that the hospital has.
 */
import { parseInstant } from '../../../shared/domain/dates.ts'
import type { SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import { visitRecord, type Envelope } from '../../../shared/domain/visit.ts'
import { cut } from '../fhir/reading.ts'
import { draftEncounter } from '../fhir/read-encounter.ts'
import { draftPatient } from '../fhir/read-patient.ts'
import { addPart, encounterOf, startOf, type Speaks, type VisitSoFar } from './merge.ts'
import type { Place, VisitPart } from './part.ts'

export interface PlacedPart extends Place {
  readonly part: VisitPart
  /** SHA-256, hex; null where the file could not be read to its end. */
  readonly fileHash: string | null
}

/** How a visit is joined with what the hospital already knows of it. */
export interface Joining {
  readonly speaks: Speaks
  /** Set where no number names the visit: the version that was open at this time is meant. */
  readonly when: string | null
}

export interface ComposedVisit {
  readonly patient: SourcePatient
  readonly content: VisitDraft
  readonly memberNumber: string | null
  readonly origin: Envelope['origin']
  readonly joining: Joining
  readonly file: string
  readonly path: string
}

export interface Composed {
  readonly visits: ComposedVisit[]
  readonly rejects: { file: string; path: string; reason: string; detail?: string }[]
  readonly warnings: ReadonlyMap<string, number>
}

interface Bucket {
  readonly key: string
  readonly system: string
  readonly sourceId: string
  readonly first: PlacedPart
  patient: SourcePatient
  so: VisitSoFar
  memberNumber: string | null
  when: string | null
  isByTime: boolean
}

const DAY_MS = 86_400_000
const PARTS_MAX = { observations: 2000, diagnoses: 200, procedures: 500, notes: 50 } as const

/** `parts` in the order of the files: of two messages that say the same, the later one counts. */
export function composeVisits(parts: readonly PlacedPart[]): Composed {
  const rejects: Composed['rejects'] = []
  const warnings = new Map<string, number>()
  const warn = (reason: string, count = 1): void =>
    void warnings.set(reason, (warnings.get(reason) ?? 0) + count)
  const people = createPeople()
  for (const { part } of parts) people.meet(part.patient)
  const buckets = new Map<string, Bucket>()
  const ofPerson = new Map<string, Bucket[]>()
  const withoutNumber: PlacedPart[] = []

  function place(placed: PlacedPart, system: string, sourceId: string, isByTime = false): void {
    const { part } = placed
    const person = people.nameOf(part.patient)
    const key = `${system}\u0000${sourceId}`
    const bucket = buckets.get(key)
    if (bucket === undefined) {
      const made: Bucket = {
        key,
        system,
        sourceId,
        first: placed,
        patient: part.patient,
        so: startOf(part),
        memberNumber: part.memberNumber,
        when: part.when,
        isByTime,
      }
      buckets.set(key, made)
      const list = ofPerson.get(person)
      if (list === undefined) ofPerson.set(person, [made])
      else list.push(made)
      return
    }
    if (people.nameOf(bucket.patient) !== person) {
      rejects.push({
        file: placed.file,
        path: `message ${placed.message}`,
        reason: 'visit-of-another-patient',
      })
      return
    }
    join(bucket, part)
  }

  for (const placed of parts) {
    const { visit, isAboutVisit, encounter, patient } = placed.part
    if (visit !== null) place(placed, visit.system, visit.number)
    else if (!isAboutVisit) withoutNumber.push(placed)
    else if (encounter.admission === undefined)
      rejects.push({ file: placed.file, path: `message ${placed.message}`, reason: 'no-date' })
    else {
      warn('no-visit-number')
      place(placed, 'hl7v2', cut(`${patient.sourceKey}/visit/${encounter.admission.at}`, 200))
    }
  }
  // After all visits are known, whatever the order of the files.
  for (const placed of withoutNumber) {
    const { part } = placed
    const person = people.nameOf(part.patient)
    const found = part.when === null ? undefined : openAt(ofPerson.get(person) ?? [], part.when)
    if (found !== undefined) {
      warn('attached-by-time')
      join(found, part)
    } else if (part.when === null)
      rejects.push({ file: placed.file, path: `message ${placed.message}`, reason: 'no-date' })
    else place(placed, 'hl7v2', cut(`${part.patient.sourceKey}/day/${part.when.slice(0, 10)}`, 200), true)
  }

  const visits: ComposedVisit[] = []
  for (const bucket of buckets.values()) {
    const composed = finish(bucket, warn)
    if (typeof composed !== 'string') visits.push(composed)
    else rejects.push({ file: bucket.first.file, path: `message ${bucket.first.message}`, reason: composed })
  }
  return { visits, rejects, warnings }
}

function join(bucket: Bucket, part: VisitPart): void {
  bucket.so = addPart(bucket.so, part)
  bucket.memberNumber = part.memberNumber ?? bucket.memberNumber
  if (part.when !== null && (bucket.when === null || part.when < bucket.when)) bucket.when = part.when
  const { name, latinName, phone, nationalId } = part.patient
  // The first message may know less of a person than a later one.
  bucket.patient = {
    ...bucket.patient,
    ...(name === undefined ? {} : { name }),
    ...(latinName === undefined ? {} : { latinName }),
    ...(phone === undefined ? {} : { phone }),
    ...(bucket.patient.nationalId !== undefined || nationalId === undefined
      ? {}
      : { nationalId, identity: part.patient.identity }),
    alsoKnownAs: uniqueNames([...(bucket.patient.alsoKnownAs ?? []), ...(part.patient.alsoKnownAs ?? [])]),
  }
}

/** The visit that was open then; of several the one that began last. A day is any time of it. */
function openAt(buckets: readonly Bucket[], when: string): Bucket | undefined {
  let best: Bucket | undefined
  let bestStart = -Infinity
  for (const bucket of buckets) {
    const { encounter } = bucket.so
    if (bucket.isByTime || encounter.admission === undefined || encounter.course === 'cancelled') continue
    if (!isOpenAt(encounter.admission.at, encounter.discharge?.at, when)) continue
    const start = parseInstant(encounter.admission.at)?.epochMs ?? 0
    if (start >= bestStart) {
      best = bucket
      bestStart = start
    }
  }
  return best
}

/** Whether a time lies in a stay; without an end a stay lasts to the end of its day. */
export function isOpenAt(admission: string, discharge: string | undefined, when: string): boolean {
  const instant = parseInstant(when)
  const start = parseInstant(admission)
  if (instant === null || start === null) return false
  if (instant.offsetMinutes === null || start.offsetMinutes === null) {
    const day = when.slice(0, 10)
    return admission.slice(0, 10) <= day && day <= (discharge ?? admission).slice(0, 10)
  }
  const end = discharge === undefined ? null : parseInstant(discharge)
  const last = end === null ? start.epochMs + DAY_MS : end.epochMs + (end.offsetMinutes === null ? DAY_MS : 0)
  return start.epochMs <= instant.epochMs && instant.epochMs <= last
}

const wholeDraft = visitRecord.omit({ envelope: true }).extend({
  patient: draftPatient,
  encounter: draftEncounter,
})

/** The visit, or why there is none. */
function finish(bucket: Bucket, warn: (reason: string) => void): ComposedVisit | string {
  const { so, first, when } = bucket
  const encounter = encounterOf(so.encounter, when, warn)
  if (encounter === null) return 'no-date'
  if (!so.speaks.encounter) warn(bucket.isByTime ? 'no-encounter' : 'visit-from-results')
  for (const name of ['observations', 'diagnoses', 'procedures', 'notes'] as const)
    if (so.draft[name].length > PARTS_MAX[name]) return 'too-many-in-one-visit'
  const content = wholeDraft.safeParse({ ...so.draft, encounter })
  if (!content.success) return 'visit-not-mappable'
  const path = `message ${first.message}`
  const { organisation } = first.part
  return {
    patient: bucket.patient,
    content: content.data,
    memberNumber: bucket.memberNumber,
    origin: {
      kind: 'hl7v2',
      system: bucket.system,
      sourceId: bucket.sourceId,
      ...(first.fileHash === null ? {} : { fileHash: first.fileHash }),
      path,
      ...(organisation === undefined ? {} : { organisation: cut(organisation, 200) }),
    },
    joining: { speaks: so.speaks, when: bucket.isByTime ? when : null },
    file: first.file,
    path,
  }
}

/* Who is who among messages that know different numbers of a person */

function createPeople() {
  const heads = new Map<string, string>()
  const headOf = (name: string): string => {
    let head = name
    for (let next = heads.get(head); next !== undefined && next !== head; next = heads.get(head)) head = next
    return head
  }
  return {
    meet(patient: SourcePatient): void {
      const names = namesOf(patient)
      const head = headOf(names[0]!)
      heads.set(head, head)
      for (const name of names) heads.set(headOf(name), head)
    },
    nameOf: (patient: SourcePatient): string => headOf(namesOf(patient)[0]!),
  }
}

/** The number by which a hospital knows a person first, whatever else it knows. */
function namesOf({ sourceKey, identity, alsoKnownAs = [] }: SourcePatient): string[] {
  const names = alsoKnownAs.map(({ system, value }) => `${system}|${value}`)
  return [...new Set([sourceKey, ...names, `${identity.system}|${identity.value}`])]
}

function uniqueNames(names: readonly { system: string; value: string }[]) {
  return [...new Map(names.map((each) => [`${each.system}|${each.value}`, each])).values()]
}
