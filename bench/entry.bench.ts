/**
 * From a key to what it paints in the entry screen, and to the list of a code field, in the real Electron (under Xvfb
 * where there is no display): `npm run bench -- entry [FILE]`. FILE holds a classification, one `CODE<tab>name` a line,
 * plain or gzipped; without it a list of 72,750 codes is made, as large as ICD-10-CM.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { windowBench } from './window-bench.ts'

const CODES = 72_750
const given = process.argv[2]
const scratch = await mkdtemp(join(tmpdir(), 'consilium-entry-'))
const list = join(scratch, 'classification.csv')
await writeFile(list, given === undefined ? madeList() : await listOf(given))
const before = loadavg()[0]
const measured = await windowBench('entry.bench', { CONSILIUM_BENCH_CODES: list })
await rm(scratch, { recursive: true, force: true })
console.log(JSON.stringify({ bench: 'entry', loadBefore: before, ...measured }))

async function listOf(path: string): Promise<string> {
  const bytes = await readFile(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const rows = text
    .split('\n')
    .map((line) => line.trimEnd().split('\t'))
    .filter((cells) => cells.length >= 2)
  return `code,en\n${rows.map(([each, name]) => `${each},"${name!.replaceAll('"', '""')}"`).join('\n')}\n`
}

/** Codes of the shape of a classification, each with a name of five words out of three hundred. */
function madeList(): string {
  const syllables = [
    'car',
    'di',
    'neu',
    'ro',
    'gas',
    'tro',
    'hep',
    'at',
    'ren',
    'pul',
    'mo',
    'der',
    'ma',
    'os',
    'te',
  ]
  const words = Array.from(
    { length: 300 },
    (_each, i) =>
      [i, i * 7 + 3, i * 13 + 5].map((at) => syllables[at % syllables.length]).join('') +
      (i % 26).toString(36),
  )
  const lines = ['code,en']
  for (let i = 0; i < CODES; i++) {
    const letter = String.fromCharCode(65 + (Math.floor(i / 2_800) % 26))
    const rest = i % 2_800
    const shown = `${letter}${String(Math.floor(rest / 28)).padStart(2, '0')}${(rest % 28).toString(36).toUpperCase()}${Math.floor(i / 72_800)}`
    const name = [0, 1, 2, 3, 4].map((at) => words[(i * (at + 3) * 31 + at * 97) % words.length]).join(' ')
    lines.push(`${shown},${name}`)
  }
  return `${lines.join('\n')}\n`
}
