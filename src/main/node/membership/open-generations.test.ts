import { describe, expect, it } from 'vitest'
import { openGenerations, type GenerationsHeld } from './open-generations.ts'

const DAY_MS = 86_400_000
const at = (changes: Partial<GenerationsHeld> = {}) =>
  openGenerations({ held: [0, 1], current: 1, since: 0, now: 0, overlapMs: 7 * DAY_MS, ...changes })

describe('the pre-shared keys that are open', () => {
  it('are the one in effect and, until its time is over, the one before it', () => {
    expect(at()).toEqual({ open: [0, 1], closesInMs: 7 * DAY_MS })
    expect(at({ now: 7 * DAY_MS - 1 })).toEqual({ open: [0, 1], closesInMs: 1 })
    expect(at({ now: 7 * DAY_MS })).toEqual({ open: [1], closesInMs: null })
    expect(at({ now: 700 * DAY_MS })).toEqual({ open: [1], closesInMs: null })
  })

  it('keep the old one where the new one is not here, however long', () => {
    expect(at({ held: [0], now: 700 * DAY_MS })).toEqual({ open: [0], closesInMs: null })
  })

  it('take in what is decided, before it is in effect', () => {
    expect(at({ current: 0 })).toEqual({ open: [0, 1], closesInMs: null })
  })

  it('are two at most, for a machine has two ports: what is decided waits until its port is free or it is in effect', () => {
    expect(at({ held: [0, 1, 2] })).toEqual({ open: [0, 1], closesInMs: 7 * DAY_MS })
    expect(at({ held: [0, 1, 2], now: 7 * DAY_MS })).toEqual({ open: [1, 2], closesInMs: null })
    expect(at({ held: [0, 1, 2], current: 2, now: DAY_MS })).toEqual({ open: [1, 2], closesInMs: 6 * DAY_MS })
  })

  it('keep the one in effect when two more are decided', () => {
    expect(at({ held: [0, 1, 2], current: 0 })).toEqual({ open: [0, 1], closesInMs: null })
    expect(at({ held: [0, 2], current: 0 })).toEqual({ open: [0], closesInMs: null })
  })

  it('keep the way to the others where the one in effect is not here and the one after it is', () => {
    expect(at({ held: [0, 2], current: 1, now: 700 * DAY_MS })).toEqual({ open: [0], closesInMs: null })
    expect(at({ held: [0, 1, 2], current: 3 })).toEqual({ open: [1, 2], closesInMs: null })
  })
})
