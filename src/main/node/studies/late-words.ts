/**
 * What gateways say of a study beside its result: that they found the same, later than those whose words are in it, or that they found something else
 * (docs/spec/gateways.md X2, ADR 0034). Kept for good, one word of each gateway: whoever asked and whoever checks a package sees all of them, and a
 * deviating one proves itself.
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import { gatewaysOf } from '../chain/members.ts'
import { membersOf } from '../chain/state.ts'
import type { Word } from '../chain/study-items.ts'
import {
  attestationFromCbor,
  attestationToCbor,
  decodeAttestations,
  type StudyAnswerRefusal,
} from '../network/protocols/studies.ts'
import { lateWordKey, metaKey, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { ask, nameOf, reachableGateways, reachableMembers, type Around } from './around.ts'
import { ENGINES_MAX, isSameWord, mayFollow } from './same-word.ts'
import { StudyFailure, type Attestation, type Found } from './study-exchange.ts'

/** Of a study that has a result, by the chain: where it stands and what the result says. */
export interface Closed {
  readonly height: number
  readonly result: Omit<Word, 'studyHash'> &
    Pick<Found, 'erasureHeight'> & { readonly attesters: readonly { readonly memberId: MemberId }[] }
}

export interface LateWords {
  /**
   * One that was said while the study was open, where it belongs beside the result.
   * @param wasTrue its signature held by the key that was in effect when it came: a key that has changed since takes no word back
   */
  keep(attestation: Attestation, wasTrue: boolean): Promise<void>
  /** Of this node. @throws {StudyFailure} `attested-otherwise` */
  say(word: Word & Found): Promise<void>
  /** From its gateway itself. */
  takeIn(attestation: Attestation): Promise<Bytes | StudyAnswerRefusal>
  listen(take: (attestation: Attestation) => void): void
  /**
   * Signs own ones again where the author key has changed: by the old key nobody takes them any more who has not got them yet. @returns of which studies, to be told
   * anew
   */
  signAgain(): Promise<readonly ItemHash[]>
  /** Own ones that are to be told. */
  own(): readonly Attestation[]
  /** Drops own ones from what is to be told once every gateway has them. */
  forgetTold(isTold: (studyHash: ItemHash, gateway: MemberId) => boolean): void
  here(studyHash: ItemHash): Promise<readonly Attestation[]>
  /** As `here`; members within reach are asked first. */
  of(studyHash: ItemHash): Promise<readonly Attestation[]>
}

/** What words of open studies have too. */
export interface LateWordsHost {
  readonly closedOf: (studyHash: ItemHash) => Promise<Closed | 'over' | null>
  readonly isTrue: (attestation: Attestation, studyHeight: number) => boolean
  readonly signed: (word: Word & Found, studyHeight: number) => Attestation
  /** The author key in effect of a gateway; null for whoever is none. */
  readonly keyOf: (memberId: MemberId) => Bytes | null
}

const NOTHING = new Uint8Array(0)
/** By which of the own keys every own word here is signed. */
const SIGNED_BY = metaKey('late-words-key')
/** Whoever asks anew of one study waits so long between. */
const AGAIN_MS = 5_000
/** Nobody waits longer for those that do not answer: what comes later is there the next time. */
const ANSWER_MS = 2_000
/** At most so many members are asked of one study: every gateway, which may know most, then others that may have kept what a gateway now away had said. */
const ASKED_MEMBERS_MAX = 32
/** Studies of which so much is remembered in memory. */
const ASKED_MAX = 1_000

export function createLateWords(
  store: Store,
  around: Around,
  { closedOf, isTrue, signed, keyOf }: LateWordsHost,
): LateWords {
  const { memberId, ledger, now } = around
  const listeners: ((attestation: Attestation) => void)[] = []
  const untold = new Map<string, Attestation>()
  const askedAt = new Map<string, number>()
  let signedBy: Bytes | null = null
  /** How often a gateway has said another word of one study. */
  const changed = new Map<string, number>()
  /** One after the other: of two words that come at once the first is kept. */
  let turn: Promise<unknown> = Promise.resolve()

  async function wordAt(key: Bytes): Promise<Attestation | null> {
    const value = await store.get(key)
    const read = value === null ? null : readCheckedValue(key, value)
    return read?.kind === 'ok' ? attestationFromCbor(tryDecode(read.content) ?? undefined) : null
  }

  async function here(studyHash: ItemHash): Promise<Attestation[]> {
    const words: Attestation[] = []
    for await (const { key, value } of store.scan(rangeOf('z/l', studyHash))) {
      const read = readCheckedValue(key, value)
      const word = read.kind === 'ok' ? attestationFromCbor(tryDecode(read.content) ?? undefined) : null
      if (word !== null) words.push(word)
    }
    return words
  }

  /** Words of one erasure are compared, and no others: what was found after one more says nothing against the result (ADR 0032). */
  const belongs = ({ result }: Closed, { memberId: by, erasureHeight }: Attestation): boolean =>
    erasureHeight === result.erasureHeight &&
    !result.attesters.some((attester) => equalBytes(attester.memberId, by))

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  function consider(attestation: Attestation, closed: Closed, wasTrue = false): Promise<boolean> {
    return inTurn(async () => {
      if (!wasTrue && !isTrue(attestation, closed.height)) return false
      if (!belongs(closed, attestation)) return true
      const key = lateWordKey(attestation.studyHash, attestation.memberId)
      const before = await wordAt(key)
      if (
        before !== null &&
        !isSignedAnew(before, attestation, closed) &&
        !mayReplace(before, attestation, closed)
      )
        return true
      await store.commit([put(key, checkedValue(key, encode(attestationToCbor(attestation))))])
      if (equalBytes(attestation.memberId, memberId)) untold.set(nameOf(attestation.studyHash), attestation)
      for (const take of listeners) take(attestation)
      return true
    })
  }

  /** The same, by the key in effect, where that by which it is kept is no more: else nobody could be given it. */
  function isSignedAnew(before: Attestation, next: Attestation, closed: Closed): boolean {
    const isSame = isSameWord(before, next) && before.engine === next.engine
    return isSame && !isTrue(before, closed.height) && isTrue(next, closed.height)
  }

  /** An own word whose key is not the chain's, or no more: it is signed again once it is. */
  async function lookAgainUnlessTrue(own: Attestation, { height }: Closed): Promise<void> {
    if (isTrue(own, height)) return
    signedBy = null
    await store.commit([del(SIGNED_BY)])
  }

  /** As while it was open: the first word counts, but for what another engine finds. That is no way to take back a word that differs. */
  function mayReplace(before: Attestation, next: Attestation, { result }: Closed): boolean {
    if (!mayFollow(before, next) || (!isSameWord(before, result) && isSameWord(next, result))) return false
    const name = nameOf(next.studyHash, next.memberId)
    const changes = (changed.get(name) ?? 0) + 1
    if (changed.size >= ASKED_MAX) changed.clear()
    changed.set(name, changes)
    return changes <= ENGINES_MAX
  }

  async function fetch(studyHash: ItemHash, closed: Closed): Promise<void> {
    const gateways = reachableGateways(around)
    const others = reachableMembers(around).filter(({ gatewayKey }) => gatewayKey === null)
    // Not always the same ones, where they are many.
    const first = others.length === 0 ? 0 : around.random(1)[0]! % others.length
    const asked = [...gateways, ...others.slice(first), ...others.slice(0, first)].slice(0, ASKED_MEMBERS_MAX)
    await Promise.all(
      asked.map(async ({ memberId: member }) => {
        const said = await ask(around, member, { kind: 'attestations', studyHash })
        for (const each of (said.kind === 'answer' && decodeAttestations(said.bytes)) || [])
          if (equalBytes(each.studyHash, studyHash)) await consider(each, closed)
      }),
    )
  }

  async function signAgain(): Promise<ItemHash[]> {
    const current = keyOf(memberId)
    if (current === null) return []
    signedBy ??= await readSignedBy()
    if (signedBy !== null && equalBytes(signedBy, current)) return []
    const own: Attestation[] = []
    for await (const { key, value } of store.scan(rangeOf('z/l'))) {
      const read = equalBytes(key.subarray(-memberId.length), memberId) ? readCheckedValue(key, value) : null
      const word = read?.kind === 'ok' ? attestationFromCbor(tryDecode(read.content) ?? undefined) : null
      if (word !== null) own.push(word)
    }
    const again: ItemHash[] = []
    let isAll = true
    for (const word of own) {
      const closed = await closedOf(word.studyHash)
      if (closed === null || closed === 'over') {
        isAll &&= closed === 'over'
        continue
      }
      if (isTrue(word, closed.height)) continue
      const next = signed(word, closed.height)
      // The node's key is not the chain's yet.
      if (!isTrue(next, closed.height)) isAll = false
      else if (await consider(next, closed)) again.push(word.studyHash)
    }
    if (isAll) {
      signedBy = current
      await store.commit([put(SIGNED_BY, checkedValue(SIGNED_BY, current))])
    }
    return again
  }

  async function readSignedBy(): Promise<Bytes | null> {
    const value = await store.get(SIGNED_BY)
    const read = value === null ? null : readCheckedValue(SIGNED_BY, value)
    return read?.kind === 'ok' ? read.content : null
  }

  return {
    async keep(attestation, wasTrue) {
      const closed = await closedOf(attestation.studyHash)
      if (closed === null || closed === 'over') return
      if (equalBytes(attestation.memberId, memberId)) await lookAgainUnlessTrue(attestation, closed)
      await consider(attestation, closed, wasTrue)
    },
    async say(word) {
      const closed = await closedOf(word.studyHash)
      if (closed === null || closed === 'over') return
      const own = signed(word, closed.height)
      const before = await wordAt(lateWordKey(word.studyHash, memberId))
      if (before !== null && !mayFollow(before, word)) {
        if (!isSameWord(before, word)) throw new StudyFailure({ code: 'attested-otherwise' })
        // After a restart it is told once more.
        untold.set(nameOf(word.studyHash), before)
      } else {
        await lookAgainUnlessTrue(own, closed)
        await consider(own, closed, true)
      }
    },
    signAgain,
    async takeIn(attestation) {
      const closed = await closedOf(attestation.studyHash)
      // Not known here yet: it is told again as long as it is not taken.
      if (closed === null) return 'not-ready'
      if (closed === 'over') return NOTHING
      return (await consider(attestation, closed)) ? NOTHING : 'malformed'
    },
    listen: (take) => void listeners.push(take),
    own: () => [...untold.values()],
    forgetTold(isTold) {
      const others = gatewaysOf(membersOf(ledger.state.consortium)).filter(
        (gateway) => !equalBytes(gateway.memberId, memberId),
      )
      for (const [name, { studyHash }] of untold)
        if (others.every((gateway) => isTold(studyHash, gateway.memberId))) untold.delete(name)
    },
    here,
    async of(studyHash) {
      const closed = await closedOf(studyHash)
      if (closed === null || closed === 'over') return []
      const name = nameOf(studyHash)
      if (now() - (askedAt.get(name) ?? -Infinity) >= AGAIN_MS) {
        if (askedAt.size >= ASKED_MAX) askedAt.clear()
        askedAt.set(name, now())
        let timer: ReturnType<typeof setTimeout> | null = null
        const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ANSWER_MS)))
        await Promise.race([fetch(studyHash, closed), late]).finally(
          () => timer !== null && clearTimeout(timer),
        )
      }
      return here(studyHash)
    },
  }
}
