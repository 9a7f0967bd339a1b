/**
 * Gateways of one consortium in one process: the chain's own rules on items, an exchange that hands everything on at once, a clock that the test
 * moves, and a fuse that lets a gateway fall over at a chosen step.
 */
import { openGatewayBook } from './gateway-book.ts'
import { openGatewayHome, type GatewayHome } from './gateway-home.ts'
import type { GatewayAnalysis, GatewayExchange, GatewayOptions, SnapshotPlace } from './gateway-port.ts'
import type { Market } from './market-at.ts'
import { memberAt } from './member-at.ts'
import { resultHashOf } from './question.ts'
import { compareBytes, equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { present } from '../../shared/std/assert.ts'
import { answerGated } from '../analytics/study/answer-gated.ts'
import type { SamePerson } from '../analytics/study/prepare-study.ts'
import { proposeRelease } from '../analytics/study/propose-release.ts'
import type { Warehouse } from '../analytics/warehouse/warehouse.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import { applyItem } from '../node/chain/apply-item.ts'
import {
  crypto,
  foundConsortium,
  heldBy,
  makeItem,
  type Consortium,
  type Institution,
} from '../node/chain/consortium.test-kit.ts'
import { firstRegistrationOf, openStudyOf, withoutExpired } from '../node/chain/apply-study.ts'
import type { ItemHash, MemberId, SegmentId } from '../node/chain/ids.ts'
import { decodeSignedItem, itemHashOf, type ItemClear, type SealedPart } from '../node/chain/item.ts'
import { ITEM_SEALED_STEP_BYTES } from '../node/chain/limits.ts'
import type { ConsortiumState } from '../node/chain/state.ts'
import { policyValue } from '../node/chain/policy.ts'
import {
  attestationSignBytes,
  commitmentOf,
  expiryDayOf,
  studyRulesOf,
  type ResultOutcome,
  type StudyItem,
} from '../node/chain/study-items.ts'
import type { FinalItem } from '../node/final-items.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import type { Store } from '../node/storage/store.ts'
import { mayFollow } from '../node/studies/same-word.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'
import { encodeDocument, type StudyDocument } from '../privacy/request/study-document.ts'

export const SNAPSHOT = new Uint8Array(32).fill(7) as ItemHash
/** Of the same records, unless a village says otherwise. */
export const LATER_SNAPSHOT = new Uint8Array(32).fill(8) as ItemHash
/** Under load a gateway's answer takes its time; what never comes is told after so long. */
const UNTIL_MS = 90_000
export const ENGINE = 'test/1'
export const NOISE_KEY = new Uint8Array(32).fill(9)

/** What a gateway that falls over throws from then on, whatever it is asked. */
export class Fallen extends Error {}

/** Counts what a gateway does to the world; at the chosen step, before or after it, it falls. */
export class Fuse {
  private readonly at: number | null
  private done = 0
  private isBlown = false
  constructor(at: number | null) {
    this.at = at
  }
  get isOut(): boolean {
    return this.isBlown
  }
  get steps(): number {
    return this.done
  }
  async step<T>(work: () => Promise<T>): Promise<T> {
    this.tick()
    const answer = await work()
    this.tick()
    return answer
  }
  private tick(): void {
    if (this.isBlown || this.done++ === this.at) {
      this.isBlown = true
      throw new Fallen('the gateway fell over')
    }
  }
}

export interface GatewaySetup {
  readonly analysis?: (honest: GatewayAnalysis) => GatewayAnalysis
  readonly fuse?: Fuse
  readonly firstErasureOf?: (place: SnapshotPlace) => number | null
  readonly isExpired?: (studyHash: ItemHash) => Promise<boolean>
  readonly engine?: string
  /** Whether it reaches the other one; each one that is open, where it is not said. */
  readonly reaches?: (other: MemberId) => boolean
  /** Of documents that this gateway has to ask others for: when it gets them; `never` where nobody has them. */
  readonly elsewhere?: (commitment: Bytes) => Promise<void> | 'never' | null
}

export class Village {
  readonly consortium: Consortium
  readonly gateways: readonly Institution[]
  state: ConsortiumState
  height = 10
  time = Date.UTC(2026, 5, 1)
  /** The consortium's insurers as the chain would say of a height. */
  marketOf: (height: number) => Market = () => ({ insurers: [], changedAt: null })
  readonly finals: FinalItem[] = []
  readonly documents = new Map<string, Bytes>()
  readonly notes: { by: string; act: string; code: string | undefined; outcome: unknown; cells: unknown }[] =
    []
  readonly said: { by: string; at: number }[] = []
  readonly failures: unknown[] = []
  private readonly erased: { readonly height: number; readonly snapshots: readonly ItemHash[] }[] = []
  private readonly homes = new Map<string, Seat>()
  private readonly sequences = new Map<string, number>()
  private readonly timers = new Set<{ at: number; run: () => void }>()
  private clock = 1_000_000_007
  private salt = 0
  private onCommitment: ((commitment: Bytes) => void) | null = null
  readonly warehouse: Warehouse
  readonly place: SnapshotPlace
  private readonly laterUpTo: number
  private readonly laterLinks: SamePerson

  constructor(
    warehouse: Warehouse,
    upTo: number,
    options: {
      gateways?: number
      policy?: Readonly<Record<string, number>>
      /** Blocks that the later snapshot has beyond the first one. */
      laterBlocks?: number
      /** Who is one person at the later snapshot, and not at the first one. */
      laterLinks?: SamePerson
    } = {},
  ) {
    this.warehouse = warehouse
    this.consortium = foundConsortium({
      voters: options.gateways ?? 4,
      others: ['university', 'insurer'],
      ...(options.policy === undefined ? {} : { policy: options.policy }),
    })
    this.gateways = this.consortium.institutions
      .filter(({ member }) => member.gatewayKey !== null)
      .toSorted((a, b) => compareBytes(a.member.memberId, b.member.memberId))
    this.laterUpTo = upTo + (options.laterBlocks ?? 0)
    this.laterLinks = options.laterLinks ?? []
    this.place = { itemHash: SNAPSHOT, height: 5, upTo, day: 20_500 }
    this.state = {
      ...this.consortium.start.consortium,
      snapshots: [SNAPSHOT, LATER_SNAPSHOT].map((itemHash) => ({
        itemHash,
        height: 5,
        segmentId: new Uint8Array(32) as SegmentId,
        microRho: 0,
      })),
    }
  }

  placeOf(itemHash: ItemHash): SnapshotPlace {
    if (!equalBytes(itemHash, LATER_SNAPSHOT)) return { ...this.place, itemHash }
    return { ...this.place, itemHash, upTo: this.laterUpTo, height: this.place.height + 1 }
  }

  samePersonAt(height: number): SamePerson {
    return height > this.place.height ? this.laterLinks : []
  }

  async closeOne(index: number): Promise<void> {
    await this.homes.get(toHex(this.gateways[index]!.member.memberId))?.close()
  }

  member(kind: 'university' | 'insurer'): Institution {
    return present(this.consortium.institutions.find(({ member }) => member.kind === kind))
  }

  /** Opens a gateway, or opens it again after it fell. */
  async open(index: number, setup: GatewaySetup = {}): Promise<GatewayHome> {
    const institution = this.gateways[index]!
    const name = toHex(institution.member.memberId)
    const seat = this.homes.get(name) ?? new Seat(this, institution)
    this.homes.set(name, seat)
    return seat.open(setup)
  }

  /** A member's item, by the chain's own rules; told to all gateways. @throws where it is refused */
  final(author: Institution, clear: ItemClear, sealed: SealedPart | null = null): ItemHash {
    const name = toHex(author.member.memberId)
    const sequence = (this.sequences.get(name) ?? 0) + 1
    const bytes = makeItem(this.consortium, author, clear, sequence, { sealed })
    const { chainId } = this.consortium
    const signed = present(decodeSignedItem(crypto, bytes))
    const hash = itemHashOf(crypto, chainId, bytes)
    const height = this.height + 1
    this.time += 60_000
    this.state = withoutExpired(this.state, this.time)
    const result = applyItem(crypto, this.state, signed, hash, {
      chainId,
      height,
      time: this.time,
      earlierAt: () => null,
    })
    if (result.kind === 'refused') throw new Failure({ code: result.reason })
    this.sequences.set(name, sequence)
    this.state = result.state
    this.height = height
    this.tellAll({ signed, hash, height, time: this.time, content: null })
    return hash
  }

  /** Hospitals agree to an erasure of a record of these snapshots. */
  erase(...snapshots: readonly ItemHash[]): void {
    this.erased.push({ height: this.height + 1, snapshots })
    const box = new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16)
    this.final(this.gateways[0]!, { kind: 'erasure' }, { epoch: 0, box })
  }

  firstErasureOf({ itemHash }: Pick<SnapshotPlace, 'itemHash'>): number | null {
    const touching = this.erased.filter(({ snapshots }) =>
      snapshots.some((each) => equalBytes(each, itemHash)),
    )
    return touching[0]?.height ?? null
  }

  /** Says once more that a snapshot is final: it stands in the state from the beginning on. */
  declareAgain(author: Institution): void {
    const declared = present(this.state.snapshots[0])
    const zero = new Uint8Array(32)
    const clear: ItemClear = {
      kind: 'snapshot',
      height: declared.height,
      segmentId: declared.segmentId,
      headsRoot: zero,
      segmentsRoot: zero,
      policyHash: zero,
      contributions: [],
    }
    const bytes = makeItem(this.consortium, author, clear, 1)
    const signed = present(decodeSignedItem(crypto, bytes))
    const { height, time } = this
    this.tellAll({ signed, hash: declared.itemHash, height, time, content: null })
  }

  /** Tells a result that the chain took before the study's day was over, whatever its state is by now. */
  tellResult(studyHash: ItemHash, outcome: ResultOutcome = 'answered'): void {
    const hash = studyHash.map((byte) => byte ^ 1) as ItemHash
    const resultHash = new Uint8Array(32)
    const clear: ItemClear = {
      kind: 'result',
      studyHash,
      outcome,
      resultHash,
      erasureHeight: 0,
      attestations: [],
    }
    const signed = {
      item: { clear, author: this.gateways[0]!.member.memberId },
    } as unknown as FinalItem['signed']
    this.tellAll({ signed, hash, height: this.height, time: this.time, content: null })
  }

  private tellAll(final: FinalItem): void {
    this.finals.push(final)
    for (const seat of this.homes.values()) seat.tell()
  }

  /** A study of the university, unless somebody else is named; its document is there for all gateways. */
  ask(
    document: Omit<StudyDocument, 'salt' | 'title' | 'purpose'> & { purpose?: string },
    clear: Partial<StudyItem> & Pick<StudyItem, 'chargeKind' | 'chargeMicroRho'>,
    author: Institution = this.member('university'),
  ): ItemHash {
    const salt = new Uint8Array(32).fill(++this.salt)
    const { chainId } = this.consortium
    const bytes = encodeDocument({ purpose: 'research', title: 'A study', ...document, salt })
    const commitment = commitmentOf(crypto, chainId, author.member.memberId, bytes)
    this.documents.set(toHex(commitment), bytes)
    this.onCommitment?.(commitment)
    this.onCommitment = null
    const requesterClass = author.member.kind === 'insurer' ? 'insurer' : 'university'
    return this.final(author, {
      kind: 'study',
      commitment,
      requesterClass,
      snapshotHash: SNAPSHOT,
      studyId: new Uint8Array(16).fill(3),
      of: null,
      ...studyRulesOf(this.state.policy),
      held: heldBy(this.consortium, commitment),
      ...clear,
    })
  }

  /** Tells the commitment of the next study before gateways hear of it. */
  hide(take: (commitment: Bytes) => void): void {
    this.onCommitment = take
  }

  heightOf(studyHash: ItemHash): number | null {
    return this.finals.find(({ hash }) => equalBytes(hash, studyHash))?.height ?? null
  }

  /** A segment of that day, with a visit and nothing else. */
  passDays(days: number): void {
    this.time += days * 86_400_000
    this.height++
    this.state = withoutExpired(this.state, this.time)
  }

  isExpired(studyHash: ItemHash): boolean {
    const found = this.finals.find(({ hash }) => equalBytes(hash, studyHash))
    if (found?.signed.item.clear.kind !== 'study' || this.resultOf(studyHash) !== null) return false
    return expiryDayOf(found.time, found.signed.item.clear) <= Math.floor(this.time / 86_400_000)
  }

  resultOf(studyHash: ItemHash) {
    for (const { signed } of this.finals) {
      const { clear } = signed.item
      if (clear.kind === 'result' && equalBytes(clear.studyHash, studyHash)) return clear
    }
    return null
  }

  /** What the requester would be given: bytes whose hash the final result names. */
  answerOf(studyHash: ItemHash): Bytes | null {
    const result = this.resultOf(studyHash)
    if (result === null) return null
    for (const seat of this.homes.values()) {
      const answer = seat.answers.get(toHex(studyHash))
      if (answer !== undefined && equalBytes(resultHash(this, answer), result.resultHash)) return answer
    }
    return null
  }

  seats(): readonly Seat[] {
    return [...this.homes.values()]
  }

  /** Moves the clock until it is so. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = performance.now() + UNTIL_MS
    while (performance.now() < end) {
      if (isSo()) return
      this.clock += 250
      for (const timer of [...this.timers])
        if (timer.at <= this.clock) {
          this.timers.delete(timer)
          timer.run()
        }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const told = this.notes.map(({ act, code }) => `${act} ${code ?? ''}`)
    throw new Error(`it does not come: ${what}; ${this.failures.map(String).join(', ')} ${told.join(', ')}`)
  }

  /** Lets so much of the clock's time go by. */
  async pass(ms: number): Promise<void> {
    const end = this.clock + ms
    await this.until(() => this.clock >= end, 'time goes by')
  }

  now = (): number => this.clock
  after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.clock + ms, run }
    this.timers.add(timer)
    return () => void this.timers.delete(timer)
  }

  async close(): Promise<void> {
    for (const seat of this.homes.values()) await seat.close()
  }
}

function resultHash(village: Village, answer: Bytes): Bytes {
  return resultHashOfAnswer(village.consortium, answer)
}

/** One gateway's place: what stays when it falls over. */
class Seat {
  readonly answers = new Map<string, Bytes>()
  readonly words = new Map<string, Attestation[]>()
  private readonly village: Village
  private readonly institution: Institution
  private readonly store: Store = createMemoryStore()
  private home: GatewayHome | null = null
  private taker: ((item: FinalItem) => Promise<void>) | null = null
  private onWord: ((attestation: Attestation) => void) | null = null
  private onLate: ((attestation: Attestation) => void) | null = null
  private cursor = 0
  private telling: Promise<void> = Promise.resolve()

  constructor(village: Village, institution: Institution) {
    this.village = village
    this.institution = institution
  }

  get memberId(): MemberId {
    return this.institution.member.memberId
  }

  async open({
    analysis = (honest) => honest,
    fuse = new Fuse(null),
    firstErasureOf = (place) => this.village.firstErasureOf(place),
    isExpired = async (hash) => this.village.isExpired(hash),
    engine = ENGINE,
    elsewhere = () => null,
    reaches = () => true,
  }: GatewaySetup): Promise<GatewayHome> {
    await this.close()
    const { village, memberId, store } = this
    const { chainId } = village.consortium
    const seal = createNodeSeal(crypto, village.consortium.random, chainId, () => [
      { epoch: 1, key: new Uint8Array(32).fill(5) },
    ])
    const book = await openGatewayBook(
      { ...bound(store), commit: (writes) => fuse.step(() => store.commit(writes)) },
      seal,
    )
    const name = toHex(memberId)
    const options: GatewayOptions = {
      crypto,
      chainId,
      memberId,
      engine,
      book,
      chain: {
        state: () => village.state,
        memberAt: (id, height) =>
          memberAt({ state: village.state, founders: [], decidedUpTo: async () => [] }, id, height),
        marketAt: async (height) => village.marketOf(height),
        policyAt: async (name) => policyValue(village.state.policy, name),
        registeredBy: async (hash, below) =>
          village.finals.flatMap(({ signed, height }) => {
            const { clear, author } = signed.item
            const isMeant = clear.kind === 'registration' && equalBytes(clear.protocolHash, hash)
            return isMeant && height < below ? [author] : []
          }),
        lastTime: () => village.time,
        snapshotOf: async (hash) => {
          const declared = village.state.snapshots.find((each) => equalBytes(each.itemHash, hash))
          return declared === undefined ? null : village.placeOf(declared.itemHash)
        },
        placeOfHeight: async () => village.place,
        registrationOf: async (hash) => {
          const found = village.finals.find((each) => equalBytes(each.hash, hash))
          return found?.signed.item.clear.kind === 'registration'
            ? { author: found.signed.item.author, height: found.height }
            : null
        },
        hasRegistered: async (author, below) =>
          (firstRegistrationOf(village.state, author) ?? Infinity) < below,
        firstErasureOf: async (place) => firstErasureOf(place),
        isExpired,
      },
      exchange: this.exchange(fuse, elsewhere, reaches),
      analysis: analysis(analysisOf(village)),
      noiseKeyOf: async () => NOISE_KEY,
      note: async (act, { outcome, cells }, code) =>
        void village.notes.push({ by: name, act, code, outcome, cells }),
      now: village.now,
      after: village.after,
      onFailure: (error) => {
        if (!(error instanceof Fallen)) village.failures.push(error)
      },
    }
    this.home = openGatewayHome(options)
    return this.home
  }

  private exchange(
    fuse: Fuse,
    elsewhere: Required<GatewaySetup>['elsewhere'],
    reaches: Required<GatewaySetup>['reaches'],
  ): GatewayExchange {
    const fetched = new Set<string>()
    const { village, institution, memberId } = this
    const { chainId } = village.consortium
    return {
      async documentOf(commitment) {
        const way = elsewhere(commitment)
        if (way === 'never') return null
        await way
        fetched.add(toHex(commitment))
        return village.documents.get(toHex(commitment)) ?? null
      },
      async documentHere(commitment) {
        const name = toHex(commitment)
        if (elsewhere(commitment) !== null && !fetched.has(name)) return null
        return village.documents.get(name) ?? null
      },
      attestationsOf: (studyHash) => this.wordsOf(studyHash),
      attestationsBeside: async (studyHash) => this.besideResult(studyHash),
      reachableGateways: () =>
        village
          .seats()
          .flatMap((seat) => (seat !== this && seat.isOpen && reaches(seat.memberId) ? [seat.memberId] : [])),
      attest: (found) =>
        fuse.step(async () => {
          const { engine, erasureHeight } = found
          if (erasureHeight !== village.state.erasureHeight) return
          const studyHeight = present(village.heightOf(found.studyHash))
          const input = attestationSignBytes(chainId, found, engine, { studyHeight, erasureHeight })
          const signature = crypto.ed25519Sign(institution.authorSecret, input)
          const word: Attestation = { ...found, memberId, signature }
          const before = this.words.get(toHex(found.studyHash)) ?? []
          const isSaid = before.some(
            (each) =>
              equalBytes(each.memberId, memberId) &&
              each.erasureHeight === erasureHeight &&
              !mayFollow(each, word),
          )
          if (isSaid) return
          village.said.push({ by: toHex(memberId), at: village.now() })
          for (const seat of village.seats()) seat.hear(word)
        }),
      keepAnswer: (studyHash, answer) =>
        fuse.step(async () => void this.answers.set(toHex(studyHash), answer)),
      answerOf: async (studyHash) => village.answerOf(studyHash),
      answerHere: async (studyHash) => village.answerOf(studyHash),
      submit: (clear) => fuse.step(async () => ({ itemHash: village.final(institution, clear) })),
      onFinal: (take) => {
        this.taker = take
        this.tell()
      },
      toldUpTo: () => (village.finals[this.cursor]?.height ?? village.height + 1) - 1,
      onAttestation: (take) => void (this.onWord = take),
      onLateWord: (take) => void (this.onLate = take),
    }
  }

  /** What gateways said after the last erasure. */
  wordsOf(studyHash: ItemHash): readonly Attestation[] {
    const known = this.words.get(toHex(studyHash)) ?? []
    return known.filter(({ erasureHeight }) => erasureHeight === this.village.state.erasureHeight)
  }

  hear(word: Attestation): void {
    const key = toHex(word.studyHash)
    const isOpen = openStudyOf(this.village.state, word.studyHash) !== null
    const result = this.village.resultOf(word.studyHash)
    // As a node does, which holds words against the result's erasure.
    if (!isOpen && (result === null || result.erasureHeight !== word.erasureHeight)) return
    const all = this.words.get(key) ?? []
    const known = all.filter(({ erasureHeight }) => erasureHeight === word.erasureHeight)
    const before = known.find((each) => equalBytes(each.memberId, word.memberId))
    if (before !== undefined && !mayFollow(before, word)) return
    this.words.set(key, [...known.filter((each) => each !== before), word])
    if (isOpen) this.onWord?.(word)
    else this.onLate?.(word)
  }

  /** Of gateways whose words are not in the result. */
  besideResult(studyHash: ItemHash): readonly Attestation[] {
    const result = this.village.resultOf(studyHash)
    return (this.words.get(toHex(studyHash)) ?? []).filter(
      ({ memberId, erasureHeight }) =>
        erasureHeight === result?.erasureHeight &&
        !result.attestations.some((each) => equalBytes(each.memberId, memberId)),
    )
  }

  get isOpen(): boolean {
    return this.home !== null
  }

  /** Items in order, each again until it was taken. */
  tell(): void {
    const { taker } = this
    this.telling = this.telling.then(async () => {
      while (taker !== null && taker === this.taker && this.cursor < this.village.finals.length) {
        try {
          await taker(this.village.finals[this.cursor]!)
        } catch (error) {
          if (!(error instanceof Fallen)) this.village.failures.push(error)
          return
        }
        if (taker === this.taker) this.cursor++
      }
    })
  }

  async close(): Promise<void> {
    this.taker = null
    this.onWord = null
    this.onLate = null
    await this.home?.close()
    this.home = null
  }
}

function bound(store: Store): Store {
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    scan: (range) => store.scan(range),
    commit: (writes) => store.commit(writes),
    commitUnsynced: (writes) => store.commitUnsynced(writes),
    purge: (range) => store.purge(range),
    close: () => store.close(),
  }
}

/** What a gateway computes from these facts. */
export function analysisOf(village: Pick<Village, 'warehouse' | 'samePersonAt'>): GatewayAnalysis {
  const { warehouse } = village
  const scopeOf = ({ upTo, day, height }: Pick<SnapshotPlace, 'upTo' | 'day' | 'height'>) => ({
    upTo,
    hospitals: null,
    samePerson: village.samePersonAt(height),
    consentDay: day,
  })
  const linksOf = ({ earlier }: Parameters<GatewayAnalysis['propose']>[0]) =>
    new Map(
      earlier.flatMap(({ then }) =>
        then?.kind === 'kept' ? [[then.height, village.samePersonAt(then.height)] as const] : [],
      ),
    )
  return {
    prepare: () => {},
    answer: (question, at) =>
      once(warehouse, ['answer', toHex(question.request), question.cohort, scopeOf(at)], () =>
        answerGated(crypto, warehouse, { ...question, scope: scopeOf(at) }, () => false),
      ),
    propose: (question, at) =>
      once(warehouse, ['propose', question, scopeOf(at), [...linksOf(question)]], () =>
        proposeRelease(
          warehouse,
          { ...question, scope: scopeOf(at), samePersonAt: linksOf(question) },
          { hooks: {}, isCancelled: () => false },
        ),
      ),
    newPersons: (at, after) => warehouse.newPersons(scopeOf(at), after),
  }
}

/** Gateways with the same facts compute the same: in a test once for all of them. */
const computed = new WeakMap<Warehouse, Map<string, Promise<unknown>>>()
function once<T>(warehouse: Warehouse, what: unknown, compute: () => Promise<T>): Promise<T> {
  const known = computed.get(warehouse) ?? new Map<string, Promise<unknown>>()
  computed.set(warehouse, known)
  const key = JSON.stringify(what)
  const answer = known.get(key) ?? compute()
  known.set(key, answer)
  return answer as Promise<T>
}

function resultHashOfAnswer({ chainId }: Consortium, answer: Bytes): Bytes {
  return resultHashOf(crypto, chainId, answer)
}
