import { describe, expect, it } from 'vitest'
import { stream } from '../fixtures/random.test-kit.ts'
import { littleTest } from './little-mcar.ts'

/** R's `airquality`: ozone, radiation, wind and temperature of the days of May to September 1973; month and day follow. */
const AIR =
  '41,190,7.4,67 36,118,8,72 12,149,12.6,74 18,313,11.5,62 ,,14.3,56 28,,14.9,66 23,299,8.6,65 ' +
  '19,99,13.8,59 8,19,20.1,61 ,194,8.6,69 7,,6.9,74 16,256,9.7,69 11,290,9.2,66 14,274,10.9,68 ' +
  '18,65,13.2,58 14,334,11.5,64 34,307,12,66 6,78,18.4,57 30,322,11.5,68 11,44,9.7,62 1,8,9.7,59 ' +
  '11,320,16.6,73 4,25,9.7,61 32,92,12,61 ,66,16.6,57 ,266,14.9,58 ,,8,57 23,13,12,67 ' +
  '45,252,14.9,81 115,223,5.7,79 37,279,7.4,76 ,286,8.6,78 ,287,9.7,74 ,242,16.1,67 ,186,9.2,84 ' +
  ',220,8.6,85 ,264,14.3,79 29,127,9.7,82 ,273,6.9,87 71,291,13.8,90 39,323,11.5,87 ,259,10.9,93 ' +
  ',250,9.2,92 23,148,8,82 ,332,13.8,80 ,322,11.5,79 21,191,14.9,77 37,284,20.7,72 20,37,9.2,65 ' +
  '12,120,11.5,73 13,137,10.3,76 ,150,6.3,77 ,59,1.7,76 ,91,4.6,76 ,250,6.3,76 ,135,8,75 ,127,8,78 ' +
  ',47,10.3,73 ,98,11.5,80 ,31,14.9,77 ,138,8,83 135,269,4.1,84 49,248,9.2,85 32,236,9.2,81 ' +
  ',101,10.9,84 64,175,4.6,83 40,314,10.9,83 77,276,5.1,88 97,267,6.3,92 97,272,5.7,92 ' +
  '85,175,7.4,89 ,139,8.6,82 10,264,14.3,73 27,175,14.9,81 ,291,14.9,91 7,48,14.3,80 48,260,6.9,81 ' +
  '35,274,10.3,82 61,285,6.3,84 79,187,5.1,87 63,220,11.5,85 16,7,6.9,74 ,258,9.7,81 ,295,11.5,82 ' +
  '80,294,8.6,86 108,223,8,85 20,81,8.6,82 52,82,12,86 82,213,7.4,88 50,275,7.4,86 64,253,7.4,83 ' +
  '59,254,9.2,81 39,83,6.9,81 9,24,13.8,81 16,77,7.4,82 78,,6.9,86 35,,7.4,85 66,,4.6,87 ' +
  '122,255,4,89 89,229,10.3,90 110,207,8,90 ,222,8.6,92 ,137,11.5,86 44,192,11.5,86 28,273,11.5,82 ' +
  '65,157,9.7,80 ,64,11.5,79 22,71,10.3,77 59,51,6.3,79 23,115,7.4,76 31,244,10.9,78 44,190,10.3,78 ' +
  '21,259,15.5,77 9,36,14.3,72 ,255,12.6,75 45,212,9.7,79 168,238,3.4,81 73,215,8,86 ,153,5.7,88 ' +
  '76,203,9.7,97 118,225,2.3,94 84,237,6.3,96 85,188,6.3,94 96,167,6.9,91 78,197,5.1,92 ' +
  '73,183,2.8,93 91,189,4.6,93 47,95,7.4,87 32,92,15.5,84 20,252,10.9,80 23,220,10.3,78 ' +
  '21,230,10.9,75 24,259,9.7,73 44,236,14.9,81 21,259,15.5,76 28,238,6.3,77 9,24,10.9,71 ' +
  '13,112,11.5,71 46,237,6.9,78 18,224,13.8,67 13,27,10.3,76 24,238,10.3,68 16,201,8,82 ' +
  '13,238,12.6,64 23,14,9.2,71 36,139,10.3,81 7,49,10.3,69 14,20,16.6,63 30,193,6.9,70 ,145,13.2,77 ' +
  '14,191,14.3,75 18,131,8,76 20,223,11.5,68'

const DAYS_OF_MONTH = [31, 30, 31, 31, 30]
const air = DAYS_OF_MONTH.flatMap((days, month) =>
  Array.from({ length: days }, (_, day) => [month + 5, day + 1]),
).map((date, i) => [
  ...AIR.split(' ')
    [i]!.split(',')
    .map((text) => (text === '' ? NaN : Number(text))),
  ...date,
])

const testOf = (rows: readonly (readonly number[])[]) =>
  littleTest(Float64Array.from(rows.flat()), rows[0]?.length ?? 0)

describe('littleTest', () => {
  it('has the numbers of R for air quality (EM written out in R; naniar::mcar_test prints 35.1, 14, 0.00142)', () => {
    const test = testOf(air)!
    expect(test.statistic).toBeCloseTo(35.1061749072, 7)
    expect(test.df).toBe(14)
    expect(test.p).toBeCloseTo(0.00142, 5)
    expect(test.patterns).toBe(4)
  })

  it('does not depend on units or on the order of rows', () => {
    const scaled = air.map((row) => row.map((value, j) => (j === 0 ? 1000 * value + 5 : value))).reverse()
    expect(testOf(scaled)!.statistic).toBeCloseTo(testOf(air)!.statistic, 6)
  })

  it('rejects where one value decides whether another is missing, and not where chance does', () => {
    const dice = stream(3)
    const rows = (isAtRandom: boolean) =>
      Array.from({ length: 2_000 }, () => {
        const x = dice() + dice() + dice()
        const y = x + dice() + dice()
        return [x, (isAtRandom ? dice() < 0.3 : x > 1.8) ? NaN : y]
      })
    expect(testOf(rows(true))!.p).toBeGreaterThan(0.01)
    expect(testOf(rows(false))!.p).toBeLessThan(1e-10)
  })

  it('has no p where the patterns leave no degree of freedom', () => {
    // One column alone in each pattern: two patterns of one, less two columns.
    const rows = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? [i, NaN] : [NaN, i]))
    expect(testOf(rows)).toMatchObject({ df: 0, p: null, patterns: 2 })
  })

  it('says when its estimates have not settled', () => {
    expect(testOf(air)!.isConverged).toBe(true)
  })

  it('comes to an end, and says nothing of more patterns than it can go through', () => {
    const dice = stream(5)
    const rows = Array.from({ length: 8_000 }, () =>
      Array.from({ length: 20 }, () => (dice() < 0.5 ? NaN : dice())),
    )
    expect(testOf(rows)).toBeNull()
  })

  it('says nothing where there is nothing to test', () => {
    expect(testOf([])).toBeNull()
    expect(testOf(Array.from({ length: 50 }, (_, i) => [i, i * i]))).toBeNull()
    expect(testOf(Array.from({ length: 50 }, (_, i) => [i, i % 2 === 0 ? NaN : 1]))).toBeNull()
  })
})
