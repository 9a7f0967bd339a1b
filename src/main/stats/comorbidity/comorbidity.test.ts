import { describe, expect, it } from 'vitest'
import { CHARLSON, charlsonAgePoints, comorbidities, ELIXHAUSER } from './comorbidity.ts'

describe('comorbidities', () => {
  it('has the 17 conditions of Charlson and the 31 of Elixhauser', () => {
    expect(CHARLSON.categories.length).toBe(17)
    expect(ELIXHAUSER.categories.length).toBe(31)
  })
  it('finds conditions by prefix, whatever the dots and case', () => {
    const result = comorbidities(CHARLSON, ['i21.4', 'E11.22', 'J44.9', 'Z00.0'], 'charlson1987')
    expect(result.found).toEqual(['mi', 'cpd', 'diabwc'])
    expect(result.score).toBe(1 + 1 + 2)
  })
  it('does not count a mild form beside the severe one', () => {
    const result = comorbidities(CHARLSON, ['C50.9', 'C78.0', 'E11.9', 'E11.2'], 'charlson1987')
    expect(result.found).toEqual(['diab', 'diabwc', 'canc', 'metacanc'])
    expect(result.score).toBe(2 + 6)
    expect(comorbidities(ELIXHAUSER, ['C50', 'C78'], 'vanWalraven2009').score).toBe(12)
  })
  it('counts a condition once however often it is coded', () => {
    expect(comorbidities(CHARLSON, ['I50.0', 'I50.1', 'I50.9'], 'quan2011')).toEqual({
      found: ['chf'],
      score: 2,
    })
    expect(comorbidities(CHARLSON, [], 'quan2011')).toEqual({ found: [], score: 0 })
  })
  it('knows no prefix shorter than three or longer than six signs', () => {
    for (const table of [CHARLSON, ELIXHAUSER]) {
      for (const c of table.categories) for (const p of c.prefixes) expect(p).toMatch(/^[A-Z0-9]{3,6}$/)
    }
  })
  it('adds points for age', () => {
    expect([49, 50, 59, 60, 79, 80, 99].map(charlsonAgePoints)).toEqual([0, 1, 1, 2, 3, 4, 4])
  })
})
