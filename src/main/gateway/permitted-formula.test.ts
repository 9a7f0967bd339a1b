import { describe, expect, it } from 'vitest'
import { SCORE_COLUMN_BITS, SCORE_COLUMNS } from '../privacy/request/score-output.ts'
import { forbiddenColumns } from './permitted-formula.ts'

describe('variables that the policy forbids', () => {
  it('have the bits that they had in every chain so far', () => {
    const bits = {
      'age-years': 1,
      charlson: 2,
      'diagnosis-chapter': 4,
      'hba1c-tenths': 8,
      payer: 16,
      sex: 32,
      'stay-days': 64,
      'visit-class': 128,
      'visits-year': 256,
    }
    for (const [name, bit] of Object.entries(bits)) expect(forbiddenColumns(bit), name).toEqual([name])
    expect(forbiddenColumns(0)).toEqual([])
    expect(forbiddenColumns(32 + 1)).toEqual(['age-years', 'sex'])
  })
  it('are all that a formula may read, so each can be forbidden', () => {
    expect(SCORE_COLUMNS.filter((name) => !SCORE_COLUMN_BITS.includes(name))).toEqual([])
    expect(new Set(SCORE_COLUMN_BITS).size).toBe(SCORE_COLUMN_BITS.length)
  })
})
