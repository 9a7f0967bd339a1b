import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { concatBytes, utf8Encode } from '../../shared/std/bytes.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { put } from '../node/storage/store.ts'
import {
  canaryBytes,
  createCanarySearch,
  ENCODINGS,
  searchFolder,
  searchStore,
} from './canary-search.test-kit.ts'

const VALUES = ['k7q2m9x4w1p8', '阿司匹靈 3f8v', 'Zz+/ 0000 ÿ']
/** Without a zero at its beginning: behind a text of UTF-16 it would make the other byte order of it, one byte on. */
const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (7 + i * 131 + (i >> 3)) & 255)

let folder = ''
afterEach(async () => {
  if (folder !== '') await rm(folder, { recursive: true, force: true })
  folder = ''
})

describe('createCanarySearch', () => {
  it.each(ENCODINGS)('finds a value that is written as %s, and says so', (encoding) => {
    for (const value of VALUES) {
      const search = createCanarySearch(VALUES)
      search.read(concatBytes(noise(1_000), canaryBytes(value, encoding), noise(1_000)))
      expect([...search.found]).toEqual([[value, new Set([encoding])]])
    }
  })

  it('finds it in base64 wherever the value lies among other bytes', () => {
    for (const value of VALUES)
      for (let before = 0; before < 7; before++)
        for (let after = 0; after < 4; after++) {
          const text = Buffer.concat([noise(before), utf8Encode(value), noise(after)]).toString('base64')
          const search = createCanarySearch([value])
          search.read(utf8Encode(text))
          expect([...search.found.keys()], `${before} before, ${after} after`).toEqual([value])
        }
  })

  it('finds a value that lies across two pieces of a file, and none across two files', () => {
    const bytes = utf8Encode(VALUES[0]!)
    for (let cut = 1; cut < bytes.length; cut++) {
      const whole = createCanarySearch(VALUES)
      whole.read(concatBytes(noise(50), bytes.subarray(0, cut)))
      whole.read(concatBytes(bytes.subarray(cut), noise(50)))
      expect(whole.found.size).toBe(1)
      const apart = createCanarySearch(VALUES)
      apart.read(bytes.subarray(0, cut))
      apart.end()
      apart.read(bytes.subarray(cut))
      expect(apart.found.size).toBe(0)
    }
  })

  it('finds nothing where a value is not whole', () => {
    const search = createCanarySearch(VALUES)
    search.read(concatBytes(noise(5_000), utf8Encode('k7q2m9x4w1p'), utf8Encode('k7q2m9x4w1p9')))
    expect(search.found.size).toBe(0)
  })

  it('refuses values that bytes of any kind may hold by chance', () => {
    expect(() => createCanarySearch(['short'])).toThrow()
  })
})

describe('searchFolder and searchStore', () => {
  it('read names and contents of every file, and keys and values of every entry', async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-canary-'))
    await mkdir(join(folder, 'deep/er'), { recursive: true })
    await writeFile(join(folder, 'deep/er', `${VALUES[0]!}.txt`), 'nothing')
    // Larger than a piece that is read at once.
    await writeFile(join(folder, 'deep', 'large'), concatBytes(noise(200_000), utf8Encode(VALUES[1]!)))
    const search = createCanarySearch(VALUES)
    expect(await searchFolder(search, folder)).toBe(2)
    expect([...search.found.keys()].sort()).toEqual([VALUES[0]!, VALUES[1]!].sort())

    const store = createMemoryStore()
    await store.commit([
      put(utf8Encode(`d/${VALUES[2]!}`), noise(10)),
      put(utf8Encode('d/2'), canaryBytes(VALUES[0]!, 'utf16be')),
    ])
    const inStore = createCanarySearch(VALUES)
    expect(await searchStore(inStore, store)).toBe(2)
    expect([...inStore.found.keys()].sort()).toEqual([VALUES[0]!, VALUES[2]!].sort())
  })
})
