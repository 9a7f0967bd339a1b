/**
 * A workbook as spreadsheets open it (ECMA-376): texts stay texts, whatever they begin with, and numbers are numbers. No formula, no macro,
 * no link. The same sheets give the same bytes.
 */
import { strToU8, zipSync } from 'fflate/browser'
import { escaped } from '../../shared/domain/release-mark.ts'

export interface Sheet {
  readonly name: string
  readonly rows: readonly (readonly (string | number)[])[]
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const NAME_MOST = 31

export function workbook(sheets: readonly Sheet[]): Uint8Array {
  const numbers = sheets.map((_, i) => i + 1)
  const files: Record<string, string> = {
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>${numbers
      .map(
        (n) =>
          `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`,
      )
      .join('')}</Types>`,
    '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets
      .map(({ name }, i) => `<sheet name="${sheetName(name, i)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships">${numbers
      .map((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)
      .join('')}</Relationships>`,
  }
  sheets.forEach(({ rows }, i) => {
    files[`xl/worksheets/sheet${i + 1}.xml`] =
      `<worksheet xmlns="${MAIN}"><sheetData>${rows.map(rowXml).join('')}</sheetData></worksheet>`
  })
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(HEAD + text)])),
    { mtime: '1980-01-01T00:00:00', level: 6 },
  )
}

function rowXml(cells: readonly (string | number)[], row: number): string {
  const inside = cells.map((cell, column) => {
    const at = `${columnName(column)}${row + 1}`
    return typeof cell === 'number' && Number.isFinite(cell)
      ? `<c r="${at}"><v>${cell}</v></c>`
      : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(printable(String(cell)))}</t></is></c>`
  })
  return `<row r="${row + 1}">${inside.join('')}</row>`
}

/** A, B … Z, AA. */
function columnName(index: number): string {
  const rest = Math.floor(index / 26)
  return `${rest === 0 ? '' : columnName(rest - 1)}${String.fromCharCode(65 + (index % 26))}`
}

/** What spreadsheets refuse in a name; numbered, since two sheets of one name are refused too. */
const sheetName = (name: string, i: number): string =>
  escaped(`${i + 1} ${printable(name).replace(/[[\]:*?/\\']/g, ' ')}`.slice(0, NAME_MOST).trim())

/** XML knows no other control characters. */

const printable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
