import { describe, expect, it } from 'vitest'
import { isWords } from './uncoded.ts'

describe('isWords', () => {
  it('knows words from codes, also where an importer put the words in the place of a code', () => {
    const long = 'Chest pain since the funeral of her husband, worse when climbing stairs'
    expect(isWords({ system: 'local', code: 'text', display: 'DM' })).toBe(true)
    expect(isWords({ system: 'local', code: long.slice(0, 64), display: long })).toBe(true)
    expect(isWords({ system: 'local', code: 'X12', display: 'Chest pain' })).toBe(false)
    expect(isWords({ system: 'local', code: 'X12' })).toBe(false)
    expect(isWords({ system: 'http://snomed.info/sct', code: '29857009', display: '29857009' })).toBe(false)
  })
})
