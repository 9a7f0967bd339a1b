/** The days on which a step or a wait turns from one thing into another, by example. */
import { describe, expect, it } from 'vitest'
import { cellOf } from './protect.ts'
import { stepsOf } from './steps-of.ts'
import { createWaits } from './waits.ts'
import type { Watch } from './watch.ts'

const watch = (to: number, isDeath = false): Watch => ({ from: 0, to, isDeath })

describe('steps of a person', () => {
  const all = { which: 'all', collapseDays: 30, stepsMost: 6 } as const

  it('takes a day that lies exactly as many days later as may be between repeats for a repeat, and the next day for another', () => {
    expect(stepsOf([[0, 30, 61]], watch(100), all)).toEqual([
      { day: 0, classes: 1 },
      { day: 61, classes: 1 },
    ])
    expect(stepsOf([[0, 31]], watch(100), all).map(({ day }) => day)).toEqual([0, 31])
    // Without a span no two days are the same occurrence.
    expect(stepsOf([[0, 1]], watch(100), { ...all, collapseDays: 0 }).map(({ day }) => day)).toEqual([0, 1])
  })

  it('is of the first and last day of the watch, and of no day beside it', () => {
    expect(
      stepsOf(
        [
          [-1, 0],
          [100, 101],
        ],
        watch(100),
        all,
      ),
    ).toEqual([
      { day: 0, classes: 1 },
      { day: 100, classes: 2 },
    ])
  })
})

describe('a wait', () => {
  const counted = (from: readonly number[] | null, to: readonly number[], of: Watch) => {
    const waits = createWaits()
    waits.add(from, to, of)
    const { persons, without, events, died, unseen, atEnd } = waits.finish(cellOf(1))
    return [persons, without, events, died, unseen, atEnd].map(({ count }) => count)
  }

  it('ends with an event of a later day: of two on one day nobody knows which came first', () => {
    expect(counted([5], [5], watch(100))).toEqual([1, 0, 0, 0, 1, 0])
    expect(counted([5], [5, 6], watch(100))).toEqual([1, 0, 1, 0, 0, 0])
    expect(counted(null, [0], watch(100, true))).toEqual([1, 0, 0, 1, 0, 0])
  })

  it('counts an event on the last day of the watch, none after it, and whoever begins on it on its own', () => {
    expect(counted([5], [100], watch(100))).toEqual([1, 0, 1, 0, 0, 0])
    expect(counted([5], [101], watch(100))).toEqual([1, 0, 0, 0, 1, 0])
    expect(counted([100], [100], watch(100))).toEqual([1, 0, 0, 0, 0, 1])
    expect(counted([101], [], watch(100))).toEqual([0, 1, 0, 0, 0, 0])
  })

  it('is as many days as lie between the two', () => {
    const waits = createWaits()
    for (let i = 0; i < 40; i++) waits.add([3], [10 + (i % 2)], watch(50))
    expect(waits.finish(cellOf(40)).quartiles.q1?.days).toBe(7)
  })
})
