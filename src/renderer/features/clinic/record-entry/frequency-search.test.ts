import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../../../words/clinical.ts'
import { searchFrequencies } from './frequency-search.ts'

const codes = (text: string) => searchFrequencies(text, [en, zhHant], 8).map(({ code }) => code)

describe('searchFrequencies', () => {
  it('finds by code, by words and in both languages', () => {
    expect(codes('q8h')[0]).toBe('q8h')
    expect(codes('every 8')).toEqual(['q8h'])
    expect(codes('睡前')).toContain('hs')
    expect(codes('three times')).toContain('tid')
  })
  it('takes what is on no list but can be read, and offers the meals beside it', () => {
    expect(codes('q72h')[0]).toBe('q72h')
    expect(codes('qw(1,4)')[0]).toBe('qw(1,4)')
    expect(codes('tid').slice(0, 3)).toEqual(['tid', 'tid ac', 'tid pc'])
  })
  it('shows the usual ones while nothing is typed, and nothing for what is none', () => {
    expect(codes('').slice(0, 4)).toEqual(['qd', 'bid', 'tid', 'qid'])
    expect(codes('bidd')).toEqual([])
  })
})
