/** The insurer's page from the very bytes of request and answer: what the node keeps of the alerts that somebody was shown. */
import { describe, expect, it } from 'vitest'
import type { MadeGroup } from '../insurer/insurer.test-kit.ts'
import { rangeOf } from '../node/storage/buckets.ts'
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
