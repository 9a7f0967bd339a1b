/**
 * Which insurers the consortium had when a study was charged, and since when they have been the same (ADR 0027). A benchmark is of all of them, in
 * months that began after the last change: so no month is ever released of two sets of insurers, and nobody takes one from the other.
 */
import { dayOfCivil } from '../../shared/domain/dates.ts'
import { keyOf, type MemberId } from '../node/chain/ids.ts'
import { DAY_MS, EFFECT_DELAY_HEIGHTS } from '../node/chain/limits.ts'
import type { Member } from '../node/chain/members.ts'
import { monthsUpTo, payerName } from '../privacy/request/monitor-output.ts'
import type { Output } from '../privacy/request/outputs.ts'
import type { Decision } from './decisions.ts'
import { memberBy, type MemberHistory } from './member-at.ts'

export interface MarketHistory extends MemberHistory {
  /** Birth time of a segment. */
  timeAt(height: number): Promise<number>
}

export interface Market {
  /** Names as the chain has them. */
  readonly insurers: readonly string[]
  /** When the last change of who they are took effect, milliseconds since 1970; null: not since `notBefore`. */
  readonly changedAt: number | null
}

/** Looks at who ever was an insurer, and at what was decided of them. */
export async function marketAt(history: MarketHistory, height: number, notBefore: number): Promise<Market> {
  const { founders } = history
  const decisions = await history.decidedUpTo(height - EFFECT_DELAY_HEIGHTS)
  const ids = new Map<string, MemberId>()
  const hear = ({ memberId, kind }: Member) => kind === 'insurer' && ids.set(keyOf(memberId), memberId)
  for (const member of founders) hear(member)
  for (const { item } of decisions) if (item.kind === 'membership') hear(item.member)
  const insurers: string[] = []
  for (const id of ids.values()) {
    const name = insurerOf(memberBy(decisions, founders, id, height))
    if (name !== null) insurers.push(name)
  }
  return { insurers, changedAt: await lastChange(history, decisions, notBefore) }
}

/** @param decisions newest first, all in effect */
async function lastChange(
  { founders, timeAt }: MarketHistory,
  decisions: readonly Decision[],
  notBefore: number,
): Promise<number | null> {
  for (const { height, item } of decisions) {
    if (item.kind !== 'membership') continue
    const effect = height + EFFECT_DELAY_HEIGHTS
    const after = item.change === 'remove' ? null : item.member
    const before = memberBy(decisions, founders, item.member.memberId, effect - 1)
    // New keys change nothing of who they are.
    if (spelled(after) === spelled(before)) continue
    const time = await timeAt(effect)
    return time < notBefore ? null : time
  }
  return null
}

const insurerOf = (member: Member | null): string | null => (member?.kind === 'insurer' ? member.name : null)

function spelled(member: Member | null): string | null {
  const name = insurerOf(member)
  return name === null ? null : payerName(name)
}

/**
 * First month of a monitoring table's benchmark; null where it has none: it asks for none, or names other insurers than the chain had when it was
 * charged, or they changed since its last month began.
 */
export async function benchmarkFrom(
  output: Output,
  marketOf: (notBefore: number) => Promise<Market>,
): Promise<string | null> {
  if (output.kind !== 'monitor' || output.insurers === null) return null
  const months = monthsUpTo(output.lastMonth, output.months)
  const { insurers, changedAt } = await marketOf(beginOf(months[0]!))
  const named = (names: readonly string[]) => names.map(payerName).sort().join('\n')
  if (named(insurers) !== named(output.insurers)) return null
  return months.find((month) => changedAt === null || beginOf(month) > changedAt) ?? null
}

/** Milliseconds since 1970, UTC. */
function beginOf(month: string): number {
  return dayOfCivil(Number(month.slice(0, 4)), Number(month.slice(5)), 1) * DAY_MS
}
