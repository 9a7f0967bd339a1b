import { describe, expect, it } from 'vitest'
import type { OpenedTariff } from '../../../../shared/contract/tariffs.ts'
import type { Words } from '../../../words/catalogue.ts'
import * as groups from '../../../words/groups.ts'
import * as pricing from '../../../words/pricing.ts'
import * as tariffs from '../../../words/tariffs.ts'
import { censusColumns, relativityTable } from './tariff-tables.ts'

const words = { groups: groups.en, pricing: pricing.en, tariffs: tariffs.en } as unknown as Words
const level = (name: string, exposure: number, isInTable = true) => ({
  level: name,
  relativity: 1,
  exposure,
  isInTable,
})
const factors = [
  { name: 'group', levels: [level('A', 1)] },
  { name: 'ageBand', levels: [level('0-34', 0), level('35+', 31.749999999999936)] },
  { name: 'sex', levels: [level('female', 10)] },
] as unknown as OpenedTariff['factors']

describe('a census', () => {
  it('is told by what this tariff charges: with sex where it does, and without the group, which is chosen', () => {
    expect(censusColumns(factors, words)).toBe('Age band, Sex, lives')
    expect(censusColumns(factors.slice(0, 2), words)).toBe('Age band, lives')
    expect(tariffs.en.groupHint('Age band, Sex, lives', true)).toContain('Age band, Sex, lives')
  })
  it('is not told to choose above what can only be a column', () => {
    for (const { errors } of [tariffs.en, tariffs.zhHant])
      expect(errors['missing-factor']!('1', 'Sex', '', '')).not.toMatch(/above|上方/)
  })
})

describe('relativities of a tariff', () => {
  const opened = {
    row: { currency: 'TWD', name: 'A', version: 1, state: 'approved', hash: '' },
    base: 1,
    factors,
  }
  const table = relativityTable(opened as unknown as OpenedTariff, words, 'en')
  it('have no digits of the adding up in their file', () => {
    const exposures = table.data!.rows.map(({ cells }) => cells[3])
    expect(exposures).toEqual(['', '1', '0', '31.75', '10'])
  })
  it('say withheld of a level that no cell of the answer has', () => {
    const cells = table.rows.map(({ cells: each }) => each.at(-1))
    expect(cells).toEqual(['', '1', '', 'withheld', '32', '', '10'])
  })
  it('say that there are no data of a level that the answer has not, which nothing was withheld of', () => {
    const brought = [{ name: 'ageBand', levels: [level('0-34', 12), level('70-74', 0, false)] }]
    const { rows } = relativityTable({ ...opened, factors: brought } as unknown as OpenedTariff, words, 'en')
    expect(rows.map(({ cells: each }) => each.at(-1))).toEqual(['', '12', 'no data'])
  })
})
