import { describe, expect, it } from 'vitest'
import { SAVED_RATES, SAVED_RATES_FILES } from '../../../shared/domain/saved-rates.test-kit.ts'
import { importRating } from './import-rates.ts'

const given = SAVED_RATES.factors.map(({ name, levels }) => ({
  name,
  levels: levels.filter(([, relativity]) => relativity !== null),
}))

describe.each(['en', 'zh-Hant'] as const)('relativities that the room of tariffs saved, %s', (locale) => {
  const { csv, cells } = SAVED_RATES_FILES[locale]
  it.each([
    ['the file', csv.join('\r\n')],
    ['cells pasted from the workbook', cells.map((row) => row.join('\t')).join('\n')],
  ])('come back as they were: %s', (_, text) => {
    const read = importRating(text, 'csv')
    if (read.kind !== 'imported') throw new Error(JSON.stringify(read.errors))
    const { rating } = read
    expect(rating.factors.map(({ name, levels }) => [name, levels])).toEqual(
      given.map(({ name, levels }) => [name, levels.map(([level]) => level)]),
    )
    expect(rating.logBase).toBeCloseTo(Math.log(SAVED_RATES.base), 12)
    for (const [f, { levels }] of given.entries())
      for (const [k, [, ratio]] of levels.entries())
        expect(rating.logRatios[f]![k]).toBeCloseTo(Math.log(ratio!), 12)
  })
})
