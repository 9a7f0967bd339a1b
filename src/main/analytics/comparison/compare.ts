/**
 * Two cohorts beside each other: how many, how many in both, and how far apart they are in age, sex, diagnoses and results by standardized
 * differences (Austin 2009). Small numbers are held back as in docs/spec/pathways.md section 5. Pure.
 */
import { FACT_CODES } from '../facts/fact-tables.ts'
import { cellOf, isSmall, protect, SMALL, type Cell, type Line } from '../pathways/protect.ts'
import { threeDigits } from '../pathways/spread.ts'
import { saidOf, type SaidCount } from '../pathways/traverse.ts'
import { momentsOf, type Moments, type Profile, type Sex, type Sums } from './profile.ts'

export type ComparedWhat =
  | { readonly kind: 'age' }
  /** Null: no visit says it. */
  | { readonly kind: 'sex'; readonly sex: Sex | null }
  /** First three signs of the codes. */
  | { readonly kind: 'diagnosis'; readonly code: string }
  | { readonly kind: 'result'; readonly test: string }

export interface ComparedSide {
  /** With it, or with a value. */
  readonly persons: SaidCount
  /** Of ages and results, in their own unit; null of fewer than 11 persons. */
  readonly mean: number | null
  readonly sd: number | null
}

export interface ComparedRow {
  readonly what: ComparedWhat
  readonly sides: readonly [ComparedSide, ComparedSide]
  /** (a − b) in standard deviations of both; null where one of them is not said, or nobody differs. */
  readonly difference: number | null
}

export type Comparison =
  | {
      readonly kind: 'compared'
      readonly persons: readonly [number, number]
      readonly both: SaidCount
      /** In this one only. */
      readonly only: readonly [SaidCount, SaidCount]
      /** Null where so few are in one and not in the other that what they are like would follow. */
      readonly rows: readonly ComparedRow[] | null
    }
  /** Of one of them, or both, nothing can be said. */
  | { readonly kind: 'too-few'; readonly isSmall: readonly [boolean, boolean] }
  | { readonly kind: 'not-sayable' }

/** Diagnoses and results that are shown, the most frequent ones. */
const DIAGNOSES_MOST = 12
const RESULTS_MOST = 12

export function compareCohorts(a: Profile, b: Profile): Comparison {
  const sizes = [a.persons.size, b.persons.size] as const
  if (sizes.some((size) => size < SMALL))
    return { kind: 'too-few', isSmall: [sizes[0] < SMALL, sizes[1] < SMALL] }
  let both = 0
  for (const person of a.persons) if (b.persons.has(person)) both++
  const [totalA, totalB] = [cellOf(sizes[0], 'public'), cellOf(sizes[1], 'public')]
  const overlap = { both: cellOf(both), onlyA: cellOf(sizes[0] - both), onlyB: cellOf(sizes[1] - both) }
  const lines: Line[] = [
    { whole: totalA, parts: [overlap.onlyA, overlap.both] },
    { whole: totalB, parts: [overlap.onlyB, overlap.both] },
  ]
  const isTooAlike = isSmall(overlap.onlyA.count) || isSmall(overlap.onlyB.count)
  const rows = isTooAlike ? null : rowsOf([a, b], [totalA, totalB], lines)
  if (!protect(lines)) return { kind: 'not-sayable' }
  return {
    kind: 'compared',
    persons: sizes,
    both: saidOf(overlap.both),
    only: [saidOf(overlap.onlyA), saidOf(overlap.onlyB)],
    rows: rows?.map((row) => saidRow(row, sizes)) ?? null,
  }
}

interface Row {
  readonly what: ComparedWhat
  readonly cells: readonly [Cell, Cell]
  readonly sums: readonly [Sums, Sums] | null
}

function rowsOf(profiles: readonly [Profile, Profile], totals: readonly [Cell, Cell], lines: Line[]): Row[] {
  /** Whoever does not have it is in no row, and is known by subtraction. */
  const row = (what: ComparedWhat, counts: readonly [number, number], sums: Row['sums'] = null): Row => {
    const cells = [cellOf(counts[0]), cellOf(counts[1])] as const
    for (const [side, cell] of cells.entries()) {
      const whole = totals[side]!
      lines.push({ whole, parts: [cell, cellOf(whole.count - cell.count, 'unseen')] })
    }
    return { what, cells, sums }
  }
  const [a, b] = profiles
  const rows = [row({ kind: 'age' }, [a.ages.count, b.ages.count], [a.ages, b.ages])]
  const sexes = [...FACT_CODES.sex, null].filter((sex) => a.sexes.has(sex) || b.sexes.has(sex))
  const ofSex = sexes.map((sex) => row({ kind: 'sex', sex }, [a.sexes.get(sex) ?? 0, b.sexes.get(sex) ?? 0]))
  for (const side of [0, 1] as const)
    lines.push({ whole: totals[side], parts: ofSex.map(({ cells }) => cells[side]) })
  rows.push(...ofSex)
  const shareOf = (counts: readonly [number, number]): number =>
    Math.max(counts[0] / totals[0].count, counts[1] / totals[1].count)
  const frequent = <T>(found: readonly { name: T; counts: readonly [number, number] }[], most: number) =>
    found
      .filter(({ counts }) => Math.max(...counts) >= SMALL)
      .sort((x, y) => shareOf(y.counts) - shareOf(x.counts) || (x.name < y.name ? -1 : 1))
      .slice(0, most)
  const codes = new Set([...a.diagnoses.keys(), ...b.diagnoses.keys()])
  const diagnoses = [...codes].map((name) => ({
    name,
    counts: [a.diagnoses.get(name) ?? 0, b.diagnoses.get(name) ?? 0] as const,
  }))
  for (const { name, counts } of frequent(diagnoses, DIAGNOSES_MOST))
    rows.push(row({ kind: 'diagnosis', code: name }, counts))
  const results = [...a.results].map(([name, sums]) => ({
    name,
    sums: [sums, b.results.get(name)!] as const,
    counts: [sums.count, b.results.get(name)!.count] as const,
  }))
  for (const { name, counts } of frequent(results, RESULTS_MOST))
    rows.push(
      row({ kind: 'result', test: name }, counts, [a.results.get(name)!, b.results.get(name)!] as const),
    )
  return rows
}

function saidRow({ what, cells, sums }: Row, sizes: readonly [number, number]): ComparedRow {
  const momentsAt = (side: 0 | 1): Moments | null => {
    const cell = cells[side]
    return sums === null || cell.count < SMALL || cell.said === 'hidden' ? null : momentsOf(sums[side])
  }
  const moments = [momentsAt(0), momentsAt(1)] as const
  const sideOf = (side: 0 | 1): ComparedSide => {
    const { mean, sd } = moments[side] ?? { mean: null, sd: null }
    return {
      persons: saidOf(cells[side]),
      mean: mean === null ? null : threeDigits(mean),
      sd: sd === null ? null : threeDigits(sd),
    }
  }
  const difference = sums === null ? ofShares(cells, sizes) : ofMeans(moments)
  return { what, sides: [sideOf(0), sideOf(1)], difference }
}

/** Of shares: p(1 − p) is the variance. */
function ofShares(cells: readonly [Cell, Cell], sizes: readonly [number, number]): number | null {
  if (cells.some(({ said }) => said !== 'exact')) return null
  const [p, q] = [cells[0].count / sizes[0], cells[1].count / sizes[1]]
  return standardized(p - q, p * (1 - p), q * (1 - q))
}

function ofMeans([a, b]: readonly [Moments | null, Moments | null]): number | null {
  if (a === null || b === null || a.sd === null || b.sd === null) return null
  return standardized(a.mean - b.mean, a.sd * a.sd, b.sd * b.sd)
}

function standardized(apart: number, variance: number, other: number): number | null {
  const pooled = Math.sqrt((variance + other) / 2)
  return pooled === 0 ? null : Math.round((100 * apart) / pooled) / 100
}
