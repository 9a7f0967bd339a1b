import { describe, expect, it } from 'vitest'
import type { Locale } from '../../../../shared/contract/app.ts'
import type { OpenedTariff } from '../../../../shared/contract/tariffs.ts'
import { marked } from '../../../../shared/domain/release-mark.ts'
import { SAVED_RATES, SAVED_RATES_FILES } from '../../../../shared/domain/saved-rates.test-kit.ts'
import { tableCells, tableCsv, tableText } from '../../../parts/research/paper-table.ts'
import type { Words } from '../../../words/catalogue.ts'
import * as groups from '../../../words/groups.ts'
import * as pricing from '../../../words/pricing.ts'
import * as tariffs from '../../../words/tariffs.ts'
import { proxySaid } from '../../../parts/insurer/proxy-said.ts'
import { tariffFacts } from './tariff-facts.ts'
import { relativityTable, stepsTable } from './tariff-tables.ts'

function wordsOf(locale: Locale): Words {
  const key = locale === 'en' ? 'en' : 'zhHant'
  return { groups: groups[key], pricing: pricing[key], tariffs: tariffs[key] } as unknown as Words
}

const opened = {
  row: {
    hash: 'ab'.repeat(32),
    name: 'Group health',
    version: 1,
    currency: 'TWD',
    state: 'approved',
  },
  base: SAVED_RATES.base,
  factors: SAVED_RATES.factors.map(({ levels, ...factor }) => ({
    ...factor,
    levels: levels.map(([level, relativity, exposure]) => ({
      level,
      relativity,
      exposure,
      isInTable: true,
    })),
  })),
} as unknown as OpenedTariff

describe.each(['en', 'zh-Hant'] as const)('a tariff’s relativities as they leave the room, %s', (locale) => {
  const words = wordsOf(locale)
  const table = relativityTable(opened, words, locale)
  it('are the file that the import of rates reads, with factors and levels in words', () => {
    const { csv, cells } = SAVED_RATES_FILES[locale]
    expect(marked(tableCsv(table), 'csv', 'Answer of the “gateways”, 3 of 4').split('\r\n')).toEqual(csv)
    const rows = tableCells(table).map((row) => row.map(String))
    expect(rows.slice(0, cells.length)).toEqual(cells)
    expect(rows[cells.length]!.join('')).toBe('')
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
  it('say of every step who put it there, when and why, or that nobody said', () => {
    const note = { by: 'Ada', day: '2026-06-01', reason: 'Agreed with the reinsurer' }
    const steps = [
      { kind: 'share', name: 'Tax', share: 0.1, note },
      { kind: 'factor', name: 'Trend', factor: 1.04, logVariance: 0 },
    ] as const
    const { rows, header } = stepsTable({ ...opened, steps: [...steps] }, words, locale)
    expect(rows.map(({ cells }) => cells.length)).toEqual([header.length, header.length])
    expect(rows[0]!.cells[2]).toBe(words.pricing.stepNoted(note.by, note.day, note.reason))
    expect(rows[0]!.cells[2]).toContain('Agreed with the reinsurer')
    expect(rows[1]!.cells[2]).toBe(words.tariffs.noStepNote)
  })
})

describe('what a version says of itself', () => {
  const of = (model: OpenedTariff['work']['model'], costMost: number | null, locale: Locale = 'en') =>
    tariffFacts(
      {
        row: { product: 'Health', jurisdiction: 'TW', validFrom: '2026-01-01', currency: 'USD' },
        work: { model },
        source: { costMost },
      } as unknown as OpenedTariff,
      wordsOf(locale),
      locale,
    ).map(({ name, value }) => `${name}: ${value}`)
  it('names product, jurisdiction, first day, model with its families, and the cap of one patient', () => {
    const model = { kind: 'frequency-severity', frequency: 'quasipoisson', factors: ['sex'] } as const
    expect(of({ ...model, factors: ['sex'] }, 500_000)).toEqual([
      'Product: Health',
      'Jurisdiction: TW',
      'Valid from: 2026-01-01',
      'Currency: USD',
      'Model: Frequency × severity, Quasi-Poisson × Gamma',
      expect.stringMatching(/^Cost of one patient, at most: .*5,000/),
    ])
    expect(of({ ...model, factors: ['sex'] }, null, 'zh-Hant').slice(4)).toEqual([
      '模型: 頻率 × 幅度，準 Poisson × Gamma',
      '每位病人費用上限: 此較舊版本未記錄',
    ])
  })
  it('says the power of Tweedie, and of rates from elsewhere that they are', () => {
    expect(of({ kind: 'pure-premium', power: 1.6, factors: [] }, null)[4]).toBe(
      'Model: Pure premium (Tweedie), Power of Tweedie 1.6',
    )
    expect(of({ kind: 'imported', text: '', format: 'csv', factors: [] }, null)[4]).toBe(
      'Model: Rates from elsewhere',
    )
  })
  it('warns whoever decides of what a factor stands in for', () => {
    const declared = {
      factor: 'group',
      of: 'sex',
      source: 'declared',
      reason: 'Some are nearly all men.',
      association: null,
    } as const
    const words = wordsOf('en')
    expect(proxySaid(declared, words, 'en')).toBe('Group may stand in for Sex: Some are nearly all men.')
    expect(proxySaid({ ...declared, source: 'measured', association: 0.4 }, words, 'en')).toContain('0.4')
  })
})
