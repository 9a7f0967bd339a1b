import { describe, expect, it } from 'vitest'
import { isIcd10Code, showIcd10 } from '../../shared/domain/visit-check.ts'
import { builtInEntries, builtInIndex, CODE_SYSTEMS, codeNamed, searchCodes } from './built-in.ts'
import { buildIndex } from './search.ts'

const codes = (list: Parameters<typeof searchCodes>[0], text: string, limit = 5) =>
  searchCodes(list, text, limit).map((hit) => hit.code)

describe('the built-in lists', () => {
  it('are large enough, without repetition, in both languages', () => {
    const least = { diagnosis: 600, procedure: 150, medicine: 250, department: 40 } as const
    for (const [list, count] of Object.entries(least) as [keyof typeof least, number][]) {
      const entries = builtInEntries(list)
      expect(entries.length, list).toBeGreaterThanOrEqual(count)
      expect(new Set(entries.map((each) => each.code)).size, list).toBe(entries.length)
      for (const entry of entries) {
        expect(entry.en.length, entry.code).toBeGreaterThan(1)
        expect(entry.zh, entry.code).toMatch(/[\u4e00-\u9fff]|COVID/)
        expect(entry.en.normalize('NFC') + entry.zh.normalize('NFC')).toBe(entry.en + entry.zh)
      }
    }
  })
  it('have codes of the right shape', () => {
    for (const entry of builtInEntries('diagnosis'))
      expect(isIcd10Code(showIcd10(entry.code)), entry.code).toBe(true)
    for (const entry of builtInEntries('procedure')) expect(entry.code).toMatch(/^[0-9A-HJ-NP-Z]{7}$/)
    for (const entry of builtInEntries('medicine')) expect(entry.code).toMatch(/^[A-Z]\d{2}[A-Z]{2}\d{2}$/)
  })
  it('cover every chapter of ICD-10', () => {
    const letters = new Set(builtInEntries('diagnosis').map((each) => each.code[0]))
    expect([...letters].sort((a, b) => (a! < b! ? -1 : 1)).join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    expect(builtInIndex('diagnosis').get('http://hl7.org/fhir/sid/icd-10-cm', 'I010')).toMatchObject({
      en: 'Acute rheumatic pericarditis',
      zh: '急性風濕性心包膜炎',
    })
  })
})

describe('searchCodes', () => {
  it('puts the exact code first, with or without dot and case, then what begins so', () => {
    expect(codes('diagnosis', 'I01.0')[0]).toBe('I010')
    expect(codes('diagnosis', 'i010')[0]).toBe('I010')
    expect(codes('diagnosis', 'Ｉ１０')[0]).toBe('I10')
    expect(codes('diagnosis', 'e11', 3).every((code) => code.startsWith('E11'))).toBe(true)
    expect(codes('medicine', 'a10ba02')).toEqual(['A10BA02'])
  })
  it('finds by beginnings of words in any order and either spelling', () => {
    expect(codes('diagnosis', 'chron kid dis')).toContain('N189')
    expect(codes('diagnosis', 'kidney chronic')).toContain('N189')
    expect(codes('diagnosis', 'anemia')).toEqual(expect.arrayContaining(['D649']))
    expect(codes('diagnosis', 'anaemia')).toEqual(codes('diagnosis', 'anemia'))
    expect(codes('diagnosis', 'hypertension')[0]).toBe('I10')
    expect(codes('medicine', 'metf')).toEqual(['A10BA02'])
    expect(codes('procedure', 'colonos')[0]).toBe('0DJD8ZZ')
  })
  it('finds by abbreviations that people use', () => {
    expect(codes('diagnosis', 'htn')).toEqual(['I10'])
    expect(codes('diagnosis', 'copd')).toContain('J449')
    expect(codes('diagnosis', 'dm')).toContain('E119')
    expect(codes('procedure', 'pci')).toContain('027034Z')
  })
  it('finds Chinese by any part of a name', () => {
    expect(codes('diagnosis', '糖尿')).toEqual(expect.arrayContaining(['E119']))
    expect(codes('diagnosis', '高血壓')[0]).toBe('I10')
    expect(codes('diagnosis', '心包膜炎')).toContain('I010')
    expect(codes('department', '家醫')).toEqual(['01'])
    expect(codes('diagnosis', '痛風')[0]).toBe('M109')
    expect(codes('medicine', '普拿疼')).toEqual(['N02BE01'])
  })
  it('answers nothing to nonsense and recent codes to nothing', () => {
    expect(codes('diagnosis', 'qqqq')).toEqual([])
    expect(codes('diagnosis', '龘龘')).toEqual([])
    expect(searchCodes('diagnosis', '', 5, ['N189', 'I10']).map((hit) => hit.code)).toEqual(['N189', 'I10'])
    expect(searchCodes('diagnosis', '糖尿', 3, ['E1165'])[0]!.code).toBe('E1165')
  })
  it('gives the usual dose of a medicine as a hint', () => {
    expect(searchCodes('medicine', 'metformin', 1)[0]!.hint).toBe('500 mg bid')
  })
})

describe('buildIndex', () => {
  it('serves a list of the size of a whole classification', () => {
    const entries = Array.from({ length: 73_000 }, (_, i) => ({
      system: 's',
      code: `C${String(i).padStart(5, '0')}`,
      en: `Disease number ${i} of organ ${i % 97} with complication ${i % 13}`,
      zh: `第${i % 31}類疾病併發症${i % 7}`,
    }))
    const index = buildIndex(entries)
    expect(index.size).toBe(73_000)
    expect(index.search('C00042', 3)[0]!.code).toBe('C00042')
    expect(index.search('organ 42 complication 3', 8)).toHaveLength(8)
  })
})

describe('codeNamed', () => {
  it('names the codes of records, whichever way ICD-10 is called and with or without its dot', () => {
    expect(codeNamed(CODE_SYSTEMS.department, '02')?.zh).toBe('內科')
    expect(codeNamed(CODE_SYSTEMS.diagnosis, 'I10')?.en).toContain('ypertension')
    expect(codeNamed('http://hl7.org/fhir/sid/icd-10', 'E11.9')).toEqual(
      codeNamed(CODE_SYSTEMS.diagnosis, 'E119'),
    )
  })
  it('does not guess', () => {
    expect(codeNamed(CODE_SYSTEMS.diagnosis, 'Q0000')).toBeNull()
    expect(codeNamed('http://snomed.info/sct', 'I10')).toBeNull()
    expect(codeNamed(CODE_SYSTEMS.procedure, 'I10')).toBeNull()
  })
})
