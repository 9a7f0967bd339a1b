/** The insurer's page from the very bytes of request and answer: what the node keeps of the alerts that somebody was shown. */
import { describe, expect, it } from 'vitest'
import type { MadeGroup } from '../insurer/insurer.test-kit.ts'
import { rangeOf } from '../node/storage/buckets.ts'
import { monthsUpTo } from '../privacy/request/monitor-output.ts'
import { office } from './monitor-office.test-kit.ts'

const rising: MadeGroup = { name: 'Wunderwerk AG', lives: 900, rate: (month) => (month < 6 ? 0.25 : 0.5) }
const steady = [1_500, 1_200, 900].map((lives, i): MadeGroup => ({ name: `G${i}`, lives, rate: () => 0.25 }))

describe('alerts of groups', () => {
  it('are noted once each, in the audit and in the list, whoever looks again and when (I11)', async () => {
    const { view, said, dayLater, store } = await office([rising, ...steady])
    const first = await view()
    const rises = first.alerts.filter(({ kind }) => kind === 'rise')
    expect(rises.map(({ label }) => label)).toEqual(['Wunderwerk AG'])
    const [rise] = rises
    expect(first.noted.find(({ kind }) => kind === 'rise')).toMatchObject({
      studyHash: '04'.repeat(32),
      lastMonth: '2024-12',
      label: 'Wunderwerk AG',
      since: rise!.since,
      month: rise!.month,
      ratio: rise!.ratio.ratio,
      notedAt: Date.UTC(2026, 5, 1, 4),
    })
    expect(first.noted).toHaveLength(first.alerts.length)
    expect(said).toHaveLength(first.alerts.length)
    const { operation, subject } = said.find(
      ({ subject: { alert } }: { subject: { alert?: string } }) => alert === 'rise',
    )!
    expect(operation).toBe('node.groupAlert')
    expect(subject).toMatchObject({ study: '04'.repeat(32), since: rise!.since, month: rise!.month })
    // An entry of the audit takes no blank, and so no such name.
    expect((subject as { group: string }).group).toMatch(/^[0-9a-f]{64}$/)
    dayLater()
    const [again, other] = await Promise.all([view(), view()])
    expect([again.noted, other.noted]).toEqual([first.noted, first.noted])
    expect(said).toHaveLength(first.alerts.length)
    // Without the file nothing is expected, and what was shown stays noted.
    expect(await view(null)).toMatchObject({ alerts: [], noted: first.noted })
    for await (const { value } of store.scan(rangeOf('x/y')))
      expect(Buffer.from(value).includes(Buffer.from('Wunderwerk'))).toBe(false)
  })
  it('of a plan stand beside those of groups, in the list and in the audit', async () => {
    const { view, said } = await office([
      { ...rising, plan: 'TOP' },
      ...steady.map((each) => ({ ...each, plan: 'BASIC' })),
    ])
    const { alerts, noted, plans } = await view()
    expect(plans!.groups.map(({ label }) => label)).toEqual(['BASIC', 'TOP'])
    expect(
      alerts.some(({ watched, kind, label }) => watched === 'plan' && kind === 'rise' && label === 'TOP'),
    ).toBe(true)
    expect(noted).toHaveLength(alerts.length)
    expect(said.map(({ subject }) => subject)).toContainEqual(
      expect.objectContaining({ alert: 'rise', plan: 'TOP' }),
    )
    expect((await view()).noted).toEqual(noted)
    expect(said).toHaveLength(alerts.length)
  })
  it('are not shown where the audit cannot say so, and are noted when it can', async () => {
    const { view, said, writes } = await office([rising, ...steady])
    writes(false)
    await expect(view()).rejects.toThrow('not writing')
    writes(true)
    const { alerts, noted } = await view()
    expect(noted).toHaveLength(alerts.length)
    expect(said).toHaveLength(alerts.length)
  })
  it('are none where nothing has changed', async () => {
    const { view, said } = await office(steady)
    expect(await view()).toMatchObject({ alerts: [], noted: [] })
    expect(said).toEqual([])
  })
})

describe('a table that the chain says was answered', () => {
  it('says whether its numbers are here, are still to come or were all withheld', async () => {
    const { contents, holds, withheldBytes } = await office(steady)
    expect(await contents()).toEqual(['numbers'])
    holds(null)
    expect(await contents()).toEqual(['to-come'])
    holds(withheldBytes)
    expect(await contents()).toEqual(['withheld'])
  })
})

describe('alerts outside of the page', () => {
  it('are those that nobody has looked into, until somebody says so, whoever opens the page again', async () => {
    const { view, noted, monitor, answersRead, store } = await office([rising, ...steady])
    expect((await noted()).alerts).toEqual([])
    const { alerts } = await view()
    const read = answersRead()
    const open = await noted()
    expect(open.alerts.map(({ label, kind }) => `${label} ${kind}`).toSorted()).toEqual(
      alerts.map(({ label, kind }) => `${label} ${kind}`).toSorted(),
    )
    expect(open.alerts.length).toBeGreaterThan(1)
    const [first, ...rest] = open.alerts
    expect(await monitor().look({ ids: [first!.id, '00'.repeat(32)] })).toEqual({ looked: 1 })
    expect(await monitor().look({ ids: [first!.id] })).toEqual({ looked: 0 })
    expect((await noted()).alerts).toEqual(rest)
    // From what is kept alone: no answer was read for it.
    expect(answersRead()).toBe(read)
    // Whoever opens the page sees all of them, and nothing that was looked into is open again.
    expect((await view()).noted).toHaveLength(alerts.length)
    expect((await noted()).alerts).toEqual(rest)
    await monitor().look({ ids: rest.map(({ id }) => id) })
    expect((await noted()).alerts).toEqual([])
    for await (const { value } of store.scan(rangeOf('x/y')))
      expect(Buffer.from(value).includes(Buffer.from('Wunderwerk'))).toBe(false)
  })
  it('say which tables nobody has opened: those after the newest that somebody did', async () => {
    const high: MadeGroup = { name: 'High', lives: 900, rate: () => 0.34 }
    const { noted, monitor, exposure, hashes } = await office([high, ...steady], {
      months: monthsUpTo('2024-12', 24),
      lastMonths: ['2023-12', '2024-06', '2024-12'],
    })
    const lastMonths = async () => (await noted()).unopened.map(({ lastMonth }) => lastMonth)
    expect(await lastMonths()).toEqual(['2024-12', '2024-06', '2023-12'])
    await monitor().view({ studyHash: hashes[1]!, exposure })
    expect(await lastMonths()).toEqual(['2024-12'])
    // All of them side by side is no look at one.
    const { persisting } = await monitor().series({ exposure })
    expect(persisting.map(({ label, studyHash }) => [label, studyHash])).toEqual([['High', hashes[2]]])
    expect((await noted()).alerts.some(({ kind }) => kind === 'persisting')).toBe(true)
    expect(await lastMonths()).toEqual(['2024-12'])
    // Without rates no group can be called: that is no look at whether one changed.
    await monitor().view({ studyHash: hashes[2]!, exposure: null })
    expect(await lastMonths()).toEqual(['2024-12'])
    await monitor().view({ studyHash: hashes[2]!, exposure })
    expect(await lastMonths()).toEqual([])
  })
})
