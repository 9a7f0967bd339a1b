import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../shared/domain/dates.ts'
import { LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import type { ScoreOutput } from '../../privacy/request/score-output.ts'
import { FACT_TABLE_NAMES, factCode } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { rowsOfPersons } from './patient-rows.ts'

const day = (text: string) => parseDay(text)!

interface MadeVisit {
  readonly from: string
  readonly to?: string
  readonly class: 'AMB' | 'IMP'
  readonly payer: 'NHI' | 'SELF'
  readonly diagnosis: string
  readonly hba1c: number
}

const VISITS: readonly MadeVisit[] = [
  { from: '2023-06-01', to: '2023-06-04', class: 'IMP', payer: 'NHI', diagnosis: 'E11.9', hba1c: 7 },
  // Goes on when the year begins, and opens no stretch.
  { from: '2023-12-28', to: '2024-01-09', class: 'IMP', payer: 'NHI', diagnosis: 'I21.9', hba1c: 8 },
  // What it costs stands in the stretch that it opens.
  { from: '2024-01-05', to: '2024-01-30', class: 'IMP', payer: 'NHI', diagnosis: 'C34.1', hba1c: 9 },
  { from: '2024-06-01', class: 'AMB', payer: 'SELF', diagnosis: 'N18.5', hba1c: 10 },
]

function person(visits: readonly MadeVisit[]): PersonFacts {
  const empty = Object.fromEntries(FACT_TABLE_NAMES.map((name) => [name, []]))
  return {
    ...empty,
    person: 0,
    patients: ['P'],
    visit: visits.map((visit, block) => ({
      block,
      day: day(visit.from),
      discharge: visit.to === undefined ? null : day(visit.to),
      class: factCode('class', visit.class),
      payer: factCode('payer', visit.payer),
      birth: day('1970-01-01'),
      death: null,
      sex: factCode('sex', 'female'),
    })),
    diagnosis: visits.map(({ diagnosis }, block) => ({
      block,
      code: diagnosis,
      role: factCode('role', 'principal'),
      verification: factCode('verification', 'confirmed'),
    })),
    observation: visits.map(({ from, hba1c }, block) => ({
      block,
      system: LOINC_SYSTEM,
      code: '4548-4',
      status: factCode('observationStatus', 'final'),
      known: day(from),
      canonical: hba1c,
      comparator: null,
    })),
  } as unknown as PersonFacts
}

/** Each stretch's score, in whole numbers. */
function scores(formula: string, columns: readonly string[], visits = VISITS): (number | null)[] {
  const output: ScoreOutput = {
    kind: 'score',
    formula,
    columns,
    edges: [1_000],
    exposure: { variable: 'exposure-days', most: 365 },
    actual: { variable: 'claims', most: 20 },
    cellsMost: 3,
  }
  const rowsOf = rowsOfPersons({
    output,
    followUp: null,
    snapshotDay: day('2025-06-01'),
    benchmarkFrom: null,
  })
  return rowsOf(person(visits), day('2024-01-05')).map(({ score }) =>
    typeof score === 'number' ? score / 1_000 : null,
  )
}

describe('what a customised model knows of a stretch', () => {
  it('is of visits that had ended before it, none of what opens it', () => {
    // Before the year the stay of June alone had ended; before June 2024 both later ones.
    expect(scores('stay_days', ['stay-days'])).toEqual([3, 25])
    expect(scores('charlson', ['charlson'])).toEqual([1, 4])
    const chapters = 'if diagnosis_chapter = "IV" then 4 else if diagnosis_chapter = "II" then 2 else 0'
    expect(scores(chapters, ['diagnosis-chapter'])).toEqual([4, 2])
    expect(scores('if visit_class = "IMP" then 1 else 0', ['visit-class'])).toEqual([1, 1])
    // A result is known on its day, whether or not its visit has ended.
    expect(scores('hba1c_tenths', ['hba1c-tenths'])).toEqual([80, 90])
  })
  it('is nothing where nobody was seen before', () => {
    const first = VISITS.slice(2)
    expect(scores('stay_days', ['stay-days'], first)).toEqual([null, 25])
    expect(scores('charlson', ['charlson'], first)).toEqual([0, 2])
    expect(scores('hba1c_tenths', ['hba1c-tenths'], first)).toEqual([null, 90])
  })
  it('does not change with what the opening visit says', () => {
    const other = VISITS.map((visit, i) =>
      i === 2 || i === 3
        ? { ...visit, diagnosis: 'B20', hba1c: 15, class: 'AMB' as const, to: visit.from }
        : visit,
    )
    const formula = 'stay_days + charlson + hba1c_tenths'
    const columns = ['charlson', 'hba1c-tenths', 'stay-days']
    expect(scores(formula, columns, other)[0]).toBe(scores(formula, columns)[0])
  })
  it('is under the payer of the stretch, which is what makes it one', () => {
    expect(scores('if payer = "SELF" then 1 else 0', ['payer'])).toEqual([0, 1])
  })
})
