import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../words/shell.ts'
import { pillOf } from './pill-of.ts'

const running = {
  state: 'running',
  queuedCount: 0,
  height: 200,
  catchingUpTo: null,
  observingReason: null,
} as const
const said = (status: Parameters<typeof pillOf>[0], words = en) => pillOf(status, words.status, String)

describe('the pill of the top bar', () => {
  it('C1: says how far a newcomer has come, in both languages', () => {
    const newcomer = { ...running, height: 1200, catchingUpTo: 34_000 }
    expect(said(newcomer)).toMatchObject({ tone: 'wait' })
    for (const words of [en, zhHant]) expect(said(newcomer, words).words).toMatch(/1200.*34000/)
    expect(said({ ...newcomer, height: 33_990 }).words).toMatch(/33990.*34000/)
  })

  it('says nothing of the one decision that a node is behind for a moment', () => {
    expect(said({ ...running, catchingUpTo: 201 })).toEqual({ tone: 'good', words: 'All saved' })
    expect(said({ ...running, catchingUpTo: 201, queuedCount: 3 })).toEqual({
      tone: 'wait',
      words: '3 waiting',
    })
  })

  it('is bad while another machine runs with the same keys, whatever waits', () => {
    for (const observingReason of ['keys-elsewhere', 'unknown-own-signature'] as const)
      expect(said({ ...running, observingReason, catchingUpTo: 9_000 })).toEqual({
        tone: 'bad',
        words: en.status.twofold,
      })
  })
})
