import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../../../words/network.ts'
import { alertSentence, changeSentence, stateSentence } from './sentences.ts'

const four = (reachable: number) => ({
  voters: 4,
  quorum: 3,
  faultsTolerated: 1,
  reachable,
  spare: reachable - 3,
})

describe('the sentence of the state', () => {
  it('says what goes on and what the next loss does', () => {
    expect(stateSentence(four(4), en)).toEqual({
      tone: 'good',
      sentence: '4 of 4 hospitals reachable: final visits go on; 2 more losses stop them.',
    })
    expect(stateSentence(four(3), en)).toEqual({
      tone: 'warn',
      sentence: '3 of 4 hospitals reachable: final visits go on; one more loss stops them.',
    })
  })
  it('says what waits and for whom', () => {
    expect(stateSentence(four(2), en)).toMatchObject({
      tone: 'bad',
      sentence:
        '2 of 4 hospitals reachable, 3 needed: visits are kept safely and become final when one more is back.',
    })
    expect(stateSentence(four(1), en).sentence).toContain('2 more are back')
    expect(stateSentence(four(2), zhHant).sentence).toContain('待另外 1 家')
  })
  it('is calm about a hospital alone', () => {
    const alone = { voters: 1, quorum: 1, faultsTolerated: 0, reachable: 1, spare: 0 }
    expect(stateSentence(alone, en)).toEqual({ tone: 'good', sentence: en.state.alone })
    // Another hospital alone: the sentence must not call this one the only voter.
    expect(stateSentence(alone, en, 'North').sentence).toBe(
      'North alone votes and is reachable: final visits go on.',
    )
    expect(stateSentence({ ...alone, reachable: 0, spare: -1 }, en, 'North').tone).toBe('bad')
  })
})

describe('the sentence of a change', () => {
  it('names rules in words, and those of a newer version by their name', () => {
    const change = { kind: 'policy', name: 'smallestCount', value: 20, before: 11 } as const
    expect(changeSentence(change, en as never, 'en')).toBe('Smallest number of patients shown: 11 → 20')
    const unknown = { kind: 'policy', name: 'later', value: 20_000, before: null } as const
    expect(changeSentence(unknown, en as never, 'en')).toBe('later: 20,000')
  })
  it('says at which height a version starts', () => {
    const change = { kind: 'protocol', number: 2, height: 1_500 } as const
    expect(changeSentence(change, en as never, 'en')).toBe('Protocol version 2 at height 1,500')
  })
})

const halted = {
  alertId: 'halted',
  kind: 'halted',
  tone: 'bad',
  at: null,
  memberName: null,
  amount: null,
} as const

describe('the alert of a node that has stopped by itself', () => {
  it('says why it has: a full disk is no fraud', () => {
    const said = (detail: string | null) => alertSentence({ ...halted, detail }, en.alerts, 'en')
    expect(said('world-failed')).toContain('could not write to the disk')
    expect(said('two-certificates')).toContain('contradict each other')
    expect(said('certified-invalid-value')).toContain('invalid')
    expect(said(null)).toContain('mistake in the program')
  })
})
