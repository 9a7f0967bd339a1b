import { describe, expect, it } from 'vitest'
import { readUsualDose } from '../../shared/domain/medicine-line.ts'
import { isIcd10Code, showIcd10 } from '../../shared/domain/visit-check.ts'
import { builtInEntries, builtInIndex, codeNamed, searchCodes } from './built-in.ts'
import { CODE_SYSTEMS } from './code-systems.ts'
import { loadInitials, readInitials } from './initials.ts'
import { buildIndex, FORCED_POINTS } from './search.ts'

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
  it('cover every chapter of ICD-10 and every letter', () => {
    const all = builtInEntries('diagnosis').map((each) => each.code)
    const letters = new Set(all.map((code) => code[0]))
    expect([...letters].sort((a, b) => (a! < b! ? -1 : 1)).join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    // First and last category of the chapters I to XXII, by the structure of the classification.
    const chapters = (
      'A00-B99 C00-D49 D50-D89 E00-E89 F01-F99 G00-G99 H00-H59 H60-H95 I00-I99 J00-J99 K00-K95 L00-L99 M00-M99 N00-N99 ' +
      'O00-O9A P00-P96 Q00-Q99 R00-R99 S00-T88 V00-Y99 Z00-Z99 U00-U85'
    ).split(' ')
    expect(chapters).toHaveLength(22)
    for (const chapter of chapters) {
      const [first, last] = chapter.split('-') as [string, string]
      const inside = all.filter((code) => code.slice(0, 3) >= first && code.slice(0, 3) <= last)
      expect(inside.length, chapter).toBeGreaterThanOrEqual(chapter.startsWith('U') ? 2 : 15)
    }
    expect(builtInIndex('diagnosis').get('http://hl7.org/fhir/sid/icd-10-cm', 'I010')).toMatchObject({
      en: 'Acute rheumatic pericarditis',
      zh: '急性風濕性心包膜炎',
    })
  })
  it('have the subspecialties under which hospitals claim', () => {
    expect(codes('department', '心臟')).toContain('AB')
    expect(codes('department', 'cardiology')[0]).toBe('AB')
    expect(codes('department', '腸胃科')[0]).toBe('AA')
    const [hit] = searchCodes('department', '腎臟內科', 1)
    expect(codeNamed(hit!.system, hit!.code)).toMatchObject({ code: 'AD', en: 'Nephrology' })
    expect(hit!.system).toContain('medical-consultation-department')
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
  it('C5: has the plain form of a disease among the first five for sugar, DM2 and E11.9, and the usual disease before the rare one', () => {
    expect(codes('diagnosis', '糖尿病')[0]).toBe('E119')
    expect(codes('diagnosis', '糖尿').indexOf('E119')).toBe(0)
    const asked = ['sugar', 'DM2', 'E11.9', 'dm', '糖尿', '糖尿病', 'type 2 diabetes', 'diabetes', 'e11']
    for (const text of asked) expect(codes('diagnosis', text), text).toContain('E119')
  })
  it('has no usual dose that the form would not take as it is written', () => {
    const unread = builtInEntries('medicine').filter(
      ({ hint }) => hint !== undefined && readUsualDose(hint) === null,
    )
    expect(unread.map(({ code, hint }) => `${code} ${hint}`)).toEqual([])
    const withoutUnit = builtInEntries('medicine').filter(({ hint }) => readUsualDose(hint)?.unit === '')
    expect(withoutUnit).toEqual([])
  })
  it('gives the usual dose of a medicine as a hint', () => {
    expect(searchCodes('medicine', 'metformin', 1)[0]!.hint).toBe('500 mg bid')
  })
})

describe('buildIndex', { timeout: 180_000 }, () => {
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

describe('an index with initials', () => {
  it('finds names by the initials of their readings, in Latin letters and in zhuyin', async () => {
    const entries = builtInEntries('diagnosis')
    const index = buildIndex(entries, await loadInitials(entries.length))
    const found = (text: string) => index.search(text, 5).map(({ code }) => code)
    expect(found('tnb')).toContain('E119')
    expect(found('ㄊㄋㄅ')).toContain('E119')
    expect(found('gxy')[0]).toBe('I10')
    expect(found('ㄍㄒㄧ')[0]).toBe('I10')
    // The readings of single characters, as a full list gets them, agree.
    const large = buildIndex(entries, await loadInitials(100_000))
    expect(large.search('tnb', 5).map(({ code }) => code)).toContain('E119')
    // Never across the end of a name.
    expect(index.search('bbbbbbbbbbbb', 5)).toEqual([])
  })
  it('takes only what can be initials for them', () => {
    expect(readInitials('TNB')).toBe('tnb')
    expect(readInitials('ㄊㄋㄅ')).toBe('tnb')
    expect(readInitials('t')).toBeNull()
    expect(readInitials('糖尿')).toBeNull()
    expect(readInitials('e11.9')).toBeNull()
  })
})

describe('boosts', () => {
  const index = builtInIndex('diagnosis')
  it('C5: put what was used before first among what matches, and never before an exact code', () => {
    const boosts = new Map([['E1165', 400]])
    expect(index.search('糖尿病', 3, boosts)[0]!.code).toBe('E1165')
    expect(index.search('高血壓', 8, boosts).map(({ code }) => code)).not.toContain('E1165')
    expect(index.search('E11.9', 3, new Map([['E1165', 600]]))[0]!.code).toBe('E119')
  })
  it('bring in what these words were coded with, whatever its name says', () => {
    const learnt = new Map([['J069', FORCED_POINTS]])
    expect(index.search('sniffles of uncle', 3, learnt)[0]!.code).toBe('J069')
  })
  it('do not bring in what is not in force', () => {
    const entries = [{ system: 's', code: 'A1', en: 'old name', zh: '舊名', isOutOfForce: true }]
    const one = buildIndex(entries)
    expect(one.search('old', 3, new Map([['A1', FORCED_POINTS]]))).toEqual([])
    expect(one.get('s', 'A1')).toMatchObject({ en: 'old name' })
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
