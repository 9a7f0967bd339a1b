import { describe, expect, it } from 'vitest'
import type { MonitorNoted } from '../../../shared/contract/monitor.ts'
import { en as groups } from '../../words/groups.ts'
import { en as groupSeries } from '../../words/group-series.ts'
import { openAlertLines } from './open-alert-lines.ts'

const words = { groups, groupSeries }
const alert = (label: string, change: Partial<MonitorNoted['alerts'][number]> = {}) => ({
  id: label.padEnd(64, '0'),
  studyHash: 'ab'.repeat(32),
  lastMonth: '2024-12',
  watched: 'group' as const,
  label,
  kind: 'rise' as const,
  month: '2024-08',
  since: '2024-06',
  ratio: 1.5,
  lower: 1.3,
  upper: 1.7,
  notedAt: 1,
  ...change,
})

describe('openAlertLines', () => {
  it('say who, what, when and how much, as the room does', () => {
    const lines = openAlertLines(
      [
        alert('Airline'),
        alert('other', { kind: 'level', month: null, since: '2024-01' }),
        alert('Top', { watched: 'plan', kind: 'persisting', since: '2023-01', month: '2024-12' }),
      ],
      words,
      'en',
    )
    expect(lines.map(({ text }) => text)).toEqual([
      'Airline: Rise, 2024-06–2024-08, 1.50 (1.30–1.70)',
      'Small groups together: Apart from the others, 2024-01, 1.50 (1.30–1.70)',
      'Top (plan): Lasts over tables, 2023-01–2024-12, 1.50 (1.30–1.70)',
    ])
  })
  it('are a few, and say how many more there are', () => {
    const many = Array.from({ length: 9 }, (_, i) => alert(`G${i}`))
    const lines = openAlertLines(many, words, 'en')
    expect(lines).toHaveLength(5)
    expect(lines.at(-1)!.text).toBe('and 5 more')
    expect(openAlertLines(many.slice(0, 4), words, 'en')).toHaveLength(4)
  })
})
