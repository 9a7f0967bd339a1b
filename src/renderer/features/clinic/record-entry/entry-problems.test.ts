import { describe, expect, it } from 'vitest'
import { fieldsFrom, questionCount, stopsOf } from './entry-problems.ts'
import { emptyForm, emptyRow } from './form.ts'
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

describe('the count of what will be asked', () => {
  const empty = emptyForm({ day: '2026-05-10', time: '09:30', rowId: () => 'r' })
  const unusual: Problem = { ...problem('vitals.sbp'), severity: 'confirm', params: { value: '205' } }
  it('has what the template expects and what was copied, and not what stops the save', () => {
    expect(questionCount(empty, [], [])).toBe(0)
    expect(questionCount({ ...empty, template: 'diabetes' }, problems, [])).toBe(3)
    const medicines = [{ ...emptyRow.medicines('m'), isCopied: true }]
    expect(questionCount({ ...empty, medicines, copied: ['smoking'] }, [unusual], [])).toBe(3)
  })
  it('has nothing that was confirmed already', () => {
    const confirmed = [{ path: 'vitals.sbp', rule: 'x', value: '205', by: 'k' }]
    expect(questionCount(empty, [unusual], confirmed)).toBe(0)
    expect(questionCount(empty, [unusual], [{ ...confirmed[0]!, value: '201' }])).toBe(1)
  })
})

describe('what stops the save', () => {
  it('is no fault before somebody was there, and is one after, or when the save was tried', () => {
    expect(stopsOf(problems, false, new Set())).toEqual({ wrongCount: 0, aheadCount: 3 })
    expect(stopsOf(problems, false, new Set(['labs.a']))).toEqual({ wrongCount: 2, aheadCount: 2 })
    expect(stopsOf(problems, true, new Set())).toEqual({ wrongCount: 4, aheadCount: 0 })
    const unusual = problems.map((each) => ({ ...each, severity: 'confirm' as const }))
    expect(stopsOf(unusual, true, new Set())).toEqual({ wrongCount: 0, aheadCount: 0 })
  })
})
