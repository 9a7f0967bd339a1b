import { describe, expect, it } from 'vitest'
import type { FactRow } from '../facts/fact-tables.ts'
import { costOf } from './patient-facts.ts'

const claim = (allowed: number, currency: string, exponent: number | null) =>
  ({ allowed, billed: null, currency, exponent }) as FactRow<'claim'>

describe('what claims cost', () => {
  it('adds amounts of one currency whatever their exponents, in its usual minor units', () => {
    expect(costOf([claim(500, 'TWD', 0), claim(12_350, 'TWD', 2), claim(7, 'TWD', null)], 'TWD')).toBe(631)
    expect(costOf([claim(3, 'USD', 0), claim(1_250, 'USD', 2), claim(9_999, 'EUR', 2)], 'USD')).toBe(1_550)
  })
})
