import { describe, expect, it } from 'vitest'
import { atLeast, atMost, must } from './rule-check.ts'
import { RULE_DEFAULTS } from './rule-policy.ts'
import { shownCheck } from './shown-check.ts'

const shown = (check: Parameters<typeof shownCheck>[0]) => {
  const { value, isAbout, verdict } = shownCheck(check, RULE_DEFAULTS)
  return [value, isAbout, verdict]
}

describe('a comparison that a checker is shown', () => {
  it('has patients and events no finer than what would leave', () => {
    expect(shown(atLeast(RULE_DEFAULTS, 'R5', 'patients', 1456, 100))).toEqual([1455, true, 'met'])
    expect(shown(atLeast(RULE_DEFAULTS, 'R5', 'events', 243, 20))).toEqual([245, true, 'met'])
    expect(shown(atLeast(RULE_DEFAULTS, 'R1', 'largest-cell', 764, 11))).toEqual([765, true, 'met'])
  })

  it('gives none of them back by what follows from them', () => {
    expect(shown(atLeast(RULE_DEFAULTS, 'R5', 'events-per-parameter', 243 / 7, 10))).toEqual([
      35,
      true,
      'met',
    ])
    expect(shown(atMost(RULE_DEFAULTS, 'R4', 'share-of-patients', 0.51236, 0.85))).toEqual([
      0.51,
      true,
      'met',
    ])
  })

  it('stays on its side of the limit', () => {
    expect(shown(atLeast(RULE_DEFAULTS, 'R5', 'level-patients', 12, 11))).toEqual([11, true, 'near'])
    expect(shown(atMost(RULE_DEFAULTS, 'R5', 'leverage', 0.2999, 0.3))).toEqual([0.3, true, 'near'])
  })

  it('leaves alone what speaks of nobody', () => {
    expect(shown(atLeast(RULE_DEFAULTS, 'R4', 'hospitals', 4, 3))).toEqual([4, false, 'met'])
    expect(shown(atMost(RULE_DEFAULTS, 'R5', 'levels', 7, 40))).toEqual([7, false, 'met'])
    expect(shown(must('R12', 'purpose', true))).toEqual([1, false, 'met'])
  })
})
