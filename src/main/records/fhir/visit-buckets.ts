/** Everything that belongs to one visit, gathered before the visit is made: by reference, else by time, else by day. */
import { parseInstant } from '../../../shared/domain/dates.ts'
import type { Encounter, Observation } from '../../../shared/domain/visit.ts'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { JsonObject } from './json.ts'
import type { Report } from './mapped.ts'
import type { Read } from './read-clinical.ts'
import type { ReadPatient } from './read-patient.ts'
import { cut, objectAt, objectsAt } from './reading.ts'
import type { Item, References } from './references.ts'

/** A claim and its benefit; either may come alone. */
export interface ClaimPair {
  claim: Item | undefined
  benefit: Item | undefined
}

export interface Bucket {
  patient: ReadPatient
  encounter: VisitDraft['encounter'] | undefined
  resource: JsonObject | undefined
  path: string
  sourceId: string
  system: string
  organisation: string | undefined
  start: number
  end: number
  notes: string[]
  observations: Read<Observation>[]
  conditions: Item[]
  procedures: Read<VisitDraft['procedures'][number]>[]
  prescriptions: Read<VisitDraft['prescriptions'][number]>[]
  claims: ClaimPair[]
  resourceCount: number
  observationResourceCount: number
}

const RECORD_VISIT_SYSTEM = 'urn:consilium:visit'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export class Buckets {
  private readonly references: References
  private readonly report: Report
  private readonly byEncounter = new Map<JsonObject, Bucket>()
  private readonly ofPatient = new Map<ReadPatient, Bucket[]>()

  constructor(references: References, report: Report) {
    this.references = references
    this.report = report
  }

  /** Patient by patient. */
  *all(): Iterable<Bucket> {
    for (const list of this.ofPatient.values()) yield* list
  }

  ofEncounter(encounter: JsonObject | undefined): Bucket | undefined {
    return encounter === undefined ? undefined : this.byEncounter.get(encounter)
  }

  setEncounter(encounter: JsonObject, bucket: Bucket): void {
    this.byEncounter.set(encounter, bucket)
  }

  add(patient: ReadPatient, path: string, system: string, sourceId: string): Bucket {
    const bucket: Bucket = {
      patient,
      encounter: undefined,
      resource: undefined,
      path,
      sourceId,
      system,
      organisation: undefined,
      start: 0,
      end: 0,
      notes: [],
      observations: [],
      conditions: [],
      procedures: [],
      prescriptions: [],
      claims: [],
      resourceCount: 0,
      observationResourceCount: 0,
    }
    const list = this.ofPatient.get(patient)
    if (list === undefined) this.ofPatient.set(patient, [bucket])
    else list.push(bucket)
    return bucket
  }

  /** The visit that a resource belongs to, by reference, else by time, else a day of its own. */
  of(item: Item, patient: ReadPatient, when: string | undefined): Bucket | undefined {
    const { resource } = item
    const link = objectAt(resource['encounter']) ?? objectAt(resource['context'])
    const found = this.references.follow(link, resource)
    const direct = this.ofEncounter(found)
    if (direct !== undefined && direct.patient === patient) return direct
    if (link !== undefined)
      this.report.warn(direct === undefined ? 'encounter-not-found' : 'encounter-of-another-patient')
    return this.byTime(item, patient, when)
  }

  byTime(item: Item, patient: ReadPatient, when: string | undefined): Bucket | undefined {
    if (when === undefined) {
      this.report.reject(item.path, 'no-date')
      return undefined
    }
    const instant = parseInstant(when)
    const list = this.ofPatient.get(patient) ?? []
    if (instant !== null) {
      const isDay = instant.offsetMinutes === null
      let best: Bucket | undefined
      for (const bucket of list) {
        if (bucket.encounter === undefined || bucket.encounter.status === 'entered-in-error') continue
        const isInside = isDay
          ? bucket.encounter.day <= when &&
            when <= (bucket.encounter.discharge?.at ?? bucket.encounter.day).slice(0, 10)
          : bucket.start <= instant.epochMs && instant.epochMs <= bucket.end
        if (isInside && (best === undefined || bucket.start > best.start)) best = bucket
      }
      if (best !== undefined) {
        this.report.warn('attached-by-time')
        return best
      }
    }
    this.report.warn('no-encounter')
    const day = when.length >= 10 ? when.slice(0, 10) : when.length === 7 ? `${when}-01` : `${when}-01-01`
    const sourceId = cut(`${plainKey(patient)}/day/${day}`, 200)
    const known = list.find((bucket) => bucket.sourceId === sourceId)
    if (known !== undefined) return known
    return this.add(patient, item.path, 'fhir', sourceId)
  }
}

/** System and id that name the visit in its source for ever: our own id, the source's business id, else its resource id. */
export function visitIdOf(item: Item, patient: ReadPatient): [system: string, sourceId: string] {
  const identifiers = objectsAt(item.resource['identifier'])
  const own = identifiers.find((each) => each['system'] === RECORD_VISIT_SYSTEM)
  if (typeof own?.['value'] === 'string') return [RECORD_VISIT_SYSTEM, cut(own['value'], 200)]
  const named = identifiers.find(
    (each) => typeof each['system'] === 'string' && typeof each['value'] === 'string',
  )
  const id = item.resource['id']
  const isUnique = typeof id === 'string' && UUID.test(id)
  if (named !== undefined && !isUnique)
    return [cut(named['system'] as string, 200), cut(named['value'] as string, 200)]
  const base = /^(https?:\/\/.+)\/Encounter\/[^/]+$/.exec(item.fullUrl ?? '')?.[1]
  const system = base === undefined ? 'fhir' : cut(base, 200)
  const name =
    typeof id === 'string' && id !== '' ? id : (item.fullUrl ?? item.path).replace(/^urn:uuid:/, '')
  // A short id such as `e1` is unique only beside its patient.
  return [system, cut(UUID.test(name) ? name : `${plainKey(patient)}/Encounter/${name}`, 200)]
}

/** The patient's name in this source, without a scheme: `Patient/7`, a UUID. */
function plainKey(patient: ReadPatient): string {
  return patient.source.sourceKey.replace(/^urn:uuid:/, '')
}

/** A visit that nobody described: something was measured or prescribed that day. */
export function unknownEncounter(day: string): VisitDraft['encounter'] {
  return {
    class: 'UNK' satisfies Encounter['class'],
    status: 'finished',
    admission: { at: day },
    day,
    payer: { type: 'UNKNOWN' },
  }
}
