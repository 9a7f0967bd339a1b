#!/usr/bin/env node
// npm run test:long                          lists the parts and how far each is
// npm run test:long -- --part NAME           runs a part; what is done already is not done again
//   --cases FROM-TO   only these      --minutes M   stop after M minutes      --again   forget earlier results
// Progress is kept in .cache/long, for the commit, or for its code where a part runs nothing else; a finished part
// prints a line for bench/RESULTS.md.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle, sourcesOf } from './lib/bundle.mjs'
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'
import { root, say, takeFlag, takeValue } from './lib/terminal.mjs'
import '../bin/polyfill-node20.mjs'

const args = process.argv.slice(2)
const name = takeValue(args, '--part')
const range = takeValue(args, '--cases')
const minutes = Number(takeValue(args, '--minutes') ?? Infinity)
const isAgain = takeFlag(args, '--again')
const commit = commitName()
let folder = join(root, '.cache/long', commit)
const logOf = (part) => join(folder, `${part}.ndjson`)
const parts = existsSync(join(root, 'long'))
  ? readdirSync(join(root, 'long'))
      .filter((file) => file.endsWith('.long.ts'))
      .map((file) => basename(file, '.long.ts'))
  : []

if (name === null || !parts.includes(name)) {
  say(`Parts at ${commit}:`)
  for (const part of parts) say(`  ${part}: ${readLog(part).size} cases done`)
  if (parts.length === 0) say('  none yet')
  process.exit(name === null ? 0 : 2)
}

checkNode()
await ensureModules()
if (!(await ensureBuilt())) process.exit(1)
const built = join(root, '.cache', `long-${name}`)
const output = await bundle({ part: join(root, `long/${name}.long.ts`) }, built)
const { part } = await import(pathToFileURL(join(built, 'part.js')).href)
if (part.runsOnlyItself === true)
  folder = join(root, '.cache/long', `code-${codeName(sourcesOf(output, 'part'))}`)
mkdirSync(folder, { recursive: true })
if (isAgain) rmSync(logOf(name), { force: true })

const [from, to] = range === null ? [0, part.caseCount - 1] : range.split('-').map(Number)
const done = readLog(name)
const stopAt = performance.now() + minutes * 60_000
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (isStopped = true))

for (let index = from; index <= to && !isStopped && performance.now() < stopAt; index++) {
  if (done.has(index)) continue
  const scratch = mkdtempSync(join(folder, `${name}-${index}-`))
  const startedAt = performance.now()
  const { wrong, counts } = await runCase(index, scratch)
  const result = { index, wrong, ms: Math.round(performance.now() - startedAt), counts }
  done.set(index, result)
  appendFileSync(logOf(name), `${JSON.stringify(result)}\n`)
  if (wrong === null) rmSync(scratch, { recursive: true, force: true })
  else say(`case ${index} FAILED: ${wrong}\n  its files: ${scratch}`)
  if (done.size % 50 === 0) say(`${done.size} of ${part.caseCount}`)
}

const totals = {}
for (const { counts } of done.values())
  for (const [name, count] of Object.entries(counts ?? {})) totals[name] = (totals[name] ?? 0) + count
const counted = Object.entries(totals).map(([name, count]) => `, ${count.toLocaleString('en')} ${name}`)

const failed = [...done.values()].filter((result) => result.wrong !== null)
const hours = [...done.values()].reduce((sum, result) => sum + result.ms, 0) / 3_600_000
say(
  `${done.size} of ${part.caseCount} cases done at ${commit}${counted.join('')}${done.size < part.caseCount ? '; run it again to go on' : ''}`,
)
if (done.size >= part.caseCount) {
  const line = `| ${name} | ${part.title}${counted.join('')} | ${part.caseCount} | ${failed.length} | ${hours.toFixed(2)} h | ${commit} | Node ${process.versions.node}, ${cpus().length} cores |`
  writeFileSync(join(folder, `${name}.result.md`), `${line}\n`)
  say('For bench/RESULTS.md:')
  process.stdout.write(`${line}\n`)
}
process.exitCode = failed.length > 0 ? 1 : 0

async function runCase(index, scratch) {
  try {
    const result = await part.run(index, { folder: scratch, root })
    return result === null || typeof result === 'string' ? { wrong: result, counts: {} } : result
  } catch (error) {
    return { wrong: error instanceof Error ? (error.stack ?? error.message) : String(error), counts: {} }
  }
}

/** Case → result; a line cut off by a kill is a case that was not done. */
function readLog(part) {
  const results = new Map()
  if (!existsSync(logOf(part))) return results
  for (const line of readFileSync(logOf(part), 'utf8').split('\n')) {
    try {
      const result = JSON.parse(line)
      results.set(result.index, result)
    } catch {
      continue
    }
  }
  return results
}

function codeName(sources) {
  const hash = createHash('sha256')
  for (const path of sources) hash.update(path.slice(root.length)).update(readFileSync(path))
  return hash.digest('hex').slice(0, 12)
}

function commitName() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'no-git'
  }
}
