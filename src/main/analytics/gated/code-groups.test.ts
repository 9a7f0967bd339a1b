import { describe, expect, it } from 'vitest'
import { ATC_GROUPS, ICD_CHAPTERS } from '../../../shared/domain/code-groups.ts'
import { codeMatcher } from '../../../shared/domain/code-set.ts'
import { chapterOf } from './icd-chapter.ts'

describe('chapters of ICD-10 as patterns', () => {
  it('hold exactly the codes of the chapter, each code in one of them', () => {
    const chapters = ICD_CHAPTERS.map(({ key, patterns }) => ({
      key,
      isIn: codeMatcher({ include: [...patterns], exclude: [] }),
    }))
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
      for (let category = 0; category < 100; category++) {
        const code = `${letter}${String(category).padStart(2, '0')}9`
        const found = chapters.filter(({ isIn }) => isIn(code)).map(({ key }) => key)
        expect(found, code).toEqual([chapterOf(code)])
      }
  })

  it('have the fourteen main groups of ATC beside them', () => {
    expect(ATC_GROUPS.map(({ key }) => key).join('')).toBe('ABCDGHJLMNPRSV')
  })
})
