/**
 * From a key to what it paints in the entry screen, and to the list of a code field, in the real Electron (under Xvfb
 * where there is no display): `npm run bench -- entry [FILE]`. FILE holds a classification, one `CODE<tab>name` a line,
 * plain or gzipped; without it a list of 72,750 codes is made, as large as ICD-10-CM.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const CODES = 72_750
const given = process.argv[2]
const scratch = await mkdtemp(join(tmpdir(), 'consilium-entry-'))
const list = join(scratch, 'classification.csv')
const results = join(scratch, 'results.json')
await writeFile(list, given === undefined ? madeList() : await listOf(given))
let root = import.meta.dirname
while (!existsSync(join(root, 'package.json'))) root = join(root, '..')
const before = loadavg()[0]
const code = await new Promise<number | null>((resolve) =>
  spawn(process.execPath, [join(root, 'scripts/e2e.mjs'), '--project=bench', 'entry.bench'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CONSILIUM_BENCH_CODES: list, CONSILIUM_BENCH_ENTRY: results },
  }).once('close', resolve),
)
if (code !== 0) throw new Error('the window did not get through')
const measured = JSON.parse(await readFile(results, 'utf8')) as object
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
