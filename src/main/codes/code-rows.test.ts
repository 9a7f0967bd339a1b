import { gzipSync } from 'node:zlib'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import writeExcel from 'write-excel-file/node'
import type { CodeFilePreview, CodeListName, ColumnMap } from '../../shared/contract/codes.ts'
import { builtInCodes, keepCodeFile, previewCodeFile } from './code-file.ts'
import { guessColumns, readRows } from './code-rows.ts'
import { CODE_SYSTEMS } from './code-systems.ts'
import { hashOfCodes, loadEdition, saveEdition } from './edition-file.ts'
import { readCodeMap } from './read-code-map.ts'
import { rowsOf, separatorOf } from './separated-rows.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-codes-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function preview(
  path: string,
  list: CodeListName = 'diagnosis',
  columns?: ColumnMap,
): Promise<CodeFilePreview> {
  const answer = await previewCodeFile({
    path,
    list,
    ...(columns === undefined ? {} : { columns }),
    ownSystem: 'urn:own',
    inUse: null,
  })
  if (answer.kind !== 'preview') throw new Error(JSON.stringify(answer))
  return answer.preview
}

const TABLE = [
  ['ICD-10', 'English name', '中文名稱', 'Parent', 'Valid from', 'Valid to', 'Billable'],
  ['E11.9', 'Diabetes, plain', '糖尿病', 'E11', '2021-10-01', '', 'Y'],
  ['E11', 'Diabetes', '糖尿病類', '', '110/10/01', '', 'N'],
  ['J06.9', 'A "cold"', '感冒', '', '', '20301231', ''],
]
const csv = (rows: readonly (readonly string[])[], separator = ',') =>
  rows
    .map((row) =>
      row.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator),
    )
    .join('\r\n')

describe('a file with codes', { timeout: 180_000 }, () => {
  it('gives the same codes and the same hash as CSV, TSV, packed, in Big5, as XLSX and as a FHIR CodeSystem', async () => {
    const big5 = Buffer.concat(
      csv(TABLE.slice(0, 2))
        .split(/(中文名稱|糖尿病)/)
        .map((part) =>
          part === '中文名稱'
            ? Buffer.from([0xa4, 0xa4, 0xa4, 0xe5, 0xa6, 0x57, 0xba, 0xd9])
            : part === '糖尿病'
              ? Buffer.from([0xbf, 0x7d, 0xa7, 0xbf, 0xaf, 0x66])
              : Buffer.from(part),
        ),
    )
    const concept = [
      {
        code: 'E11',
        display: 'Diabetes',
        designation: [{ language: 'zh-TW', value: '糖尿病類' }],
        property: [
          { code: 'notSelectable', valueBoolean: true },
          { code: 'effectiveDate', valueDateTime: '2021-10-01' },
        ],
      },
    ]
    await writeExcel(TABLE.map((row) => row.map((value) => ({ value, type: String })))).toFile(
      join(folder, 'x.xlsx'),
    )
    const first = await preview(await fileOf('a.csv', csv(TABLE)))
    expect(first).toMatchObject({
      format: 'csv',
      encoding: 'utf-8',
      hasHeader: true,
      codeCount: 3,
      malformedCount: 0,
    })
    expect(first.columns).toEqual({ code: 0, en: 1, zh: 2, parent: 3, validFrom: 4, validTo: 5, billable: 6 })
    expect(first.system).toBe(CODE_SYSTEMS.diagnosis)
    const same = [
      await preview(
        await fileOf('b.tsv', csv(TABLE, '\t').replaceAll('""', '"').replace('"A "cold""', 'A "cold"')),
      ),
      await preview(await fileOf('c.csv.gz', gzipSync(`\uFEFF${csv(TABLE)}\n\n`))),
      await preview(join(folder, 'x.xlsx')),
      // Another order of rows and columns is the same content.
      await preview(
        await fileOf('d.csv', csv([TABLE[0]!, ...TABLE.slice(1).reverse()].map((row) => [...row].reverse()))),
      ),
    ]
    expect(same.map(({ hash }) => hash)).toEqual(same.map(() => first.hash))
    expect(same.map(({ format }) => format)).toEqual(['tsv', 'csv', 'xlsx', 'csv'])
    expect(await preview(await fileOf('e.csv', big5))).toMatchObject({ encoding: 'big5', codeCount: 1 })
    const fhir = await preview(
      await fileOf(
        'f.json',
        JSON.stringify({ resourceType: 'CodeSystem', url: 'urn:x', version: '2023', concept }),
      ),
    )
    expect(fhir).toMatchObject({ format: 'fhir', system: 'urn:x', edition: '2023', codeCount: 1 })
    expect(fhir.rows[0]).toEqual(['E11', 'Diabetes', '糖尿病類', '', '2021-10-01', '', '0'])
  })

  it('keeps the tree of a CodeSystem and says what has ended', async () => {
    const concept = [
      {
        code: 'E11',
        display: 'D',
        concept: [{ code: 'E11.9', display: 'P', property: [{ code: 'status', valueCode: 'retired' }] }],
      },
    ]
    const path = await fileOf('t.json', JSON.stringify({ resourceType: 'CodeSystem', concept }))
    expect((await preview(path)).rows).toEqual([
      ['E11', 'D', '', '', '', '', ''],
      ['E11.9', 'P', '', 'E11', '', '1900-01-01', ''],
    ])
  })

  it('without a heading is understood by what its columns hold', () => {
    const rows = rowsOf('A000\tCholera\nA001\tOther cholera\n', '\t')
    expect(guessColumns(rows, 'diagnosis')).toEqual({ hasHeader: false, columns: { code: 0, en: 1 } })
    const chinese = rowsOf('序,碼,名\n1,E119,糖尿病\n2,I10,高血壓\n', ',')
    expect(guessColumns(chinese, 'diagnosis')).toEqual({ hasHeader: true, columns: { code: 1, zh: 2 } })
  })

  it('names each row that cannot be a code, with its reason, and takes the rest', () => {
    const text = [
      'code,en,zh,valid from,billable',
      'E11.9,Diabetes,,,',
      ',Nothing,,,',
      'ABC,Not ICD,,,',
      'E11.9,Again,,,',
      'I10,,,,',
      `I11.0,${'x'.repeat(501)},,,`,
      'I12.9,Date,,2021-02-30,',
      'I13.0,Bill,,,perhaps',
      'J06.9,"two\nlines",,,',
      ' , , , ,',
      'K21.9,Last,,,1',
    ].join('\n')
    const rows = rowsOf(text, separatorOf(text))
    const { columns, hasHeader } = guessColumns(rows, 'diagnosis')
    const read = readRows(rows, hasHeader, columns, 'diagnosis')
    expect(read.codes.map(({ code }) => code)).toEqual(['E119', 'J069', 'K219'])
    expect(read.malformed.map(({ row, problem }) => [row, problem])).toEqual([
      [3, 'code-missing'],
      [4, 'code-malformed'],
      [5, 'code-twice'],
      [6, 'name-missing'],
      [7, 'name-too-long'],
      [8, 'date-malformed'],
      [9, 'billable-malformed'],
    ])
  })

  it('says what it would change against the list in use', async () => {
    const [one, two, ...rest] = builtInCodes('diagnosis')
    const rows = [one!, { ...two!, en: 'Another name' }, { code: 'Z9999', en: 'New', zh: '新' }]
    const path = await fileOf(
      'n.csv',
      csv([['code', 'en', 'zh'], ...rows.map(({ code, en, zh }) => [code, en, zh])]),
    )
    expect(await preview(path)).toMatchObject({ added: 1, changed: 1, removed: rest.length, codeCount: 3 })
  })

  it('asks for the columns where it cannot guess them, and takes what a person says', async () => {
    const path = await fileOf('q.csv', 'a,b,c\nx y,E119,diabetes\nz w,I10,pressure\n')
    const asked = await previewCodeFile({
      path,
      list: 'procedure',
      ownSystem: 'urn:own',
      inUse: null,
      columns: {},
    })
    expect(asked).toMatchObject({
      kind: 'columns',
      rows: [
        ['x y', 'E119', 'diabetes'],
        ['z w', 'I10', 'pressure'],
      ],
    })
    expect(await preview(path, 'diagnosis', { code: 1, en: 2 })).toMatchObject({ codeCount: 2 })
  })

  it('is refused by name: unreadable, empty, a bomb', async () => {
    const refusal = async (path: string) => {
      const answer = await previewCodeFile({ path, list: 'diagnosis', ownSystem: 'urn:own', inUse: null })
      return answer.kind === 'refused' ? answer.reason : answer.kind
    }
    expect(await refusal(join(folder, 'missing.csv'))).toBe('unreadable')
    expect(await refusal(await fileOf('e.csv', ''))).toBe('no-codes')
    expect(await refusal(await fileOf('b.csv', Uint8Array.of(1, 2, 0, 4, 5)))).toBe('unreadable')
    expect(await refusal(await fileOf('x.xlsx', 'PK\u0003\u0004 not a workbook'))).toBe('unreadable')
    expect(await refusal(await fileOf('p.json', '{"resourceType":"Patient"}'))).toBe('unreadable')
    expect(await refusal(await fileOf('z.csv.gz', gzipSync(Buffer.alloc(200 * 1024 * 1024))))).toBe(
      'too-large',
    )
  })

  it('keeps codes that are of no classification we know under the hospital’s own system', async () => {
    const path = await fileOf('orders.csv', 'code,zh\n64018C,全髖關節置換術\n48001C,淺部創傷處理\n')
    expect(await preview(path, 'procedure')).toMatchObject({ system: 'urn:own', codeCount: 2 })
  })
})

describe('an edition', () => {
  const content = {
    list: 'diagnosis' as const,
    system: 's',
    codes: [
      { code: 'B1', en: 'b', zh: '乙' },
      { code: 'A1', en: 'a', zh: '甲', isBillable: false },
    ],
  }
  it('has a hash of its content in any order, and every field counts', () => {
    const hash = hashOfCodes(content)
    expect(hashOfCodes({ ...content, codes: [...content.codes].reverse() })).toBe(hash)
    const others = [
      { ...content, system: 't' },
      { ...content, codes: content.codes.slice(1) },
      { ...content, codes: content.codes.map((each) => ({ ...each, hint: '1 mg' })) },
      { ...content, codes: content.codes.map((each) => ({ ...each, validTo: '2020-01-01' })) },
    ]
    expect(new Set([hash, ...others.map(hashOfCodes)]).size).toBe(5)
  })
  it('is read back whole or not at all', async () => {
    const path = join(folder, 'e.json.gz')
    await saveEdition(path, content)
    expect(await loadEdition(path, hashOfCodes(content))).toEqual(content)
    expect(await loadEdition(path, hashOfCodes({ ...content, system: 't' }))).toBeNull()
    await writeFile(path, 'half')
    expect(await loadEdition(path, hashOfCodes(content))).toBeNull()
  })
  it('is not kept from a file that has changed since it was looked at', async () => {
    const path = await fileOf('c.csv', csv(TABLE))
    const { hash, columns, system } = await preview(path)
    const question = {
      path,
      list: 'diagnosis' as const,
      columns,
      system,
      ownSystem: 'urn:own',
      inUse: null,
      hash,
      to: join(folder, 'k.gz'),
    }
    await fileOf('c.csv', csv(TABLE.slice(0, 3)))
    expect(await keepCodeFile(question)).toEqual({ kind: 'changed' })
    await fileOf('c.csv', csv(TABLE))
    expect(await keepCodeFile(question)).toEqual({ kind: 'kept', codeCount: 3 })
    expect(await keepCodeFile({ ...question, to: join(folder, 'missing', 'k.gz') })).toMatchObject({
      reason: 'not-writable',
    })
  })
})

describe('a map of codes', () => {
  it('is read by its headings or in the order system, code, target, with the names that people use for systems', async () => {
    const named = await readCodeMap(
      await fileOf('m.csv', 'target code,source code,source system\nE11.9,44054006,SNOMED CT\n,1,x\n'),
    )
    expect(named).toMatchObject({
      rows: [['http://snomed.info/sct', '44054006', 'E11.9']],
      malformedCount: 1,
      malformed: [{ row: 3 }],
    })
    const plain = await readCodeMap(await fileOf('m.tsv', 'urn:old\tD1\tE11.9\nurn:old\tD2\tI10\n'))
    expect(plain).toMatchObject({
      rows: [
        ['urn:old', 'D1', 'E11.9'],
        ['urn:old', 'D2', 'I10'],
      ],
    })
    expect(await readCodeMap(await fileOf('n.csv', 'a,b\n1,2\n'))).toEqual({
      kind: 'refused',
      reason: 'no-columns',
    })
  })
})
