/**
 * Gateways among each other: what nearly all of them say is handed in, by the first of them that is there; whoever says something else is named
 * (docs/spec/gateways.md section 5, S5).
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { openStudyOf } from '../node/chain/apply-study.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember, gatewaysOf } from '../node/chain/members.ts'
import { isNamed, membersOf } from '../node/chain/state.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { GatewayAct, GatewayOptions } from './gateway-port.ts'
import { weighWords, wordsNeeded } from './weigh-words.ts'

export interface Agreement {
  /** Looks at what gateways said of every study without a result. */
  settleAll(): void
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

/** Which gateway hands in a result first is a matter of its id; each next one waits so long for it. */
export const RANK_MS = 5_000
const DEVIATING = 'deviating-result'

export function createAgreement(options: GatewayOptions, host: AgreementHost): Agreement {
  const { memberId, chain, exchange, book } = options
  const { isClosed, later, unlessClosed, note } = host
  /** Studies whose result this gateway is about to hand in, and that were told to be held. */
  const handing = new Set<string>()
  const held = new Set<string>()
  const accused = new Set<string>()

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
      unlessClosed(note('node.studyHeld', study, {}, weighed.kind))
    }
    if (weighed.kind !== 'agreed') return
    for (const each of weighed.differing) accuse(study, each)
    if (handing.has(name)) return
    handing.add(name)
    later(rank() * RANK_MS, () => unlessClosed(handIn(study)))
  }

  /** This gateway's place among those that count. */
  function rank(): number {
    const state = chain.state()
    const counting = gatewaysOf(membersOf(state))
      .filter((each) => !isNamed(state, each.memberId))
      .map((each) => toHex(each.memberId))
      .sort()
    return Math.max(0, counting.indexOf(toHex(memberId)))
  }

  async function handIn(study: GatewayStudy): Promise<void> {
    const { studyHash } = study
    const name = toHex(studyHash)
    const state = chain.state()
    if (openStudyOf(state, studyHash) === null) return
    // It is weighed anew: a suspension may have come meanwhile.
    const weighed = weighWords(state, exchange.attestationsOf(studyHash))
    handing.delete(name)
    if (weighed.kind !== 'agreed') return
    const { outcome, resultHash, attestations } = weighed
    handing.add(name)
    try {
      await exchange.submit({
        kind: 'result',
        studyHash,
        outcome,
        resultHash,
        attestations: attestations.map((each) => ({ memberId: each.memberId, signature: each.signature })),
      })
      await note('node.studyReleased', study, { outcome })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      // Somebody else's is there already, or it cannot wait now.
    }
    // Should it never become final, it is handed in again.
    later(RANK_MS * (1 + gatewaysOf(membersOf(state)).length), () => {
      handing.delete(name)
      const current = book.find(studyHash)
      if (current !== null && current.result === null) settle(current)
    })
  }

  function accuse(study: GatewayStudy, other: MemberId): void {
    if (equalBytes(other, memberId)) return
    const name = toHex(other)
    if (accused.has(name)) return
    accused.add(name)
    unlessClosed(
      note('node.gatewayAccused', study, { memberId: name }).then(() => exchange.accuse(other, DEVIATING)),
    )
  }

  function weighAccusation(other: MemberId, reason: string): void {
    if (isClosed() || reason !== DEVIATING) return
    const name = `suspend ${toHex(other)}`
    const isEnough = () => {
      const state = chain.state()
      if (isNamed(state, other) || findMember(membersOf(state), other) === null) return null
      const signatures = exchange
        .accusationsOf(other, reason)
        .filter((each) => !isNamed(state, each.memberId))
      return signatures.length >= wordsNeeded(state) ? signatures : null
    }
    if (handing.has(name) || isEnough() === null) return
    handing.add(name)
    later(rank() * RANK_MS, () => {
      const attestations = isEnough()
      if (attestations === null) return
      unlessClosed(
        exchange.submit({ kind: 'suspension', memberId: other, reason, attestations }).then(
          () => {},
          (error: unknown) => {
            if (!(error instanceof Failure)) throw error
          },
        ),
      )
      later(RANK_MS * 8, () => {
        handing.delete(name)
        weighAccusation(other, reason)
      })
    })
  }

  exchange.onAttestation(({ studyHash }) => {
    const study = book.find(studyHash)
    if (study !== null && study.result === null) settle(study)
  })
  exchange.onAccusation(weighAccusation)
  return { settleAll }
}
