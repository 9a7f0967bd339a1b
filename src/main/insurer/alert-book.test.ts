import { describe, expect, it } from 'vitest'
import type { MonitorAlert, NotedAlert } from '../../shared/contract/monitor.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import type { Write } from '../node/storage/store.ts'
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
    note: (alerts: readonly MonitorAlert[], table = 'ab', at = 0) =>
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
