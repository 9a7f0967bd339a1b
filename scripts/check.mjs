#!/usr/bin/env node
// npm run check: every wall and rule, two at a time. `node scripts/check.mjs NAME…` runs some of them.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readSupply, supplyProblems } from './lib/supply.mjs'
import { root, say, seconds, tool } from './lib/terminal.mjs'

const captured = { show: 'captured' }
// Two checks run side by side, so each keeps to one processor: the compiler's four checkers and as many threads of the linter
// would each look into the same types again, for twice the processor time.
const tsc = (name) => () =>
  tool(
    'typescript-7/bin/tsc',
    ['-p', `tsconfig.${name}.json`, '--pretty', 'false', '--checkers', '1'],
    captured,
  )
const alone = { ...captured, env: { ...process.env, GOMAXPROCS: '1' } }

/** What tsconfig.test.json takes in. */
const TYPED = [
  'src',
  'sim',
  'attacks',
  'bench',
  'long',
  'e2e',
  ...readdirSync(root).filter((name) => name.endsWith('.config.ts')),
]

/** Each answers { code, output }. The slow ones first, so that two at a time end together. */
const CHECKS = {
  prettier: () =>
    tool(
      'prettier/bin/prettier.cjs',
      ['--check', '.', '--cache', '--cache-location', '.cache/prettier', '--log-level', 'warn'],
      captured,
    ),
  oxlint: () => tool('oxlint/bin/oxlint', ['--tsconfig', 'tsconfig.test.json', ...TYPED], alone),
  eslint: () =>
    tool(
      'eslint/bin/eslint.js',
      [
        '.',
        '--cache',
        '--cache-location',
        '.cache/eslint',
        '--cache-strategy',
        'content',
        '--max-warnings',
        '0',
      ],
      captured,
    ),
  'tsc test': tsc('test'),
  walls: checkWalls,
  'tsc main': tsc('main'),
  'tsc renderer': tsc('renderer'),
  'tsc pure': tsc('pure'),
  'tsc preload': tsc('preload'),
  supply: checkSupply,
}

/** @returns {Promise<{ name: string, isOk: boolean }[]>} */
export async function check(names = Object.keys(CHECKS)) {
  const results = []
  const waiting = [...names]
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const since = performance.now()
      const { code, output } = await CHECKS[name]()
      results.push({ name, isOk: code === 0 })
      say(`${code === 0 ? '  ok  ' : 'FAILED'}  ${name} (${seconds(since)})`)
      if (code !== 0) say(output.trimEnd())
    }
  }
  await Promise.all([worker(), worker()])
  return results
}

/** dependency-cruiser, and a guard: it once reported "no violations" over 0 modules, green and blind. */
async function checkWalls() {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'src']
  const cruised = await tool('dependency-cruiser/bin/dependency-cruise.mjs', args, captured)
  const moduleCount = Number(/(\d+) modules/.exec(cruised.output)?.[1] ?? 0)
  const sourceCount = countSources()
  if (moduleCount >= sourceCount / 2) return cruised
  return {
    code: 1,
    output: `${cruised.output}\nonly ${moduleCount} modules were looked at, of ${sourceCount} source files: the check is blind`,
  }
}

/** Licences, hashes, install scripts and the list of dependencies. */
async function checkSupply() {
  const problems = supplyProblems(readSupply())
  return { code: problems.length === 0 ? 0 : 1, output: problems.join('\n') }
}

function countSources() {
  try {
    const listed = execFileSync('git', ['ls-files', 'src/**/*.ts', 'src/**/*.tsx'], {
      cwd: root,
      encoding: 'utf8',
    })
    if (listed !== '') return listed.trim().split('\n').length
  } catch {
    // Not a clone, or no git here: count what lies there.
  }
  return readdirSync(join(root, 'src'), { recursive: true }).filter((path) => /\.tsx?$/.test(path)).length
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.slice(2)
  const results = await check(asked.length > 0 ? asked : undefined)
  process.exitCode = results.every((result) => result.isOk) ? 0 : 1
}
