import { describe, expect, it } from 'vitest'
import type { MonitorGroupView, MonitorView } from '../../../../shared/contract/monitor.ts'
import { en } from '../../../words/groups.ts'
import { wholePercent } from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import {
  causeTable,
  dispersionSaid,
  falseAlarmsSaid,
  funnelTable,
  isOwnMeasure,
  notedTable,
  rankingTable,
  rateText,
  triangleStop,
} from './tables.ts'

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
    // Under a heading that names the currency.
    expect(rateText(rate, 'amount', { groups: en }, 'en', 'USD')).toBe('2,500 (2,400–2,600)')
    expect(rateText(rate, 'amount', { groups: en }, 'en', 'TWD')).toBe('250,000 (240,000–260,000)')
  })
  it('have limits with as many decimals as the rate', () => {
    const rate = {
      kind: 'rate' as const,
      value: 2.034,
      lower: 1.9,
      upper: 2.16,
      counted: 10,
      denominator: 10,
      completion: 1,
      from: { chance: 1, noise: 0, immaturity: 0 },
    }
    expect(rateText(rate, 'number', { groups: en }, 'en')).toBe('2.03 (1.90–2.16)')
    const share = { ...rate, value: 0.596, lower: 0.53, upper: 0.691 }
    expect(rateText(share, 'share', { groups: en }, 'en')).toBe('59.6 % (53.0 %–69.1 %)')
    // Also where a limit lies beyond the bound from which a number has others, and a small rate is told from its limits.
    const large = { ...rate, value: 98.4, lower: 94, upper: 102.8 }
    expect(rateText(large, 'number', { groups: en }, 'en')).toBe('98.40 (94.00–102.80)')
    const small = { ...rate, value: 0.052, lower: 0.0431, upper: 0.061 }
    expect(rateText(small, 'number', { groups: en }, 'en')).toBe('0.0520 (0.0431–0.0610)')
  })
  it('say what a cause counts: claims by age and month, persons by condition', () => {
    const cause = { kind: 'rows' as const, rows: [], leftOut: 0 }
    const headOf = (by: 'ageBand' | 'condition' | 'month') =>
      causeTable('A', by, cause, { months: [], prevalence: [] }, { groups: en }, 'en').header[1]
    expect([headOf('ageBand'), headOf('month'), headOf('condition')]).toEqual([
      'Claims observed',
      'Claims observed',
      'Persons observed',
    ])
  })
  it('say how far claims come together, never less than one by one, and where it cannot be told', () => {
    const said = (phi: number) =>
      dispersionSaid({ dispersion: { phi, stdErr: 0.1, freedom: 20 } }, { groups: en }, 'en')
    expect(said(2.5)).toBe(en.dispersion('2.5', '2.7'))
    expect(said(0.7)).toBe(en.dispersion('1', '1'))
    expect(dispersionSaid({ dispersion: null }, { groups: en }, 'en')).toBe(en.dispersion(null, ''))
  })
  it('say false alarms of every chart and of every comparison, of groups and plans', () => {
    const cusum = { label: 'A', ratio: 1.25, threshold: 3, falseAlarmsPerYear: 0.4, points: [] }
    const level = { cusums: [cusum, cusum], falseAlarmsPerYear: { rises: 0.8, levels: 0.1 } }
    const view = { ...level, plans: level, tablesPerYear: 2 } as unknown as MonitorView
    expect(falseAlarmsSaid(view, { groups: en }, 'en')).toBe(en.falseAlarms('1.8', '2', '1.6', '4', '0.2'))
    expect(falseAlarmsSaid({ ...view, plans: null }, { groups: en }, 'en')).toBe(
      en.falseAlarms('0.9', '2', '0.8', '2', '0.1'),
    )
  })
  it('stand in the order of what is credible, what has no ratio last, with how much is the group’s own', () => {
    const rate = { kind: 'withheld' as const }
    const groupOf = (label: string, ratio: number | null) =>
      ({
        label,
        lossRatio: rate,
        actualToExpected: ratio === null ? null : { ratio, lower: 0.5, upper: 3 },
      }) as MonitorGroupView
    const units = {
      groups: [groupOf('small', 2.5), groupOf('none', null), groupOf('large', 1.4)],
      shrunk: {
        ratios: [
          { label: 'small', credibility: 0.1, ratio: 1.15 },
          { label: 'large', credibility: 0.9, ratio: 1.36 },
        ],
        lossRatios: [{ label: 'small', credibility: 0.2, ratio: 0.81 }],
        lossMiddle: 0.8,
      },
    }
    const { rows, notes } = rankingTable(units, { groups: en }, 'en')!
    expect(rows.map(({ cells }) => cells[0])).toEqual(['large', 'small', 'none'])
    expect(rows[0]!.cells.slice(2)).toEqual([wholePercent(0.9, 'en'), '1.36', en.withheld, '', ''])
    expect(rows[1]!.cells.slice(4)).toEqual([en.withheld, wholePercent(0.2, 'en'), '81.0 %'])
    expect(notes[1]).toBe(en.ranking.middle('80.0 %'))
    const empty = { ratios: [], lossRatios: [], lossMiddle: null }
    expect(rankingTable({ ...units, shrunk: empty }, { groups: en }, 'en')).toBeNull()
  })
  it('have no actual over expected of what everything is measured by', () => {
    const group = (label: string | null) => ({ label, exposure: 100 }) as MonitorGroupView
    expect(isOwnMeasure(group(null), { isCompared: true })).toBe(true)
    expect(isOwnMeasure(group('A'), { isCompared: true })).toBe(false)
    expect(isOwnMeasure(group('A'), { isCompared: false })).toBe(true)
  })
  it('say that nothing is to come only where that is so, and which delays count as none', () => {
    const stop = (cutAfter: number | null) => triangleStop({ kind: 'undeveloped', cutAfter }, { groups: en })
    expect(triangleStop({ kind: 'settled' }, { groups: en })).toEqual([en.triangleStops.settled])
    expect(stop(2)).toEqual([en.triangleStops.undeveloped, en.laterNone(2)])
    expect(stop(null)).toEqual([en.triangleStops.undeveloped])
  })
  it('say of conditions whether they stand out among all that were tested, and of nothing else', () => {
    const row = (standsOut: boolean | null) => ({
      label: 'diabetes',
      observed: 60,
      expected: 40,
      excess: 20,
      ratio: 1.5,
      lower: 1.1,
      upper: 1.9,
      p: 0.004,
      standsOut,
    })
    const of = (by: 'condition' | 'month', standsOut: boolean | null) =>
      causeTable(
        'A',
        by,
        { kind: 'rows', rows: [row(standsOut)], leftOut: 0 },
        { months: [], prevalence: [] },
        { groups: en },
        'en',
      )
    expect(of('condition', true).rows[0]!.cells.at(-1)).toBe(en.yes)
    expect(of('condition', false).rows[0]!.cells.at(-1)).toBe(en.no)
    expect(of('condition', true).notes).toContain(en.causeTests)
    expect(of('month', null).header).not.toContain(en.standsOut)
  })
  it('name the months that parts of a cause are of, whatever months rose', () => {
    const cause = { kind: 'rows' as const, rows: [], leftOut: 2 }
    const months = ['2021-01', '2021-02', '2021-12'].map((month) => ({ month }))
    const prevalence = [{ condition: 'cancer', rate: { kind: 'withheld' as const } }]
    const [words, notes] = [{ groups: en }, ({ notes: said }: PaperTable) => said]
    expect(notes(causeTable('A', 'condition', cause, { months, prevalence }, words, 'en'))).toEqual([
      en.causePeriod('2021-01', '2021-12'),
      en.leftOut('2'),
      en.causeWithheld('1'),
    ])
    expect(notes(causeTable('A', 'month', cause, { months, prevalence }, words, 'en'))[0]).toBe(
      en.causeMonths('2021-01', '2021-12'),
    )
  })
  it('have ratios with as many decimals as it takes to tell their limits from 1, in every table', () => {
    const ratio = { ratio: 1.0123, lower: 1.0041, upper: 1.0206 }
    const point = { ...ratio, label: 'A', expected: 90_000, p: 0.003, isSignal: true }
    const funnel = { falseDiscoveryRate: 0.05, phi: 1, leftOut: 0, points: [point], limits: [] }
    const alert = {
      ...ratio,
      studyHash: '',
      watched: 'group' as const,
      label: 'A',
      kind: 'level' as const,
      month: null,
    }
    const noted = [{ ...alert, lastMonth: '2024-12', since: '2024-01', notedAt: 0, lookedAt: null }]
    const row = {
      ...ratio,
      label: '65+',
      observed: 91_107,
      expected: 90_000,
      excess: 1_107,
      p: 0.003,
      standsOut: null,
    }
    const cause = { kind: 'rows' as const, rows: [row], leftOut: 0 }
    const [words, cells] = [{ groups: en }, ({ rows }: PaperTable) => rows[0]!.cells]
    expect(cells(funnelTable({ funnel }, words, 'en')).slice(2, 4)).toEqual(['1.012', '1.004–1.021'])
    expect(cells(notedTable({ noted }, words, 'en')).slice(4, 6)).toEqual(['1.012', '1.004–1.021'])
    const lookedAt = (at: number | null) =>
      cells(notedTable({ noted: [{ ...noted[0]!, lookedAt: at }] }, words, 'en')).at(-1)
    expect(lookedAt(null)).toBe(en.noted.notYet)
    expect(lookedAt(0)).toBe(en.noted.before)
    expect(lookedAt(Date.UTC(2024, 11, 5))).toMatch(/^2024-12-05/)
    expect(cells(causeTable('A', 'ageBand', cause, { months: [], prevalence: [] }, words, 'en')).at(-1)).toBe(
      '1.012 (1.004–1.021)',
    )
  })
})
