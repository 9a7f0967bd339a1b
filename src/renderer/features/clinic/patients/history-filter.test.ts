import { describe, expect, it } from 'vitest'
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { groupsOf, versionBefore } from './history-filter.ts'

const version = (merkleRoot: string, index: number, envelope: Partial<VisitRecord['envelope']>, over = {}) =>
  ({
    merkleRoot,
    index,
    isSuperseded: false,
    isConflict: false,
    record: { envelope: { visitId: 'v', op: 'amend', ...envelope }, encounter: { facility: 'f' } },
    ...over,
  }) as VersionOfVisit

describe('versionBefore', () => {
  it('is what each correction of a visit corrected, not of the newest alone', () => {
    const old = { isSuperseded: true }
    const first = version('a', 1, { op: 'create' }, old)
    const second = version('b', 2, { supersedes: 'a' }, old)
    const third = version('c', 3, { supersedes: 'b' })
    const late = version('d', 4, { supersedes: 'a' }, { isConflict: true })
    const [group] = groupsOf([late, third, second, first])
    expect([third, second, late, first].map((each) => versionBefore(each, group!)?.merkleRoot)).toEqual([
      'b',
      'a',
      'a',
      undefined,
    ])
  })
  it('is nothing where that one cannot be opened, and of what is no correction', () => {
    const second = version('b', 2, { supersedes: 'a' })
    expect(versionBefore(second, groupsOf([second])[0]!)).toBeNull()
    const gone = version('c', 3, { op: 'retract', supersedes: 'b' })
    expect(versionBefore(gone, groupsOf([gone, second])[0]!)).toBeNull()
  })
})
