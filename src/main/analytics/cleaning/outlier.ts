/**
 * Step 7: values far from what people of the same sex have, or far from the person's own. Both on the log scale and by medians, so
 * that the strange values do not hide themselves. To mark is the default: a rare value may be true.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { present } from '../../../shared/std/assert.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { keptRows, withRows, type CleanPerson, type CleanRow } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { growingNumbers, type GrowingNumbers } from './growing-numbers.ts'
import { MAD_SCALE, medianOf } from './median.ts'
import { mostOften } from './most-often.ts'
import { personByPerson, type StepWork } from './step-work.ts'

/** Fewer values say nothing of what is far. */
const VALUES_MIN = 20

interface Spread {
  readonly median: number
  readonly deviation: number
  readonly low: number
  readonly high: number
}

export function outlier(params: StepOf<'outlier'>): StepWork {
  /** Of everybody: values by test and sex, and distances to the own median by test. */
  const values = new Map<string, GrowingNumbers>()
  const distances = new Map<string, GrowingNumbers>()
  let far: Far | null = null
  return personByPerson(
    (persons, editor) => persons.map((person) => judged(person, present(far), params, editor)),
    {
      isOfVisits: false,
      add(persons) {
        for (const person of persons) {
          const sex = sexOf(person)
          for (const [test, own] of valuesOf(person)) {
            const ofSex = listOf(values, `${test} ${sex}`)
            for (const value of own) ofSex.push(value)
            if (own.length < params.ownValues) continue
            const median = medianOf(own)
            const around = listOf(distances, test)
            for (const value of own) around.push(Math.abs(value - median))
          }
        }
      },
      end() {
        far = { spreads: spreadsOf(values, Number(params.tail)), deviations: deviationsOf(distances) }
        values.clear()
        distances.clear()
        return null
      },
    },
  )
}

/** What is far: from people of the sex, by test and sex; from the own median, by test. */
interface Far {
  readonly spreads: ReadonlyMap<string, Spread>
  readonly deviations: ReadonlyMap<string, number>
}

function judged(
  person: CleanPerson,
  { spreads, deviations }: Far,
  params: StepOf<'outlier'>,
  editor: Editor,
): CleanPerson {
  const cut = Number(params.cut)
  const jump = Number(params.jump)
  const sex = sexOf(person)
  const medians = new Map<string, number>()
  for (const [test, own] of valuesOf(person))
    if (own.length >= params.ownValues) medians.set(test, medianOf(own))
  return withRows(person, 'observation', (row) => {
    const value = logValue(row)
    if (value === null) return row
    const test = testName(row)
    const spread = spreads.get(`${test} ${sex}`)
    const own = medians.get(test)
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
  })
}

const sexOf = (person: CleanPerson): number => mostOften(keptRows(person, 'visit'), 'sex') ?? -1

const testName = ({ now }: CleanRow<'observation'>): string => `${now.system}|${now.code}`

function logValue({ now, isKept }: CleanRow<'observation'>): number | null {
  return isKept && now.canonical !== null && now.canonical > 0 ? log(now.canonical) : null
}

/** Logarithms of a person's values, by test. */
function valuesOf(person: CleanPerson): Map<string, number[]> {
  const values = new Map<string, number[]>()
  for (const row of person.observation) {
    const value = logValue(row)
    if (value === null) continue
    const test = testName(row)
    const list = values.get(test)
    if (list) list.push(value)
    else values.set(test, [value])
  }
  return values
}

function listOf(lists: Map<string, GrowingNumbers>, name: string): GrowingNumbers {
  const known = lists.get(name)
  if (known !== undefined) return known
  const made = growingNumbers()
  lists.set(name, made)
  return made
}

function spreadsOf(values: ReadonlyMap<string, GrowingNumbers>, tail: number): Map<string, Spread> {
  const out = new Map<string, Spread>()
  for (const [key, list] of values) {
    if (list.length < VALUES_MIN) continue
    const sorted = list.values().sort()
    const median = medianOf(sorted)
    const deviation = MAD_SCALE * medianOf(sorted.map((value) => Math.abs(value - median)))
    const at = Math.floor(tail * sorted.length)
    if (deviation > 0)
      out.set(key, { median, deviation, low: sorted[at]!, high: sorted[sorted.length - 1 - at]! })
  }
  return out
}

/** By how much persons vary around their own medians. */
function deviationsOf(distances: ReadonlyMap<string, GrowingNumbers>): Map<string, number> {
  const out = new Map<string, number>()
  for (const [test, around] of distances) {
    const deviation = MAD_SCALE * medianOf(around.values())
    if (around.length >= VALUES_MIN && deviation > 0) out.set(test, deviation)
  }
  return out
}
