/**
 * Gateways among each other: what nearly all of them say is handed in, by the first of them that is there; whoever says something else is named
 * (docs/spec/gateways.md section 5, S5).
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { isSuspendable, openStudyOf } from '../node/chain/apply-study.ts'
import type { SuspensionItem } from '../node/chain/item.ts'
import { findMember, gatewaysOf } from '../node/chain/members.ts'
import { isNamed, membersOf } from '../node/chain/state.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { GatewayAct, GatewayOptions } from './gateway-port.ts'
import { weighWords, type Weighed } from './weigh-words.ts'

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
/** How often one gateway hands a suspension in: it may be refused once its keys or its members have changed. */
const SUSPENSION_TRIES = 3

export function createAgreement(options: GatewayOptions, host: AgreementHost): Agreement {
  const { memberId, chain, exchange, book } = options
  const { isClosed, later, unlessClosed, note } = host
  /** Studies whose result this gateway is about to hand in, and that were told to be held. */
  const handing = new Set<string>()
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
      unlessClosed(note('node.studyHeld', study, {}, weighed.kind))
    }
    if (weighed.kind !== 'agreed') return
    for (const each of weighed.differing) nameDiffering(study, weighed, each)
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

  /**
   * Whoever computed something else is suspended, by its own signed word beside what was agreed. A word that is no computed answer accuses
   * nobody: it is told to the audit.
   */
  function nameDiffering(
    study: GatewayStudy,
    agreed: Extract<Weighed, { kind: 'agreed' }>,
    said: Attestation,
  ): void {
    const { studyHash } = study
    const other = toHex(said.memberId)
    const entry = `${toHex(studyHash)} ${other}`
    if (equalBytes(said.memberId, memberId) || named.has(entry)) return
    named.add(entry)
    const isDeviating = isSuspendable(chain.state(), agreed.outcome, said.outcome)
    unlessClosed(
      note('node.gatewayAccused', study, { memberId: other }, isDeviating ? undefined : 'not-suspended'),
    )
    const open = openStudyOf(chain.state(), studyHash)
    if (!isDeviating || open === null) return
    const { outcome, resultHash, attestations } = agreed
    later(rank() * RANK_MS, () =>
      suspend(
        {
          kind: 'suspension',
          memberId: said.memberId,
          reason: DEVIATING,
          studyHash,
          studyHeight: open.height,
          agreed: { outcome, resultHash },
          said: { outcome: said.outcome, resultHash: said.resultHash, signature: said.signature },
          attestations: attestations.map((each) => ({ memberId: each.memberId, signature: each.signature })),
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
  exchange.onLateWord(({ studyHash, memberId: other }) =>
    unlessClosed(note('node.gatewayAccused', { studyHash }, { memberId: toHex(other) }, 'late')),
  )
  return { settleAll }
}
