import { describe, expect, it } from 'vitest'
import type { MonitorSeries, PersistingAlert } from '../../../../shared/contract/monitor.ts'
import { en as groups } from '../../../words/groups.ts'
import { en as groupSeries } from '../../../words/group-series.ts'
import { persistingNote, persistingSaid } from './persisting.ts'

const words = { groups, groupSeries }
const alert: PersistingAlert = {
  watched: 'plan',
  label: 'Top',
  kind: 'persisting',
  studyHash: 'ab'.repeat(32),
  since: '2023-01',
  month: '2024-12',
  ratio: { ratio: 1.234, lower: 1.15, upper: 1.32, p: 0.0002, observed: 1_234, expected: 1_000, noise: 9 },
  falseAlarmsPerYear: 0.0047,
  next: { by: 'condition', label: 'diabetes', share: 0.4 },
  tables: ['2023-12', '2024-06', '2024-12'].map((lastMonth, i) => ({
    lastMonth,
    ratio: 1.2 + i / 100,
    lower: 1.05,
    upper: 1.35,
  })),
  isOn: true,
}

describe('what lasts over tables', () => {
  it('says who, since when, what changed, how sure, false alarms and where to look', () => {
    const { title, sentences } = persistingSaid(alert, words, 'en')
    expect(title).toBe(
      'Top (plan): above 1.1 times what is expected in 3 tables one after another, since 2023-01, 1.23 times over all their months.',
    )
    const said = sentences.join(' ')
    for (const part of [
      'up to 2023-12 1.20 (1.05–1.35); up to 2024-06 1.21',
      'Limits 1.15–1.32',
      '0.005 such alarms a year',
      'Look next at condition: Diabetes (40',
    ])
      expect(said).toContain(part)
    expect(said).not.toContain(groupSeries.persisting.ended)
  })
  it('says that it has ended, and until when', () => {
    const { title, sentences } = persistingSaid({ ...alert, isOn: false }, words, 'en')
    expect(title).toContain('from 2023-01 to 2024-12')
    expect(sentences).toContain(groupSeries.persisting.ended)
  })
  it('says why nothing is said, and else how many alarms are to be expected', () => {
    const table = (lastMonth: string, mismatch: 'months' | null = null) =>
      ({ source: { lastMonth }, mismatch, isWithheld: false }) as MonitorSeries['tables'][number]
    const note = (change: Partial<MonitorSeries>) =>
      persistingNote(
        {
          tables: ['2023-12', '2024-06', '2024-12'].map((last) => table(last)),
          persisting: [],
          watchedForPersisting: { labels: 5, falseAlarmsPerYear: 0.12 },
          ...change,
        } as MonitorSeries,
        words,
        'en',
      )
    expect(note({})).toBe(groupSeries.persisting.none('5', '0.12'))
    expect(note({ persisting: [alert] })).toBe(groupSeries.persisting.all('5', '0.12'))
    const few = [table('2023-12', 'months'), table('2024-12'), table('2024-12'), table('2024-06')]
    expect(note({ tables: few })).toBe(groupSeries.persisting.tooFew('2'))
    expect(note({ watchedForPersisting: { labels: 0, falseAlarmsPerYear: 0 } })).toBe(
      groupSeries.persisting.unreadable,
    )
  })
})
