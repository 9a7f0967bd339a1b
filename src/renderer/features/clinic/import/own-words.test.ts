import { describe, expect, it } from 'vitest'
import type { TableLayout } from '../../../../shared/domain/table-mapping.ts'
import { KNOWN_UNITS, mergedWords, meaningOf, ownWordsOf, withMeaning, wordsToSay } from './own-words.ts'

const layout: TableLayout = {
  kind: 'visits',
  fingerprint: '0'.repeat(16),
  headerRow: 1,
  columns: [
    { header: '類別', nth: 0, field: 'visit.class' },
    { header: 'GLU', nth: 0, field: 'test' },
    { header: '備註', nth: 0, field: 'visit.note' },
  ],
}
const nothing = { values: [], units: [] }

describe('the hospital’s own words', () => {
  it('are asked about by what their column is; a word of another column is nobody’s question', () => {
    const found = ownWordsOf(
      [
        { kind: 'word', column: '類別', text: '門特', count: 7 },
        { kind: 'unit', column: 'GLU', text: 'mg%', count: 3 },
        { kind: 'unit', column: 'BUN', text: 'mg%', count: 2 },
        { kind: 'word', column: '備註', text: '其它', count: 1 },
      ],
      [layout],
    )
    expect(found).toEqual([
      { kind: 'visit.class', text: '門特', count: 7 },
      { kind: 'unit', text: 'mg%', count: 5 },
    ])
  })

  it('get a meaning, another one in the same place, and none again', () => {
    const word = { kind: 'visit.class', text: '門特', count: 7 } as const
    const said = { ...nothing, ...withMeaning(nothing, word, 'AMB') }
    const more = { ...said, ...withMeaning(said, { kind: 'patient.sex', text: '乾', count: 1 }, 'male') }
    expect(meaningOf(more, word)).toBe('AMB')
    const changed = { ...more, ...withMeaning(more, word, 'EMER') }
    expect(changed.values.map(({ from, to }) => [from, to])).toEqual([
      ['門特', 'EMER'],
      ['乾', 'male'],
    ])
    expect(withMeaning(changed, word, '')).toEqual({
      values: [{ field: 'patient.sex', from: '乾', to: 'male' }],
    })
    const unit = { kind: 'unit', text: 'mg%', count: 5 } as const
    expect(withMeaning(nothing, unit, 'mg/dL')).toEqual({ units: [{ from: 'mg%', to: 'mg/dL' }] })
    expect(KNOWN_UNITS).toContain('mg/dL')
  })

  it('stand once each, those with a meaning too; what an empty cell means is asked elsewhere', () => {
    const rules = {
      values: [
        { field: 'visit.class' as const, from: '', to: 'AMB' },
        { field: 'visit.class' as const, from: '門特', to: 'AMB' },
      ],
      units: [{ from: 'mg%', to: 'mg/dL' }],
    }
    const asked = mergedWords(
      [{ kind: 'visit.class', text: '門特', count: 2 }],
      [{ kind: 'visit.class', text: '門特', count: 7 }],
    )
    expect(wordsToSay(rules, asked)).toEqual([
      { kind: 'visit.class', text: '門特', count: 7 },
      { kind: 'unit', text: 'mg%', count: 0 },
    ])
  })
})
