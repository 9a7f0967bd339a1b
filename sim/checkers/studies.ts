/**
 * What the chain's items say of studies, added up by code of its own: what was charged and by whom, what was answered, on whose word, and
 * whether people of other hospitals had approved it by then, and after which erasure; whom a suspension names, and by what; and which days are over.
 */
import { equalBytes, toHex } from '../../src/shared/std/bytes.ts'
import { encode } from '../../src/main/node/chain/codec.ts'
import { keyOf, type ChainId } from '../../src/main/node/chain/ids.ts'
import {
  decodeSignedItem,
  itemHashOf,
  type ItemClear,
  type SuspensionItem,
} from '../../src/main/node/chain/item.ts'
import type { Member } from '../../src/main/node/chain/members.ts'
import type { ConsortiumState } from '../../src/main/node/chain/state.ts'
import {
  outcomeToCbor,
  type Attested,
  type ResultItem,
  type WordHeights,
} from '../../src/main/node/chain/study-items.ts'
import { signatureInput } from '../../src/main/node/crypto/labels.ts'
import { createSimCrypto } from '../crypto.ts'
import { STUDY_POLICY } from '../founding.ts'
import type { Invariant } from './checkers.ts'

export interface Unlawful {
  readonly invariant: Invariant
  readonly text: string
}

/** A decided segment, as far as studies are concerned. */
export interface Decided {
  readonly height: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly items: readonly Uint8Array[]
}

export interface StudyBook {
  /**
   * Heights come in order. @param members in effect at the height, by key @returns what may not be, or null
   */
  decided(segment: Decided, members: ReadonlyMap<string, Member>, chainId: ChainId): Unlawful | null
  /** How a state after `height` differs from what the items say, in words; null where it does not. */
  difference(height: number, state: ConsortiumState): Unlawful | null
}

type Asked = {
  readonly name: string
  readonly author: Uint8Array
  readonly isByRule: boolean
  readonly height: number
  /** First day on which it is over. */
  readonly expiryDay: number
  isAnswered: boolean
  readonly checkers: Set<string>
  readonly approvals: Map<string, number>
  isRefused: boolean
  readonly approved: Set<string>
}
type Word = Pick<ResultItem, 'studyHash' | 'outcome' | 'resultHash'>

const CHECKERS = 2
const DAY_MS = 86_400_000
const DECISION_DELAY = 2
const crypto = createSimCrypto()
const tolerated = (count: number): number => Math.floor((count - 1) / 3)

export function createStudyBook(): StudyBook {
  const studies = new Map<string, Asked>()
  const sums = new Map<string, number>()
  let total = 0
  /** Of the last segment with an erasure. */
  let erasureHeight = 0
  /** After each height: the sum of all charges, and which studies are open. */
  const after = new Map<number, { readonly total: number; readonly open: ReadonlySet<string> }>()
  /** Of each member: when it was named, and from when on a decision cleared it. */
  const namings = new Map<string, { readonly named: number[]; readonly cleared: number[] }>()

  const namingsOf = (memberId: Uint8Array) => {
    const name = toHex(memberId)
    const known = namings.get(name) ?? { named: [], cleared: [] }
    namings.set(name, known)
    return known
  }
  function isNamed(memberId: Uint8Array, height: number): boolean {
    const { named, cleared } = namingsOf(memberId)
    const lastCleared = Math.max(-1, ...cleared.filter((at) => at <= height))
    return named.some((at) => at >= lastCleared)
  }

  const wrong = (invariant: Invariant, text: string): Unlawful => ({ invariant, text })

  function charge(who: string, isPublished: boolean, microRho: number): Unlawful | null {
    total += microRho
    const pool = isPublished ? 'published' : 'research'
    const requester = isPublished ? 'published' : `hospital ${who}`
    for (const name of new Set([pool, requester])) sums.set(name, (sums.get(name) ?? 0) + microRho)
    const { rhoYearMicro, rhoResearchMicro, rhoPublishedMicro, rhoHospitalMicro } = STUDY_POLICY
    const limits: readonly (readonly [string, number, number])[] = [
      ['year', total, rhoYearMicro],
      ['pool', sums.get(pool)!, isPublished ? rhoPublishedMicro : rhoResearchMicro],
      ['requester', sums.get(requester)!, isPublished ? rhoPublishedMicro : rhoHospitalMicro],
    ]
    const over = limits.find(([, sum, most]) => sum > most)
    return over === undefined
      ? null
      : wrong('studies-by-the-rules', `${over[1]} was charged where the ${over[0]} has ${over[2]}`)
  }

  /** Whether that member's own key signed that word of a study that was asked at that height, as of that erasure. */
  function isSignedBy(
    member: Member | undefined,
    { studyHash, outcome, resultHash }: Word,
    engine: string,
    found: WordHeights,
    signature: Uint8Array,
    chainId: ChainId,
  ): boolean {
    const heights = [found.studyHeight, found.erasureHeight]
    const said = encode([studyHash, outcomeToCbor(outcome), resultHash, engine, ...heights])
    const input = signatureInput('consilium/attestation/4', chainId, said)
    return member !== undefined && crypto.ed25519Verify(member.authorKey, input, signature)
  }

  /** In words, what is wrong with the signatures under a word; null where they are enough. */
  function whyNotAttested(
    word: Word,
    attestations: readonly Attested[],
    found: WordHeights,
    at: { readonly height: number; readonly members: ReadonlyMap<string, Member>; readonly chainId: ChainId },
  ): string | null {
    const gateways = [...at.members.values()].filter(({ gatewayKey }) => gatewayKey !== null)
    const needed = gateways.length < 4 ? gateways.length : gateways.length - tolerated(gateways.length)
    const signers = new Set<string>()
    for (const { memberId, engine, signature } of attestations) {
      const gateway = gateways.find((each) => equalBytes(each.memberId, memberId))
      if (gateway === undefined) return 'somebody attested it that is no gateway'
      if (isNamed(memberId, at.height)) return 'somebody attested it that was named'
      if (!isSignedBy(gateway, word, engine, found, signature, at.chainId)) return 'a signature is forged'
      signers.add(toHex(memberId))
    }
    return signers.size < needed ? `${signers.size} gateways attested it, not ${needed}` : null
  }

  function whyNotSuspended(clear: SuspensionItem, at: Parameters<typeof whyNotAttested>[3]): string | null {
    const { memberId, studyHash, agreed, said, attestations } = clear
    const isOther = agreed.outcome !== said.outcome || !equalBytes(agreed.resultHash, said.resultHash)
    if (!isOther) return 'it said the same'
    const accused = at.members.get(keyOf(memberId))
    const own = { studyHash, ...said }
    if (!isSignedBy(accused, own, said.engine, clear, said.signature, at.chainId))
      return 'it never signed that word'
    if (attestations.some((each) => equalBytes(each.memberId, memberId))) return 'it agreed with itself'
    const gatewayCount = [...at.members.values()].filter(({ gatewayKey }) => gatewayKey !== null).length
    const like = attestations.filter(({ engine }) => engine === said.engine).length
    if (like <= tolerated(gatewayCount)) return 'the others ran another engine'
    return whyNotAttested({ studyHash, ...agreed }, attestations, clear, at)
  }

  function take(
    clear: ItemClear,
    author: Uint8Array,
    hash: Uint8Array,
    at: Parameters<typeof whyNotAttested>[3] & { readonly day: number },
  ): Unlawful | null {
    const who = toHex(author)
    switch (clear.kind) {
      case 'study': {
        const name = `${who} ${toHex(clear.commitment)}`
        const isOpen = [...studies.values()].some(
          (each) => each.name === name && !each.isAnswered && each.expiryDay > at.day,
        )
        studies.set(toHex(hash), {
          name,
          author,
          isByRule: clear.chargeKind === 'by-rule',
          height: at.height,
          expiryDay: at.day + STUDY_POLICY.studyExpiryDays,
          isAnswered: false,
          checkers: new Set(),
          approvals: new Map(),
          isRefused: false,
          approved: new Set(),
        })
        if (isOpen)
          return wrong('studies-by-the-rules', 'the same study is open twice, and was charged twice')
        return clear.chargeMicroRho === 0
          ? null
          : charge(who, clear.requesterClass === 'published', clear.chargeMicroRho)
      }
      case 'check': {
        const study = studies.get(toHex(clear.studyHash))
        if (study === undefined) return wrong('studies-by-the-rules', 'a check is of no study')
        if (study.expiryDay <= at.day) return wrong('studies-expire', 'a check is of a study that is over')
        if (!study.isByRule) return wrong('checks-by-others', 'a check is of a study that needs none')
        if (equalBytes(study.author, author))
          return wrong('checks-by-others', 'whoever asked a study checked it')
        if (study.checkers.has(who)) return wrong('checks-by-others', 'one hospital checked a study twice')
        study.checkers.add(who)
        const of = toHex(clear.proposalHash)
        if (clear.verdict === 'refuse') study.isRefused = true
        else if (!study.isRefused) {
          study.approvals.set(of, (study.approvals.get(of) ?? 0) + 1)
          if (study.approvals.get(of)! >= CHECKERS) study.approved.add(of)
        }
        return null
      }
      case 'result': {
        const study = studies.get(toHex(clear.studyHash))
        if (study === undefined)
          return wrong('studies-by-the-rules', 'a result is of nothing that was asked and charged before')
        if (study.isAnswered) return wrong('studies-by-the-rules', 'a study has two results')
        if (study.expiryDay <= at.day) return wrong('studies-expire', 'a result is of a study that is over')
        study.isAnswered = true
        const isUnchecked =
          study.isByRule && clear.outcome === 'answered' && !study.approved.has(toHex(clear.resultHash))
        if (isUnchecked)
          return wrong(
            'studies-by-the-rules',
            'an answer by rule left that people had not approved before anybody refused',
          )
        if (clear.erasureHeight !== erasureHeight)
          return wrong(
            'results-after-erasures',
            'a result is of words that were not found after the last erasure',
          )
        const found = { studyHeight: study.height, erasureHeight }
        const why = whyNotAttested(clear, clear.attestations, found, at)
        return why === null ? null : wrong('results-are-attested', `of a result: ${why}`)
      }
      case 'suspension': {
        const why = whyNotSuspended(clear, at)
        namingsOf(clear.memberId).named.push(at.height)
        return why === null ? null : wrong('suspensions-prove-themselves', `of who is named: ${why}`)
      }
      case 'erasure':
        erasureHeight = at.height
        return null
      case 'evidence':
        namingsOf(clear.first.vote.memberId).named.push(at.height)
        return null
      case 'membership':
        if (clear.change === 'replace')
          namingsOf(clear.member.memberId).cleared.push(at.height + DECISION_DELAY)
        return null
      default:
        return null
    }
  }

  return {
    decided({ height, time, items }, members, chainId) {
      const day = Math.floor(time / DAY_MS)
      let unlawful: Unlawful | null = null
      for (const bytes of items) {
        const signed = decodeSignedItem(crypto, bytes)
        if (signed === null) continue
        const { clear, author } = signed.item
        const hash = itemHashOf(crypto, chainId, bytes)
        unlawful = take(clear, author, hash, { height, day, members, chainId }) ?? unlawful
      }
      const open = [...studies].filter(([, { isAnswered, expiryDay }]) => !isAnswered && expiryDay > day)
      after.set(height, { total, open: new Set(open.map(([name]) => name)) })
      return unlawful
    },
    difference(height, { ledger, openStudies }) {
      const { total: sum, open } = after.get(height) ?? { total: 0, open: new Set<string>() }
      const kept = ledger.days.reduce((of, { microRho }) => of + microRho, 0)
      if (ledger.lifetimeMicroRho !== sum || kept !== sum)
        return wrong(
          'ledger-as-charged',
          `the ledger has ${ledger.lifetimeMicroRho} and ${kept} of the year, ${sum} was charged`,
        )
      const over = openStudies.find(({ studyHash }) => !open.has(toHex(studyHash)))
      if (over !== undefined)
        return studies.get(toHex(over.studyHash))?.isAnswered === true
          ? wrong('studies-by-the-rules', 'a study is open that was answered')
          : wrong('studies-expire', 'a study is open whose days are over')
      return openStudies.length === open.size
        ? null
        : wrong('studies-expire', `${openStudies.length} studies are open, not ${open.size}`)
    },
  }
}
