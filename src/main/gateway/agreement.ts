/**
 * Gateways among each other: what nearly all of them say is handed in, by the first of them that is there; whoever says something else is named, also
 * after the result (docs/spec/gateways.md section 5, S5; ADR 0034).
 */
import { compareBytes, equalBytes, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { isSuspendable, openStudyOf } from '../node/chain/apply-study.ts'
import { encode } from '../node/chain/codec.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import type { SuspensionItem } from '../node/chain/item.ts'
import { findMember, gatewaysOf } from '../node/chain/members.ts'
import { isNamed, membersOf } from '../node/chain/state.ts'
import type { Attested } from '../node/chain/study-items.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'
import type { GatewayStudy, StudyResult } from './gateway-book.ts'
import type { GatewayAct, GatewayOptions } from './gateway-port.ts'
import { isAwaited } from './recomputation.ts'
import { weighWords, type Weighed } from './weigh-words.ts'

export interface Agreement {
  /** Looks at what gateways said of every study without a result. */
  settleAll(): void
  /** A study has its result: whoever said something else by then is named. */
  closed(study: GatewayStudy): Promise<void>
}

/** What the service lends. */
export interface AgreementHost {
  readonly isClosed: () => boolean
  /** Nothing runs once the service is closed. */
  later(ms: number, run: () => void): void
  unlessClosed(work: Promise<unknown>): void
  note(
    act: GatewayAct,
    study: Pick<GatewayStudy, 'studyHash'>,
    about?: Readonly<Record<string, string | number>>,
    code?: string,
  ): Promise<void>
}

/** Which gateway hands in a result first is drawn for each result and erasure; each next one waits so long for it. */
export const RANK_MS = 5_000
const DEVIATING = 'deviating-result'
/** It ran another engine than those who agreed, and may have found what that gives. */
const OTHER_ENGINE = 'other-engine'
/** A refusal accuses nobody, and below four gateways nobody can be outvoted. */
const NOT_SUSPENDED = 'not-suspended'
/** How often one gateway hands a suspension in: it may be refused once its keys or its members have changed. */
const SUSPENSION_TRIES = 3

export function createAgreement(options: GatewayOptions, host: AgreementHost): Agreement {
  const { crypto, memberId, chain, exchange, book, now } = options
  const { isClosed, later, unlessClosed, note } = host
  /** Studies whose result this gateway is about to hand in, as of which erasure: after one more it is another result. */
  const handing = new Map<string, number>()
  /** Since when enough words on a recomputation are here, by this gateway's clock. */
  const enoughSince = new Map<string, number>()
  /** Recomputations that are looked at again in a moment. */
  const looking = new Set<string>()
  /** Told to be held. */
  const held = new Set<string>()
  const named = new Set<string>()

  function settleAll(): void {
    for (const study of book.list()) if (study.result === null) settle(study)
  }

  function settle(study: GatewayStudy): void {
    const { studyHash } = study
    const state = chain.state()
    if (isClosed() || openStudyOf(state, studyHash) === null) return
    const name = toHex(studyHash)
    const weighed = weighWords(state, exchange.attestationsOf(studyHash))
    if ((weighed.kind === 'held' || weighed.kind === 'unattested') && !held.has(name)) {
      held.add(name)
      const isByEngine = weighed.kind === 'held' && weighed.isByEngine
      unlessClosed(note('node.studyHeld', study, {}, isByEngine ? 'other-engines' : weighed.kind))
    }
    if (weighed.kind !== 'agreed') return
    for (const each of weighed.differing) nameDiffering(study, weighed, each)
    if (isWaitedFor(study)) return
    const { erasureHeight } = state
    if (handing.get(name) === erasureHeight) return
    handing.set(name, erasureHeight)
    later(rank(studyHash, erasureHeight) * RANK_MS, () => unlessClosed(handIn(study, erasureHeight)))
  }

  /** A recomputation waits for every gateway that can take part, for a while: one that had not signed the answer is what it is for. */
  function isWaitedFor(study: GatewayStudy): boolean {
    if (study.item.chargeKind !== 'recompute') return false
    const name = toHex(study.studyHash)
    const since = enoughSince.get(name) ?? now()
    enoughSince.set(name, since)
    const state = chain.state()
    const isWaiting = isAwaited({
      gateways: gatewaysOf(membersOf(state)).flatMap((each) =>
        isNamed(state, each.memberId) ? [] : [each.memberId],
      ),
      spoken: exchange.attestationsOf(study.studyHash),
      signers: (study.item.of && book.find(study.item.of)?.result?.attestations) ?? [],
      within: [memberId, ...exchange.reachableGateways()],
      waitedMs: now() - since,
    })
    if (isWaiting && !looking.has(name)) {
      // Nobody tells when a gateway goes out of reach.
      looking.add(name)
      later(RANK_MS, () => {
        looking.delete(name)
        settle(book.find(study.studyHash)!)
      })
    }
    return isWaiting
  }

  /**
   * This gateway's place among those that count, in an order that every study and every erasure draws anew: a fixed one would let faulty gateways that
   * stand first in it keep each result back, and agree to an erasure before an honest one's turn.
   */
  function rank(studyHash: ItemHash, erasureHeight: number): number {
    const state = chain.state()
    const order = gatewaysOf(membersOf(state))
      .filter((each) => !isNamed(state, each.memberId))
      .map(
        (each) =>
          [toHex(each.memberId), crypto.sha256(encode([studyHash, erasureHeight, each.memberId]))] as const,
      )
      .sort(([, a], [, b]) => compareBytes(a, b))
      .map(([id]) => id)
    return Math.max(0, order.indexOf(toHex(memberId)))
  }

  async function handIn(study: GatewayStudy, erasureHeight: number): Promise<void> {
    const { studyHash } = study
    const name = toHex(studyHash)
    const state = chain.state()
    const isOver = openStudyOf(state, studyHash) === null
    if (isOver || erasureHeight !== state.erasureHeight) return
    enoughSince.delete(name)
    // It is weighed anew: a suspension may have come meanwhile.
    const weighed = weighWords(state, exchange.attestationsOf(studyHash))
    if (weighed.kind !== 'agreed') {
      handing.delete(name)
      return
    }
    const { outcome, resultHash, attestations } = weighed
    try {
      await exchange.submit({
        kind: 'result',
        studyHash,
        outcome,
        resultHash,
        erasureHeight,
        attestations: attestations.map(attestedOf),
      })
      await note('node.studyReleased', study, { outcome })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      // Somebody else's is there already, or it cannot wait now.
    }
    // Should it never become final, it is handed in again.
    later(RANK_MS * (1 + gatewaysOf(membersOf(state)).length), () => {
      if (handing.get(name) === erasureHeight) handing.delete(name)
      const current = book.find(studyHash)
      if (current !== null && current.result === null) settle(current)
    })
  }

  /**
   * Whoever computed something else is suspended, by its own signed word beside what was agreed. A word that is no computed answer accuses
   * nobody: it is told to the audit.
   */
  function nameDiffering(
    study: GatewayStudy,
    agreed: Pick<Extract<Weighed, { kind: 'agreed' }>, 'outcome' | 'resultHash'> & {
      readonly attestations: readonly Attested[]
    },
    said: Attestation,
  ): void {
    const { studyHash, height: studyHeight } = study
    const other = toHex(said.memberId)
    const isDeviating = isSuspendable(chain.state(), agreed, said)
    // A word that may not be suspended for is told once, and hides none that may: which came first is in the liar's hand.
    const entry = `${toHex(studyHash)} ${other} ${String(isDeviating)}`
    if (equalBytes(said.memberId, memberId) || named.has(entry)) return
    named.add(entry)
    const why = agreed.attestations.some(({ engine }) => engine === said.engine)
      ? NOT_SUSPENDED
      : OTHER_ENGINE
    unlessClosed(note('node.gatewayAccused', study, { memberId: other }, isDeviating ? undefined : why))
    if (!isDeviating) return
    const { outcome, resultHash, attestations } = agreed
    later(rank(studyHash, said.erasureHeight) * RANK_MS, () =>
      suspend(
        {
          kind: 'suspension',
          memberId: said.memberId,
          reason: DEVIATING,
          studyHash,
          studyHeight,
          erasureHeight: said.erasureHeight,
          agreed: { outcome, resultHash },
          said: {
            outcome: said.outcome,
            resultHash: said.resultHash,
            engine: said.engine,
            signature: said.signature,
          },
          attestations: attestations.map(attestedOf),
        },
        SUSPENSION_TRIES,
      ),
    )
  }

  function suspend(item: SuspensionItem, tries: number): void {
    const state = chain.state()
    const isOver = isNamed(state, item.memberId) || findMember(membersOf(state), item.memberId) === null
    if (isOver || tries === 0) return
    unlessClosed(
      exchange.submit(item).then(
        () => {},
        (error: unknown) => {
          if (!(error instanceof Failure)) throw error
        },
      ),
    )
    later(RANK_MS * 8, () => suspend(item, tries - 1))
  }

  exchange.onAttestation(({ studyHash }) => {
    const study = book.find(studyHash)
    if (study !== null && study.result === null) settle(study)
  })
  /** What the chain has is what was agreed, and the words in it prove it: a slow liar is named as a fast one is. */
  function nameBeside(study: GatewayStudy, result: StudyResult, said: Attestation): void {
    // Of one erasure both: honest gateways may find unlike things before and after one.
    if (said.erasureHeight !== result.erasureHeight) return
    if (said.outcome === result.outcome && equalBytes(said.resultHash, result.resultHash)) return
    nameDiffering(study, result, said)
  }

  exchange.onLateWord((said) => {
    const study = book.find(said.studyHash)
    if (study !== null && study.result !== null && !isClosed()) nameBeside(study, study.result, said)
  })
  return {
    settleAll,
    async closed(study) {
      const { result, studyHash } = study
      if (result === null) return
      enoughSince.delete(toHex(studyHash))
      for (const said of await exchange.attestationsBeside(studyHash, 'here')) nameBeside(study, result, said)
    },
  }
}

/** As it stands in an item. */
function attestedOf({ memberId, engine, signature }: Attested): Attested {
  return { memberId, engine, signature }
}
