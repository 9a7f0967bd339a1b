import { describe, expect, it } from 'vitest'
import type { Words } from '../../../words/catalogue.ts'
import { en } from '../../../words/pricing.ts'
import { equalisationTable, transferTotal, wholeTransfers } from './equalisation-table.ts'

const group = (name: string, transfer: number) => ({
  group: name,
  exposure: 10,
  own: 2_000 + transfer / 10,
  community: 2_000,
  transfer,
})

describe('equalisationTable', () => {
  const equalisation = { unit: 'group', groups: [group('A', -10.4), group('B', -10.4), group('other', 20.8)] }
  it('has transfers that add up to 0 as they are written', () => {
    // Rounded one by one they would leave 1.
    expect(wholeTransfers(equalisation)).toEqual([-10, -10, 20])
    expect(transferTotal(equalisation)).toBe(20)
    const table = equalisationTable(equalisation, 'JPY', { pricing: en } as Words, 'en')
    expect(table.rows.map(({ cells }) => cells[0])).toEqual(['A', 'B', en.otherGroups])
    expect(table.rows[2]!.cells[4]).toContain('20')
  })
})
