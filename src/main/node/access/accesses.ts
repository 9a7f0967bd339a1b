/**
 * Reading a patient's visits at other hospitals, and being read (docs/spec/access.md). What is said goes into the chain as
 * sealed items; keys go from node to node, at once and by policy; what came is destroyed when it is over.
 */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import {
  ACCESS_MS_MAX,
  CLOCK_APART_MS,
  compareNames,
  REVIEW_MS,
  type AccessBasis,
  type AccessContent,
  type AccessEndContent,
  type AccessReviewContent,
  type AnyAccessContent,
  type PatientName,
} from '../chain/access.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import { encodeSignedItem } from '../chain/item.ts'
import { findMember } from '../chain/members.ts'
import { contentOfItem, isAccessContent } from '../chain/sealed-content.ts'
import { membersOf } from '../chain/state.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import type { FinalItem } from '../final-items.ts'
import type { Ledger } from '../ledger.ts'
import { decodeAccessAnswer, refusalOf } from '../network/protocols/access.ts'
import { encodeKeyBoxRequest } from '../network/protocols/key-box.ts'
import { NetworkFailure, peerName, type Peer, type Transport } from '../network/transport.ts'
import type { Store, Write } from '../storage/store.ts'
import type { EpochKey } from '../vault/institution-keys.ts'
import { openAccessBook } from './access-book.ts'
import type { AccessEntry, HospitalAnswer } from './access-entry.ts'
import { openAnswered, type BulkAlarm } from './answered.ts'
import { createAnswering, type AnsweredAccess } from './answering.ts'
import { openGrantedKeys, type GrantedKey } from './granted-keys.ts'
import { createNodeSeal } from './node-seal.ts'
import { openPatientFinder, type FoundVisit, type PatientFinder } from './patient-finder.ts'

export type AccessNotice =
  /** Something of an access is other than it was. */
  | { readonly kind: 'changed' }
  /** Somebody broke the glass over this hospital's records. */
  | { readonly kind: 'break-glass'; readonly entry: AccessEntry }
  | { readonly kind: 'bulk'; readonly alarm: BulkAlarm }

export interface AccessAsk {
  readonly basis: AccessBasis
  readonly patient: readonly PatientName[]
  /** From now; cut to what the basis allows. */
  readonly durationMs: number
  readonly reason: string | null
  readonly text: string | null
  readonly userKeyId: string
}

export interface Accesses {
  readonly finder: Pick<PatientFinder, 'find' | 'foundUpTo' | 'nudge' | 'note' | 'settled'>
  /**
   * Says on which basis this hospital reads, and has the other hospitals' nodes answer. When it resolves, it is durable here,
   * and so are the wrapped keys that came. Null where this member is no hospital. @throws as `propose`
   */
  open(ask: AccessAsk): Promise<AccessEntry | null>
  /** Asks once more, by what was said: those that were away, and for visits that came since. */
  askAgain(accessId: Bytes): Promise<AccessEntry | null>
  /** By the reader all of it, by a custodian the reading of its own visits. */
  end(accessId: Bytes, userKeyId: string): Promise<boolean>
  review(
    accessId: Bytes,
    verdict: AccessReviewContent['verdict'],
    text: string | null,
    userKeyId: string,
  ): Promise<boolean>
  /** Accesses by which this hospital may read this person now, newest first. */
  readingNow(patient: readonly PatientName[]): AccessEntry[]
  /** Keys of a version that may be used now. */
  keysOf(root: Bytes): Promise<{ readonly key: GrantedKey; readonly entry: AccessEntry }[]>
  get(accessId: Bytes): Promise<AccessEntry | null>
  /** Newest first. */
  list(limit: number): Promise<AccessEntry[]>
  /** Broken glasses that are still in sight. */
  glasses(): AccessEntry[]
  alarms(): readonly BulkAlarm[]
  isActive(entry: AccessEntry): boolean
  onNotice(listener: (notice: AccessNotice) => void): () => void
  /** Who hears of every answer to another hospital before it goes out; where it throws a `Failure`, none goes out. */
  guardAnswers(guard: (answered: AnsweredAccess) => Promise<void>): void
  /** Looks at the time, and destroys what is over. Also done by itself. */
  tick(): Promise<void>
}

export interface AccessesOfNode extends Accesses {
  answer(from: Peer, item: Bytes): Promise<Bytes | number>
  /** A final item, in order; maybe again after a crash. */
  take(item: FinalItem): Promise<void>
  /** Rows that go with the keys of a version that is erased. */
  forgetting(root: Bytes, index: number | null): Promise<Write[]>
  /** The chain, rows of the key box or keys have grown. */
  nudge(): void
  close(): Promise<void>
}

export interface AccessesOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly ledger: Ledger
  readonly now: () => number
  /** Goes on whatever is done to the clock. */
  readonly elapsedMs: () => number
  readonly isHospital: () => boolean
  readonly gatewayEpochs: () => readonly EpochKey[]
  readonly linkageEpochs: () => readonly EpochKey[]
  readonly rowsHeldUpTo: () => number
  readonly transport: Transport | null
  /** Seals, signs and submits; the signed bytes, or null where there is no key to seal under. */
  readonly say: (content: AnyAccessContent) => Promise<Bytes | null>
  readonly keepItem: (from: MemberId, item: Bytes) => Promise<void>
  /** No answer goes out before somebody hears of answers. */
  readonly waitsForGuard: boolean
  readonly onFailure: (error: unknown) => void
}

/** A person waits two seconds; what the window needs of them is taken off. */
const ASK_MS = 1_800
const LATE_MS = 10_000
const TICK_MS = 15_000
const GROWN_EVERY_MS = 5_000
/** How often the time is written down for an access that goes on. */
const SEEN_EVERY_MS = 5 * 60_000
/** How long a glass that was broken stays in sight after its review was due. */
const REVIEW_SIGHT_MS = 30 * 24 * 3_600_000

export async function openAccesses(options: AccessesOptions): Promise<AccessesOfNode> {
  const { store, crypto, random, chainId, memberId, ledger, transport } = options
  const startedAt = options.now() - options.elapsedMs()
  const seal = createNodeSeal(crypto, random, chainId, options.linkageEpochs)
  const finder = await openPatientFinder({
    store,
    crypto,
    chainId,
    seal,
    isHospital: options.isHospital,
    gatewayEpochs: options.gatewayEpochs,
    readableCount: options.rowsHeldUpTo,
    blockCount: () => ledger.state.blockCount,
    onFailure: options.onFailure,
  })
  const book = await openAccessBook(store, seal, isOver)
  const granted = openGrantedKeys(store, seal)
  const answered = await openAnswered(store, seal, options.now())
  const listeners = new Set<(notice: AccessNotice) => void>()
  /** Saves of one access cross otherwise: an answer and an item come at the same time. */
  let turn: Promise<unknown> = Promise.resolve()
  let guard: (answered: AnsweredAccess) => Promise<void> = async () => {
    if (options.waitsForGuard) throw new Failure({ code: 'no-guard-yet' })
  }
  let hasGrown = false
  let grownToldAt = -Infinity
  let isClosed = false
  const answering = createAnswering({
    store,
    crypto,
    random,
    chainId,
    memberId,
    ledger,
    gatewayEpochs: options.gatewayEpochs,
    finder,
    book,
    answered,
    now,
    keepItem: options.keepItem,
    guard: (answeredNow) => guard(answeredNow),
    onAnswered: (content, author, alarms) => inTurn(() => noteAnswered(content, author, alarms)),
  })
  const timer = setInterval(() => void tick().catch(ignoreWhenClosed), TICK_MS)
  timer.unref()
  finder.onGrown(() => {
    if (book.live().some(({ side }) => side === 'unclear')) void inTurn(clear).catch(ignoreWhenClosed)
    hasGrown = true
    if (finder.foundUpTo >= ledger.state.blockCount) tellGrown()
  })
  /** An import makes a thousand visits a second, and whoever looks at a history is told now and then. */
  function tellGrown(): void {
    if (!hasGrown || options.elapsedMs() - grownToldAt < GROWN_EVERY_MS) return
    hasGrown = false
    grownToldAt = options.elapsedMs()
    tell({ kind: 'changed' })
  }

  function ignoreWhenClosed(error: unknown): void {
    if (!isClosed) options.onFailure(error)
  }
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }
  function tell(notice: AccessNotice): void {
    for (const listener of listeners) listener(notice)
  }

  /**
   * Never behind the chain, and never behind what this process has seen pass: a clock that is set back makes no access
   * longer.
   */
  function now(): number {
    return Math.floor(Math.max(options.now(), ledger.state.lastTime, startedAt + options.elapsedMs()))
  }

  function isActive(entry: AccessEntry): boolean {
    const { content, seenAt, ends } = entry
    // A clock that stands before the access was given was set back.
    if (options.now() < content.at - CLOCK_APART_MS) return false
    if (Math.max(now(), seenAt) >= content.expiresAt) return false
    return !ends.some(({ author }) => equalBytes(author, entry.author))
  }

  /** Nothing has to be done about it any more. */
  function isOver(entry: AccessEntry): boolean {
    const { content, side } = entry
    if (side === 'reader' && !entry.isDestroyed) return false
    if (content.expiresAt > options.now()) return false
    return content.basis !== 'break-glass' || options.now() > content.at + REVIEW_MS + REVIEW_SIGHT_MS
  }

  async function open(ask: AccessAsk): Promise<AccessEntry | null> {
    if (!options.isHospital()) return null
    const at = now()
    const { basis, reason, text, userKeyId } = ask
    const content: AccessContent = {
      kind: 'access',
      accessId: random(16),
      basis,
      patient: [...ask.patient].sort(compareNames),
      expiresAt: at + Math.min(ask.durationMs, ACCESS_MS_MAX[basis]),
      reason,
      text,
      userKeyId,
      at,
    }
    const item = await options.say(content)
    if (item === null) return null
    const entry: AccessEntry = {
      content,
      author: memberId,
      item,
      height: null,
      side: 'reader',
      ends: [],
      reviews: [],
      answers: [],
      isDestroyed: false,
      seenAt: at,
    }
    await inTurn(async () => {
      // The item may have become final meanwhile, and was taken then.
      const taken = book.get(content.accessId)
      await book.keep(taken === null ? entry : { ...taken, item })
    })
    if (basis === 'break-glass') await wrapForOurselves(content)
    return askAll(content.accessId)
  }

  /**
   * A broken glass needs nobody's answer: the node holds the gateway scope, and hands the keys of this patient to its own
   * people's sessions, for as long as the access lasts and in the same form as another hospital's answer.
   */
  async function wrapForOurselves(content: AccessContent): Promise<void> {
    const self = findMember(membersOf(ledger.state.consortium), memberId)
    if (self === null) return
    const found = (await finder.find(content.patient)).filter(({ author }) => !equalBytes(author, memberId))
    const versions = await answering.wrap(content, self, found)
    for (const [custodian, list] of byAuthor(found)) {
      const roots = new Set(list.map(({ merkleRoot }) => toHex(merkleRoot)))
      const of = versions.filter(({ merkleRoot }) => roots.has(toHex(merkleRoot)))
      if (of.length > 0) await granted.keep(content.accessId, custodian, of)
    }
  }

  async function askAll(accessId: Bytes): Promise<AccessEntry | null> {
    const entry = book.get(accessId)
    if (entry === null || entry.item === null || entry.side !== 'reader' || !isActive(entry)) return entry
    const found = (await finder.find(entry.content.patient)).filter(
      ({ author }) => !equalBytes(author, memberId),
    )
    const asked = [...byAuthor(found)].map(([hospital, versions]) => ({
      hospital,
      answer: askOne(entry, hospital, versions),
    }))
    const answers = await Promise.all(asked.map(({ hospital, answer }) => inTime(hospital, answer)))
    await inTurn(async () => {
      const latest = book.get(accessId)
      // With it the keys are durable that came.
      if (latest !== null) await book.save({ ...latest, answers, seenAt: Math.max(latest.seenAt, now()) })
    })
    // Who was named as away and answers after all is taken in.
    for (const [i, { answer }] of asked.entries())
      if (answers[i]!.kind === 'away')
        void answer.then((late) => takeLate(accessId, late)).catch(ignoreWhenClosed)
    // It ended while the answers were on their way: what came is not kept.
    if (!isActive(book.get(accessId) ?? entry)) await tick()
    tell({ kind: 'changed' })
    return book.get(accessId)
  }

  /** A person is told after a moment; the question goes on. */
  async function inTime(hospital: MemberId, answer: Promise<HospitalAnswer>): Promise<HospitalAnswer> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const away = new Promise<HospitalAnswer>((resolve) => {
      timer = setTimeout(
        () => resolve({ memberId: hospital, kind: 'away', refusal: null, versionCount: 0, at: now() }),
        ASK_MS,
      )
    })
    try {
      return await Promise.race([answer, away])
    } finally {
      clearTimeout(timer)
    }
  }

  async function takeLate(accessId: Bytes, late: HospitalAnswer): Promise<void> {
    if (late.kind === 'away' || isClosed) return
    await inTurn(async () => {
      const latest = book.get(accessId)
      if (latest === null || isClosed) return
      const answers = latest.answers.map((each) => (equalBytes(each.memberId, late.memberId) ? late : each))
      await book.save({ ...latest, answers })
    })
    tell({ kind: 'changed' })
  }

  async function askOne(
    entry: AccessEntry,
    hospital: MemberId,
    versions: readonly FoundVisit[],
  ): Promise<HospitalAnswer> {
    const { content } = entry
    const say = (kind: HospitalAnswer['kind'], more: Partial<HospitalAnswer> = {}): HospitalAnswer => ({
      memberId: hospital,
      kind,
      refusal: null,
      versionCount: 0,
      at: now(),
      ...more,
    })
    const member = findMember(membersOf(ledger.state.consortium), hospital)
    if (member?.kind !== 'hospital') return say('left')
    if (entry.ends.some(({ author }) => equalBytes(author, hospital)))
      return say('refused', { refusal: 'ended' })
    if (transport === null || !transport.isUp(peerName(hospital))) return say('away')
    try {
      const question = encodeKeyBoxRequest({ kind: 'access', item: entry.item! })
      const bytes = await transport.request(peerName(hospital), 'keybox', question, { timeoutMs: LATE_MS })
      const all = decodeAccessAnswer(bytes)
      if (all === null) {
        transport.penalise(peerName(hospital), 'violation')
        return say('away')
      }
      // Only what was asked for: this patient's, and written by the one that answers.
      const right = all.filter((each) =>
        versions.some(
          ({ merkleRoot, visitId, patient }) =>
            equalBytes(merkleRoot, each.merkleRoot) &&
            equalBytes(visitId, each.visitId) &&
            patient.epoch === each.patient.epoch &&
            equalBytes(patient.key, each.patient.key),
        ),
      )
      // Of a broken glass the keys are here already; that hospital was asked so that it hears of it at once.
      if (content.basis !== 'break-glass' && right.length > 0)
        await inTurn(async () => {
          const latest = book.get(content.accessId)
          // It may have ended on the way: then what came is not kept.
          if (latest !== null && isActive(latest) && !isClosed)
            await granted.keep(content.accessId, hospital, right)
        })
      return say('answered', { versionCount: right.length })
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error
      if (error.detail.code !== 'request-refused') return say('away')
      return say('refused', { refusal: refusalOf(error.detail.reason) })
    }
  }

  async function noteAnswered(
    content: AccessContent,
    author: MemberId,
    alarms: readonly BulkAlarm[],
  ): Promise<void> {
    const known = book.get(content.accessId)
    const entry = known === null ? entryOf(content, author, null, 'custodian') : known
    // In any case: with it what was counted is on the disk.
    await book.save({ ...entry, side: 'custodian' })
    if (content.basis === 'break-glass' && known?.side !== 'custodian') tell({ kind: 'break-glass', entry })
    for (const alarm of alarms) tell({ kind: 'bulk', alarm })
    if (known === null || alarms.length > 0) tell({ kind: 'changed' })
  }

  async function take(item: FinalItem): Promise<void> {
    const { kind } = item.signed.item.clear
    const content = item.content === null ? null : contentOfItem(item.content, kind)
    if (content === null || !isAccessContent(content)) return
    const { author } = item.signed.item
    await inTurn(async () => {
      if (content.kind === 'access') await takeAccess(content, author, item)
      else if (content.kind === 'access-end') await takeEnd(content, author)
      else await takeReview(content, author, item.height)
      tell({ kind: 'changed' })
    })
    if (content.kind === 'access-end') await tick()
  }

  async function takeAccess(content: AccessContent, author: MemberId, item: FinalItem): Promise<void> {
    const known = book.get(content.accessId)
    if (known !== null) {
      // The same id again, for something else: the first counts.
      const isSame = equalBytes(known.author, author) && known.content.at === content.at
      if (isSame && known.height === null) await book.save({ ...known, height: item.height })
      return
    }
    if (equalBytes(author, memberId)) {
      const entry = entryOf(content, author, item.height, 'reader')
      return book.save({ ...entry, item: encodeSignedItem(item.signed) })
    }
    const entry = entryOf(content, author, item.height, 'unclear')
    if (isOver(entry)) return
    await settle(entry)
  }

  /** Whether it concerns this hospital, as far as the blocks tell that were looked at. */
  async function settle(entry: AccessEntry): Promise<void> {
    const isOurs = (await finder.find(entry.content.patient)).some(({ author }) =>
      equalBytes(author, memberId),
    )
    if (isOurs) {
      await book.save({ ...entry, side: 'custodian' })
      if (entry.content.basis === 'break-glass') tell({ kind: 'break-glass', entry })
    } else if (finder.foundUpTo < ledger.state.blockCount) await book.save(entry)
    else if (book.get(entry.content.accessId) !== null) await book.drop(entry)
  }

  async function clear(): Promise<void> {
    for (const entry of book.live()) if (entry.side === 'unclear') await settle(entry)
  }

  async function takeEnd(content: AccessEndContent, author: MemberId): Promise<void> {
    const entry = book.get(content.accessId)
    if (entry === null || entry.ends.some((end) => equalBytes(end.author, author))) return
    const { userKeyId, at } = content
    await book.save({ ...entry, ends: [...entry.ends, { author, userKeyId, at }] })
  }

  async function takeReview(content: AccessReviewContent, author: MemberId, height: number): Promise<void> {
    const entry = book.get(content.accessId)
    if (entry === null) return
    const { verdict, text, userKeyId, at } = content
    const others = entry.reviews.filter(
      (each) => !(equalBytes(each.author, author) && each.userKeyId === userKeyId && each.at === at),
    )
    const review = { author, verdict, text, userKeyId, at, height }
    await book.save({ ...entry, reviews: [...others, review] })
  }

  function tick(): Promise<void> {
    return inTurn(async () => {
      if (isClosed) return
      const isMember = findMember(membersOf(ledger.state.consortium), memberId) !== null
      const reading = book.live().filter(({ side, isDestroyed }) => side === 'reader' && !isDestroyed)
      const over = reading.filter((entry) => !isMember || !isActive(entry))
      const partly = reading.filter(({ ends }) => ends.length > 0)
      if (over.length > 0 || partly.length > 0) {
        const count = await granted.destroy((accessId, custodian) => {
          const entry = reading.find(({ content }) => equalBytes(content.accessId, accessId))
          if (entry === undefined || over.includes(entry)) return true
          return entry.ends.some(({ author }) => equalBytes(author, custodian))
        })
        for (const entry of over) await book.save({ ...entry, isDestroyed: true })
        if (over.length > 0 || count > 0) tell({ kind: 'changed' })
      }
      for (const entry of reading)
        if (!over.includes(entry) && now() - entry.seenAt > SEEN_EVERY_MS)
          await book.save({ ...entry, seenAt: now() })
      tellGrown()
      await answered.prune(options.now())
      for (const entry of book.live()) if (entry.side === 'unclear' && isOver(entry)) await book.drop(entry)
      book.letGo(isOver)
    })
  }

  async function sayOf(content: AccessEndContent | AccessReviewContent): Promise<boolean> {
    if ((await options.say(content)) === null) return false
    await inTurn(async () => {
      // Here it holds at once; the others hear of it when it is final.
      if (content.kind === 'access-end') await takeEnd(content, memberId)
      else {
        const entry = book.get(content.accessId)
        const isThere = entry?.reviews.some(
          ({ at, userKeyId }) => at === content.at && userKeyId === content.userKeyId,
        )
        if (entry !== null && isThere === false) {
          const { verdict, text, userKeyId, at } = content
          const review = { author: memberId, verdict, text, userKeyId, at, height: null }
          await book.save({ ...entry, reviews: [...entry.reviews, review] })
        }
      }
    })
    await tick()
    tell({ kind: 'changed' })
    return true
  }

  const isOurs = (entry: AccessEntry | null): entry is AccessEntry =>
    entry !== null && entry.side !== 'unclear'

  return {
    finder,
    open,
    askAgain: askAll,
    async end(accessId, userKeyId) {
      const entry = book.get(accessId)
      if (!isOurs(entry) || !isActive(entry)) return false
      if (entry.ends.some(({ author }) => equalBytes(author, memberId))) return false
      return sayOf({ kind: 'access-end', accessId, userKeyId, at: now() })
    },
    async review(accessId, verdict, text, userKeyId) {
      const entry = book.get(accessId)
      if (!isOurs(entry) || entry.content.basis !== 'break-glass') return false
      return sayOf({ kind: 'access-review', accessId, verdict, text, userKeyId, at: now() })
    },
    readingNow: (patient) =>
      book
        .live()
        .filter((entry) => entry.side === 'reader' && isActive(entry) && isOf(entry, patient))
        .sort((a, b) => b.content.at - a.content.at),
    async keysOf(root) {
      const usable = []
      for (const key of await granted.of(root)) {
        const entry = book.get(key.accessId)
        if (entry === null || entry.side !== 'reader' || !isActive(entry)) continue
        if (entry.ends.some(({ author }) => equalBytes(author, key.custodian))) continue
        usable.push({ key, entry })
      }
      return usable
    },
    async get(accessId) {
      return (
        book.get(accessId) ??
        (await book.list(LIST_MAX)).find(({ content }) => equalBytes(content.accessId, accessId)) ??
        null
      )
    },
    list: async (limit) => (await book.list(limit)).filter(isOurs),
    glasses: () =>
      book.live().filter((entry) => entry.content.basis === 'break-glass' && entry.side !== 'unclear'),
    alarms: () => answered.alarms(),
    isActive,
    onNotice(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    guardAnswers(given) {
      guard = given
    },
    tick,
    answer: answering.answer,
    take,
    async forgetting(root, index) {
      return [...(await granted.forgetting(root)), ...(index === null ? [] : await finder.forgetting(index))]
    },
    nudge: () => finder.nudge(),
    async close() {
      isClosed = true
      clearInterval(timer)
      await finder.close()
      await turn
    },
  }
}

const LIST_MAX = 2_000

function entryOf(
  content: AccessContent,
  author: MemberId,
  height: number | null,
  side: AccessEntry['side'],
): AccessEntry {
  return {
    content,
    author,
    item: null,
    height,
    side,
    ends: [],
    reviews: [],
    answers: [],
    isDestroyed: false,
    seenAt: content.at,
  }
}

function isOf({ content }: AccessEntry, patient: readonly PatientName[]): boolean {
  return content.patient.some((name) => patient.some((each) => compareNames(each, name) === 0))
}

function byAuthor(found: readonly FoundVisit[]): Map<MemberId, FoundVisit[]> {
  const groups: [MemberId, FoundVisit[]][] = []
  for (const visit of found) {
    const group = groups.find(([author]) => equalBytes(author, visit.author))
    if (group === undefined) groups.push([visit.author, [visit]])
    else group[1].push(visit)
  }
  return new Map(groups)
}
