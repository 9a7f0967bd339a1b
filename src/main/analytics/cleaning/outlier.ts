/**
 * Step 7: values far from what people of the same sex have, or far from the person's own. Both on the log scale and by medians, so
 * that the strange values do not hide themselves. To mark is the default: a rare value may be true.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { keptRows, withRows, type CleanPerson, type CleanRow } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { MAD_SCALE, medianOf } from './median.ts'
import { mostOften } from './most-often.ts'

/** Fewer values say nothing of what is far. */
const VALUES_MIN = 20

interface Spread {
  readonly median: number
  readonly deviation: number
  readonly low: number
  readonly high: number
}

export function outlier(
  persons: readonly CleanPerson[],
  params: StepOf<'outlier'>,
  editor: Editor,
): CleanPerson[] {
  const cut = Number(params.cut)
  const jump = Number(params.jump)
  const sexes = persons.map((person) => mostOften(keptRows(person, 'visit'), 'sex') ?? -1)
  const spreads = spreadsOf(persons, sexes, Number(params.tail))
  const { medians, deviations } = ownSpreads(persons, params.ownValues)
  return persons.map((person, i) =>
    withRows(person, 'observation', (row) => {
      const value = logValue(row)
      if (value === null) return row
      const test = testName(row)
      const spread = spreads.get(`${test} ${sexes[i]!}`)
      const own = medians[i]!.get(test)
      const within = deviations.get(test)
      const isFar = spread !== undefined && Math.abs(value - spread.median) > cut * spread.deviation
      const isJump = own !== undefined && within !== undefined && Math.abs(value - own) > jump * within
      switch (params.action) {
        case 'flag':
          if (isFar) return editor.flag(person, 'observation', row, 'outlier')
          return isJump ? editor.flag(person, 'observation', row, 'jump') : row
        case 'missing':
          return isFar || isJump
            ? editor.derive(person, 'observation', row, { canonical: null }, isFar ? 'outlier' : 'jump')
            : row
        case 'winsorise': {
          const pulled = spread === undefined ? value : Math.min(Math.max(value, spread.low), spread.high)
          return pulled === value
            ? row
            : editor.derive(person, 'observation', row, { canonical: exp(pulled) }, 'winsorised')
        }
      }
    }),
  )
}

const testName = ({ now }: CleanRow<'observation'>): string => `${now.system}|${now.code}`

function logValue({ now, isKept }: CleanRow<'observation'>): number | null {
  return isKept && now.canonical !== null && now.canonical > 0 ? log(now.canonical) : null
}

function spreadsOf(
  persons: readonly CleanPerson[],
  sexes: readonly number[],
  tail: number,
): Map<string, Spread> {
  const values = new Map<string, number[]>()
  for (const [i, person] of persons.entries())
    for (const row of person.observation) {
      const value = logValue(row)
      if (value === null) continue
      const key = `${testName(row)} ${sexes[i]!}`
      const list = values.get(key)
      if (list) list.push(value)
      else values.set(key, [value])
    }
  const out = new Map<string, Spread>()
  for (const [key, list] of values) {
    if (list.length < VALUES_MIN) continue
    const sorted = Float64Array.from(list).sort()
    const median = medianOf(sorted)
    const deviation = MAD_SCALE * medianOf(sorted.map((value) => Math.abs(value - median)))
    const at = Math.floor(tail * sorted.length)
    if (deviation > 0)
      out.set(key, { median, deviation, low: sorted[at]!, high: sorted[sorted.length - 1 - at]! })
  }
  return out
}

/** Each person's own median of a test, and by how much persons vary around theirs. */
function ownSpreads(
  persons: readonly CleanPerson[],
  ownValues: number,
): { medians: Map<string, number>[]; deviations: Map<string, number> } {
  const around = new Map<string, number[]>()
  const medians = persons.map((person) => {
    const values = new Map<string, number[]>()
    for (const row of person.observation) {
      const value = logValue(row)
      if (value === null) continue
      const list = values.get(testName(row))
      if (list) list.push(value)
      else values.set(testName(row), [value])
    }
    const own = new Map<string, number>()
    for (const [test, list] of values) {
      if (list.length < ownValues) continue
      const median = medianOf(list)
      own.set(test, median)
      const distances = around.get(test) ?? []
      for (const value of list) distances.push(Math.abs(value - median))
      around.set(test, distances)
    }
    return own
  })
  const deviations = new Map<string, number>()
  for (const [test, distances] of around) {
    const deviation = MAD_SCALE * medianOf(distances)
    if (distances.length >= VALUES_MIN && deviation > 0) deviations.set(test, deviation)
  }
  return { medians, deviations }
}
