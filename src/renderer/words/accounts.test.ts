import { describe, expect, it } from 'vitest'
import { allRights } from '../../shared/contract/rights.ts'
import { rightGroups } from '../../shared/contract/right-groups.ts'
import { en, zhHant } from './accounts.ts'

describe('the table of rights', () => {
  it('has words for each of its lines in both languages, and no words too many', () => {
    const keys = rightGroups.map(({ key }) => key).sort()
    for (const { matrix } of [en, zhHant]) expect(Object.keys(matrix.groups).sort()).toEqual(keys)
  })

  it('shows each operation once, with the roles that the matrix gives it', () => {
    const shown = rightGroups.flatMap(({ operations }) => operations)
    expect([...shown].sort()).toEqual(allRights.map(({ operation }) => operation).sort())
    for (const { who, operations } of rightGroups)
      for (const { operation, right } of allRights)
        if (operations.includes(operation)) expect(right.who).toEqual(who)
  })
})
