import { describe, expect, it } from 'vitest'
import { confirmedByKind, kindOfConfirmed } from './confirmed-kinds.ts'

const confirmed = (rule: string) => ({ path: 'p', rule, value: '', by: 'k' })

describe('what was confirmed', () => {
  it('is unusual only where a value is: not for what was copied, is missing, or is another question', () => {
    expect(
      [
        'above-soft-limit',
        'weight-jump',
        'copied-forward',
        'copied-smoking',
        'template-expects',
        'required',
        'code-unlisted',
        'death-proposed',
      ].map(kindOfConfirmed),
    ).toEqual(['unusual', 'unusual', 'copied', 'copied', 'lacking', 'lacking', 'other', 'other'])
  })
  it('is counted by kind, without the lists that a record was coded with', () => {
    const rules = ['copied-forward', 'coded-with', 'copied-smoking', 'above-soft-limit', 'code-unlisted']
    expect(confirmedByKind(rules.map(confirmed))).toEqual([
      ['unusual', 1],
      ['copied', 2],
      ['other', 1],
    ])
    expect(confirmedByKind([])).toEqual([])
  })
})
