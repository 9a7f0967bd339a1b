import { describe, expect, it } from 'vitest'
import type { EngineView } from '../node/consensus/engine/engine.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { consensusAsText, stallOf, underWayAfter } from './consensus-watch.ts'

const MINUTE = 60_000
const at = (height: number, round: number, phase: EngineView['phase'] = 'prevote') => ({
  height,
  round,
  phase,
})

describe('rounds without a decision', () => {
  it('are told from the third on, when a minute has passed', () => {
    const since = underWayAfter(null, at(28, 0), 0)
    expect(since).toEqual({ height: 28, since: 0 })
    const later = underWayAfter(since, at(28, 4), MINUTE)
    expect(later).toEqual(since)
    expect(stallOf(later, at(28, 4), MINUTE - 1)).toBeNull()
    expect(stallOf(later, at(28, 2), 9 * MINUTE)).toBeNull()
    expect(stallOf(later, at(28, 15), 5 * MINUTE + 1)).toEqual({ rounds: 15, minutes: 5 })
  })

  it('are over with the decision, and begin anew with the next height', () => {
    const since = { height: 28, since: 0 }
    expect(underWayAfter(since, at(28, 5, 'decided'), MINUTE)).toBeNull()
    expect(underWayAfter(since, at(29, 0, 'idle'), MINUTE)).toBeNull()
    expect(underWayAfter(since, at(29, 0), MINUTE)).toEqual({ height: 29, since: MINUTE })
    expect(stallOf(since, at(29, 4), 9 * MINUTE)).toBeNull()
  })
})

describe('consensusAsText', () => {
  it('is another one with every round, phase and vote', () => {
    const view: Parameters<typeof consensusAsText>[0] = {
      ...at(28, 3),
      prevoted: [],
      precommitted: [],
      standing: { kind: 'voting' } as EngineView['standing'],
    }
    const voter = new Uint8Array(16) as MemberId
    const texts = [
      view,
      { ...view, round: 4 },
      { ...view, phase: 'precommit' as const },
      { ...view, prevoted: [voter] },
      { ...view, precommitted: [voter] },
    ].map(consensusAsText)
    expect(new Set(texts).size).toBe(texts.length)
    expect(consensusAsText({ ...view })).toBe(texts[0])
  })
})
