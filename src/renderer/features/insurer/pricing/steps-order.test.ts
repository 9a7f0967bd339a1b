import { describe, expect, it } from 'vitest'
import { altered, inOrder, numberOf, type Step } from './steps-order.ts'

const expense: Step = { kind: 'add', name: 'Expense', perMemberYear: 100 }
const tax: Step = { kind: 'share', name: 'Tax', share: 0.1 }
const trend: Step = { kind: 'factor', name: 'Trend', factor: 1.1, logVariance: 0 }

describe('a step', () => {
  it('keeps its number where it is altered and where others come before it', () => {
    const number = numberOf(tax)
    const renamed = { ...tax, name: 'Premium tax' }
    const after = altered(inOrder([expense, tax, trend]), tax, renamed)
    expect(after).toEqual([expense, trend, renamed])
    expect(numberOf(renamed)).toBe(number)
    expect(new Set(after.map(numberOf)).size).toBe(3)
  })
  it('that was altered meanwhile is not overwritten by what was said of it before', () => {
    const now = [expense, { ...tax, share: 0.2 }]
    expect(altered(now, tax, { ...tax, name: 'Noted' })).toEqual(now)
  })
})
