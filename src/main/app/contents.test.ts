import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CONTENTS_FILE, findAltered } from './contents.ts'

let folder = ''
const library = 'app.asar.unpacked/a/lib.so'
const code: Record<string, string> = { 'app.asar': 'archive', [library]: 'library' }
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const altered = () => findAltered(folder, fs)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consilium-contents-'))
  mkdirSync(join(folder, 'app.asar.unpacked/a'), { recursive: true })
  for (const [path, text] of Object.entries(code)) writeFileSync(join(folder, path), text)
  const list = Object.fromEntries(Object.entries(code).map(([path, text]) => [path, sha256(text)]))
  writeFileSync(join(folder, CONTENTS_FILE), JSON.stringify(list))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a package that holds what was built has nothing altered (T30: E11)', async () => {
  expect(await altered()).toEqual([])
})

it('names what was changed or is missing (T30: E11)', async () => {
  writeFileSync(join(folder, 'app.asar'), 'archivf')
  expect(await altered()).toEqual(['app.asar'])
  rmSync(join(folder, library))
  expect(await altered()).toEqual(['app.asar', library])
})

it('a list that is missing, damaged or speaks of something else is itself what was altered (T30: E11)', async () => {
  for (const text of ['', '[]', 'null', '{}', '{"app.asar":7}', `{"other":"${sha256('x')}"}`]) {
    writeFileSync(join(folder, CONTENTS_FILE), text)
    expect(await altered(), text).toEqual([CONTENTS_FILE])
  }
  rmSync(join(folder, CONTENTS_FILE))
  expect(await altered()).toEqual([CONTENTS_FILE])
})
