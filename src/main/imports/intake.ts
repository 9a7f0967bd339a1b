/**
 * The thread's half of an import: reads visits from a source, asks the node who they are, seals them in batches and
 * hands them over. It holds no table of names and decides no ids; what it holds of keys ends with the thread.
 */
import type { ImportReject } from '../../shared/contract/imports.ts'
import type { SourcePatient, VisitDraft } from '../../shared/domain/source.ts'
import type { Envelope, VisitRecord } from '../../shared/domain/visit.ts'
import { assert } from '../../shared/std/assert.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { contentHashOf } from '../node/chain/content-hash.ts'
import { fieldsOfVisit } from '../node/chain/visit-fields.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import type { SealedVisit } from '../node/outbox/outbox.ts'
import { sealVisits, type SealingKeys } from '../node/seal-visits.ts'

export type SourceOrigin = Envelope['origin']

/** What a reader of files, or the generator, gives one after the other. */
export type SourceEvent =
  | {
      kind: 'visit'
      patient: SourcePatient
      content: VisitDraft
      /** Number of the member at the insurer: becomes a keyed token and is never stored. */
      memberNumber: string | null
      origin: SourceOrigin
      /**
       * By what the source names the visit, where that would say who the patient is: ids are made of it, under a key, and
       * it is never stored. `origin.sourceId` where it is left out.
       */
      sourceName?: string
      /** Of tables: the cell behind an entry of the content, by `observations.3`; for a trial. */
      places?: ReadonlyMap<string, { file: string; path: string; column: string }>
      /** For messages: the file and the place in it. */
      file: string
      path: string
      /** Observations as the source counts them; one with two components is one. */
      observations: number
    }
  /** One more file is being read. */
  | { kind: 'file' }
  | { kind: 'reject'; reject: ImportReject }
  /** `at`: the one cell that it is about, where a table was read. */
  | { kind: 'warning'; reason: string; count: number; at?: Omit<ImportReject, 'reason'> }
  /** In the unit of the job. */
  | { kind: 'progress'; done: number; total: number | null }

/** A visit about which the node is asked: new, known, or another version of a known one? */
export interface VisitQuestion {
  readonly system: string
  readonly sourceId: string
  readonly contentHash: Bytes
  /** Place of its patient in the batch's list. */
  readonly patientAt: number
  readonly memberNumber: string | null
}

export type VisitDecision =
  | { kind: 'duplicate'; isEarlierVersion: boolean }
  | {
      kind: 'take'
      visitId: string
      recordId: string
      /** Merkle root of the version that it replaces, null for a new visit. */
      supersedes: string | null
      patientKey: string
      keyEpoch: number
      memberToken: string | null
    }

/** A sealed visit with what the hospital's own tables need. */
export interface TakenVisit {
  readonly sealed: SealedVisit
  readonly visitId: string
  readonly recordId: string
  readonly supersedes: string | null
  readonly patientAt: number
  readonly admission: string
  readonly encounterClass: VisitRecord['encounter']['class']
}

export interface IntakeNews {
  readonly rejects: readonly ImportReject[]
  readonly warnings: Readonly<Record<string, number>>
  readonly files: number
  readonly observations: number
  readonly progress: { done: number; total: number | null } | null
}

/** The node's half, asked from the thread. */
export interface IntakePorts {
  decide(questions: readonly VisitQuestion[], patients: readonly SourcePatient[]): Promise<VisitDecision[]>
  /** Resolves when the visits are durable. `dropped`: ids of visits that were decided and could not be sealed. */
  take(
    visits: readonly TakenVisit[],
    patients: readonly SourcePatient[],
    dropped: readonly string[],
  ): Promise<void>
  tell(news: IntakeNews): void
  isCancelled(): boolean
}

export interface IntakeOptions {
  readonly keys: SealingKeys
  /** Member id, hex: the facility of every visit that is taken in. */
  readonly facility: string
  readonly recorder: Envelope['recorder']
  /** RFC 3339. */
  readonly recordedAt: string
}

/** Visits that are sealed under one signature of the author and written in one synced batch. */
const BATCH_VISITS = 250
/** Batches that may be on their way to the disk while the next one is read. */
const BATCHES_UNDER_WAY = 2
const NEWS_EVERY_MS = 100

type VisitEvent = Extract<SourceEvent, { kind: 'visit' }>

export async function takeIn(
  crypto: Crypto,
  random: Random,
  source: AsyncIterable<SourceEvent>,
  ports: IntakePorts,
  options: IntakeOptions,
): Promise<void> {
  let batch: VisitEvent[] = []
  let names = new Set<string>()
  const underWay = new Set<Promise<void>>()
  let failure: unknown = null
  const news = createNews(ports)

  async function flush(): Promise<void> {
    if (batch.length === 0) return
    const visits = batch
    batch = []
    names = new Set()
    while (underWay.size >= BATCHES_UNDER_WAY) await Promise.race(underWay)
    if (failure !== null) throw failure
    const { taken, patients, dropped } = await sealBatch(visits)
    if (taken.length === 0 && dropped.length === 0) return
    const writing: Promise<void> = ports.take(taken, patients, dropped).then(
      () => void underWay.delete(writing),
      (error: unknown) => {
        underWay.delete(writing)
        failure ??= error
      },
    )
    underWay.add(writing)
  }

  async function sealBatch(visits: readonly VisitEvent[]) {
    const patients: SourcePatient[] = []
    const patientAt = new Map<string, number>()
    const asked: { visit: VisitEvent; question: VisitQuestion }[] = []
    for (const visit of visits) {
      const draft = fieldsOfVisit(toRecord(visit, UNDECIDED, options))
      if (draft.kind === 'refused') {
        news.reject(visit, draft.reason, draft.field)
        continue
      }
      const identity = identityOf(visit.patient)
      let at = patientAt.get(identity)
      if (at === undefined) {
        at = patients.push(visit.patient) - 1
        patientAt.set(identity, at)
      }
      const { system, sourceId } = namesOf(visit)
      asked.push({
        visit,
        question: {
          system,
          sourceId,
          contentHash: contentHashOf(crypto, draft.fields),
          patientAt: at,
          memberNumber: visit.memberNumber,
        },
      })
    }
    if (asked.length === 0) return { taken: [], patients, dropped: [] }
    const decisions = await ports.decide(
      asked.map(({ question }) => question),
      patients,
    )
    const chosen: {
      visit: VisitEvent
      patientAt: number
      decision: Extract<VisitDecision, { kind: 'take' }>
    }[] = []
    for (const [i, decision] of decisions.entries()) {
      const { visit, question } = asked[i]!
      if (decision.kind === 'take') chosen.push({ visit, patientAt: question.patientAt, decision })
      else if (decision.isEarlierVersion) news.warn('earlier-version-again')
    }
    const records = chosen.map(({ visit, decision }) => {
      const fields = fieldsOfVisit(toRecord(visit, decision, options))
      assert(fields.kind === 'fields', 'the clinical part was looked at before')
      return fields.fields
    })
    const taken: TakenVisit[] = []
    const dropped: string[] = []
    for (const [i, sealed] of (records.length === 0
      ? []
      : sealVisits(crypto, random, options.keys, records)
    ).entries()) {
      const { visit, patientAt: at, decision } = chosen[i]!
      if (sealed.kind === 'refused') {
        news.reject(visit, sealed.reason)
        dropped.push(decision.visitId)
        continue
      }
      const { visitId, recordId, supersedes } = decision
      const { admission, class: encounterClass } = visit.content.encounter
      taken.push({
        sealed: sealed.visit,
        visitId,
        recordId,
        supersedes,
        patientAt: at,
        admission: admission.at,
        encounterClass,
      })
    }
    return { taken, patients, dropped }
  }

  for await (const event of source) {
    if (ports.isCancelled()) break
    switch (event.kind) {
      case 'visit': {
        const { system, sourceId } = namesOf(event)
        const name = `${system}\u0000${sourceId}`
        // Two versions of one visit never share a batch: the second must know the root of the first.
        if (names.has(name)) await flush()
        names.add(name)
        batch.push(event)
        news.observations(event.observations)
        if (batch.length >= BATCH_VISITS) await flush()
        break
      }
      case 'reject':
        news.add(event.reject)
        break
      case 'warning':
        news.warn(event.reason, event.count)
        break
      case 'file':
        news.file()
        break
      case 'progress':
        news.progress(event.done, event.total)
        break
    }
  }
  // What was read before a cancel is whole and may as well be kept: importing again finds it.
  if (!ports.isCancelled()) await flush()
  await Promise.all(underWay)
  if (failure !== null) throw failure
  news.send()
}

/** By which a patient of a source is known again. */
export function identityOf({ identity }: SourcePatient): string {
  return `${identity.kind}|${identity.system}|${identity.value}`
}

function namesOf({ origin, sourceName, file, path }: VisitEvent): { system: string; sourceId: string } {
  return { system: origin.system ?? `file:${file}`, sourceId: sourceName ?? origin.sourceId ?? path }
}

const UNDECIDED: Extract<VisitDecision, { kind: 'take' }> = {
  kind: 'take',
  visitId: '0'.repeat(32),
  recordId: '0'.repeat(32),
  supersedes: null,
  patientKey: '0'.repeat(64),
  keyEpoch: 0,
  memberToken: null,
}

function toRecord(
  { content, origin }: VisitEvent,
  decision: Extract<VisitDecision, { kind: 'take' }>,
  { facility, recorder, recordedAt }: IntakeOptions,
): VisitRecord {
  const { visitId, recordId, supersedes, patientKey, keyEpoch, memberToken } = decision
  const { payer } = content.encounter
  return {
    ...content,
    envelope: {
      schema: 'visit/1',
      recordId,
      visitId,
      op: supersedes === null ? 'create' : 'amend',
      ...(supersedes === null ? {} : { supersedes, reason: { code: 'source-update' as const } }),
      recordedAt,
      recorder,
      origin,
      confirmations: [],
    },
    patient: { ...content.patient, key: patientKey, keyEpoch },
    encounter: {
      ...content.encounter,
      facility,
      payer: memberToken === null ? payer : { ...payer, memberToken },
    },
  }
}

/** Gathers what is to be told and sends it a few times a second. */
function createNews({ tell }: IntakePorts) {
  let rejects: ImportReject[] = []
  let warnings: Record<string, number> = {}
  let files = 0
  let observations = 0
  let progress: IntakeNews['progress'] = null
  let sentAt = 0
  const send = (): void => {
    sentAt = Date.now()
    tell({ rejects, warnings, files, observations, progress })
    rejects = []
    warnings = {}
    files = 0
    observations = 0
    progress = null
  }
  const maybeSend = (): void => {
    if (Date.now() - sentAt >= NEWS_EVERY_MS) send()
  }
  return {
    send,
    add(reject: ImportReject) {
      rejects.push(reject)
      maybeSend()
    },
    reject({ file, path }: VisitEvent, reason: string, detail?: string) {
      rejects.push({ file, path, reason, ...(detail === undefined ? {} : { detail }) })
      maybeSend()
    },
    warn(reason: string, count = 1) {
      warnings[reason] = (warnings[reason] ?? 0) + count
      maybeSend()
    },
    file() {
      files++
      maybeSend()
    },
    observations(count: number) {
      observations += count
    },
    progress(done: number, total: number | null) {
      progress = { done, total }
      maybeSend()
    },
  }
}

/** Buffers that may be moved to the other thread instead of copied. */
export function movableBuffers(visits: readonly TakenVisit[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = []
  for (const { sealed } of visits) {
    const { body } = sealed
    if (body.byteLength === body.buffer.byteLength) buffers.push(body.buffer as ArrayBuffer)
  }
  return buffers
}
