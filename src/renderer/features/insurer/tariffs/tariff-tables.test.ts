import { describe, expect, it } from 'vitest'
import type { OpenedTariff } from '../../../../shared/contract/tariffs.ts'
import { marked } from '../../../../shared/domain/release-mark.ts'
import { importRating } from '../../../../main/pricing/tariff/import-rates.ts'
import { tableCells, tableCsv, tableText } from '../../../parts/research/paper-table.ts'
import type { Words } from '../../../words/catalogue.ts'
import * as groups from '../../../words/groups.ts'
import * as pricing from '../../../words/pricing.ts'
import * as tariffs from '../../../words/tariffs.ts'
import { relativityTable } from './tariff-tables.ts'

const wordsOf = (locale: 'en' | 'zhHant') =>
  ({ groups: groups[locale], pricing: pricing[locale], tariffs: tariffs[locale] }) as unknown as Words

const opened = {
  row: {
    hash: 'ab'.repeat(32),
    name: 'Group health',
    version: 1,
    currency: 'TWD',
    state: 'approved',
  },
  base: 312_345.678_912_345,
  factors: [
    {
      name: 'ageBand',
      isOrdered: true,
      levels: [
        { level: '0-34', relativity: 0.8123456789, exposure: 10.25 },
        { level: '35+', relativity: 1, exposure: 20 },
      ],
    },
    {
      name: 'sex',
      isOrdered: false,
      levels: [
        { level: 'female', relativity: 1, exposure: 20 },
        { level: 'male', relativity: 1 / 3, exposure: 10 },
        { level: 'unknown', relativity: null, exposure: 0 },
      ],
    },
    {
      name: 'group',
      isOrdered: false,
      levels: [
        { level: '007', relativity: 1.5e-7, exposure: 5 },
        { level: '-A, "B"', relativity: 1.1, exposure: 5 },
        { level: 'other', relativity: 0.99, exposure: 5 },
      ],
    },
    { name: 'plan', isOrdered: false, levels: [{ level: 'basic', relativity: 1, exposure: 30 }] },
  ],
} as unknown as OpenedTariff

const said = {
  logBase: Math.log(opened.base),
  factors: [
    { name: 'ageBand', levels: ['0-34', '35+'] },
    { name: 'sex', levels: ['female', 'male'] },
    { name: 'group', levels: ['007', '-A, "B"', 'other'] },
    { name: 'plan', levels: ['basic'] },
  ],
}

describe.each(['en', 'zhHant'] as const)('a tariff’s relativities as they leave the room, %s', (locale) => {
  const words = wordsOf(locale)
  const table = relativityTable(opened, words, locale === 'en' ? 'en' : 'zh-Hant')
  const csv = marked(tableCsv(table), 'csv', 'Answer of the “gateways”, 3 of 4')
  it('have headings and factors in words', () => {
    expect(csv.split('\r\n')[0]).toBe(
      locale === 'en' ? 'Factor,Level,Relativity,Member-years' : '因子,水準,相對係數,人年',
    )
    expect(csv).toContain(locale === 'en' ? '\r\nAge band,0-34,' : '\r\n年齡層,0-34,')
    expect(csv).not.toMatch(/ageBand/)
  })
  it.each([
    ['the file', csv],
    [
      'cells pasted from the workbook',
      tableCells(table)
        .map((cells) => cells.join('\t'))
        .join('\n')
        .split('\n\n')[0]!,
    ],
  ])('come back by the import of rates as they were: %s', (what, text) => {
    const read = importRating(text, 'csv')
    if (read.kind !== 'imported') throw new Error(JSON.stringify(read.errors))
    const { rating } = read
    expect(rating.factors.map(({ name, levels }) => ({ name, levels }))).toEqual(said.factors)
    expect(rating.logBase).toBeCloseTo(said.logBase, 12)
    const given = opened.factors.map(({ levels }) =>
      levels.flatMap(({ relativity }) => (relativity === null ? [] : [relativity])),
    )
    for (const [f, ratios] of given.entries())
      for (const [k, ratio] of ratios.entries())
        expect(rating.logRatios[f]![k], what).toBeCloseTo(Math.log(ratio), 12)
  })
  it('say the base level of every factor, and the level that has none', () => {
    const note = table.notes.find((each) => each.startsWith(locale === 'en' ? 'Base level' : '各因子的基準'))
    expect(note).toBe(
      locale === 'en'
        ? 'Base level of each factor, whose relativity is 1: Age band 35+; Sex Female; Group none, its relativities were changed by hand or came so; Plan basic.'
        : '各因子的基準水準（相對係數為 1）：年齡層 35+；性別 女；團體無（經人工調整，或原始費率即如此）；方案 basic。',
    )
    expect(tableText(table)).toContain(locale === 'en' ? 'in no line: Sex Unknown.' : '未列出：性別 不詳。')
  })
})
