/**
 * What every model of pricing is fitted to: tariff cells with exposure, claims and cost. The insurer's own exposure file and the gateways'
 * gated tables both become this shape; from gated tables each cell carries the variance of its noise (docs/spec/pricing.md P1).
 */
import { checkNumber, PricingFailure } from '../failure.ts'
import { CELLS_MAX, FACTORS_MAX, LEVELS_MAX } from '../limits.ts'

export interface Factor {
  readonly name: string
  /** In order of the factor where `isOrdered` (age bands), else as they came. */
  readonly levels: readonly string[]
  readonly isOrdered: boolean
}

/** Variances of the noise that a release put on each cell; 0 where a number is exact. */
export interface CellNoise {
  readonly exposure: Float64Array
  readonly claims: Float64Array
  readonly cost: Float64Array
}

export interface TariffTable {
  readonly factors: readonly Factor[]
  /** For each factor the level of each cell. */
  readonly codes: readonly Int32Array[]
  /** Member-years. */
  readonly exposure: Float64Array
  readonly claims: Float64Array
  /** Minor units. */
  readonly cost: Float64Array
  readonly noise: CellNoise | null
}

export interface CellRecord {
  /** One label for each factor, in the order of the factors. */
  readonly levels: readonly string[]
  readonly exposure: number
  readonly claims: number
  readonly cost: number
  readonly noise?: { readonly exposure: number; readonly claims: number; readonly cost: number }
}

/**
 * A table of records; records of one cell are added up, noise with them. Cells stand in the order of their levels.
 *
 * @throws {PricingFailure} `unknown-level`, `bad-number` (exposure below 0; claims or cost below 0 without noise), `too-many`, `double-name`
 */
export function tariffTable(factors: readonly Factor[], records: readonly CellRecord[]): TariffTable {
  checkFactors(factors)
  if (records.length > CELLS_MAX)
    throw new PricingFailure({ code: 'too-many', what: 'cells', count: records.length, most: CELLS_MAX })
  const codeOf = factors.map(({ levels }) => new Map(levels.map((level, k) => [level, k])))
  const cells = new Map<string, { codes: number[]; sums: number[] }>()
  let hasNoise = false
  records.forEach((record, row) => {
    const codes = factors.map(({ name, levels }, f) => {
      const level = record.levels[f] ?? ''
      const code = codeOf[f]!.get(level)
      if (code === undefined)
        throw new PricingFailure({ code: 'unknown-level', factor: name, level, row, known: levels })
      return code
    })
    const { noise } = record
    if (noise) hasNoise = true
    // Noise may push a small cell below nothing: left in, since to cut it off would raise every sum.
    const least = (variance: number | undefined): number => (variance ? -Infinity : 0)
    checkNumber('exposure', row, record.exposure, least(noise?.exposure))
    checkNumber('claims', row, record.claims, least(noise?.claims))
    checkNumber('cost', row, record.cost, least(noise?.cost))
    const values = [
      record.exposure,
      record.claims,
      record.cost,
      noise?.exposure ?? 0,
      noise?.claims ?? 0,
      noise?.cost ?? 0,
    ]
    for (const variance of values.slice(3)) checkNumber('noise', row, variance, 0)
    const key = codes.join(',')
    const cell = cells.get(key)
    if (cell === undefined) cells.set(key, { codes, sums: values })
    else values.forEach((value, k) => (cell.sums[k] = cell.sums[k]! + value))
  })
  const ordered = [...cells.values()].sort((a, b) => compareCodes(a.codes, b.codes))
  const column = (k: number): Float64Array => Float64Array.from(ordered, ({ sums }) => sums[k]!)
  return {
    factors,
    codes: factors.map((_, f) => Int32Array.from(ordered, ({ codes }) => codes[f]!)),
    exposure: column(0),
    claims: column(1),
    cost: column(2),
    noise: hasNoise ? { exposure: column(3), claims: column(4), cost: column(5) } : null,
  }
}

/** The table by some of its factors alone. */
export function collapse(table: TariffTable, names: readonly string[]): TariffTable {
  const kept = names.map((name) => factorIndex(table.factors, name))
  const records = Array.from(table.exposure, (_, i): CellRecord => ({
    levels: kept.map((f) => levelOf(table, f, i)),
    exposure: table.exposure[i]!,
    claims: table.claims[i]!,
    cost: table.cost[i]!,
    ...(table.noise
      ? {
          noise: {
            exposure: table.noise.exposure[i]!,
            claims: table.noise.claims[i]!,
            cost: table.noise.cost[i]!,
          },
        }
      : {}),
  }))
  return tariffTable(
    kept.map((f) => table.factors[f]!),
    records,
  )
}

/** The cells for which `isIn` holds: one year, one plan. */
export function filterCells(table: TariffTable, isIn: (cell: number) => boolean): TariffTable {
  const kept: number[] = []
  for (let i = 0; i < table.exposure.length; i++) if (isIn(i)) kept.push(i)
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!)
  return {
    factors: table.factors,
    codes: table.codes.map((codes) => Int32Array.from(kept, (i) => codes[i]!)),
    exposure: pick(table.exposure),
    claims: pick(table.claims),
    cost: pick(table.cost),
    noise: table.noise && {
      exposure: pick(table.noise.exposure),
      claims: pick(table.noise.claims),
      cost: pick(table.noise.cost),
    },
  }
}

export function factorIndex(factors: readonly Factor[], name: string): number {
  const index = factors.findIndex((factor) => factor.name === name)
  if (index < 0)
    throw new PricingFailure({ code: 'unknown-factor', factor: name, known: factors.map((f) => f.name) })
  return index
}

export function levelOf(table: TariffTable, factor: number, cell: number): string {
  return table.factors[factor]!.levels[table.codes[factor]![cell]!]!
}

/** Sums of a column in the order of the cells. */
export function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** @throws {PricingFailure} `too-many`, `double-name`, `bad-option` (a factor without levels) */
export function checkFactors(factors: readonly Factor[]): void {
  if (factors.length > FACTORS_MAX)
    throw new PricingFailure({ code: 'too-many', what: 'factors', count: factors.length, most: FACTORS_MAX })
  checkDoubles(
    'factor',
    factors.map(({ name }) => name),
  )
  for (const { name, levels } of factors) {
    if (levels.length === 0)
      throw new PricingFailure({ code: 'bad-option', option: name, value: 'no levels', allowed: '1 or more' })
    if (levels.length > LEVELS_MAX)
      throw new PricingFailure({
        code: 'too-many',
        what: `levels of ${name}`,
        count: levels.length,
        most: LEVELS_MAX,
      })
    checkDoubles(`level of ${name}`, levels)
  }
}

function checkDoubles(what: string, names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new PricingFailure({ code: 'double-name', what, name })
    seen.add(name)
  }
}

function compareCodes(a: readonly number[], b: readonly number[]): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k]! - b[k]!
  return 0
}
