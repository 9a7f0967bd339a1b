/**
 * The thread's half of an import: reads visits from a source, asks the node who they are, seals them in batches and
 * hands them over. It holds no table of names and decides no ids; what it holds of keys ends with the thread.
 */
import type { CodeTarget } from '../../shared/contract/codes.ts'
import type { ImportReject } from '../../shared/contract/imports.ts'
import type { Consent } from '../../shared/domain/consent.ts'
import type { SourcePatient, VisitDraft } from '../../shared/domain/source.ts'
import type { Envelope, VisitRecord } from '../../shared/domain/visit.ts'
import { assert } from '../../shared/std/assert.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { withCurrent } from '../records/hl7v2/merge.ts'
import type { Joining } from '../records/hl7v2/compose.ts'
import { contentHashOf } from '../node/chain/content-hash.ts'
import { fieldsOfVisit } from '../node/chain/visit-fields.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import type { SealedVisit } from '../node/outbox/outbox.ts'
import { sealVisits, type SealingKeys } from '../node/seal-visits.ts'
import { awaitedIn } from '../patients/awaited.ts'
// From a file of its own: this thread needs no table of names, nor the dictionary by which names are read.
import { OWN_SYSTEM } from '../patients/own-system.ts'
import type { PersonAnswer, PersonQuestion } from './person-desk.ts'
import { toldOf } from './person-told.ts'
import { createCodeMapper, type SourceCode } from './map-codes.ts'
import { createIdCheck, findingsOf, type KnownPerson } from './visit-findings.ts'

export type SourceOrigin = Envelope['origin']

/** What a reader of files, or the generator, gives one after the other. */
export type SourceEvent =
  | {
      kind: 'visit'
      patient: SourcePatient
      content: VisitDraft
      /** Number of the member at the insurer: becomes a keyed token and is never stored. */
      memberNumber: string | null
      /** The source says no consent: what was said of the person here holds, and else what the content has. */
      isConsentAssumed?: boolean
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
      /** The source speaks of a part of the visit only: it is joined with the version that is there. */
      joining?: Joining
    }
  /** What a message says of a person, or of two numbers that are one, rather than of a visit. */
  | { kind: 'person'; question: PersonQuestion; file: string; path: string }
  /** One more file is being read. */
  | { kind: 'file'; file?: SourceFile }
  | { kind: 'reject'; reject: ImportReject }
  /** `at`: the one cell that it is about, where a table was read. */
  | { kind: 'warning'; reason: string; count: number; at?: Omit<ImportReject, 'reason'> }
  /** In the unit of the job. */
  | { kind: 'progress'; done: number; total: number | null }

/** A file of the source as it was when it was read. */
export interface SourceFile {
  /** Without its folder: where it lay is nobody's business. */
  readonly name: string
  readonly bytes: number
  /** SHA-256, hex. */
  readonly hash: string
}

/** Asked before a part of a visit is joined with what is known of it. */
export interface CurrentQuestion {
  readonly system: string
  readonly sourceId: string
  readonly patientAt: number
  /** Set where no number names the visit: that of the patient which was open then. */
  readonly when: string | null
}

export type CurrentVisit =
  | { kind: 'current'; visitId: string; merkleRoot: string; content: VisitDraft }
  /** The number is that of another person's visit. */
  | { kind: 'other-patient' }
  /** Its keys were destroyed, or it does not open: nothing can be joined with it. */
  | { kind: 'unreadable' }

/** A visit about which the node is asked: new, known, or another version of a known one? */
export interface VisitQuestion {
  readonly system: string
  readonly sourceId: string
  readonly contentHash: Bytes
  /**
   * Of what came, where the record says it otherwise: the part alone, before it was joined with what was known, and with
   * the source's own codes. The same again is known by it, whatever the hospital's map says by then.
   */
  readonly partHash: Bytes | null
  /** Merkle root of the version that a part was joined with; null for a whole visit and for a new one. */
  readonly joinedWith: string | null
  /** Place of its patient in the batch's list. */
  readonly patientAt: number
  readonly memberNumber: string | null
  /** What the visit says of the person, to be held against what is known here. */
  readonly person: VisitPerson
  /** Null where the source says none. */
  readonly consentSaid: Consent | null
}

export interface VisitPerson extends Pick<
  VisitDraft['patient'],
  'sex' | 'deceased' | 'deathDate' | 'causeOfDeath' | 'residenceRegion'
> {
  readonly admission: string
}

export type VisitDecision =
  /** `known`: see below. */
  | { kind: 'duplicate'; isEarlierVersion: boolean; known: KnownPerson }
  /** A person here took the visit back: a file does not bring it again. */
  | { kind: 'retracted' }
  /** Our own record in a file that says something else of it: that is for a person here, with a reason and under a name. */
  | { kind: 'own-altered' }
  /** Another version came meanwhile: the part has to be joined with that one. */
  | { kind: 'changed' }
  | {
      kind: 'take'
      visitId: string
      recordId: string
      op: 'create' | 'amend' | 'restore'
      /** Merkle root of the version that it replaces, null for a new visit. */
      supersedes: string | null
      patientKey: string
      keyEpoch: number
      memberToken: string | null
      /** What is known of its person here; else what the source says of them. */
      known: KnownPerson
      /** A source says of the person what this hospital's table does not, said once for each import. */
      isPersonOther: boolean
      /** The version that is replaced says the same consent: it is not said anew. */
      isConsentRepeated: boolean
    }

/** A sealed visit with what the hospital's own tables need. */
export interface TakenVisit {
  readonly sealed: SealedVisit
  readonly visitId: string
  readonly recordId: string
  readonly op: 'create' | 'amend' | 'restore'
  readonly supersedes: string | null
  readonly patientAt: number
  readonly admission: string
  readonly encounterClass: VisitRecord['encounter']['class']
  /** Some of its results are still to come. */
  readonly isAwaiting: boolean
  readonly person: VisitPerson
  /** Null where the source says none, or says again what the version before said. */
  readonly consentSaid: Consent | null
}

export interface IntakeNews {
  readonly rejects: readonly ImportReject[]
  /** Taken although a rule says that it is unusual, with its place; counted among the warnings too. */
  readonly unusual: readonly ImportReject[]
  readonly warnings: Readonly<Record<string, number>>
  readonly files: readonly (SourceFile | null)[]
  readonly observations: number
  readonly progress: { done: number; total: number | null } | null
}

/** The node's half, asked from the thread. */
export interface IntakePorts {
  /** What is known of visits of which parts came; null for one that is new here. */
  current(
    questions: readonly CurrentQuestion[],
    patients: readonly SourcePatient[],
  ): Promise<(CurrentVisit | null)[]>
  /** The consent that was said last of persons at these places of the list; null where none was. */
  consents(places: readonly number[], patients: readonly SourcePatient[]): Promise<(Consent | null)[]>
  decide(questions: readonly VisitQuestion[], patients: readonly SourcePatient[]): Promise<VisitDecision[]>
  /** What the hospital's map says of codes of a source; null where it says nothing. */
  mapped(codes: readonly SourceCode[]): Promise<(CodeTarget | null)[]>
  /** What the node makes of what is said of people; resolves when that is durable. */
  people(questions: readonly PersonQuestion[]): Promise<PersonAnswer[]>
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
  /** Today at the facility, days since 1970-01-01. */
  readonly today: number
  /**
   * An import that goes on: what its beginning took is known by now, and its report speaks of that too.
   */
  readonly goesOn: boolean
}

/** Visits that are sealed under one signature of the author and written in one synced batch. */
const BATCH_VISITS = 250
/** Batches that may be on their way to the disk while the next one is read. */
const BATCHES_UNDER_WAY = 2
const NEWS_EVERY_MS = 100

type PersonEvent = Extract<SourceEvent, { kind: 'person' }>
type VisitEvent = Extract<SourceEvent, { kind: 'visit' }> & {
  /** As it came, before it was joined with what is there, or given the consent that was said here. */
  readonly alone?: VisitEvent
  /** With the source's own codes, where the map changed some. */
  readonly asItCame?: VisitDraft
  /** What a part was joined with. */
  readonly before?: VisitDraft
}

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
  const people: PersonEvent[] = []
  /** Parts that have to be joined once more. */
  const again: VisitEvent[] = []
  const news = createNews(ports)
  /** What taken visits said of their person while they are on their way to the table of names, by identity. */
  const saidOnTheWay = new Map<string, Consent>()
  const checkId = createIdCheck()
  const mapCodes = createCodeMapper((codes) => ports.mapped(codes))

  async function flush(): Promise<void> {
    if (batch.length === 0) return
    const visits = batch
    batch = []
    names = new Set()
    while (underWay.size >= BATCHES_UNDER_WAY) await Promise.race(underWay)
    if (failure !== null) throw failure
    const { taken, patients, dropped } = await sealBatch(await withOurCodes(visits))
    batch.push(...again.splice(0))
    for (const visit of batch) names.add(nameOf(visit))
    if (taken.length === 0 && dropped.length === 0) return
    const said = new Map<string, Consent>()
    for (const { patientAt, consentSaid } of taken)
      if (consentSaid !== null) said.set(identityOf(patients[patientAt]!), consentSaid)
    for (const [identity, consent] of said) saidOnTheWay.set(identity, consent)
    const writing: Promise<void> = ports.take(taken, patients, dropped).then(
      () => {
        underWay.delete(writing)
        // From here on the table says it, and what a clerk says meanwhile counts; a later batch may have said another.
        for (const [identity, consent] of said)
          if (saidOnTheWay.get(identity) === consent) saidOnTheWay.delete(identity)
      },
      (error: unknown) => {
        underWay.delete(writing)
        failure ??= error
      },
    )
    underWay.add(writing)
  }

  async function withOurCodes(visits: readonly VisitEvent[]): Promise<VisitEvent[]> {
    const mapped = await mapCodes(visits.map(({ content }) => content))
    return visits.map((visit, i) => {
      const { content, count } = mapped[i]!
      // What is joined once more has our codes already.
      if (count === 0 || visit.asItCame !== undefined) return visit
      news.warn('code-mapped', count)
      return { ...visit, content, asItCame: visit.content }
    })
  }

  async function sealBatch(visits: readonly VisitEvent[]) {
    const patients: SourcePatient[] = []
    const patientAt = new Map<string, number>()
    const placeOf = (patient: SourcePatient): number => {
      const identity = identityOf(patient)
      let at = patientAt.get(identity)
      if (at === undefined) {
        at = patients.push(patient) - 1
        patientAt.set(identity, at)
      }
      return at
    }
    const asked: { visit: VisitEvent; question: VisitQuestion }[] = []
    for (const { visit, names: named, joinedWith } of await joined(visits, placeOf, patients)) {
      const draft = fieldsOfVisit(toRecord(visit, UNDECIDED, options))
      if (draft.kind === 'refused') {
        news.reject(visit, draft.reason, draft.field)
        continue
      }
      const came = visit.alone ?? visit
      const isOtherwise =
        visit.joining !== undefined || visit.alone !== undefined || came.asItCame !== undefined
      const part = isOtherwise
        ? fieldsOfVisit(toRecord({ ...came, content: came.asItCame ?? came.content }, UNDECIDED, options))
        : null
      asked.push({
        visit,
        question: {
          ...named,
          contentHash: contentHashOf(crypto, draft.fields),
          partHash: part?.kind === 'fields' ? contentHashOf(crypto, part.fields) : null,
          joinedWith,
          patientAt: placeOf(visit.patient),
          memberNumber: visit.memberNumber,
          person: personIn(visit.content),
          consentSaid: consentIn(visit),
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
      switch (decision.kind) {
        case 'take':
          if (decision.isPersonOther) news.warn('patient-data-differs')
          tellFindings(visit, decision.known)
          chosen.push({ visit, patientAt: question.patientAt, decision })
          break
        case 'duplicate':
          if (decision.isEarlierVersion) news.warn('earlier-version-again')
          else if (options.goesOn) tellFindings(visit, decision.known)
          break
        case 'retracted':
          news.reject(visit, 'retracted-here')
          break
        case 'own-altered':
          news.reject(visit, 'own-visit-altered')
          break
        case 'changed':
          again.push(visit.alone ?? visit)
          break
      }
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
      const { visitId, recordId, op, supersedes } = decision
      const { admission, class: encounterClass } = visit.content.encounter
      taken.push({
        sealed: sealed.visit,
        visitId,
        recordId,
        op,
        supersedes,
        patientAt: at,
        admission: admission.at,
        encounterClass,
        isAwaiting: awaitedIn(visit.content).length > 0,
        person: personIn(visit.content),
        consentSaid: decision.isConsentRepeated ? null : consentIn(visit),
      })
    }
    return { taken, patients, dropped }
  }

  function tellFindings(visit: VisitEvent, known: KnownPerson): void {
    for (const finding of checkId(visit)) news.unusual(finding)
    for (const finding of findingsOf(visit, { today: options.today, known, before: visit.before ?? null }))
      news.unusual(finding)
  }

  /** Parts of visits joined with the versions that are there; whole visits as they are. */
  async function joined(
    visits: readonly VisitEvent[],
    placeOf: (patient: SourcePatient) => number,
    patients: readonly SourcePatient[],
  ): Promise<{ visit: VisitEvent; names: SourceNames; joinedWith: string | null }[]> {
    const parts = visits.filter(({ joining }) => joining !== undefined)
    const questions = parts.map((visit): CurrentQuestion => ({
      ...namesOf(visit),
      patientAt: placeOf(visit.patient),
      when: visit.joining!.when,
    }))
    const known = new Map<VisitEvent, CurrentVisit | null>()
    if (parts.length > 0) {
      const answers = await ports.current(questions, patients)
      for (const [i, part] of parts.entries()) known.set(part, answers[i]!)
    }
    const isAssumed = (visit: VisitEvent): boolean => visit.isConsentAssumed === true && !known.get(visit)
    const inTurn = withoutUnsaid(visits, isAssumed)
    const assumed = inTurn.filter(isAssumed)
    const consentOf = new Map<VisitEvent, Consent | null>()
    if (assumed.length > 0) {
      const places = assumed.map((visit) => placeOf(visit.patient))
      const onTheWay = assumed.map((visit) => saidOnTheWay.get(identityOf(visit.patient)) ?? null)
      const said = await ports.consents(places, patients)
      for (const [i, visit] of assumed.entries()) consentOf.set(visit, onTheWay[i] ?? said[i] ?? null)
    }
    const seen = new Set<string>()
    const result: Awaited<ReturnType<typeof joined>> = []
    for (const visit of inTurn) {
      const current = known.get(visit) ?? null
      const consent = consentOf.get(visit) ?? null
      if (current === null && consent !== null) {
        // The source may name a paper or a period all the same; what was said here goes first.
        const said = { ...visit.content.patient.consent, ...consent }
        const content = { ...visit.content, patient: { ...visit.content.patient, consent: said } }
        result.push({ visit: { ...visit, content, alone: visit }, names: namesOf(visit), joinedWith: null })
      } else if (current === null) result.push({ visit, names: namesOf(visit), joinedWith: null })
      else if (current.kind === 'other-patient') news.reject(visit, 'visit-of-another-patient')
      else if (current.kind === 'unreadable') news.reject(visit, 'version-unreadable')
      else if (seen.has(current.visitId))
        again.push(visit) // the second must know the root of the first
      else {
        seen.add(current.visitId)
        const content = withCurrent(current.content, visit.content, visit.joining!.speaks)
        // Found by time: from here on it has the name that only this hospital gives it.
        const named =
          visit.joining!.when === null ? namesOf(visit) : { system: OWN_SYSTEM, sourceId: current.visitId }
        if (visit.joining!.when !== null) news.warn('attached-by-time')
        result.push({
          visit: { ...visit, content, alone: visit, before: current.content },
          names: named,
          joinedWith: current.merkleRoot,
        })
      }
    }
    return result
  }

  /**
   * A visit whose consent its source does not say has that of the visit before it, once it is decided that this one is
   * taken: it waits for the next batch, with all that follow it of its person.
   */
  function withoutUnsaid(
    visits: readonly VisitEvent[],
    isAssumed: (visit: VisitEvent) => boolean,
  ): VisitEvent[] {
    const saying = new Set<string>()
    const waiting = new Set<string>()
    return visits.filter((visit) => {
      const identity = identityOf(visit.patient)
      if (isAssumed(visit) && saying.has(identity)) waiting.add(identity)
      if (waiting.has(identity)) again.push(visit)
      else if (visit.isConsentAssumed !== true) saying.add(identity)
      return !waiting.has(identity)
    })
  }

  /** After the visits that came before: whoever they brought is known then. */
  async function tellPeople(): Promise<void> {
    while (batch.length > 0) await flush()
    await Promise.all(underWay)
    if (failure !== null) throw failure
    const asked = people.splice(0)
    if (asked.length === 0) return
    const answers = await ports.people(asked.map(({ question }) => question))
    for (const [i, answer] of answers.entries()) news.person(asked[i]!, answer)
  }

  for await (const event of source) {
    if (ports.isCancelled()) break
    switch (event.kind) {
      case 'visit': {
        const name = nameOf(event)
        // Two versions of one visit never share a batch: the second must know the root of the first.
        while (names.has(name)) await flush()
        names.add(name)
        batch.push(event)
        news.observations(event.observations)
        if (batch.length >= BATCH_VISITS) await flush()
        break
      }
      case 'person':
        for (const finding of checkId({ ...event, patient: event.question.patient })) news.unusual(finding)
        people.push(event)
        if (people.length >= BATCH_VISITS) await tellPeople()
        break
      case 'reject':
        news.add(event.reject)
        break
      case 'warning':
        if (event.at === undefined) news.warn(event.reason, event.count)
        else news.unusual({ ...event.at, reason: event.reason }, event.count)
        break
      case 'file':
        news.file(event.file ?? null)
        break
      case 'progress':
        news.progress(event.done, event.total)
        break
    }
  }
  if (!ports.isCancelled()) await tellPeople()
  // What was read before a cancel is whole and may as well be kept: importing again finds it.
  while (batch.length > 0 && !ports.isCancelled()) await flush()
  await Promise.all(underWay)
  if (failure !== null) throw failure
  news.send()
}

/** By which a patient of a source is known again. */
export function identityOf({ identity }: SourcePatient): string {
  return `${identity.kind}|${identity.system}|${identity.value}`
}

interface SourceNames {
  readonly system: string
  readonly sourceId: string
}

function namesOf({ origin, sourceName, file, path }: VisitEvent): SourceNames {
  return { system: origin.system ?? `file:${file}`, sourceId: sourceName ?? origin.sourceId ?? path }
}

function nameOf(visit: VisitEvent): string {
  const { system, sourceId } = namesOf(visit)
  return `${system}\u0000${sourceId}`
}

const UNDECIDED: Extract<VisitDecision, { kind: 'take' }> = {
  kind: 'take',
  visitId: '0'.repeat(32),
  recordId: '0'.repeat(32),
  op: 'create',
  supersedes: null,
  patientKey: '0'.repeat(64),
  keyEpoch: 0,
  memberToken: null,
  known: { sex: 'unknown' },
  isPersonOther: false,
  isConsentRepeated: false,
}

const consentIn = ({ isConsentAssumed, content }: VisitEvent): Consent | null =>
  isConsentAssumed === true ? null : content.patient.consent

function personIn({ patient, encounter }: VisitDraft): VisitPerson {
  const { sex, deceased, deathDate, causeOfDeath, residenceRegion } = patient
  return { admission: encounter.admission.at, sex, deceased, deathDate, causeOfDeath, residenceRegion }
}

function toRecord(
  { content, origin, joining }: VisitEvent,
  decision: Extract<VisitDecision, { kind: 'take' }>,
  { facility, recorder, recordedAt }: IntakeOptions,
): VisitRecord {
  const { visitId, recordId, op, supersedes, patientKey, keyEpoch, memberToken } = decision
  const { payer } = content.encounter
  return {
    ...content,
    envelope: {
      schema: 'visit/1',
      recordId,
      visitId,
      op,
      ...(supersedes === null ? {} : { supersedes, reason: { code: reasonOf(joining) } }),
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

/** Results that come after their visit are no change of what was said of it. */
function reasonOf(joining: Joining | undefined): 'late-result' | 'source-update' {
  return joining !== undefined && !joining.speaks.encounter ? 'late-result' : 'source-update'
}

/** Gathers what is to be told and sends it a few times a second. */
function createNews({ tell }: IntakePorts) {
  let rejects: ImportReject[] = []
  let unusual: ImportReject[] = []
  let warnings: Record<string, number> = {}
  let files: (SourceFile | null)[] = []
  let observations = 0
  let progress: IntakeNews['progress'] = null
  let sentAt = 0
  const send = (): void => {
    sentAt = Date.now()
    tell({ rejects, unusual, warnings, files, observations, progress })
    rejects = []
    unusual = []
    warnings = {}
    files = []
    observations = 0
    progress = null
  }
  const maybeSend = (): void => {
    if (Date.now() - sentAt >= NEWS_EVERY_MS) send()
  }
  const warn = (reason: string, count = 1): void => {
    warnings[reason] = (warnings[reason] ?? 0) + count
    maybeSend()
  }
  const noteUnusual = (what: ImportReject, count = 1): void => {
    unusual.push(what)
    warn(what.reason, count)
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
    warn,
    /** What became of a message about a person, with its place where somebody may want to look. */
    person({ file, path }: PersonEvent, answer: PersonAnswer) {
      for (const { severity, ...told } of toldOf(answer))
        if (severity === 'counted') warn(told.reason)
        else if (severity === 'unusual') noteUnusual({ file, path, ...told })
        else rejects.push({ file, path, ...told })
    },
    unusual: noteUnusual,
    file(file: SourceFile | null) {
      files.push(file)
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
