import { describe, expect, it } from 'vitest'
import type { MonitorAlert, NotedAlert, PersistingAlert } from '../../shared/contract/monitor.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import { ALERT_OF_BOOK, tariffBookKey } from '../node/storage/buckets.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { put, type Write } from '../node/storage/store.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { ALERTS_MAX, alertBook } from './alert-book.ts'

function made() {
  const store = createMemoryStore()
  let dice = 1
  const random = (n: number) =>
    Uint8Array.from({ length: n }, () => (dice = (dice * 16_807) % 2_147_483_647) & 255)
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    auditKeys: { list: () => [{ epoch: 1, key: new Uint8Array(32).fill(7) }] },
    ledger: { chainId: new Uint8Array(32).fill(3) },
  }
  const book = alertBook({ crypto: createNodeCrypto(), random }, node as never)
  const audit: NotedAlert[] = []
  return {
    book,
    audit,
    node,
    note: (alerts: readonly (MonitorAlert | PersistingAlert)[], table = 'ab', at = 0) =>
      book.note({ studyHash: table.repeat(32), lastMonth: '2024-12' }, alerts, at, async (alert) => {
        audit.push(alert)
      }),
  }
}

const alertOf = (change: Partial<MonitorAlert>, ratio = 1.5): MonitorAlert => ({
  watched: 'group',
  label: 'A',
  kind: 'rise',
  since: '2024-01',
  month: '2024-01',
  ratio: { ratio, lower: ratio - 0.1, upper: ratio + 0.1, p: 0.001, observed: 100, expected: 80, noise: 4 },
  falseAlarmsPerYear: 0.2,
  next: null,
  ...change,
})
const level = (ratio: number) => alertOf({ kind: 'level', month: null }, ratio)
const rise = (since: string, month: string, label = 'A') => alertOf({ since, month, label })

describe('alertBook', () => {
  it('takes what lasts for one alert while it goes on with newer tables, and for another one beside a rise', async () => {
    const { book, audit, note } = made()
    const lasts = (since: string, month: string, ratio = 1.3) => {
      const { ratio: of, ...alert } = alertOf({ since, month }, ratio)
      const tables = [of, of, of].map((each) => ({ lastMonth: month, ...each }))
      return {
        ...alert,
        ratio: of,
        kind: 'persisting' as const,
        month,
        studyHash: 'ef'.repeat(32),
        tables,
        isOn: true,
      }
    }
    await note([lasts('2023-01', '2024-06')], 'ab', 1)
    await note([lasts('2023-01', '2024-12')], 'cd', 2)
    await note([rise('2023-01', '2024-12')], 'cd', 3)
    // After a pause, and where it is another size.
    await note([lasts('2025-01', '2026-06')], 'ef', 4)
    await note([lasts('2023-01', '2024-12', 2)], 'ef', 5)
    expect(audit.map(({ kind, since, month }) => [kind, since, month])).toEqual([
      ['persisting', '2023-01', '2024-06'],
      ['rise', '2023-01', '2024-12'],
      ['persisting', '2025-01', '2026-06'],
      ['persisting', '2023-01', '2024-12'],
    ])
    expect(await book.list()).toHaveLength(4)
  })
  it('reads what was kept before there were plans and what lasts over tables', async () => {
    const { book, node } = made()
    const key = tariffBookKey(ALERT_OF_BOOK, new Uint8Array(32).fill(9))
    const seal = createNodeSeal(
      createNodeCrypto(),
      (n) => new Uint8Array(n),
      node.ledger.chainId as never,
      () => node.auditKeys.list(),
    )
    const old = {
      studyHash: 'ab'.repeat(32),
      lastMonth: '2023-12',
      label: 'A',
      kind: 'level',
      month: null,
      since: '2023-01',
      ratio: 1.4,
      lower: 1.2,
      upper: 1.6,
      notedAt: 1,
    }
    await node.write([put(key, seal.seal(key, utf8Encode(JSON.stringify({ format: 1, ...old }))))])
    expect(await book.list()).toEqual([{ ...old, watched: 'group', lookedAt: 0 }])
    // It was shown when that was all there was: nobody is asked to look into it now.
    expect(await book.open()).toEqual([])
    expect([...(await book.opened())]).toEqual(['ab'.repeat(32)])
  })
  it('notes both sides of a level, as a corrected file may turn it, and each once', async () => {
    const { book, audit, note } = made()
    for (const ratio of [1.4, 0.7, 1.3, 0.6]) await note([level(ratio)])
    expect(audit.map(({ ratio }) => ratio)).toEqual([1.4, 0.7])
    expect(await book.list()).toHaveLength(2)
  })
  it('tells a plan from a group of the same name', async () => {
    const { book, audit, note } = made()
    await note([rise('2024-06', '2024-08'), { ...rise('2024-06', '2024-08'), watched: 'plan' }])
    await note([{ ...rise('2024-06', '2024-08'), watched: 'plan' }])
    expect(audit.map(({ watched }) => watched)).toEqual(['group', 'plan'])
    expect(await book.list()).toHaveLength(2)
  })
  it('takes rises of a group that have most of their months in common for one, and others for others', async () => {
    const { book, audit, note } = made()
    await note([rise('2024-06', '2024-08')])
    // By a corrected file it goes on for longer, or begins later.
    await note([rise('2024-06', '2024-10')])
    await note([rise('2024-07', '2024-08')])
    expect(audit).toHaveLength(1)
    await note([rise('2024-10', '2024-12'), rise('2024-06', '2024-08', 'B')])
    await note([rise('2024-06', '2024-08')], 'cd')
    expect(audit).toHaveLength(4)
    expect(await book.list()).toHaveLength(4)
  })
  it('notes what a corrected file makes of a false alert: it is another one, in other months or of another size', async () => {
    const { book, audit, note } = made()
    await note([rise('2023-01', '2024-12')])
    await note([rise('2023-03', '2023-04'), rise('2024-06', '2024-08')])
    await note([level(2.4)])
    await note([level(1.2)])
    expect(audit.map(({ since, ratio }) => [since, ratio])).toEqual([
      ['2023-01', 1.5],
      ['2023-03', 1.5],
      ['2024-06', 1.5],
      ['2024-01', 2.4],
      ['2024-01', 1.2],
    ])
    expect(await book.list()).toHaveLength(5)
  })
  it('lets the oldest of other tables go where it is full, and none of the table that is shown', async () => {
    const { book, audit, note } = made()
    await note([rise('2024-01', '2024-02', 'own')], 'ab', 1)
    const many = Array.from({ length: ALERTS_MAX - 1 }, (_, i) => rise('2024-01', '2024-02', `G${i}`))
    await note([many[0]!], 'cd', 2)
    await note(many.slice(1), 'cd', 3)
    expect(await book.list()).toHaveLength(ALERTS_MAX)
    await note([rise('2024-06', '2024-06', 'own')], 'ab', 4)
    const list = await book.list()
    expect(audit).toHaveLength(ALERTS_MAX + 1)
    expect(list).toHaveLength(ALERTS_MAX)
    expect(list[0]).toMatchObject({ label: 'own', month: '2024-06' })
    expect(list.at(-1)).toMatchObject({ label: 'own', month: '2024-02' })
    expect(list.some(({ label }) => label === 'G0')).toBe(false)
  })
})
