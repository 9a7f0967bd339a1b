#!/usr/bin/env node
// npm test: walls and rules, unit tests, the simulator, the build, end-to-end tests in the real Electron.
// The last line of standard output is `N passed, N failed, N skipped` over all of them.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runBundled } from './lib/bundle.mjs'
import { packageForTests } from './lib/package-for-tests.mjs'
import { playwright, readyForPlaywright } from './lib/playwright.mjs'
import { build, checkNode, ensureModules } from './lib/prepare.mjs'
import { readPlaywright, readVitest } from './lib/reports.mjs'
import { root, say, seconds, tool } from './lib/terminal.mjs'

const startedAt = performance.now()
const results = join(root, '.cache/results')
let isBuilt = false
const totals = { passed: 0, failed: 0, skipped: 0 }
/** What failed, told once more at the end: who sees only the end of a long log must not have to run it again. */
const failures = []

checkNode()
await ensureModules()
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const { check } = await import('./check.mjs')

// What stands in one line runs side by side: each of the two keeps one processor busy, or mostly waits.
for (const stages of [
  [['Walls and rules', rules]],
  [['Unit tests', unitTests]],
  [
    ['Build', buildAll],
    ['Simulated consortia', simulator],
  ],
  [
    ['End-to-end tests in Electron', endToEnd],
    ['The packaged application', packaged],
  ],
]) {
  say(`\n== ${stages.map(([title]) => title).join(', beside it: ')}`)
  await Promise.all(
    stages.map(async ([title, stage]) => {
      const since = performance.now()
      const counts = await stage()
      for (const key of Object.keys(totals)) totals[key] += counts[key]
      say(`${title}: ${describe(counts)} (${seconds(since)})`)
    }),
  )
}
if (failures.length > 0) say(`\n== Failed\n${failures.join('\n')}`)
say(`\nAll in ${seconds(startedAt)}.`)
process.stdout.write(`${describe(totals)}\n`)
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

async function rules() {
  const outcomes = await check()
  const passed = outcomes.filter((outcome) => outcome.isOk).length
  for (const { isOk, name } of outcomes) if (!isOk) failures.push(`  Walls and rules: ${name}`)
  return { passed, failed: outcomes.length - passed, skipped: 0 }
}

async function unitTests() {
  const file = join(results, 'vitest.json')
  const args = ['run', '--project=!long', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await tool('vitest/vitest.mjs', args)
  return countsOf('Unit tests', code, readReport(file), readVitest)
}

/** 2,000 seeds, half of them on each processor, are one test, or as many failed ones as there were violations; each planted bug is one. */
async function simulator() {
  const halves = await Promise.all([
    simulate(['--seeds', '1000', '--from', '1'], 'sim-first'),
    simulate(['--seeds', '1000', '--from', '1001'], 'sim-second'),
  ])
  const isGood = halves.every(({ code, last }) => code === 0 && last?.seeds === 1000 && last.violations === 0)
  const plants = await simulate(['--plants'], 'sim')
  const caught = plants.last?.caught ?? 0
  const missed = plants.code === 0 && caught > 0 ? 0 : Math.max(1, (plants.last?.plants ?? 0) - caught)
  const violations = halves.reduce((sum, { last }) => sum + (last?.violations ?? 1), 0)
  const failed = (isGood ? 0 : Math.max(1, violations)) + missed
  if (failed > 0) {
    const ended = halves
      .map(({ code, last }) => `${last?.seeds ?? 'no'} seeds, ended with ${code}`)
      .join('; ')
    failures.push(
      `  Simulated consortia: ${violations} violations (${ended}), ${missed} planted bugs not caught`,
    )
  }
  return { passed: caught + (isGood ? 1 : 0), failed, skipped: 0 }
}

/** @param folder of the bundle: two at once would empty each other's */
async function simulate(args, folder) {
  const { code, output } = await runBundled(join(root, 'sim/run.ts'), folder, args, { show: 'captured' })
  say(output.trimEnd())
  try {
    return { code, last: JSON.parse(output.trimEnd().split('\n').at(-1)) }
  } catch {
    return { code, last: null }
  }
}

async function buildAll() {
  isBuilt = (await build()) && (await readyForPlaywright())
  if (!isBuilt) failures.push('  Build')
  return isBuilt ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function endToEnd() {
  return playwrightCounts('application')
}

async function packaged() {
  if (isBuilt && !(await packageForTests())) {
    failures.push('  The packaged application: it could not be packaged')
    return { passed: 0, failed: 1, skipped: 0 }
  }
  // One at a time beside the two of the application: four at once on two processors wait for each other.
  return playwrightCounts('packaged', 'captured', ['--workers=1'])
}

/** @param show 'captured': its lines come together at its end @param more arguments for Playwright */
async function playwrightCounts(project, show = 'live', more = []) {
  if (!isBuilt) {
    failures.push(`  End-to-end tests, ${project}: nothing was built`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const file = join(results, `${project}.json`)
  // Each cleans its folder of traces when it begins.
  const output = `--output=${join(root, '.cache/test-results', project)}`
  const args = [`--project=${project}`, output, '--reporter=list,json', ...more]
  const code = await playwright(args, { PLAYWRIGHT_JSON_OUTPUT_NAME: file }, show)
  return countsOf(`End-to-end tests, ${project}`, code, readReport(file), readPlaywright)
}

/** @param code the tool's: it may have ended badly though no test failed, which counts as one; as a missing report does */
function countsOf(title, code, report, read) {
  const { counts, failures: told } =
    report === null ? { counts: { passed: 0, failed: 0, skipped: 0 }, failures: [] } : read(report)
  failures.push(...told)
  if ((code === 0 && report !== null) || counts.failed > 0) return counts
  failures.push(`  ${title}: ended with ${code}${report === null ? ' and left no report' : ''}`)
  return { ...counts, failed: 1 }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
