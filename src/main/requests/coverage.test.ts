import { describe, expect, it } from 'vitest'
import type { NoisyAnswer } from '../../shared/contract/answers.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { RequestOutput } from '../../shared/domain/request-output.ts'
import { coverageOf, type PublishedTable } from './coverage.ts'

const everybody: CohortDefinition = {
  schema: 'cohort/1',
  title: 'All',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
const bySex: RequestOutput = {
  kind: 'histogram',
  axis: { variable: 'sex', edges: [] },
  counted: { unit: 'patients' },
}
const whole = (value: number) => ({ value, halfWidth: value === 0 ? 0 : 10 })
/** Female, male, other, unknown, not known. */
const answer = (levels: readonly number[]): NoisyAnswer => ({
  kind: 'table',
  cells: levels.map((level) => (level === 0 ? null : level)),
  halfWidth: 10,
  margins: [levels.map(whole)],
  total: whole(levels.reduce((sum, level) => sum + level, 0)),
})
const table = (
  change: Partial<PublishedTable> & { cohort?: CohortDefinition; output?: RequestOutput },
): PublishedTable => ({
  studyHash: 'a'.repeat(64),
  shownFrom: null,
  question: {
    lane: 'noise',
    cohort: change.cohort ?? everybody,
    cleaning: null,
    followUp: null,
    output: change.output ?? bySex,
    requestHash: 'b'.repeat(64),
    cohortHash: 'c'.repeat(64),
  },
  answer: answer([400, 500, 0, 0, 100]),
  ...change,
})

describe('coverageOf', () => {
  it('says how many have a value and how many none, with the noise', () => {
    expect(coverageOf([table({})])).toEqual([
      {
        studyHash: 'a'.repeat(64),
        variable: 'sex',
        year: null,
        known: { value: 900, halfWidth: 20 },
        missing: { value: 100, halfWidth: 10 },
        hidden: null,
      },
    ])
  })
  it('says nothing of those without a value where they are hidden', () => {
    expect(coverageOf([table({ answer: answer([400, 500, 0, 0, 0]) })])[0]?.missing).toBeNull()
  })
  it('knows a year from a cohort of everybody in it, and the newest table of each', () => {
    const of2025: CohortDefinition = {
      ...everybody,
      entry: { ...everybody.entry, which: 'first-qualifying' },
      steps: [{ use: 'include', rule: { kind: 'calendar', from: '2025-01-01', to: '2025-12-31' } }],
    }
    const found = coverageOf([
      table({}),
      table({ cohort: of2025 }),
      table({ cohort: of2025, answer: answer([1, 2, 0, 0, 3]) }),
    ])
    expect(found.map(({ year, known }) => [year, known.value])).toEqual([
      [null, 900],
      ['2025', 900],
    ])
  })
  it.each([
    [
      'some people',
      { cohort: { ...everybody, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 40 } }] } },
    ],
    [
      'half a year',
      {
        cohort: {
          ...everybody,
          steps: [{ use: 'include', rule: { kind: 'calendar', from: '2025-01-01', to: '2025-06-30' } }],
        },
      },
    ],
    ['visits', { output: { ...bySex, counted: { unit: 'visits', cellsMost: 1, perCellMost: 2 } } }],
    ['no table', { answer: { kind: 'withheld' } }],
  ])('takes nothing from a table of %s', (_, change) => {
    expect(coverageOf([table(change as Parameters<typeof table>[0])])).toEqual([])
  })
  it('says how many there may be at most where a level is not shown', () => {
    const shown = (levels: readonly number[]) =>
      coverageOf([{ ...table({}), answer: answer(levels), shownFrom: 14 }])[0]!.hidden
    // Two of the levels with a value are hidden, and the last one too: each below 14 with noise of 10.
    expect(shown([90, 80, 0, 0, 0])).toEqual({ known: 48, missing: 24 })
    expect(shown([90, 80, 70, 60, 50])).toEqual({ known: 0, missing: 0 })
    expect(coverageOf([{ ...table({}), answer: answer([90, 80, 0, 0, 0]) }])[0]!.hidden).toBeNull()
  })
})
