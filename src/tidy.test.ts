/**
 * Our own habits, checked: the records of decisions and dependencies are whole, the lists of pure folders agree,
 * adapters meet the suite of their port, links in documents lead somewhere, nothing of one machine is kept.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contractNames } from './shared/contract/names.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Every file that git keeps or would keep; without git, what lies there apart from what is made. */
function keptFiles(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    })
    return listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)))
  } catch {
    return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.\w+$/.test(path) && !/^(node_modules|out|release|\.cache|\.git)(\/|$)/.test(path),
    )
  }
}

const files = keptFiles()
const texts = files.filter((path) => /\.(ts|tsx|mjs|cjs|js|json|md|html|css|yml|yaml|sh|R|svg)$/.test(path))

describe('decisions', () => {
  const records = files
    .filter((path) => /^docs\/adr\/\d{4}-[a-z0-9-]+\.md$/.test(path))
    .map((path) => path.slice('docs/adr/'.length))
    .toSorted()

  it('are numbered without gaps and doubles', () => {
    expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1))
  })

  it('all stand in the index, with their title', () => {
    const index = read('docs/adr/README.md')
    for (const name of records) {
      const title = /^# (.+)$/m.exec(read(`docs/adr/${name}`))?.[1]
      expect(index, `docs/adr/README.md must list ${name}`).toContain(`](${name})`)
      expect(index, `docs/adr/README.md must give the title of ${name}`).toContain(title)
    }
  })

  it('exist when somebody cites them', () => {
    const cited = texts.flatMap((path) =>
      [...read(path).matchAll(/ADR-(\d{4})/g)].map((match) => `${match[1]} in ${path}`),
    )
    expect(
      cited.filter((citation) => !records.some((name) => name.startsWith(citation.slice(0, 4)))),
    ).toEqual([])
  })

  it('say their state, their context, the decision and what follows', () => {
    for (const name of records) {
      const text = read(`docs/adr/${name}`)
      for (const heading of ['## Context', '## Decision', '## Consequences'])
        expect(text, name).toContain(heading)
      expect(text, name).toMatch(/^State: (accepted|superseded by \d{4})/m)
    }
  })
})

describe('dependencies', () => {
  it('have one line each in DEPENDENCIES.md, and nothing else has', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >
    const installed = Object.keys({ ...dependencies, ...devDependencies })
    const described = [...read('DEPENDENCIES.md').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!)
    expect(described.toSorted()).toEqual(installed.toSorted())
  })

  it('are pinned to one version', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(version, name).toMatch(/^(npm:(electron|typescript)@)?\d+\.\d+\.\d+(-r\.\d+)?$/)
  })
})

describe('pure folders', () => {
  it('are the same to the compiler, to the linter and to the walls', () => {
    const compiler = [...read('tsconfig.pure.json').matchAll(/"(src\/[^"*]+)"/g)].map((match) => match[1]!)
    const linter = [
      ...read('eslint.config.mjs')
        .split('// Their results')[0]!
        .matchAll(/'(src\/[^']+)\/\*\*/g),
    ].map((match) => match[1]!)
    expect(linter.toSorted()).toEqual(compiler.toSorted())
    const wall = new RegExp(/const PURE =\s*'([^']+)'/.exec(read('.dependency-cruiser.cjs'))![1]!)
    for (const folder of compiler) expect(wall.test(`${folder}/x.ts`), folder).toBe(true)
    for (const folder of ['src/main/app', 'src/main/node', 'src/main/services', 'src/renderer'])
      expect(wall.test(`${folder}/x.ts`), folder).toBe(false)
  })
})

describe('ports', () => {
  it('have a suite that at least one test runs', () => {
    const tests = files.filter((path) => /\.test\.tsx?$/.test(path)).map(read)
    for (const suite of files.filter((path) => path.endsWith('.contract.ts'))) {
      const name = suite.slice(suite.lastIndexOf('/') + 1)
      expect(
        tests.some((text) => text.includes(name)),
        `nobody runs ${suite}`,
      ).toBe(true)
    }
  })
})

describe('the contract', () => {
  it('has no service and no method without a caller in the window, the command line or a test', () => {
    const callers = files
      .filter((path) => /^(src\/(renderer|main\/cli)|e2e)\/|\.test\.tsx?$/.test(path))
      // The audit has words for every noted operation, called or not.
      .filter((path) => path !== 'src/tidy.test.ts' && path !== 'src/renderer/words/audit.ts')
      .map(read)
    const uncalled = Object.entries(contractNames.methods).flatMap(([service, methods]) =>
      methods
        .filter(
          (method) => !callers.some((text) => new RegExp(`${service}[\\s.'"\\])]+${method}\\b`).test(text)),
        )
        .map((method) => `${service}.${method}`),
    )
    // The process with the window asks them of the process with the node (services/summary-desk.ts, proofs-desk.ts).
    const isBetweenProcesses = ['summaries.sealPdf', 'summaries.asFile', 'proofs.check']
    expect(uncalled.toSorted()).toEqual(isBetweenProcesses.toSorted())
  })
})

describe('documents', () => {
  it('link only to what is there', () => {
    const broken = files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
          .map((match) => match[1]!)
          .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(path), link)))
          .map((link) => `${path}: ${link}`),
      )
    expect(broken).toEqual([])
  })
})

describe('kept files', () => {
  it('name no path of one machine', () => {
    const machinePath = /(?<![\w.])\/(?:tmp|work|root)\/[A-Za-z]/
    const found = texts
      .filter((path) => path !== 'package-lock.json' && path !== 'src/tidy.test.ts')
      .filter((path) => machinePath.test(read(path)))
    expect(found).toEqual([])
  })

  it('hold no test that runs alone and no note to do later', () => {
    const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', '\\b(it|test|describe)\\.only\\('].join('|'))
    const sources = texts.filter((path) => /^(src|sim|attacks|bench|e2e|long|scripts)\//.test(path))
    expect(sources.filter((path) => marks.test(read(path)))).toEqual([])
  })

  it('are small enough to be kept', () => {
    const large = files.filter((path) => readFileSync(join(root, path)).length > 2_500_000)
    expect(large).toEqual([])
  })
})

describe('the shell', () => {
  it('opens nothing outside, and writes and sends nothing of a crash (T22: E7; T40)', () => {
    const out = /\bopenExternal\b|\bopenPath\b|\bshowItemInFolder\b|\bcrashReporter\b/
    const ours = files.filter((path) => /^src\/.*\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    expect(ours.length).toBeGreaterThan(500)
    expect(ours.filter((path) => out.test(read(path)))).toEqual([])
  })
})

describe('the list of security tests', () => {
  it('names files that have a test of that name', () => {
    const rows = [...read('docs/security-tests.md').matchAll(/^\| (T\d\d) \|[^|]*\|([^|]*)\|/gm)]
    expect(rows.length).toBeGreaterThanOrEqual(20)
    const missing = rows.flatMap(([, name, where]) =>
      [...where!.matchAll(/`([^`]+)`/g)].flatMap(([, path]) =>
        existsSync(join(root, path!)) && hasTestNamed(read(path!), name!) ? [] : [`${name} ${path}`],
      ),
    )
    expect(missing).toEqual([])
  })
})

describe('the list of scenarios', () => {
  it('names files that have a test of that name', () => {
    const rows = [...read('docs/scenarios.md').matchAll(/^\| (I\d+) \|[^|]*\|([^|]*)\|([^|]*)\|/gm)]
    expect(rows.map(([, name]) => name)).toEqual(Array.from({ length: 14 }, (_, i) => `I${i + 1}`))
    const missing = rows.flatMap(([, name, ...cells]) =>
      [...cells.join('').matchAll(/`([^`]+)`/g)].flatMap(([, path]) =>
        existsSync(join(root, path!)) && hasTestNamed(read(path!), name!) ? [] : [`${name} ${path}`],
      ),
    )
    expect(missing).toEqual([])
    expect(rows.filter(([row]) => !row.includes('`')).map(([, name]) => name)).toEqual([])
  })
})

/** In a title, of a test, of a step of it or of what it stands in. */
const hasTestNamed = (text: string, name: string): boolean =>
  [...text.matchAll(/\b(?:it|test|describe)(?:\.step|\.each\([^)]*\))?\(\s*(['"`])(.*?)\1/gs)].some(
    ([, , title]) => new RegExp(`\\b${name}\\b`).test(title!),
  )
