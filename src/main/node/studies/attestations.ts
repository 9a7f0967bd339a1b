/**
 * What gateways attest of studies: each tells the others until every one has it. What one says that is not in the result, because it came later or is another
 * thing, is kept beside it (`late-words.ts`, ADR 0034). The first word of a gateway counts; it never says another with the same engine after the same erasure, and with each engine one (ADR 0029). A word is
 * signed by the key in effect, so it is signed again when that changes, and is of the last erasure: after one more it counts for nothing until its gateway
 * has looked again and says what it finds then (ADR 0032).
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import { isNamed } from '../chain/state.ts'
import { openStudyOf } from '../chain/apply-study.ts'
import { attestationSignBytes, type Word } from '../chain/study-items.ts'
import {
  attestationFromCbor,
  attestationToCbor,
  decodeAttestations,
  encodeAttestations,
  type StudyAnswerRefusal,
} from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { attestationKey, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { ask, isGateway, memberIn, nameOf, reachableGateways, type Around } from './around.ts'
import { createLateWords, type Closed } from './late-words.ts'
import { ENGINES_MAX, isSameWord, mayFollow } from './same-word.ts'
import { StudyFailure, type Attestation, type Found } from './study-exchange.ts'

export interface Attestations {
  attest(word: Word & Found): Promise<void>
  of(studyHash: ItemHash): readonly Attestation[]
  /** Whether gateways that count said different things. */
  isHeld(studyHash: ItemHash): boolean
  listen(take: (attestation: Attestation) => void): void
  /** To what gateways said beside a result: each word once. */
  listenLate(take: (attestation: Attestation) => void): void
  /** Said beside the result of a study: what is known here; `all`: members within reach are asked first. */
  beside(studyHash: ItemHash, from: 'here' | 'all'): Promise<readonly Attestation[]>
  /** From another gateway. */
  takeIn(from: Peer, attestation: Attestation): Promise<Bytes | StudyAnswerRefusal>
  answer(from: Peer, studyHash: ItemHash): Promise<Bytes | StudyAnswerRefusal>
  /** Signs own words again where the key has changed, those beside results too. */
  signAgain(): Promise<void>
  /** Tells whoever was not told yet, each gateway beside the others. Resolves when each knows them all or does not answer now. */
  tell(): Promise<void>
  /** Asks the reachable gateways for what this one missed. */
  ask(studyHash: ItemHash): Promise<void>
  /** It has a result: what is not in it is kept beside it. */
  close(studyHash: ItemHash): Promise<void>
  /** As `close` of every study that is open no more; what was said of those that are over without a result is forgotten. */
  closeOver(): Promise<void>
}

const NOTHING = new Uint8Array(0)

/** With the key by which its signature held last; null where it was read and holds by none that is in effect. */
type Known = {
  readonly attestation: Attestation
  readonly key: Bytes | null
  /** How many engines it was said with since this node started. */
  readonly engineCount: number
}

export async function openAttestations(
  store: Store,
  around: Around,
  closedOf: (studyHash: ItemHash) => Promise<Closed | 'over' | null>,
): Promise<Attestations> {
  const { crypto, chainId, memberId, ledger } = around
  /** By study and member. */
  const known = new Map<string, Map<string, Known>>()
  const toldTo = new Set<string>()
  /** By gateway. */
  const telling = new Map<string, Promise<void>>()
  const listeners: ((attestation: Attestation) => void)[] = []
  const late = createLateWords(store, around, { closedOf, isTrue, signed, keyOf: keyOfGateway })
  for await (const { key, value } of store.scan(rangeOf('z/t'))) {
    const read = readCheckedValue(key, value)
    const attestation = read.kind === 'ok' ? attestationFromCbor(tryDecode(read.content) ?? undefined) : null
    // One that was closed is looked at with the first round: the node ended before that was written.
    if (attestation !== null) remember(attestation)
    else await store.commit([del(key)])
  }

  function isOpen(studyHash: ItemHash): boolean {
    return openStudyOf(ledger.state.consortium, studyHash) !== null
  }

  /** The author key of a gateway in effect. */
  function keyOfGateway(gatewayId: MemberId): Bytes | null {
    const gateway = memberIn(around, gatewayId)
    return gateway === null || gateway.gatewayKey === null ? null : gateway.authorKey
  }

  function isTrue(attestation: Attestation, studyHeight: number): boolean {
    const key = keyOfGateway(attestation.memberId)
    const { engine, erasureHeight } = attestation
    const input = attestationSignBytes(chainId, attestation, engine, { studyHeight, erasureHeight })
    return key !== null && crypto.ed25519Verify(key, input, attestation.signature)
  }

  function remember(attestation: Attestation): void {
    const name = nameOf(attestation.studyHash)
    const ofStudy = known.get(name) ?? new Map<string, Known>()
    const open = openStudyOf(ledger.state.consortium, attestation.studyHash)
    const isInEffect = open !== null && isTrue(attestation, open.height)
    const key = isInEffect ? keyOfGateway(attestation.memberId) : null
    const before = ofStudy.get(nameOf(attestation.memberId))
    const isOfAnother = before !== undefined && before.attestation.engine !== attestation.engine
    const engineCount = (before?.engineCount ?? 1) + Number(isOfAnother)
    ofStudy.set(nameOf(attestation.memberId), { attestation, key, engineCount })
    known.set(name, ofStudy)
  }

  const knownOf = (studyHash: ItemHash, of: MemberId): Known | null =>
    known.get(nameOf(studyHash))?.get(nameOf(of)) ?? null

  function isInEffect({ attestation, key }: Known): boolean {
    const current = keyOfGateway(attestation.memberId)
    return key !== null && current !== null && equalBytes(key, current)
  }

  /** The chain takes no other: what was found before the last erasure may have what was erased in it. */
  function isOfLastErasure({ erasureHeight }: Pick<Found, 'erasureHeight'>): boolean {
    return erasureHeight === ledger.state.consortium.erasureHeight
  }

  async function keep(attestation: Attestation): Promise<void> {
    const key = attestationKey(attestation.studyHash, attestation.memberId)
    await store.commit([put(key, checkedValue(key, encode(attestationToCbor(attestation))))])
    remember(attestation)
    for (const take of listeners) take(attestation)
  }

  function signed(word: Word & Found, studyHeight: number): Attestation {
    const { studyHash, outcome, resultHash, engine, erasureHeight } = word
    const input = attestationSignBytes(chainId, word, engine, { studyHeight, erasureHeight })
    const signature = crypto.ed25519Sign(around.authorSecret(), input)
    return { studyHash, outcome, resultHash, engine, erasureHeight, memberId, signature }
  }

  /** Tells everybody anew. */
  function forgetTold(studyHash: ItemHash): void {
    for (const name of toldTo) if (name.startsWith(nameOf(studyHash))) toldTo.delete(name)
  }

  /**
   * The first word since the last erasure counts; the same again, by a new key, takes its place, and so does what its gateway itself says with another
   * engine: others may still have the older one.
   */
  async function consider(attestation: Attestation, isByItself: boolean): Promise<boolean> {
    const { studyHash } = attestation
    const known = knownOf(studyHash, attestation.memberId)
    const before = known !== null && isOfLastErasure(known.attestation) ? known : null
    if (before !== null && mayFollow(before.attestation, attestation)) {
      if (!isByItself || before.engineCount >= ENGINES_MAX) return true
    } else if (before !== null && (isInEffect(before) || !isSameWord(before.attestation, attestation)))
      return true
    const open = openStudyOf(ledger.state.consortium, studyHash)
    if (open === null || !isTrue(attestation, open.height)) return false
    await keep(attestation)
    return true
  }

  function of(studyHash: ItemHash): Attestation[] {
    const all = [...(known.get(nameOf(studyHash))?.values() ?? [])]
    return all.flatMap((each) =>
      isInEffect(each) && isOfLastErasure(each.attestation) ? [each.attestation] : [],
    )
  }

  /** Own words under a key that is no more: as they were, by the key in effect. */
  async function signAgain(): Promise<void> {
    for (const studyHash of await late.signAgain()) forgetTold(studyHash)
    for (const ofStudy of [...known.values()]) {
      const own = ofStudy.get(nameOf(memberId))
      if (own === undefined || isInEffect(own) || !isOfLastErasure(own.attestation)) continue
      const { studyHash } = own.attestation
      const open = openStudyOf(ledger.state.consortium, studyHash)
      const again = open === null ? null : signed(own.attestation, open.height)
      // The node's key is not the chain's yet.
      if (open === null || again === null || !isTrue(again, open.height)) continue
      forgetTold(studyHash)
      await keep(again)
    }
  }

  /** One word after the other. Whoever does not answer now hears the rest in the next round; what it refuses, too. */
  function tellOne(gateway: MemberId): Promise<void> {
    const name = nameOf(gateway)
    const running = telling.get(name)
    // It looks for what is new before it ends.
    if (running !== undefined) return running
    const tried = new Set<Attestation>()
    const told = (async () => {
      for (;;) {
        const next = ownWords().find((own) => !tried.has(own) && !toldTo.has(nameOf(own.studyHash, gateway)))
        if (next === undefined) return
        tried.add(next)
        const asked = await ask(around, gateway, { kind: 'attest', attestation: next })
        if (asked.kind === 'away') return
        if (asked.kind === 'answer' && ownWords().includes(next)) toldTo.add(nameOf(next.studyHash, gateway))
      }
    })().finally(() => telling.delete(name))
    telling.set(name, told)
    return told
  }

  /** Own ones that others may not have: of open studies, and beside results. */
  function ownWords(): readonly Attestation[] {
    const open = [...known.values()].flatMap((each) => {
      const own = each.get(nameOf(memberId))?.attestation
      return own !== undefined && isOfLastErasure(own) && isOpen(own.studyHash) ? [own] : []
    })
    return [...open, ...late.own()]
  }

  async function close(studyHash: ItemHash): Promise<void> {
    for (const { attestation, key } of known.get(nameOf(studyHash))?.values() ?? [])
      await late.keep(attestation, key !== null)
    known.delete(nameOf(studyHash))
    forgetTold(studyHash)
    const writes = []
    for await (const { key } of store.scan(rangeOf('z/t', studyHash))) writes.push(del(key))
    if (writes.length > 0) await store.commit(writes)
  }

  return {
    async attest(word) {
      if (!isGateway(around, memberId)) throw new StudyFailure({ code: 'not-a-gateway' })
      const { studyHash } = word
      // One more came while it was found: it is looked at again.
      if (!isOfLastErasure(word)) return
      const before = knownOf(studyHash, memberId)
      if (before !== null && isOfLastErasure(before.attestation) && !mayFollow(before.attestation, word)) {
        if (isSameWord(before.attestation, word)) return
        throw new StudyFailure({ code: 'attested-otherwise' })
      }
      const open = openStudyOf(ledger.state.consortium, studyHash)
      // It has a result: it is said beside it.
      if (open === null) return late.say(word)
      forgetTold(studyHash)
      await keep(signed(word, open.height))
    },
    of,
    isHeld(studyHash) {
      const counted = of(studyHash).filter((each) => !isNamed(ledger.state.consortium, each.memberId))
      return new Set(counted.map((each) => `${each.outcome}/${nameOf(each.resultHash)}`)).size > 1
    },
    listen: (take) => void listeners.push(take),
    listenLate: late.listen,
    beside: (studyHash, from) => (from === 'here' ? late.here(studyHash) : late.of(studyHash)),
    async takeIn(from, attestation) {
      if (!isGateway(around, memberId) || !isGateway(around, from.memberId)) return 'not-for-you'
      if (!equalBytes(from.memberId, attestation.memberId)) return 'malformed'
      if (!isOpen(attestation.studyHash)) return late.takeIn(attestation)
      // One of the two has yet to hear of an erasure: it is told again, by then anew.
      if (!isOfLastErasure(attestation)) return 'not-ready'
      return (await consider(attestation, true)) ? NOTHING : 'malformed'
    },
    async answer(from, studyHash) {
      // As the result itself, which everybody reads in the chain: by whomever it was kept, each word proves itself.
      if (!isOpen(studyHash)) return encodeAttestations(await late.here(studyHash))
      const isBetweenGateways = isGateway(around, memberId) && isGateway(around, from.memberId)
      return isBetweenGateways ? encodeAttestations(of(studyHash)) : 'not-for-you'
    },
    signAgain,
    async tell() {
      await Promise.all(reachableGateways(around).map(({ memberId: gateway }) => tellOne(gateway)))
      late.forgetTold((studyHash, gateway) => toldTo.has(nameOf(studyHash, gateway)))
    },
    async ask(studyHash) {
      for (const gateway of reachableGateways(around)) {
        const asked = await ask(around, gateway.memberId, { kind: 'attestations', studyHash })
        const list = asked.kind === 'answer' ? decodeAttestations(asked.bytes) : null
        for (const each of list ?? []) {
          const isByItself = equalBytes(each.memberId, gateway.memberId)
          if (equalBytes(each.studyHash, studyHash) && isOfLastErasure(each)) await consider(each, isByItself)
        }
      }
    },
    close,
    async closeOver() {
      const over = [...known.values()]
        .flatMap((ofStudy) => [...ofStudy.values()].slice(0, 1))
        .map(({ attestation }) => attestation.studyHash)
        .filter((studyHash) => !isOpen(studyHash))
      // One whose result is not read here yet comes again.
      for (const studyHash of over) if ((await closedOf(studyHash)) !== null) await close(studyHash)
    },
  }
}
