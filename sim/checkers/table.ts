/**
 * The table of members as the decisions in the chain make it, kept by code of its own: who votes at a height, under which
 * key. A decision holds two heights after its own, and from then on nothing of what it replaced counts.
 */
import { equalBytes } from '../../src/shared/std/bytes.ts'
import { encode } from '../../src/main/node/chain/codec.ts'
import { keyOf } from '../../src/main/node/chain/ids.ts'
import { decodeSignedItem, type MembershipItem } from '../../src/main/node/chain/item.ts'
import { memberToCbor, type Member } from '../../src/main/node/chain/members.ts'
import type { ConsortiumState } from '../../src/main/node/chain/state.ts'
import { createSimCrypto } from '../crypto.ts'

export interface Table {
  /** What was decided at a height; heights come in order. */
  decided(height: number, items: readonly Uint8Array[]): void
  /** Consensus keys of those who vote at a height, by member. */
  votersAt(height: number): ReadonlyMap<string, Uint8Array>
  /** Members at a height, by key. */
  membersAt(height: number): ReadonlyMap<string, Member>
  /** How a state in effect at `height` differs from what was decided, in words; null where it does not. */
  difference(height: number, state: ConsortiumState): string | null
}

const DELAY_HEIGHTS = 2
const crypto = createSimCrypto()

export function createTable(members: readonly Member[]): Table {
  const rowsOf = (list: readonly Member[]) => new Map(list.map((member) => [keyOf(member.memberId), member]))
  /** The table from a height on, newest last. */
  const versions: { readonly from: number; readonly rows: ReadonlyMap<string, Member> }[] = [
    { from: 0, rows: rowsOf(members) },
  ]
  const at = (height: number): ReadonlyMap<string, Member> =>
    versions.findLast(({ from }) => from <= height)!.rows

  return {
    decided(height, items) {
      const changes = items
        .map((bytes) => decodeSignedItem(crypto, bytes)?.item.clear)
        .filter((clear): clear is MembershipItem => clear?.kind === 'membership')
      if (changes.length === 0) return
      const rows = new Map(versions.at(-1)!.rows)
      for (const { change, member } of changes)
        if (change === 'remove') rows.delete(keyOf(member.memberId))
        else rows.set(keyOf(member.memberId), member)
      versions.push({ from: height + DELAY_HEIGHTS, rows })
    },
    membersAt: at,
    votersAt(height) {
      const voters = [...at(height)].filter(([, { isVoter }]) => isVoter)
      return new Map(voters.map(([name, { consensusKey }]) => [name, consensusKey]))
    },
    difference(height, state) {
      const rows = at(height)
      if (rows.size !== state.members.length) return `${state.members.length} members, not ${rows.size}`
      for (const { member } of state.members) {
        const name = keyOf(member.memberId)
        const row = rows.get(name)
        const isSame =
          row !== undefined && equalBytes(encode(memberToCbor(row)), encode(memberToCbor(member)))
        if (!isSame) return `the row of ${name.slice(0, 8)} is not the one that was decided`
      }
      return null
    },
  }
}
