/** What was decided in which segment, as `Decisions` tells it and as the chain applies it. */
import type { ItemClear } from '../node/chain/item.ts'
import { takeEffect, withPending, type ConsortiumState } from '../node/chain/state.ts'
import type { Decision } from './decisions.ts'

/** Newest first. */
export function decisionsOf(
  decided: ReadonlyMap<number, readonly ItemClear[]>,
  upTo: number,
): readonly Decision[] {
  const list: Decision[] = []
  for (const [height, items] of [...decided].sort(([a], [b]) => a - b))
    for (const item of items)
      if (height <= upTo && (item.kind === 'membership' || item.kind === 'policy'))
        list.unshift({ height, item })
  return list
}

/** The state in which the segment of a height is decided: what is decided about members is in effect two heights later. */
export function membersAfter(
  founded: ConsortiumState,
  decided: ReadonlyMap<number, readonly ItemClear[]>,
  height: number,
): ConsortiumState {
  let state = founded
  for (let at = 1; at < height; at++) {
    for (const item of decided.get(at) ?? [])
      if (item.kind === 'membership')
        state = withPending(state, {
          effectHeight: at + 2,
          change: { kind: 'membership', change: item.change, member: item.member },
        })
    state = takeEffect(state, at + 1)
  }
  return state
}
