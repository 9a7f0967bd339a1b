import { describe, expect, it } from 'vitest'
import { codeWords } from './code-words.ts'

const hit = { en: 'Essential (primary) hypertension', zh: '本態性(原發性)高血壓' }

describe('the words of a code', () => {
  it('are the record’s own where the reader’s language is that of the record', () => {
    expect(codeWords('high blood pressure', hit, 'en')).toBe('high blood pressure')
    expect(codeWords('高血壓', hit, 'zh-Hant')).toBe('高血壓')
  })
  it('are the list’s in the reader’s language where the record speaks another one or none', () => {
    expect(codeWords('本態性高血壓', hit, 'en')).toBe('Essential (primary) hypertension')
    expect(codeWords('high blood pressure', hit, 'zh-Hant')).toBe('本態性(原發性)高血壓')
    expect(codeWords('', hit, 'en')).toBe('Essential (primary) hypertension')
    expect(codeWords(undefined, hit, 'zh-Hant')).toBe('本態性(原發性)高血壓')
  })
  it('are whatever there are of a code that no list knows', () => {
    expect(codeWords('本態性高血壓', null, 'en')).toBe('本態性高血壓')
    expect(codeWords(undefined, undefined, 'en')).toBeUndefined()
    expect(codeWords('', null, 'en')).toBeUndefined()
  })
})
