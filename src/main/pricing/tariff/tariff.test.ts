import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formulaSource } from '../../../shared/contract/formulas.ts'
import { challengerInput } from '../../../shared/contract/pricing.ts'
import { pricingModel, RATES_TEXT_MOST } from '../../../shared/domain/pricing-work.ts'
import { expectClose } from '../../stats/fixtures/fixture.test-kit.ts'
import { fixtureOf, insuranceTable } from '../fixtures/pricing.test-kit.ts'
import { priceGroup } from '../model/price-group.ts'
import { ratesOf } from '../model/rating.ts'
import type { TariffTable } from '../model/tariff-table.ts'
import { tariffTable } from '../model/tariff-table.ts'
import { compareTariffs } from './compare.ts'
import { decimalOf } from './decimal.ts'
import { basisOf, decodeRating, openTariff, tariffHash, tariffText, type TariffDocument } from './document.ts'
import { importRating } from './import-rates.ts'
import { jsonProblem } from './json-place.ts'
import { storedRecipe } from './tariff-file.ts'
import { FIT_EDITION, makeTariff, replayTariff, type TariffHeader, type TariffRecipe } from './make-tariff.ts'
import { associationOf, checkFactorsUsed, type FactorRules } from './permitted-factors.ts'

const crypto = { sha256: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) }
const table = insuranceTable(fixtureOf('rates_insurance'))
const HEADER: TariffHeader = {
  name: 'Group cover',
  version: 1,
  product: 'group-medical',
  jurisdiction: 'TW',
  currency: 'TWD',
  validFrom: '2027-01-01',
  previous: null,
  snapshot: 'a'.repeat(64),
  cohort: 'b'.repeat(64),
}
const RECIPE: TariffRecipe = {
  model: { kind: 'frequency-severity', frequency: 'quasipoisson', factors: ['district', 'group', 'age'] },
  adjustments: [
    {
      change: { kind: 'cap', factor: 'age', least: 0.7, most: 1.6 },
      by: 'analyst 7',
      day: '2026-11-20',
      reason: 'law: age at most 1.6',
    },
  ],
  steps: [
    { kind: 'factor', name: 'trend', factor: 1.05, logVariance: 0.0001 },
    { kind: 'share', name: 'expense', share: 0.15 },
  ],
  edition: FIT_EDITION,
  withProcess: true,
}
const document = makeTariff(crypto, HEADER, RECIPE, table)

describe('a tariff', () => {
  it('has one text and one name, and opens from nothing else', () => {
    const text = tariffText(document)
    expect(openTariff(text)).toEqual({ kind: 'opened', document })
    expect(tariffHash(crypto, document)).toMatch(/^[0-9a-f]{64}$/)
    expect(openTariff(` ${text}`)).toMatchObject({ kind: 'refused', reason: 'not-canonical' })
    expect(openTariff(text.slice(1))).toMatchObject({ reason: 'not-json' })
    expect(openTariff(text.replace('"TWD"', '"TW"'))).toMatchObject({
      reason: 'not-a-tariff',
      path: 'currency',
    })
    expect(openTariff(text.replace('{"audit"', '{"approved":true,"audit"'))).toMatchObject({
      reason: 'not-a-tariff',
    })
    // 1.0 and 1 are one number: only one of the texts is a decimal.
    expect(openTariff(text.replace('"relativity":"1"', '"relativity":"1.0"'))).toMatchObject({
      reason: 'not-a-tariff',
    })
  })
  it('is made again to the letter by whoever holds recipe and results', () => {
    const again = insuranceTable(fixtureOf('rates_insurance'))
    expect(replayTariff(crypto, document, RECIPE, again)).toEqual({ kind: 'identical' })
  })
  it.each<[string, (t: TariffTable) => TariffTable, TariffRecipe, string[]]>([
    [
      'one claim more',
      (t) => ({ ...t, claims: t.claims.map((v, i) => (i === 5 ? v + 1 : v)) }),
      RECIPE,
      ['results'],
    ],
    [
      'a unit of cost in the last bit',
      (t) => ({ ...t, cost: t.cost.map((v, i) => (i === 9 ? v + 1e-9 : v)) }),
      RECIPE,
      ['results'],
    ],
    [
      'another family',
      (t) => t,
      { ...RECIPE, model: { kind: 'pure-premium', power: 1.5, factors: ['district', 'group', 'age'] } },
      ['model'],
    ],
    [
      'another reason',
      (t) => t,
      { ...RECIPE, adjustments: [{ ...RECIPE.adjustments[0]!, reason: 'because' }] },
      ['model'],
    ],
  ])('is found out with %s', (_, change, recipe, binds) => {
    const replay = replayTariff(crypto, document, recipe, change(table))
    expect(replay).toMatchObject({ kind: 'different', binds })
  })
  it('is found out where one relativity of the document was changed', () => {
    const forged = structuredClone(document)
    if (forged.rating.kind !== 'table') throw new Error('a table')
    forged.rating.factors[0]!.levels[1]!.relativity = '1.5'
    expect(replayTariff(crypto, forged, RECIPE, table)).toEqual({
      kind: 'different',
      binds: [],
      paths: ['rating.factors.0.levels.1.relativity'],
    })
    expect(tariffHash(crypto, forged)).not.toBe(tariffHash(crypto, document))
  })
  describe('of another edition of the fits', () => {
    const { edition: _, ...rest } = RECIPE
    const older = { ...rest, edition: 1 }
    // As the older program made it: other rates from the same results.
    const made = makeTariff(crypto, HEADER, older, table)
    const moved = structuredClone(made)
    if (moved.rating.kind !== 'table') throw new Error('a table')
    moved.rating.base = '123.4'
    it('is called that, and not a changed one', () => {
      expect(replayTariff(crypto, moved, older, table)).toEqual({
        kind: 'other-edition',
        edition: 1,
        current: FIT_EDITION,
      })
    })
    it('has a recipe with the bytes that it had before editions were named', () => {
      // Of the recipe of this file without an edition, as it has been ever since.
      expect(storedRecipe.parse({ ...rest }).edition).toBe(1)
      expect(made.binds.model).toBe('0ffbcb6bd211ed068b7a4cb252aa9f322cc9b569b73a012e815923969e6047bf')
      expect(document.binds.model).not.toBe(made.binds.model)
    })
    it('is found out all the same where the edition was written into a file by somebody else, or its results were changed', () => {
      expect(replayTariff(crypto, moved, RECIPE, table)).toMatchObject({
        kind: 'different',
        binds: ['model'],
      })
      expect(replayTariff(crypto, document, older, table)).toMatchObject({
        kind: 'different',
        binds: ['model'],
      })
      const more = { ...table, claims: table.claims.map((v, i) => (i === 5 ? v + 1 : v)) }
      expect(replayTariff(crypto, moved, older, more)).toMatchObject({
        kind: 'different',
        binds: ['results'],
      })
    })
  })
  it('says who put a step there and why, bound like the rest, and has its old bytes without', () => {
    const note = { by: 'Ada', day: '2026-06-01', reason: 'Agreed with the reinsurer' }
    const [first, ...rest] = RECIPE.steps
    const recipe = { ...RECIPE, steps: [{ ...first!, note }, ...rest] }
    const noted = makeTariff(crypto, HEADER, recipe, table)
    expect(noted.steps[0]).toMatchObject({ note })
    expect(openTariff(tariffText(noted))).toEqual({ kind: 'opened', document: noted })
    expect(noted.binds.model).not.toBe(document.binds.model)
    expect(replayTariff(crypto, noted, recipe, table)).toEqual({ kind: 'identical' })
    // The note alone: nobody is charged otherwise.
    expect(compareTariffs(document, noted, null).stepsChanged).toBe(false)
    const bare = makeTariff(
      crypto,
      HEADER,
      { ...recipe, steps: [{ ...first!, note: undefined }, ...rest] },
      table,
    )
    expect(tariffText(bare)).toBe(tariffText(document))
    expect(tariffText(document)).not.toContain('"note"')
  })
  it('charges by its own decimals', () => {
    if (document.rating.kind !== 'table') throw new Error('a table')
    const rating = decodeRating(document.rating)
    expect(decimalOf(Math.exp(rating.logBase))).toBe(document.rating.base)
    const price = priceGroup(
      [{ levels: { district: '1', group: '<1l', age: '<25' }, exposure: 10 }],
      basisOf(document)!,
    )
    const levels = document.rating.factors.map(({ levels: all }) => Number(all[0]!.relativity))
    const pure = levels.reduce((product, each) => product * each, Number(document.rating.base))
    expect(price.gross).toBeCloseTo((pure * 1.05) / 0.85, 6)
    expect(price.interval.upper).toBeGreaterThan(price.gross)
    expect(price.cost).not.toBeNull()
    expect(document.audit.every(({ kind, by }) => kind === 'cap' && by === 'analyst 7')).toBe(true)
  })
})

describe('compareTariffs', () => {
  it('says what changed and what it does to premiums', () => {
    const second = makeTariff(
      crypto,
      { ...HEADER, version: 2, previous: tariffHash(crypto, document) },
      {
        ...RECIPE,
        adjustments: [],
        steps: [...RECIPE.steps.slice(0, 1), { kind: 'share', name: 'expense', share: 0.1 }],
      },
      table,
    )
    const comparison = compareTariffs(document, second, table)
    expect(comparison).toMatchObject({
      binds: ['model'],
      factorsAdded: [],
      factorsRemoved: [],
      stepsChanged: true,
    })
    expect(comparison.relativities.every(({ factor }) => factor === 'age')).toBe(true)
    expect(comparison.relativities.length).toBeGreaterThan(0)
    // Both give back the observed cost, so the totals differ by the loading alone.
    expect(comparison.impact!.change).toBeCloseTo(0.85 / 0.9 - 1, 6)
    expect(compareTariffs(document, document, table)).toMatchObject({
      paths: [],
      relativities: [],
      stepsChanged: false,
    })
  })
  it('has no relativities where a version is a formula', () => {
    const formula: TariffDocument = {
      ...document,
      rating: {
        kind: 'expression',
        source: 'age * 2',
        columns: [{ name: 'age', kind: 'number' }],
        tables: [],
      },
    }
    expect(openTariff(tariffText(formula))).toMatchObject({ kind: 'opened' })
    expect(compareTariffs(document, formula, table)).toMatchObject({
      base: null,
      impact: null,
      factorsRemoved: ['district', 'group'],
    })
    expect(basisOf(formula)).toBeNull()
  })
})

describe('checkFactorsUsed', () => {
  const rules: FactorRules = {
    product: 'group-medical',
    jurisdiction: 'TW',
    allowed: [{ factor: 'age', ratioMost: 3 }, { factor: 'area' }, { factor: 'occupation' }],
    forbidden: [
      { factor: 'sex', reason: 'unisex rates' },
      { factor: 'genetic', reason: 'genetic data are banned' },
    ],
    proxies: [{ factor: 'area', of: 'income', reason: 'postcodes stand for income' }],
  }
  it('permits what is listed within its ratio and refuses everything else', () => {
    expect(checkFactorsUsed([{ factor: 'age', ratio: 2.9 }], rules, null)).toEqual({
      kind: 'permitted',
      warnings: [],
    })
    const verdict = checkFactorsUsed(
      [
        { factor: 'age', ratio: 3.2 },
        { factor: 'sex', ratio: 1.1 },
        { factor: 'shoe size', ratio: 1 },
        { factor: 'area', ratio: 2 },
      ],
      rules,
      null,
    )
    expect(verdict).toMatchObject({
      kind: 'refused',
      refusals: [
        { factor: 'age', reason: 'ratio', detail: '3.2' },
        { factor: 'sex', reason: 'forbidden', detail: 'unisex rates' },
        { factor: 'shoe size', reason: 'not-allowed' },
      ],
      warnings: [{ factor: 'area', of: 'income', source: 'declared' }],
    })
    // In a formula nobody sees the ratio.
    expect(checkFactorsUsed([{ factor: 'age', ratio: null }], rules, null).kind).toBe('refused')
  })
  it('refuses any ratio but 1 under community rating, save that of the factor that it is by', () => {
    const used = [
      { factor: 'age', ratio: 2 },
      { factor: 'area', ratio: 1.01 },
    ]
    const refusedBy = (by: string | null) => {
      const verdict = checkFactorsUsed(used, { ...rules, communityRating: { by } }, null)
      return verdict.kind === 'refused' ? verdict.refusals.map(({ factor }) => factor) : []
    }
    expect(refusedBy(null)).toEqual(['age', 'area'])
    expect(refusedBy('age')).toEqual(['area'])
    expect(refusedBy('area')).toEqual(['age'])
    const flat = used.map(({ factor }) => ({ factor, ratio: 1 }))
    expect(checkFactorsUsed(flat, { ...rules, communityRating: { by: null } }, null).kind).toBe('permitted')
    // The factor that it is by keeps its own limit.
    expect(
      checkFactorsUsed([{ factor: 'age', ratio: 4 }], { ...rules, communityRating: { by: 'age' } }, null)
        .kind,
    ).toBe('refused')
  })
  it('warns of a factor that stands for a forbidden one in the portfolio, as measured', () => {
    const factors = [
      { name: 'occupation', levels: ['nurse', 'miner', 'clerk'], isOrdered: false },
      { name: 'sex', levels: ['female', 'male'], isOrdered: false },
    ]
    const cells = (counts: readonly (readonly number[])[]): TariffTable =>
      tariffTable(
        factors,
        counts.flatMap((row, i) =>
          row.map((exposure, j) => ({
            levels: [factors[0]!.levels[i]!, factors[1]!.levels[j]!],
            exposure,
            claims: 0,
            cost: 0,
          })),
        ),
      )
    const split = checkFactorsUsed(
      [{ factor: 'occupation', ratio: 2 }],
      rules,
      cells([
        [95, 5],
        [4, 96],
        [50, 50],
      ]),
    )
    expect(split.warnings).toMatchObject([{ factor: 'occupation', of: 'sex', source: 'measured' }])
    const even = checkFactorsUsed(
      [{ factor: 'occupation', ratio: 2 }],
      rules,
      cells([
        [50, 52],
        [49, 48],
        [51, 50],
      ]),
    )
    expect(even.warnings).toEqual([])
  })
  it("measures as Cramér's V in R", () => {
    const f = fixtureOf('association')
    const names = ['a', 'b', 'c']
    const factors = ['x', 'y'].map((name) => ({ name, levels: names, isOrdered: false }))
    const made = tariffTable(
      factors,
      (f.table as number[]).map((exposure, i) => ({
        levels: [names[Math.floor(i / 3)]!, names[i % 3]!],
        exposure,
        claims: 0,
        cost: 0,
      })),
    )
    expectClose(associationOf(made, 'x', 'y'), f.v, 'V')
  })
})

describe('importRating', () => {
  it('reads as many characters as a version can keep, and the contract no more', () => {
    const head = 'term,level,relativity\nbase,,100\nsex,F,1\n'
    const rates = (length: number): string => head + '\n'.repeat(length - head.length)
    expect(importRating(rates(RATES_TEXT_MOST), 'csv').kind).toBe('imported')
    expect(importRating(rates(RATES_TEXT_MOST + 1), 'csv')).toMatchObject({
      kind: 'refused',
      errors: [{ code: 'too-large', found: '1000001 characters', expected: '1000000 characters at most' }],
    })
    for (const [length, isTaken] of [
      [RATES_TEXT_MOST, true],
      [RATES_TEXT_MOST + 1, false],
    ] as const) {
      const challenger = { kind: 'rates', text: rates(length), format: 'csv' }
      expect(challengerInput.safeParse(challenger).success).toBe(isTaken)
      expect(formulaSource.safeParse(challenger).success).toBe(isTaken)
      expect(pricingModel.safeParse({ ...challenger, kind: 'imported', factors: [] }).success).toBe(isTaken)
    }
  })

  it('keeps names as they stand', () => {
    const read = importRating(
      'term,level,relativity\nbase,,100\ngroup,007,1\ngroup,7,1.2\ngroup,NA,0.9\n',
      'csv',
    )
    expect(read).toMatchObject({ rating: { factors: [{ name: 'group', levels: ['007', '7', 'NA'] }] } })
  })
  const csv = 'term,level,relativity\nbase,,1200\nage,0-29,0.8\nage,30+,1.25\nsex,female,1\nsex,male,1.1\n'
  it('takes names that people give to factors and levels, cells with tabs, and leaves notes below out', () => {
    const read = importRating(
      'Factor\tLevel\tRelativity\r\nBase rate\t\t100\r\nAge\t0-34\t0.8\r\nGender\tF\t1\r\nGender\t男\t1.1\r\nEmployer\tNorth, Works\t1\r\n# a note, and more\r\n',
      'csv',
    )
    expect(read).toMatchObject({
      rating: {
        factors: [
          { name: 'ageBand', levels: ['0-34'] },
          { name: 'sex', levels: ['female', 'male'] },
          { name: 'group', levels: ['North, Works'] },
        ],
      },
      rowCount: 5,
    })
  })
  it('reads CSV and JSON, ratios and coefficients, to the same rates', () => {
    const json = JSON.stringify({
      base: 1200,
      terms: [
        { term: 'age', level: '0-29', relativity: 0.8 },
        { term: 'age', level: '30+', coefficient: Math.log(1.25) },
        { term: 'sex', level: 'female', relativity: 1 },
        { term: 'sex', level: 'male', relativity: 1.1 },
      ],
    })
    const made = tariffTable(
      [
        { name: 'ageBand', levels: ['0-29', '30+'], isOrdered: true },
        { name: 'sex', levels: ['female', 'male'], isOrdered: false },
      ],
      [{ levels: ['30+', 'male'], exposure: 1, claims: 0, cost: 0 }],
    )
    for (const result of [
      importRating(csv, 'csv'),
      importRating(json, 'json'),
      importRating(`\ufeff${csv}`, 'csv'),
    ]) {
      if (result.kind !== 'imported') throw new Error(JSON.stringify(result))
      expect(ratesOf(result.rating, made)[0]).toBeCloseTo(1200 * 1.25 * 1.1, 8)
    }
  })
  it.each<[string, string, 'csv' | 'json', string[]]>([
    ['a missing column', 'trem,level,relativity\n', 'csv', ['missing-column line 1 trem']],
    ['no base', 'term,level,relativity\nage,old,2\n', 'csv', ['no-base  null']],
    [
      'everything at once',
      'term,level,relativity\nbase,,"1,5"\nage,old,-2\nage,,1\n',
      'csv',
      ['not-a-number line 2 null', 'not-positive line 3 null'],
    ],
    [
      'a level twice',
      'term,level,relativity\nbase,,1\nage,old,2\nage,old,3\n',
      'csv',
      ['double-level line 4 null'],
    ],
    ['too many fields', 'term,level,relativity\nbase,,1,2\n', 'csv', ['not-a-table line 2 null']],
    ['broken JSON', '{\n "base": 1,\n "terms": [}\n', 'json', ['not-json line 3, column 12 null']],
    [
      'a mistyped field',
      '{"base":1,"terms":[{"term":"age","level":"old","relativty":2}]}',
      'json',
      ['not-a-number terms[0].relativity relativty'],
    ],
    ['no terms', '{"base":1}', 'json', ['missing-field terms null']],
  ])('names the place of %s', (_, text, format, expected) => {
    const result = importRating(text, format)
    if (result.kind !== 'refused') throw new Error('must be refused')
    expect(result.errors.map(({ code, place, didYouMean }) => `${code} ${place} ${didYouMean}`)).toEqual(
      expected,
    )
  })
})

describe('jsonProblem', () => {
  it('agrees with JSON.parse on what is JSON', () => {
    const texts = [
      '{}',
      '[1,2,{"a":null}]',
      '"\\u00e9\\n"',
      '-0.5e+10',
      ' true ',
      '',
      '{',
      '[1,]',
      '01',
      '+1',
      '"\n"',
      "'a'",
      'nul',
      '1 2',
      '"\\x"',
      '{"a" 1}',
    ]
    for (const text of texts) {
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      expect(jsonProblem(text) === null, text).toBe(isJson)
    }
    expect(jsonProblem('[\n 1,\n 2 3]')).toEqual({ line: 3, column: 4, expected: ', or ]' })
  })
})
