import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LINE_CHARACTERS_MAX, originalLines, placeOf } from './original-lines.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-lines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(name: string, content: string | Uint8Array): Promise<{ file: string; hash: string }> {
  const file = join(folder, name)
  await writeFile(file, content)
  return { file, hash: createHash('sha256').update(content).digest('hex') }
}

async function linesAt(
  { file, hash }: { file: string; hash: string },
  ...paths: readonly string[]
): Promise<(string | null)[]> {
  return originalLines(
    paths.map((path) => ({ file, path })),
    null,
    new Set([hash]),
  )
}

describe('originalLines', () => {
  it('gives lines of NDJSON word for word, also without an end, and none for what is no line', async () => {
    const file = await written('a.ndjson', '{"a": 1.10}\r\n\n{bad "字"\n{"last":true}')
    expect(
      await linesAt(file, 'line 1', 'line 3, column 2', 'line 4.subject', 'line 9', 'entry[3]', ''),
    ).toEqual(['{"a": 1.10}', '{bad "字"', '{"last":true}', null, null, null])
  })

  it('gives rows of a table as they are written, with line ends and marks inside their cells', async () => {
    const file = await written('t.csv', 'id,note\r\n1,"two\r\nlines"\r\n\r\n2,"say ""hm"", then"\r\n3,last')
    expect(await linesAt(file, 'row 1', 'row 2', 'row 4', 'row 5', 'row 6')).toEqual([
      'id,note',
      '1,"two\r\nlines"',
      '2,"say ""hm"", then"',
      '3,last',
      null,
    ])
  })

  it('reads the encoding of the table', async () => {
    // 編號,姓名 / 1,王 in Big5.
    const big5 = Uint8Array.of(
      ...[0xbd, 0x73, 0xb8, 0xb9, 0x2c, 0xa9, 0x6d, 0xa6, 0x57, 0x0a],
      ...[0x31, 0x2c, 0xa4, 0xfd, 0x0a],
    )
    expect(await linesAt(await written('b.csv', big5), 'row 2')).toEqual(['1,王'])
  })

  it('gives a message of HL7 v2 whole, or the segment that is meant', async () => {
    const first = 'MSH|^~\\&|A|B|C|D|20200101||ADT^A01|1|P|2.5\rPID|1||7'
    const second = 'MSH|^~\\&|A|B|C|D|20200101||ADT^A01|2|P|2.5\r\rPID|1||8\rzz|what is this'
    const file = await written('m.hl7', `${first}\r${second}\r`)
    expect(
      await linesAt(file, 'message 1', 'message 2, segment 3 (ZZ1)', 'message 2, segment 2 (PID)'),
    ).toEqual([first, 'zz|what is this', 'PID|1||8'])
  })

  it('gives nothing of a file that changed since, or is gone', async () => {
    const { file } = await written('c.ndjson', 'now\n')
    const other = createHash('sha256').update('then\n').digest('hex')
    const questions = [
      { file, path: 'line 1' },
      { file: join(folder, 'gone.ndjson'), path: 'line 1' },
    ]
    expect(await originalLines(questions, null, new Set([other]))).toEqual([null, null])
  })

  it('cuts a line at what a cell of a spreadsheet holds, and ends where all are too many', async () => {
    const file = await written(
      'l.ndjson',
      `${'x'.repeat(LINE_CHARACTERS_MAX + 1)}\n${'y'.repeat(3_000_000)}\nz\n`,
    )
    const [long, longer, short] = await linesAt(file, 'line 1', 'line 2', 'line 3')
    expect(long).toBe(`${'x'.repeat(LINE_CHARACTERS_MAX)}…`)
    expect(longer).toBe(`${'y'.repeat(LINE_CHARACTERS_MAX)}…`)
    expect(short).toBe('z')
    const questions = ['line 1', 'line 3'].map((path) => ({ file: file.file, path }))
    expect(await originalLines(questions, null, new Set([file.hash]), 10)).toEqual([null, 'z'])
  })

  it('knows a sheet by its name, whatever the name is', () => {
    expect(placeOf('May, row 3, row 12')).toEqual({ kind: 'row', number: 12, sheet: 'May, row 3' })
    expect(placeOf('BTS')).toBeNull()
  })
})
