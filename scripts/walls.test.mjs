// Each wall is run into once: a small tree with one violation of each rule is planted in a temporary folder, and
// every tool must find exactly its own. A wall that nobody ever saw fail may not be there.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const CONFIGS = [
  'package.json',
  '.dependency-cruiser.cjs',
  'eslint.config.mjs',
  '.oxlintrc.json',
  'tsconfig.base.json',
  'tsconfig.pure.json',
  'tsconfig.main.json',
  'tsconfig.renderer.json',
  'tsconfig.test.json',
]

/** Rule of the walls → files that break it and nothing else. */
const WALLS = {
  'pure-stays-pure': {
    'src/shared/domain/friend.ts': "import { helper } from './deep.ts'\nexport const a = helper\n",
    'src/shared/domain/deep.ts':
      "import { readFileSync } from 'node:fs'\nexport const helper = readFileSync\n",
  },
  'pure-knows-only-pure': {
    'src/main/pricing/rate.ts': "import { price } from '../services/price.ts'\nexport const rate = price\n",
    'src/main/services/price.ts': 'export const price = 1\n',
  },
  'shared-imports-nobody': {
    'src/shared/std/wrong.ts':
      "import { decide } from '../../main/stats/decide.ts'\nexport const wrong = decide\n",
    'src/main/stats/decide.ts': 'export const decide = 1\n',
  },
  'processes-meet-only-in-shared': {
    'src/renderer/lib/cheat.ts':
      "import { price } from '../../main/services/price.ts'\nexport const cheat = price\n",
  },
  'electron-only-at-the-door': {
    'src/main/services/shy.ts': "import { app } from 'electron'\nexport const shy = app\n",
  },
  'nobody-imports-the-door': {
    'src/main/services/back.ts': "import { tray } from '../app/mark.ts'\nexport const back = tray\n",
    'src/main/app/mark.ts': 'export const tray = 1\n',
  },
  'adapters-only-from-compose': {
    'src/main/node/eager.ts': "import { level } from './storage/level.ts'\nexport const eager = level\n",
    'src/main/node/storage/level.ts': 'export const level = 1\n',
  },
  'core-does-not-know-engine': {
    'src/main/node/consensus/core/impatient.ts':
      "import { run } from '../engine/run.ts'\nexport const impatient = run\n",
    'src/main/node/consensus/engine/run.ts': 'export const run = 1\n',
  },
  'features-are-strangers': {
    'src/renderer/features/clinic/chart/page.ts':
      "import { draft } from '../entry/draft.ts'\nexport const page = draft\n",
    'src/renderer/features/clinic/entry/draft.ts': 'export const draft = 1\n',
  },
  'features-have-one-door': {
    'src/renderer/app/rooms.ts':
      "import { draft } from '../features/clinic/entry/draft.ts'\nexport const rooms = draft\n",
  },
  'ui-knows-no-domain': {
    'src/renderer/ui/Button.ts':
      "import { visit } from '../../shared/domain/visit.ts'\nexport const button = visit\n",
    'src/shared/domain/visit.ts': 'export const visit = 1\n',
  },
  'parts-know-no-features': {
    'src/renderer/parts/hash.ts':
      "import { draft } from '../features/clinic/entry/draft.ts'\nexport const hash = draft\n",
  },
  'product-does-not-import-tests': {
    'src/main/services/lazy.ts': "import { fake } from '../../../sim/fake.ts'\nexport const lazy = fake\n",
    'sim/fake.ts': 'export const fake = 1\n',
  },
  'no-cycles': {
    'src/main/services/egg.ts': "import { hen } from './hen.ts'\nexport const egg = () => hen\n",
    'src/main/services/hen.ts': "import { egg } from './egg.ts'\nexport const hen = () => egg\n",
  },
  'no-unresolvable': {
    'src/main/services/lost.ts': "import { gone } from './gone.ts'\nexport const lost = gone\n",
  },
}

/** What the linter must see: line → part of its message. Line by line, so that each is found by itself. */
const PURE_LINES = [
  ['export const a = Date.now()', 'no clock'],
  ['export const b = Math.random()', 'no dice'],
  ['export const c = new Date(0)', 'no Date'],
  ["export const d = 'a'.localeCompare('b')", 'locale'],
  ['export const e = (1).toLocaleString()', 'locale'],
  ['export const f = new Intl.Collator()', 'locale'],
  ['export const g = async () => 1', 'synchronous'],
]
const DETERMINISTIC_LINES = [
  ['export const h = Math.exp(1)', 'src/main/stats/det'],
  ['export const i = (x: number) => x ** 0.5', 'src/main/stats/det'],
  ['export const j = (x: number, y: number) => x ** y', 'src/main/stats/det'],
]
const MEMBERSHIP_LINES = [['export const r = Date.now()', 'no clock']]
/** What the linter that knows types must see in every file: line → rules. */
const EVERYWHERE_LINES = [
  ["export const n = () => { throw 'text' }", 'no-throw-literal'],
  ['export const u = 1 as any', 'no-explicit-any'],
  ["import { Stats } from 'node:fs'; export type V = Stats", 'consistent-type-imports'],
  ['// @ts-ignore', 'ban-ts-comment'],
  ['debugger', 'no-debugger'],
  ["export const w = () => eval('1')", 'no-eval'],
  ["export const x = new Function('1')", 'no-new-func', 'no-implied-eval'],
  ["export const dd = () => { setTimeout('work()', 1) }", 'no-implied-eval'],
  ['let y = 1', 'prefer-const'],
  ['export const z = (a: number, b: number) => a == b', 'eqeqeq'],
  ['export var aa = y', 'no-var'],
  ['export const bb = () => { try { return 1 } finally { return 2 } }', 'no-unsafe-finally'],
  ['export const cc = ({}) || 1', 'no-constant-binary-expression'],
  ['export const k = (x: number[]) => x.sort()', 'require-array-sort-compare'],
  ['export const l = () => { void 0; work() }', 'no-floating-promises'],
  [
    "export const m = (x: 'a' | 'b') => { switch (x) { case 'a': return 1 } return 2 }",
    'switch-exhaustiveness-check',
  ],
  ['export const s = async () => { await 1 }', 'await-thenable'],
  ['export const t = () => { if (work()) return 1; return 2 }', 'no-misused-promises'],
]
const ALLOWED_LINES = [
  'export const o = (x: number) => x ** 2',
  'export const p = (x: Float64Array) => x.sort()',
  'export const q = Math.sqrt(2)',
]

/** What the compiler must not know in a pure folder, and in the window. */
const NO_RUNTIME = [
  'setTimeout',
  'console',
  'process',
  'Buffer',
  'crypto',
  'fetch',
  'performance',
  'document',
  'window',
]
const NO_NODE = ['process', 'Buffer', '__dirname']

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consilium-walls-'))
  for (const name of CONFIGS) copyFileSync(join(root, name), join(folder, name))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const planted of Object.values(WALLS)) plant(planted)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function plant(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Runs a tool of node_modules in the planted tree; what it printed, whatever its exit code. */
function runTool(path, args) {
  return new Promise((resolve) => {
    const options = { cwd: folder, maxBuffer: 64 << 20, env: { ...process.env, NO_COLOR: '1' } }
    execFile(process.execPath, [join(root, 'node_modules', path), ...args], options, (_error, out) =>
      resolve(out),
    )
  })
}

describe('dependency-cruiser', () => {
  it('finds every planted violation, each by its rule', async () => {
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'sim']
    const report = JSON.parse(await runTool('dependency-cruiser/bin/dependency-cruise.mjs', args))
    const found = report.summary.violations.map(({ rule, from }) => `${rule.name} ${from}`)
    for (const [rule, files] of Object.entries(WALLS))
      expect(found, `${rule} let it pass`).toContain(`${rule} ${Object.keys(files)[0]}`)
    expect(Object.keys(WALLS).toSorted()).toEqual(
      report.summary.ruleSetUsed.forbidden.map(({ name }) => name).toSorted(),
    )
  })
})

describe('eslint', () => {
  it('finds clock, dice, locale and async in pure folders, inexact maths where results are signed, and our bugs everywhere', async () => {
    const work = 'const work = () => Promise.resolve(1)\nexport { work }\n'
    const text = (lines) =>
      work + lines.map((line) => (Array.isArray(line) ? line[0] : line)).join('\n') + '\n'
    plant({
      'src/main/node/chain/pure.ts': text(PURE_LINES),
      'src/main/stats/inexact.ts': text(DETERMINISTIC_LINES),
      'src/main/node/membership/hasty.ts': text(MEMBERSHIP_LINES),
      'src/main/stats/allowed.ts': text(ALLOWED_LINES),
    })
    const files = [
      'src/main/node/chain/pure.ts',
      'src/main/stats/inexact.ts',
      'src/main/stats/allowed.ts',
      'src/main/node/membership/hasty.ts',
    ]
    const reports = JSON.parse(await runTool('eslint/bin/eslint.js', ['--format', 'json', ...files]))
    const messagesOf = (file) => reports.find(({ filePath }) => filePath.endsWith(file)).messages
    for (const [file, lines] of [
      [files[0], PURE_LINES],
      [files[1], DETERMINISTIC_LINES],
      [files[3], MEMBERSHIP_LINES],
    ])
      for (const [index, [code, message]] of lines.entries()) {
        const here = messagesOf(file).filter(({ line }) => line === index + 3)
        expect(here.map((found) => found.message).join('\n'), code).toContain(message)
      }
    expect(messagesOf(files[2])).toEqual([])
  })
})

describe('oxlint', () => {
  it('finds lost promises, open switches, sorting as text, and what no file may say', async () => {
    const file = 'src/main/services/typed.ts'
    const head = 'const work = () => Promise.resolve(1)\nexport { work }\n'
    const allowed = ALLOWED_LINES.join('\n')
    plant({ [file]: head + EVERYWHERE_LINES.map(([line]) => line).join('\n') + `\n${allowed}\n` })
    const printed = await runTool('oxlint/bin/oxlint', [
      '--tsconfig',
      'tsconfig.test.json',
      '--format',
      'json',
      file,
    ])
    const found = JSON.parse(printed).diagnostics.map(
      ({ code, labels }) => `${labels[0].span.line} ${/\((.*)\)/.exec(code)[1]}`,
    )
    const planted = EVERYWHERE_LINES.flatMap(([, ...rules], i) => rules.map((rule) => `${i + 3} ${rule}`))
    expect(found.toSorted()).toEqual(planted.toSorted())
  })
})

describe('tsc', () => {
  const names = (output) => [...output.matchAll(/Cannot find name '(\w+)'/g)].map((match) => match[1])

  it('knows no runtime in pure folders', async () => {
    plant({
      'src/main/privacy/runtime.ts': NO_RUNTIME.map((name, i) => `export const x${i} = ${name}\n`).join(''),
    })
    const output = await runTool('typescript-7/bin/tsc', [
      '-p',
      'tsconfig.pure.json',
      '--pretty',
      'false',
      '--incremental',
      'false',
    ])
    expect(names(output)).toEqual(expect.arrayContaining(NO_RUNTIME))
  })

  it('knows no document in the main process and no Node in the window', async () => {
    plant({
      'src/main/services/page.ts': 'export const page = document\n',
      'src/renderer/lib/system.ts': NO_NODE.map((name, i) => `export const y${i} = ${name}\n`).join(''),
    })
    const main = await runTool('typescript-7/bin/tsc', [
      '-p',
      'tsconfig.main.json',
      '--pretty',
      'false',
      '--incremental',
      'false',
    ])
    expect(names(main)).toContain('document')
    const renderer = await runTool('typescript-7/bin/tsc', [
      '-p',
      'tsconfig.renderer.json',
      '--pretty',
      'false',
      '--incremental',
      'false',
    ])
    expect(names(renderer)).toEqual(expect.arrayContaining(NO_NODE))
  })
})
