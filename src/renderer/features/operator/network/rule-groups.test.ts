import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../../../words/network.ts'
import { isYesOrNo, RULE_SUBJECTS, rulesBySubject, ruleValue } from './rule-groups.ts'

const names = [...Object.keys(en.rules.names), 'ruleOfTomorrow'].map((name) => ({ name }))

describe('rules by subject', () => {
  it('have each rule once, and only one that nobody knows among the others', () => {
    const groups = rulesBySubject(names)
    expect(groups.map(({ subject }) => subject)).toEqual([...RULE_SUBJECTS])
    expect(
      groups
        .flatMap(({ rules }) => rules)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names.map(({ name }) => name).sort())
    expect(groups.at(-1)).toEqual({ subject: 'other', rules: [{ name: 'ruleOfTomorrow' }] })
    expect(
      groups.find(({ subject }) => subject === 'privacy')!.rules.every(({ name }) => /^rho/.test(name)),
    ).toBe(true)
  })
})

describe('the value of a rule', () => {
  it('is yes or no where it is asked so, and says ρ where it is a share of the budget', () => {
    expect(ruleValue('votersBelowFourAllowed', 1, en, 'en')).toBe('yes')
    expect(ruleValue('releaseUnattested', 0, zhHant, 'zh-Hant')).toBe('否')
    expect(ruleValue('rhoTableMicro', 20_000, en, 'en')).toBe('0.02')
    expect(ruleValue('smallestCount', 11, en, 'en')).toBe('11')
    expect(['smallestCount', 'snapshotEveryDays'].some(isYesOrNo)).toBe(false)
  })
})
