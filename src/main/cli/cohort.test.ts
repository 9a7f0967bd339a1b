/** Counting a cohort from the command line: the thread, the hospital's own records, past states, and files that are no question. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { runHere as run, tinyBundle } from './cli.test-kit.ts'

let home: string
let profile: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'consilium-cohort-'))
  profile = join(home, 'north')
  await run(['found', '--profile', profile, '--name', '北區醫院'])
  await writeFile(join(home, 'a.json'), tinyBundle(1, 3))
  await writeFile(join(home, 'b.json'), tinyBundle(2, 1))
  const imported = await run([
    'import',
    '--profile',
    profile,
    '--wait',
    join(home, 'a.json'),
    join(home, 'b.json'),
  ])
  expect(imported.code).toBe(0)
}, 60_000)
afterAll(() => rm(home, { recursive: true, force: true }))

const anybody: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Whoever came twice',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [
    {
      use: 'include',
      rule: { kind: 'occurs', event: { kind: 'visit' }, window: { from: 0, to: null }, atLeast: 2 },
    },
  ],
}

async function ask(definition: unknown, ...more: string[]) {
  const file = join(home, 'cohort.json')
  await writeFile(file, typeof definition === 'string' ? definition : JSON.stringify(definition))
  return run(['cohort', '--profile', profile, ...more, file])
}

describe('consilium cohort', () => {
  it('counts persons of the chain as it stands, and as it stood', async () => {
    const now = await ask(anybody)
    expect(now).toMatchObject({
      code: 0,
      answer: { upTo: 3, visitCount: 4, personCount: 2, withEvent: 2, steps: [1], looksAhead: [0] },
    })
    const before = await ask(anybody, '--block', '0')
    expect(before).toMatchObject({ code: 0, answer: { upTo: 0, visitCount: 1, personCount: 1, steps: [0] } })
    // The same question has the same name, whatever it is called and in whatever order its parts stand.
    const other = {
      ...anybody,
      title: 'Anders',
      codeSets: { x: { kind: 'test', name: 'X', include: ['A'], exclude: [] } },
    }
    expect((await ask(other)).answer['hash']).toBe(now.answer['hash'])
    expect((await ask({ ...anybody, steps: [] })).answer['hash']).not.toBe(now.answer['hash'])
  }, 60_000)

  it('refuses what is no question, and says where', async () => {
    expect(await ask('{')).toMatchObject({ code: 1, answer: { error: { code: 'unreadable-cohort' } } })
    expect(await ask({ ...anybody, entry: { ...anybody.entry, priorDays: -1 } })).toMatchObject({
      code: 1,
      answer: { error: { code: 'malformed-cohort', detail: { problems: [{ path: 'entry.priorDays' }] } } },
    })
    const unknown = { ...anybody, entry: { ...anybody.entry, event: { kind: 'diagnosis', codes: 'dm' } } }
    expect(await ask(unknown)).toMatchObject({
      code: 1,
      answer: { error: { detail: { problems: [{ kind: 'unknown-code-set', codeSet: 'dm' }] } } },
    })
    expect(await ask(anybody, '--block', '99')).toMatchObject({
      code: 1,
      answer: { error: { code: 'not-that-far' } },
    })
    expect((await ask(anybody, '--block', 'x')).code).toBe(2)
  }, 60_000)
})
