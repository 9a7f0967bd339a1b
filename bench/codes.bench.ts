/**
 * Code lists: `npm run bench -- codes [FILE]`. Imports a full ICD-10-CM (FILE, or `../shared/data/icd10cm_2022.tsv.gz` where
 * it is there, or a made-up list of the same size), types words into it key by key, and asks a plain filter over the same
 * list for the same keys. Times of ours are what the asking thread waits for; its longest silence tells whether a window
 * on it would have been smooth.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openCodeLists } from '../src/main/codes/code-lists.ts'
import { builtInEntries } from '../src/main/codes/built-in.ts'

const SIZE = 72_750
const SHARED = '../shared/data/icd10cm_2022.tsv.gz'
const TYPED = [
  'diabetes mellitus',
  'E11.9',
  'chron kidney dis',
  'fracture of radius',
  'sugar',
  '糖尿病',
  '高血壓',
  'tnb',
  'pneumonia',
]

const scratch = await mkdtemp(join(tmpdir(), 'consilium-codes-'))
const given = process.argv[2] ?? (existsSync(SHARED) ? SHARED : null)
const rows = given === null ? madeUp() : await listOf(given)
const file = join(scratch, 'list.tsv')
await writeFile(file, `code\ten\n${rows.map((row) => row.join('\t')).join('\n')}\n`)

const lists = openCodeLists({ folder: scratch, memberId: 'bench', today: () => '2026-01-01', now: Date.now })
const importStart = performance.now()
const answer = await lists.preview('diagnosis', file)
if (answer.kind !== 'preview') throw new Error(JSON.stringify(answer))
const previewed = performance.now()
const { columns, system, hash, codeCount } = answer.preview
const kept = await lists.importFile(
  { list: 'diagnosis', path: file, source: 'list.tsv', columns, edition: '', system, hash },
  'bench',
)
if (kept !== 'imported') throw new Error(kept)
const imported = performance.now()
const rssBefore = process.memoryUsage().rss
await lists.search('diagnosis', 'a', 8)
const ready = performance.now()

let silence = 0
let last = performance.now()
const watch = setInterval(() => {
  const now = performance.now()
  silence = Math.max(silence, now - last)
  last = now
}, 1)
const ours = await timed((text) => lists.search('diagnosis', text, 8))
clearInterval(watch)
const rssAfter = process.memoryUsage().rss
const filtered = rows.map(([code, en], at) => ({ code: code!, en: en!.toLowerCase(), at }))
const plain = await timed((text) => {
  const typed = text.toLowerCase()
  return Promise.resolve(
    filtered.filter(({ code, en }) => code.toLowerCase().startsWith(typed) || en.includes(typed)).slice(0, 8),
  )
})
await lists.close()
await rm(scratch, { recursive: true, force: true })
console.log(
  JSON.stringify({
    bench: 'codes',
    source: given === null ? 'made up' : 'file',
    codes: codeCount,
    previewMs: Math.round(previewed - importStart),
    keepMs: Math.round(imported - previewed),
    firstSearchMs: Math.round(ready - imported),
    keys: ours.length,
    perKeyMs: quantiles(ours),
    plainFilterMs: quantiles(plain),
    longestSilenceMs: Math.round(silence),
    memoryMb: Math.round((rssAfter - rssBefore) / 2 ** 20),
  }),
)

/** Every beginning of every text, as somebody types it. */
async function timed(search: (text: string) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < 5; round++)
    for (const text of TYPED)
      for (let length = 1; length <= text.length; length++) {
        const start = performance.now()
        await search(text.slice(0, length))
        times.push(performance.now() - start)
      }
  return times.sort((a, b) => a - b)
}

function quantiles(sorted: readonly number[]) {
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2))
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

/** Codes and titles of a packed table; codes that a fixed width has cut after five places are mended from their title. */
async function listOf(path: string): Promise<string[][]> {
  const text = gunzipSync(await readFile(path)).toString('utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [code = '', title = ''] = line.split('\t')
      if (code.length < 5) return [code, title]
      const whole = code.slice(0, 4) + title
      return [whole.slice(0, 7).trim(), whole.slice(7).trim()]
    })
}

function madeUp(): string[][] {
  const names = builtInEntries('diagnosis').map(({ en }) => en)
  return Array.from({ length: SIZE }, (_, i) => {
    const category = `${String.fromCharCode(65 + (i % 26))}${String(Math.floor(i / 26) % 100).padStart(2, '0')}`
    return [
      `${category}${String(Math.floor(i / 2_600)).padStart(2, '0')}`,
      `${names[i % names.length]!}, form ${i}`,
    ]
  })
}
