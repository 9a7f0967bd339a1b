import { describe, expect, it } from 'vitest'
import { newStudy } from '../../../parts/research/new-study.ts'
import { alonePipelineOf, cleaningText, firstTests, profileOf, testsOfQuestion } from './profile-asked.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'

const study: StudyDocument = {
  ...newStudy(),
  cohort: {
    ...newStudy().cohort,
    entry: {
      event: { kind: 'result', test: 'hba1c', value: { above: '6.5' } },
      priorDays: 0,
      which: 'first',
    },
    steps: [
      {
        use: 'exclude',
        rule: {
          kind: 'occurs',
          event: { kind: 'coded-result', test: 'smoking', anyOf: ['77176002'] },
          window: { from: null, to: 0 },
          atLeast: 1,
        },
      },
    ],
  },
}

describe('tests of a question', () => {
  it('are those that it names and that have a number, and those of its cleaning after them', () => {
    const { named, cleaned } = testsOfQuestion(study)
    expect(named).toEqual(['hba1c'])
    expect(cleaned).toContain('sbp')
    expect(cleaned).not.toContain('smoking')
    expect(cleaned).not.toContain('hba1c')
    expect(firstTests(study)).toEqual(['hba1c'])
    // A question that names none begins with those of its cleaning, no more than may be asked.
    expect(firstTests(newStudy()).length).toBeGreaterThan(3)
    expect(firstTests(newStudy()).length).toBeLessThanOrEqual(8)
  })
  it('are those that a derived one follows from', () => {
    const derived = JSON.parse(JSON.stringify(study).replace('"hba1c"', '"egfrCreat"')) as StudyDocument
    expect(testsOfQuestion(derived).named).toEqual(['creat'])
  })
})

describe('what is asked', () => {
  it('has the steps that look at one person at a time, their reasons, and all units of the tests', () => {
    const { steps } = newStudy().cleaning!
    const pipeline = alonePipelineOf(steps, 'Cleaning')!
    expect(pipeline.steps.map(({ step }) => step)).not.toContain('link-persons')
    expect(pipeline.steps.map(({ step }) => step)).not.toContain('outlier')
    expect(pipeline.steps).toHaveLength(steps.length - 2)
    const { tests, reasons, lastYear, years } = profileOf(['hba1c'], pipeline.steps, 2024)
    expect(tests).toEqual([{ test: 'hba1c', units: ['%', 'mmol/mol', '{IFCC}'] }])
    expect(reasons).toContain('unit-guessed')
    expect(reasons).not.toContain('outlier')
    expect([lastYear, years]).toEqual([2024, 10])
  })
  it('is of the records as they were written where no such step is there', () => {
    expect(alonePipelineOf([], 'Cleaning')).toBeNull()
    expect(cleaningText(null)).toBe('')
  })
})
