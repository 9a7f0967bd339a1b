/** The one way out: what passes is marked, named and written; and no other way stands beside it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rights } from '../../shared/contract/rights.ts'
import { comingAgain } from '../analytics/study/coming-again.test-kit.ts'
import { noDesktop } from '../desktop.ts'
import { hearing } from './audit-subject.ts'
import { markedPng } from './png-mark.ts'
import { createReleasesDesk } from './releases-desk.ts'
import { release, releaseRows } from './release.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-release-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const source = { institution: 'North', study: 'cd'.repeat(32), upTo: 4 }
const MARK = 'within North only'
/** One transparent point. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='

type Asked = Parameters<ReturnType<typeof createReleasesDesk>['save']>[0]['output']

async function released(output: Asked, way: 'save' | 'copy', chosen: string | null = null) {
  const copied: string[] = []
  let makes = 0
  const desk = createReleasesDesk(
    {
      ...noDesktop,
      chooseSavePath: async () => chosen,
      copyText: (text) => void copied.push(text),
    },
    {
      mark: async () => ({ line: null }),
      async make({ output: asked, locale }) {
        makes++
        const bytes = release(asked, source, locale)
        return bytes === null
          ? { kind: 'refused', reason: 'not-markable' }
          : { kind: 'made', bytes: Buffer.from(bytes).toString('base64') }
      },
    },
    () => Promise.reject(new Error('no rows were asked for')),
  )
  const subject: Record<string, string | number> = {}
  const answer = await hearing(async (heard) => {
    const got = await desk[way]({ jobId: null, locale: 'en', output })
    Object.assign(subject, heard.subject)
    return got
  })
  return { answer, copied, subject, makes }
}

describe('release', () => {
  it('marks what it writes and copies, and names it in the audit', async () => {
    const path = join(folder, 'curve.svg')
    const figure = { kind: 'figure', as: 'svg', name: 'curve', content: '<svg></svg>' } as const
    const { answer, subject } = await released(figure, 'save', path)
    expect(answer).toEqual({ kind: 'saved', path })
    expect(await readFile(path, 'utf8')).toContain(MARK)
    expect(subject).toEqual({ released: 'figure.svg', study: source.study })
    const text = { kind: 'text', as: 'text', name: 'methods', content: 'We followed.' } as const
    const copy = await released(text, 'copy')
    expect(copy.answer).toEqual({ kind: 'copied' })
    expect(copy.copied[0]).toMatch(/^We followed\.\n\n.*within North only/)
  })

  it('marks a picture of points, which stays one', async () => {
    const path = join(folder, 'curve.png')
    await released({ kind: 'figure', as: 'png', name: 'curve', content: PNG }, 'save', path)
    const bytes = new Uint8Array(await readFile(path))
    expect(Buffer.from(bytes).toString('utf8')).toContain(MARK)
    expect(chunksOf(bytes).map(({ name }) => name)).toEqual(['IHDR', 'iTXt', 'IDAT', 'IEND'])
    const { content } = chunksOf(bytes)[2]!
    expect(inflateSync(content).length).toBeGreaterThan(0)
    expect(markedPng(new Uint8Array(80), 'x')).toBeNull()
  })

  it('gives nothing out that has no place for the mark, and is no export when the dialog is closed', async () => {
    const path = join(folder, 'none.svg')
    const odd = { kind: 'figure', as: 'svg', name: 'x', content: '<g></g>' } as const
    expect((await released(odd, 'save', path)).answer).toEqual({ kind: 'refused', reason: 'not-markable' })
    await expect(readFile(path)).rejects.toThrow()
    const fine = { ...odd, content: '<svg></svg>' }
    expect(await released(fine, 'save')).toMatchObject({ answer: { kind: 'cancelled' }, makes: 0 })
    const notAStudy = { kind: 'study', as: 'json', name: 'x', content: '{"rows":[1,2]}' } as const
    expect((await released(notAStudy, 'save', path)).answer).toMatchObject({ reason: 'not-markable' })
    const away = join(folder, 'no', 'such', 'folder', 'x.svg')
    expect((await released(fine, 'save', away)).answer).toEqual({ kind: 'refused', reason: 'not-writable' })
  })
})

describe('the rows of a study', () => {
  const file = { name: 'intervals.csv', content: 'id,start,stop\n0,0,9\n' }
  async function saved(chosen: string | null, files = [file]) {
    let makes = 0
    const desk = createReleasesDesk(
      { ...noDesktop, chooseFolder: async () => chosen },
      {
        mark: async () => ({ line: null }),
        make: () => Promise.reject(new Error('no output was asked for')),
      },
      async ({ locale }) => {
        makes++
        return { kind: 'made', hash: source.study, ...releaseRows(files, source, locale), files }
      },
    )
    const subject: Record<string, string | number> = {}
    const answer = await hearing(async (heard) => {
      const got = await desk.saveRows({ study: comingAgain, locale: 'en' })
      Object.assign(subject, heard.subject)
      return got
    })
    return { answer, subject, makes }
  }

  it('are written as they are, with the mark in a file beside, and named in the audit', async () => {
    const { answer, subject } = await saved(folder)
    expect(answer).toMatchObject({ kind: 'saved', files: ['intervals.csv', 'mark.txt'] })
    const own = (answer as { folder: string }).folder
    expect(relative(folder, own)).toMatch(/-cdcdcdcd$/)
    expect(await readFile(join(own, 'intervals.csv'), 'utf8')).toBe(file.content)
    expect(await readFile(join(own, 'mark.txt'), 'utf8')).toContain(MARK)
    expect(subject).toEqual({ released: 'intervals.csv', study: source.study })
  })

  it('are not made when the dialog is closed, and say where nothing can be written', async () => {
    expect(await saved(null)).toEqual({ answer: { kind: 'cancelled' }, subject: {}, makes: 0 })
    const path = join(folder, 'a-file')
    await writeFile(path, 'x')
    expect((await saved(path)).answer).toEqual({ kind: 'not-writable' })
  })

  it('leave nothing new where one of the files cannot be written, and nothing without its mark', async () => {
    const model = { name: 'model-1.json', content: '{}' }
    const { folder: own } = (await saved(folder, [file])).answer as { folder: string }
    await rm(own, { recursive: true })
    // No file takes the place of a folder.
    const mkModel = () => mkdir(join(own, model.name), { recursive: true })
    await mkModel()
    expect((await saved(folder, [file, model])).answer).toEqual({ kind: 'not-writable' })
    expect(await readdir(own)).toEqual([model.name])
    await rm(own, { recursive: true })
    await saved(folder, [file])
    await mkModel()
    expect((await saved(folder, [file, model])).answer).toEqual({ kind: 'not-writable' })
    // What was there before is whole and stays.
    expect((await readdir(own)).sort()).toEqual(['intervals.csv', 'mark.txt', model.name])
    // A name that no disk takes: the folder was new.
    await rm(own, { recursive: true })
    expect((await saved(folder, [file, { ...model, name: 'x'.repeat(300) }])).answer).toMatchObject({
      kind: 'not-writable',
    })
    await expect(readdir(own)).rejects.toThrow()
  })
})

/** Length, name, content and check sum of each chunk; a wrong check sum throws. */
function chunksOf(png: Uint8Array): { name: string; content: Uint8Array }[] {
  const view = new DataView(png.buffer, png.byteOffset)
  const chunks: { name: string; content: Uint8Array }[] = []
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at)
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8))
    const checked = png.subarray(at + 4, at + 8 + length)
    if (view.getUint32(at + 8 + length) !== crcOf(checked)) throw new Error(`check sum of ${name}`)
    chunks.push({ name, content: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

/** By the polynomial bit by bit, most significant first, on reversed bytes: another way than the code under test. */
function crcOf(bytes: Uint8Array): number {
  const reversed = (value: number, width: number) => {
    let out = 0
    for (let i = 0; i < width; i++) if ((value >>> i) & 1) out |= 1 << (width - 1 - i)
    return out >>> 0
  }
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= reversed(byte, 8) << 24
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1
  }
  return (reversed(crc >>> 0, 32) ^ 0xffff_ffff) >>> 0
}

describe('beside it', () => {
  const root = join(import.meta.dirname, '..', '..')
  const filesUnder = (...folders: string[]) =>
    folders.flatMap((path) =>
      readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name) && !/\.(test|test-kit)\.tsx?$/.test(name))
        .map((name) => join(path, name)),
    )
  const offenders = (paths: readonly string[], ways: RegExp) =>
    paths
      .filter((path) => ways.test(readFileSync(join(root, path), 'utf8')))
      .map((path) => relative('.', path))

  it('no room of the workbench writes a file, fills the clipboard or prints', () => {
    const rooms = filesUnder(
      'renderer/features/research',
      'renderer/parts/research',
      'renderer/features/insurer',
      'renderer/parts/insurer',
    )
    expect(rooms.length).toBeGreaterThan(20)
    const ways =
      /copyText|clipboard|createObjectURL|\bdownload\b|window\.print|window\.open|showSaveFilePicker/
    expect(offenders(rooms, ways)).toEqual([])
  })

  it('no service of the workbench does, but through it', () => {
    const services = filesUnder('main/services').filter((path) =>
      /(cohorts|cleaning|pathways|studies|models|releases|pricing|tariffs)-service\.ts$|kept-(study|shelf)\.ts$/.test(
        path,
      ),
    )
    expect(services).toHaveLength(10)
    expect(offenders(services, /writeFile|saveSmallFile|chooseSavePath\(|copyText\(/)).toEqual([])
    const analysis = filesUnder('main/analytics', 'main/workers').filter((path) => /analy/.test(path))
    expect(offenders(analysis, /writeFile|node:fs|clipboard/)).toEqual([])
  })

  it('every call that gives something of it out is an export in the matrix', () => {
    for (const method of ['make', 'save', 'copy'] as const) expect(rights.releases[method].act).toBe('export')
    expect(rights.models.saveResult.act).toBe('export')
    for (const right of [rights.releases.saveRows, rights.studies.intervals])
      expect(right).toMatchObject({ act: 'export', who: ['researcher'] })
  })
})
