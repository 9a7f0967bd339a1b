/** Step 11: what is missing, by test, hospital and year, and whether it is missing completely at random. Changes nothing. */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { civilOfDay } from '../../../shared/domain/dates.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { littleTest, type LittleTest } from '../../stats/imputation/little-mcar.ts'
import { growingNumbers } from './growing-numbers.ts'
import { readOnly, type StepWork } from './step-work.ts'

export interface MissingCell {
  readonly test: string
  readonly hospital: string
  readonly year: number
  readonly visits: number
  readonly missing: number
}

export interface MissingFinding {
  readonly cells: readonly MissingCell[]
  /** Null where it was not asked for, too few values are there for it, or they are missing in too many ways. */
  readonly random: LittleTest | null
}

export function missingness({ tests, isTested }: StepOf<'missingness'>): StepWork {
  const keys = [...new Set(tests)].sort()
  const columnOf = new Map(keys.map((key, column) => [labTestByKey(key)!.loinc, column]))
  const isNumber = keys.map((key) => labTestByKey(key)!.unit !== '')
  return readOnly(() => {
    const cells = new Map<string, { -readonly [Key in keyof MissingCell]: MissingCell[Key] }>()
    /** Row by row, a number for each test, NaN where it is missing. */
    const rows = growingNumbers()
    return {
      add(persons) {
        for (const { visit, observation } of persons) {
          const values = new Map<number, number[]>()
          for (const { now, isKept } of visit)
            if (isKept)
              values.set(
                now.block!,
                keys.map(() => NaN),
              )
          for (const { now, isKept } of observation) {
            const column = now.system === LOINC_SYSTEM ? columnOf.get(now.code!) : undefined
            const row = isKept ? values.get(now.block!) : undefined
            if (column === undefined || row === undefined) continue
            if (isNumber[column]! ? now.canonical !== null : now.valueCode !== null)
              row[column] = isNumber[column]! ? now.canonical! : 1
          }
          for (const { now, isKept } of visit) {
            const row = isKept ? values.get(now.block!) : undefined
            if (row === undefined || now.day === null) continue
            if (isTested) for (const value of row) rows.push(value)
            const { year } = civilOfDay(now.day)
            for (const [column, test] of keys.entries()) {
              const name = `${test} ${now.hospital} ${year}`
              let cell = cells.get(name)
              if (cell === undefined) {
                cell = { test, hospital: now.hospital ?? '', year, visits: 0, missing: 0 }
                cells.set(name, cell)
              }
              cell.visits++
              if (row[column] !== row[column]) cell.missing++
            }
          }
        }
      },
      finding() {
        const inOrder = [...cells.values()].sort(
          (a, b) => byText(a.test, b.test) || byText(a.hospital, b.hospital) || a.year - b.year,
        )
        const random = isTested ? littleTest(rows.values(), keys.length) : null
        return { kind: 'missing', missing: { cells: inOrder, random } }
      },
    }
  })
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
