import { describe, expect, it } from 'vitest'
import { AUDIT_ACTS } from '../../shared/contract/audit.ts'
import { allRights } from '../../shared/contract/rights.ts'
import { en, zhHant } from './audit.ts'

describe('words of the audit', () => {
  it('say every noted operation as a sentence, in both languages', () => {
    const noted = allRights.filter(({ right }) => right.act !== 'none').map(({ operation }) => operation)
    for (const words of [en, zhHant])
      expect(noted.filter((operation) => !Object.hasOwn(words.operations, operation))).toEqual([])
    expect(Object.keys(zhHant.operations)).toEqual(Object.keys(en.operations))
  })

  it('name kinds, codes, ids and bases in both languages', () => {
    for (const act of AUDIT_ACTS) expect([en.acts[act], zhHant.acts[act]]).not.toContain(undefined)
    for (const part of ['codes', 'subjects', 'bases'] as const)
      expect(Object.keys(zhHant[part])).toEqual(Object.keys(en[part]))
  })
})
