/**
 * Names in the chain who voted for two things in one step (R13, record-format.md 9). One item for each member at a time: a
 * voter who contradicts itself in every round fills no list. What it does after the members have cleared it counts anew.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import { keyOf, type ItemHash } from './chain/ids.ts'
import type { EvidenceItem } from './chain/item.ts'
import { isNamed, isOverFor, type ConsortiumState } from './chain/state.ts'

export interface Accuser {
  /**
   * Submits the item where the chain may take it and none is on its way. Where it cannot be written now, `again` does it; what another item
   * of this node overtakes is said again where it waits (waiting/items.ts).
   * @throws {Failure} what `propose` throws
   */
  accuse(evidence: EvidenceItem): Promise<void>
  /** Something may be written again. @throws as `accuse` */
  again(): Promise<void>
}

export interface AccuserOptions {
  readonly consortium: () => ConsortiumState
  /** Durable when it resolves. */
  readonly propose: (evidence: EvidenceItem) => Promise<ItemHash>
  readonly isWaiting: (itemHash: ItemHash) => Promise<boolean>
}

export function createAccuser({ consortium, propose, isWaiting }: AccuserOptions): Accuser {
  const submitted = new Map<string, ItemHash>()
  /** The newest of each member, until the chain names it or has nothing to say of it any more. */
  const open = new Map<string, EvidenceItem>()
  let underWay: Promise<void> | null = null

  async function submitAll(): Promise<void> {
    let failure: { readonly error: unknown } | null = null
    for (const [accused, evidence] of open) {
      if (!mayStand(consortium(), evidence)) {
        open.delete(accused)
        continue
      }
      const before = submitted.get(accused)
      if (before !== undefined && (await isWaiting(before))) continue
      try {
        submitted.set(accused, await propose(evidence))
      } catch (error) {
        // That one of them cannot be submitted keeps nobody else unnamed.
        failure ??= { error }
      }
    }
    if (failure !== null) throw failure.error
  }

  async function again(): Promise<void> {
    // One hand at a time, so that two pairs of votes of one member do not become two items.
    while (underWay !== null) await underWay.catch(() => {})
    if (open.size === 0) return
    underWay = submitAll().finally(() => (underWay = null))
    await underWay
  }

  return {
    async accuse(evidence) {
      const accused = keyOf(evidence.first.vote.memberId)
      if (mayStand(consortium(), evidence)) open.set(accused, evidence)
      await again()
    },
    again,
  }
}

/** What the chain would say of it, as far as time can change it. */
function mayStand(state: ConsortiumState, { first: { vote } }: EvidenceItem): boolean {
  const entry = state.members.find(({ member }) => equalBytes(member.memberId, vote.memberId))
  return entry !== undefined && !isNamed(state, vote.memberId) && !isOverFor(entry, vote.height)
}
