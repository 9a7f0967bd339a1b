import { describe, expect, it } from 'vitest'
import { fieldsFrom } from './entry-problems.ts'
import type { Problem } from './to-visit.ts'

const problem = (field: string): Problem => ({
  path: field,
  field,
  rule: 'x',
  severity: 'refuse',
  params: {},
})
const problems = ['vitals.sbp', 'labs.a', 'labs.a', 'diagnoses.b.code'].map(problem)

describe('the jump to the next problem', () => {
  it('goes through each field that has one, then begins again', () => {
    const round = ['vitals.sbp', 'labs.a', 'diagnoses.b.code']
    expect(fieldsFrom(problems, undefined)).toEqual(round)
    expect(fieldsFrom(problems, 'encounter.class')).toEqual(round)
    expect(fieldsFrom(problems, 'vitals.sbp')).toEqual(['labs.a', 'diagnoses.b.code', 'vitals.sbp'])
    expect(fieldsFrom(problems, 'diagnoses.b.code')).toEqual(round)
    expect(fieldsFrom([], 'vitals.sbp')).toEqual([])
  })

  it('goes on from the first field of a row whose problem is of the whole row', () => {
    expect(fieldsFrom(problems, 'labs.a.test')[0]).toBe('diagnoses.b.code')
  })
})
