import { describe, expect, it } from 'vitest'
import type { MonitorGroupView } from '../../../../shared/contract/monitor.ts'
import { en } from '../../../words/groups.ts'
import { isOwnMeasure, rateText } from './tables.ts'

describe('tables of groups', () => {
  it('have money in its unit, and no number without one', () => {
    const rate = {
      kind: 'rate' as const,
      value: 250_000,
      lower: 240_000,
      upper: 260_000,
      counted: 10,
      denominator: 10,
      completion: 1,
      from: { chance: 1, noise: 0, immaturity: 0 },
    }
    const text = rateText(rate, 'money', { groups: en }, 'en', 'USD').replaceAll('\u00a0', ' ')
    expect(text).toBe('USD 2,500.00 (USD 2,400.00–USD 2,600.00)')
  })
  it('have no actual over expected of what everything is measured by', () => {
    const group = (label: string | null) => ({ label, exposure: 100 }) as MonitorGroupView
    expect(isOwnMeasure(group(null), { isCompared: true })).toBe(true)
    expect(isOwnMeasure(group('A'), { isCompared: true })).toBe(false)
    expect(isOwnMeasure(group('A'), { isCompared: false })).toBe(true)
  })
})
