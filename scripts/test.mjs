#!/usr/bin/env node
// npm test: walls and rules, unit tests, the build, end-to-end tests in the real Electron.
// The last line of standard output is `N passed, N failed, N skipped` over all of them.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findElectron } from './lib/electron-runtime.mjs'
import { build, checkNode, ensureModules } from './lib/prepare.mjs'
import { ensureSystem, withDisplay } from './lib/system.mjs'
import { root, run, say, seconds, tool } from './lib/terminal.mjs'

const startedAt = performance.now()
const results = join(root, '.cache/results')
const totals = { passed: 0, failed: 0, skipped: 0 }

checkNode()
await ensureModules()
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const { check } = await import('./check.mjs')

for (const [title, stage] of [
  ['Walls and rules', rules],
  ['Unit tests', unitTests],
  ['Build', buildAll],
  ['End-to-end tests in Electron', endToEnd],
]) {
  say(`\n== ${title}`)
  const since = performance.now()
  const counts = await stage()
  for (const key of Object.keys(totals)) totals[key] += counts[key]
  say(`${describe(counts)} (${seconds(since)})`)
}
say(`\nAll in ${seconds(startedAt)}.`)
process.stdout.write(`${describe(totals)}\n`)
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

async function rules() {
  const outcomes = await check()
  const passed = outcomes.filter((outcome) => outcome.isOk).length
  return { passed, failed: outcomes.length - passed, skipped: 0 }
}

async function unitTests() {
  const file = join(results, 'vitest.json')
  const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await tool('vitest/vitest.mjs', args)
  const report = readReport(file)
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const counts = {
    passed: report.numPassedTests,
    // A file that does not load has no tests to fail: it counts as one.
    failed:
      report.numFailedTests +
      report.testResults.filter(
        ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
      ).length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

async function buildAll() {
  return (await build()) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function endToEnd() {
  if (totals.failed > 0 && !(await isBuilt())) return { passed: 0, failed: 1, skipped: 0 }
  const electron = await findElectron()
  if (!(await ensureSystem(electron.executable, { display: true, chinese: true })))
    return { passed: 0, failed: 1, skipped: 0 }
  const file = join(results, 'playwright.json')
  const env = { ...process.env, CONSILIUM_ELECTRON: electron.executable, PLAYWRIGHT_JSON_OUTPUT_NAME: file }
  const cli = join(root, 'node_modules/@playwright/test/cli.js')
  const [command, args] = withDisplay(process.execPath, [
    cli,
    'test',
    '--reporter=list,json',
    ...process.argv.slice(2),
  ])
  const { code } = await run(command, args, { env })
  const report = readReport(file)
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const { expected, unexpected, flaky, skipped } = report.stats
  const counts = { passed: expected, failed: unexpected + flaky, skipped }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

async function isBuilt() {
  const { ensureBuilt } = await import('./lib/prepare.mjs')
  return ensureBuilt()
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
