/** Every failure of every command is a sentence for whoever reads standard error, with cause, effect and next step. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRefusal } from '../../shared/contract/app.ts'
import { codeFileRefusal } from '../../shared/contract/codes.ts'
import { fileRefusal, planRefusal } from '../../shared/contract/governance.ts'
import { peopleRefusal } from '../../shared/contract/people.ts'
import { ALL_COMMANDS } from './all-commands.ts'
import { root } from './cli.test-kit.ts'
import { runCommand, type CommandWorld } from './commands.ts'
import { FAILURES, failureSentence, sentenceOfAnswer } from './failure-sentences.ts'
import {
  allHelp,
  asksForHelp,
  commandNames,
  helpOf,
  nearestCommand,
  PURPOSES,
  unknownCommand,
} from './help.ts'

async function saidBy(name: string, argv: readonly string[]) {
  const told: string[] = []
  const world = {
    env: {},
    say: (line: string) => told.push(line),
    profileWorld: { applicationVersion: '0.1.0', now: () => 0 },
  }
  const { exit, answer } = await runCommand(ALL_COMMANDS[name]!, argv, world as unknown as CommandWorld)
  return { exit, answer, told: told.join('\n') }
}

/** Codes as they stand in the source. */
async function written(folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(join(root, folder), { recursive: true }))
    if (/^[^.]+\.ts$/.test(name)) {
      const text = await readFile(join(root, folder, name), 'utf8')
      found.push(...[...text.matchAll(pattern)].map((match) => match[1]!))
    }
  return found
}

/** Of every list of reasons in these contracts. */
async function reasonsOf(...names: string[]): Promise<string[]> {
  const found: string[] = []
  for (const name of names) {
    const text = await readFile(join(root, 'src/shared/contract', name), 'utf8')
    for (const [, list] of text.matchAll(/reason: (?:planRefusal\.or\(\s*)?z\.enum\(\[([^\]]*)\]/g))
      found.push(...[...list!.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]!))
  }
  return found
}

describe('what a failure of the command line says', () => {
  it('has a sentence for every code that a command can fail with', async () => {
    const [failuresOfStats = ''] = (await readFile(join(root, 'src/main/stats/failure.ts'), 'utf8')).split(
      'export class',
    )
    const codes = new Set([
      ...(await written('src/main/cli', /(?:failed|CommandFailure)\(\s*\{?\s*(?:code: )?'([a-z-]+)'/g)),
      ...(await written('src/main/updates', /^ {2}\| '([a-z-]+)'/gm)),
      ...(await written('src/main/node/vault', /reason: '([a-z-]+)'/g)),
      ...(await written('src/main/governance', /kind: 'refused', reason: '([a-z-]+)'/g)),
      ...Array.from(failuresOfStats.matchAll(/code: '([a-z-]+)'/g), (match) => match[1]!),
      ...(await written('src/main/node', /throw new \w*Failure\(\{\s*code: '([a-z-]+)'/g)),
      ...(await written('src/main/services', /throw new \w*Failure\(\{\s*code: '([a-z-]+)'/g)),
      ...(await written('src/main/profile', /throw new \w*Failure\(\{\s*code: '([a-z-]+)'/g)),
      ...openRefusal.options,
      ...fileRefusal.options,
      ...planRefusal.options,
      ...peopleRefusal.options,
      ...codeFileRefusal.options,
      ...(await reasonsOf(
        'shares.ts',
        'proofs.ts',
        'requests.ts',
        'work-places.ts',
        'governance.ts',
        'joining.ts',
        'batches.ts',
      )),
    ])
    expect(codes.size).toBeGreaterThan(150)
    expect([...codes].filter((code) => !Object.hasOwn(FAILURES, code)).sort()).toEqual([])
  })

  it('says cause, effect and next step, each a sentence', () => {
    for (const code of Object.keys(FAILURES))
      expect(failureSentence(code).match(/[.] [A-Z]|[.]$/g)?.length ?? 0, code).toBeGreaterThanOrEqual(3)
  })

  it('names the file, and takes the command’s own cause', () => {
    expect(failureSentence('not-readable', { path: '/a/b' })).toBe(
      'The file cannot be read, or is larger than such a file may be (path /a/b). Nothing was changed. Check the path and the permissions, then try again.',
    )
    expect(failureSentence('not-answered', { cause: 'there is no answer yet' })).toMatch(
      /^There is no answer yet\. Try/,
    )
    expect(failureSentence('bad-design', { issues: [{ path: 'subjects', message: 'too small' }] })).toContain(
      '(subjects: too small)',
    )
    expect(sentenceOfAnswer({ files: 0 }, false)).toMatch(/^No file could be taken in\./)
  })

  it('is on standard error, while the JSON line keeps the code', async () => {
    const { exit, answer, told } = await saidBy('check-update', [join(root, 'package.json'), '/absent'])
    expect({ exit, answer }).toMatchObject({ exit: 1, answer: { error: { code: 'not-a-manifest' } } })
    expect(told).toContain(
      'That is no signed list of a release (installed 0.1.0). Do not install the package.',
    )
    expect((await saidBy('check-update', ['/absent', '/absent'])).told).toMatch(
      /^The file cannot be read.*\/absent/,
    )
    expect((await saidBy('check-update', ['--nonsense'])).told).toContain('unknown option --nonsense')
  })
})

describe('help of the command line', () => {
  it('says of each command what it is for', () => {
    expect(Object.keys(PURPOSES).sort()).toEqual(commandNames().sort())
    for (const name of commandNames()) {
      expect(helpOf(name)).toMatch(new RegExp(`^[A-Z].*\\.\nusage: consilium ${name} `))
      expect(allHelp()).toContain(PURPOSES[name])
    }
    expect(asksForHelp(['--help'])).toBe(true)
    expect(asksForHelp(['--', '--help'])).toBe(false)
  })

  it('names the nearest command for a slip of the fingers, and none for what is like nothing', () => {
    expect(nearestCommand('statsu')).toBe('status')
    expect(nearestCommand('paper')).toBe('paper-comparison')
    expect(nearestCommand('imprt')).toBe('import')
    expect(nearestCommand('xyzzyxyzzy')).toBe(null)
    expect(unknownCommand('chek-update')).toContain('Did you mean `consilium check-update`?')
  })
})
