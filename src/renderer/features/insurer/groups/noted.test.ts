import { describe, expect, it } from 'vitest'
import type { KeptAlert } from '../../../../shared/contract/monitor.ts'
import { notedTogether } from './noted.ts'

const alert = {
  studyHash: 'a',
  watched: 'group' as const,
  label: 'A',
  kind: 'rise' as const,
  month: '2024-09',
  since: '2024-03',
  ratio: 1.4,
  lower: 1.2,
  upper: 1.6,
}
const noted = (notedAt: number, lookedAt: number | null, label = 'A'): KeptAlert => ({
  ...alert,
  label,
  lastMonth: '2024-12',
  notedAt,
  lookedAt,
})

describe('alerts that have become one', () => {
  it('were first shown when the oldest was, and were looked into when all of them were', () => {
    expect(notedTogether([noted(9, 12), noted(5, 11)], alert)).toEqual({ notedAt: 5, lookedAt: 12 })
    expect(notedTogether([noted(9, null), noted(5, 11)], alert)).toEqual({ notedAt: 5, lookedAt: null })
  })
  it('say nothing of having been looked into where that was kept before it could be said', () => {
    expect(notedTogether([noted(5, 0)], alert)).toEqual({ notedAt: 5, lookedAt: null })
  })
  it('are none where nothing of the kind was noted', () => {
    expect(notedTogether([noted(5, 7, 'B')], alert)).toBeNull()
  })
})
