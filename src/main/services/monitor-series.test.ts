/** Tables of several snapshots side by side, from the very bytes of requests and answers. */
import { describe, expect, it } from 'vitest'
import type { MadeGroup } from '../insurer/insurer.test-kit.ts'
import { groupSeries, inOrderOfTime, type SaidTable } from '../insurer/group-series.ts'
import { monthsUpTo } from '../privacy/request/monitor-output.ts'
import { office } from './monitor-office.test-kit.ts'

const steady = [1_500, 1_200, 900].map((lives, i): MadeGroup => ({ name: `G${i}`, lives, rate: () => 0.25 }))
/** Two years; the year's table is asked every half year. */
const months = monthsUpTo('2024-12', 24)
const lastMonths = ['2023-12', '2024-06', '2024-12']

describe('monitor.series', () => {
  it('says of each table what its own page says, oldest first whatever they were asked in, and their price', async () => {
    const { series, monitor, exposure } = await office(steady, {
      months,
      lastMonths: ['2024-06', '2024-12', '2023-12'],
    })
    const { tables, groups, exposure: file } = await series()
    expect(tables.map(({ source }) => source.lastMonth)).toEqual(lastMonths)
    expect(tables.map(({ sharedMonths }) => sharedMonths)).toEqual([0, 6, 6])
    expect(tables.every(({ source }) => source.microRho === 2_000_000)).toBe(true)
    expect(file!.hash).toBe(exposure)
    expect(groups.map(({ label }) => label)).toEqual([null, 'G0', 'G1', 'G2'])
    for (const [i, { source }] of tables.entries()) {
      const view = await monitor().view({ studyHash: source.studyHash, exposure })
      if (view.kind !== 'view') throw new Error(view.kind)
      for (const { label, points } of groups) {
        const own = view.groups.find((each) => each.label === label) ?? view.portfolio
        const { exposure: years, claims, purePremium, lossRatio, caseMix, actualToExpected } = own
        expect(points[i]).toMatchObject({
          exposure: years,
          claims,
          purePremium,
          lossRatio,
          caseMix,
          actualToExpected,
        })
      }
    }
  })
  it('has claims and no rate without a file', async () => {
    const { series } = await office(steady, { months, lastMonths })
    const none = await series(null)
    expect(none.exposure).toBeNull()
    expect(none.groups[0]!.points.map((point) => point!.claims.kind)).toEqual(Array(3).fill('claims-only'))
    const { tables, groups } = await series()
    expect(tables.map(({ mismatch }) => mismatch)).toEqual([null, null, null])
    expect(groups[0]!.points.map((point) => point!.claims.kind)).toEqual(Array(3).fill('rate'))
  })
})

describe('what lasts over tables', () => {
  const high: MadeGroup = { name: 'High', lives: 900, rate: () => 0.34 }

  it('is said with what changed, since when, how sure and how many false alarms, and noted once (I11)', async () => {
    const { series, said, dayLater, view } = await office([high, ...steady], { months, lastMonths })
    const first = await series()
    const [alert, ...more] = first.persisting
    expect(more).toEqual([])
    expect(alert).toMatchObject({
      watched: 'group',
      label: 'High',
      kind: 'persisting',
      since: '2023-01',
      month: '2024-12',
      isOn: true,
      studyHash: '06'.repeat(32),
    })
    expect(alert!.tables.map(({ lastMonth }) => lastMonth)).toEqual(lastMonths)
    for (const { ratio } of alert!.tables) expect(ratio).toBeGreaterThan(1.1)
    expect(alert!.ratio.lower).toBeGreaterThan(1.1)
    expect(alert!.ratio.upper).toBeLessThan(1.4)
    expect(alert!.falseAlarmsPerYear).toBeLessThan(0.02)
    expect(alert!.next).not.toBeNull()
    expect(first.watchedForPersisting.labels).toBe(4)
    // Of four such groups about as many as of each of them together.
    expect(first.watchedForPersisting.falseAlarmsPerYear).toBeGreaterThan(alert!.falseAlarmsPerYear)
    expect(first.noted).toHaveLength(1)
    expect(first.noted[0]).toMatchObject({ kind: 'persisting', label: 'High', lastMonth: '2024-12' })
    expect(said).toEqual([
      {
        operation: 'node.groupAlert',
        subject: expect.objectContaining({
          study: '06'.repeat(32),
          alert: 'persisting',
          group: 'High',
          since: '2023-01',
          month: '2024-12',
        }),
      },
    ])
    dayLater()
    expect((await series()).noted).toEqual(first.noted)
    expect(said).toHaveLength(1)
    // The page of one table lists it among all alerts.
    expect((await view()).noted.filter(({ kind }) => kind === 'persisting')).toEqual(first.noted)
  })
  it('is nothing of two tables, of tables up to one month, or where nothing differs', async () => {
    const two = await office([high, ...steady], { months, lastMonths: lastMonths.slice(1) })
    expect(await two.series()).toMatchObject({
      persisting: [],
      watchedForPersisting: { labels: 0, falseAlarmsPerYear: 0 },
    })
    const same = await office([high, ...steady], { months, lastMonths: ['2024-06', '2024-12', '2024-12'] })
    expect((await same.series()).persisting).toEqual([])
    const level = await (await office(steady, { months, lastMonths })).series()
    expect(level.persisting).toEqual([])
    expect(level.watchedForPersisting.labels).toBe(3)
  })
  it('is nothing without the file, by which alone something is expected', async () => {
    const { series, said } = await office([high, ...steady], { months, lastMonths })
    expect((await series(null)).persisting).toEqual([])
    expect(said).toEqual([])
  })
})

describe('groupSeries', () => {
  const tableOf = (lastMonth: string, height: number, codes: Readonly<Record<string, string[]>>): SaidTable =>
    ({
      source: { lastMonth, months: 12, snapshotHeight: height, answeredAt: 0, studyHash: `${height}` },
      mismatch: null,
      isWithheld: false,
      risk: {
        portfolio: { label: null, codes: [] },
        groups: Object.entries(codes).map(([label, of]) => ({ label, codes: of })),
        plans: null,
      },
    }) as unknown as SaidTable

  it('says where a label stands for other groups than before, and has no point where a table lacks it', () => {
    const { groups, plans } = groupSeries([
      tableOf('2023-12', 1, { other: ['C', 'D'], A: ['A'], Old: ['Old'] }),
      tableOf('2024-06', 2, { other: ['D', 'C'], A: ['A'] }),
      tableOf('2024-12', 3, { other: ['D', 'E'], A: ['A'], New: ['New'] }),
    ])
    const flags = (label: string) =>
      groups.find((each) => each.label === label)!.points.map((point) => point?.hasOtherGroups ?? null)
    expect(groups.map(({ label }) => label)).toEqual([null, 'other', 'A', 'New', 'Old'])
    expect(flags('other')).toEqual([false, false, true])
    expect(flags('New')).toEqual([null, null, false])
    expect(flags('Old')).toEqual([false, null, null])
    expect(plans).toEqual([])
  })
  it('puts tables of one last month in the order of their snapshots', () => {
    const tables = [tableOf('2024-12', 7, {}), tableOf('2024-12', 3, {}), tableOf('2023-12', 9, {})]
    expect(inOrderOfTime(tables).map(({ source }) => source.snapshotHeight)).toEqual([9, 3, 7])
    expect(groupSeries(inOrderOfTime(tables)).tables.map(({ sharedMonths }) => sharedMonths)).toEqual([
      0, 0, 12,
    ])
  })
})
