import { unzipSync, strFromU8 } from 'fflate/browser'
import { describe, expect, it } from 'vitest'
import { workbook } from './xlsx.ts'

const sheetOf = (bytes: Uint8Array): string => strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!)

describe('workbook', () => {
  it('keeps texts as texts, whatever they begin with, and numbers as numbers', () => {
    const sheet = sheetOf(
      workbook([
        {
          name: 'a',
          rows: [
            ['=1+1', 2.5],
            ['<b>&"', -3],
          ],
        },
      ]),
    )
    expect(sheet).toContain(
      '<c r="A1" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c><c r="B1"><v>2.5</v></c>',
    )
    expect(sheet).toContain('&lt;b&gt;&amp;&quot;')
    expect(sheet).not.toContain('<f>')
  })
  it('names columns beyond Z, and sheets as spreadsheets take them', () => {
    const bytes = workbook([
      { name: 'Group [2026]: relativities by age band', rows: [Array.from({ length: 28 }, (_, i) => i)] },
    ])
    expect(sheetOf(bytes)).toContain('<c r="AB1"><v>27</v></c>')
    expect(strFromU8(unzipSync(bytes)['xl/workbook.xml']!)).toContain(
      'name="1 Group  2026   relativities by"',
    )
  })
  it('gives the same bytes for the same sheets, without what XML does not know', () => {
    const sheets = [{ name: 'a', rows: [['x\u0000\u0007y']] }]
    expect(workbook(sheets)).toEqual(workbook(sheets))
    expect(sheetOf(workbook(sheets))).toContain('>xy<')
  })
})
