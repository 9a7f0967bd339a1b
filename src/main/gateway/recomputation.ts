/**
 * Whether a recomputation that enough gateways agree on still waits (docs/spec/gateways.md section 5, S5d): for every gateway within reach, and for one that had
 * not signed the answer, where there is one. Pure.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'

/** From when enough say the same: whoever is silent by then has its say beside the result (ADR 0034). */
export const RECOMPUTE_WAIT_MS = 120_000

type By = { readonly memberId: MemberId }

export interface Recomputation {
  /** Those whose words count. */
  readonly gateways: readonly MemberId[]
  /** What was said of it by now, whatever it is. */
  readonly spoken: readonly By[]
  /** Whose words are in the result of the answer that it is of. */
  readonly signers: readonly By[]
  /** Who can be asked now, this gateway among them. */
  readonly within: readonly MemberId[]
  readonly waitedMs: number
}

export function isAwaited({ gateways, spoken, signers, within, waitedMs }: Recomputation): boolean {
  if (waitedMs >= RECOMPUTE_WAIT_MS) return false
  const hasSpoken = (gateway: MemberId): boolean => isAmong(spoken, gateway)
  const silent = gateways.filter((gateway) => !hasSpoken(gateway))
  if (silent.some((gateway) => within.some((each) => equalBytes(each, gateway)))) return true
  const others = gateways.filter((gateway) => !isAmong(signers, gateway))
  return others.length > 0 && !others.some(hasSpoken)
}

function isAmong(list: readonly By[], gateway: MemberId): boolean {
  return list.some(({ memberId }) => equalBytes(memberId, gateway))
}
