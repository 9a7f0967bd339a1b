import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../../../words/pricing.ts'
import { challengerInput } from '../../../../shared/contract/pricing.ts'
import { type LookupText, readLookups } from './lookup-text.ts'

const text = (rows: string, key: LookupText['key'] = 'text', name = 'area'): LookupText => ({
  name,
  key,
  rows,
})
const errorsOf = (...texts: LookupText[]) => {
  const read = readLookups(texts)
  if (read.kind === 'read') throw new Error('was read')
  return read.errors
}

describe('tables of look-up as text', () => {
  it('come with tabs, semicolons or commas, with a heading or without', () => {
    const rows = [
      { key: '18-34', value: 1.1 },
      { key: '65+', value: -0.5 },
    ]
    for (const pasted of [
      'Age band\tFactor\n18-34\t1.1\n65+\t−0.5\n',
      '18-34,1.1\r\n\r\n65+, -0.5',
      '"18-34"; 1.1\n65+;-.5',
    ])
      expect(readLookups([text(pasted)])).toEqual({
        kind: 'read',
        tables: [{ name: 'area', key: 'text', rows }],
      })
    expect(readLookups([text('1,5\n-2,6e1', 'number')])).toMatchObject({
      tables: [
        {
          key: 'number',
          rows: [
            { key: 1, value: 5 },
            { key: -2, value: 60 },
          ],
        },
      ],
    })
  })

  it('are what the node takes, and one of which nothing was typed is none', () => {
    const read = readLookups([text('', 'text', ''), text('a,1'), text('0,1', 'number', 'other')])
    if (read.kind === 'wrong') throw new Error('must be read')
    expect(challengerInput.parse({ kind: 'formula', source: '1', tables: read.tables })).toMatchObject({
      tables: [{ name: 'area' }, { name: 'other' }],
    })
  })

  it('say every line that is wrong, and why', () => {
    expect(errorsOf(text('a,1\nb\nc,1,5\n,2\nd,x1\na,3\ne,2'))).toEqual([
      { kind: 'cells', line: 2, found: 'b' },
      { kind: 'cells', line: 3, found: 'c, 1, 5' },
      { kind: 'key', line: 4, found: '' },
      { kind: 'value', line: 5, found: 'x1' },
      { kind: 'double-key', line: 6, found: 'a' },
    ])
    expect(errorsOf(text('0,1\n-0,2\nold,3', 'number'))).toEqual([
      { kind: 'double-key', line: 2, found: '0' },
      { kind: 'number-key', line: 3, found: 'old' },
    ])
    // Only the first line may be a heading.
    expect(errorsOf(text('a,1\nkey,value'))).toEqual([{ kind: 'value', line: 2, found: 'value' }])
    const many = readLookups([text('x\n'.repeat(25))])
    expect(many).toMatchObject({ kind: 'wrong', errorCount: 25 })
    expect(many.kind === 'wrong' && many.errors).toHaveLength(10)
  })

  it('have names that a formula can write, each its own', () => {
    for (const name of ['', '2a', 'a b', 'lookup', '年齡'])
      expect(errorsOf(text('a,1', 'text', name))).toEqual([{ kind: 'name' }])
    expect(readLookups([text('a,1'), text('b,1')])).toMatchObject({
      kind: 'wrong',
      table: 1,
      errors: [{ kind: 'double-name' }],
    })
    expect(errorsOf(text('key,value'))).toEqual([{ kind: 'empty' }])
    const long = Array.from({ length: 10_001 }, (_, i) => `k${i},1`).join('\n')
    expect(errorsOf(text(long))).toEqual([{ kind: 'too-many' }])
  })

  it('are said in both languages, with the line', () => {
    for (const { lookups } of [en, zhHant])
      for (const say of Object.values(lookups.lineErrors)) {
        expect(say('7', 'abc')).toMatch(/7.*abc/)
      }
  })
})
