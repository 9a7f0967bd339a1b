import { describe, expect, it } from 'vitest'
import Papa from 'papaparse'
import { listAsCsv } from './import-lists.ts'

const rows = [
  { file: 'a.csv', path: 'row 2', reason: 'no-date', line: '7,"Ada, née B",=1+1' },
  { file: 'a.csv', path: 'row 3', reason: 'no-code', line: '=cmd()' },
  { file: 'b.json', path: 'entry[1]', reason: 'cancelled' },
]

describe('the file of a list', () => {
  it.each(['left-out', 'unusual'] as const)(
    'of what is %s holds for each line what stands there, word for word, and the sentence of its reason',
    (list) => {
      const csv = listAsCsv(rows, list, { 'no-date': 'No date. Not taken. Add it, and import again.' })
      expect(csv.startsWith('\ufeff')).toBe(true)
      const { data, errors } = Papa.parse<Record<string, string>>(csv.slice(1), {
        header: true,
        skipEmptyLines: true,
      })
      expect(errors).toEqual([])
      expect(data.map(({ line, explanation }) => [line, explanation])).toEqual([
        ['7,"Ada, née B",=1+1', 'No date. Not taken. Add it, and import again.'],
        // A spreadsheet would run it.
        ["'=cmd()", ''],
        ['', ''],
      ])
    },
  )
})
