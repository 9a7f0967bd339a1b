import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere } from './cli.test-kit.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-cli-codes-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('consilium codes', { timeout: 120_000 }, () => {
  it('shows what a file would change, keeps it when told so, and lists what is in use', async () => {
    const profile = join(folder, 'hospital')
    const file = join(folder, 'wards.csv')
    await runHere(['found', '--profile', profile, '--name', 'Hospital', '--zone', 'Asia/Taipei'])
    await writeFile(file, 'code,en,zh\nW1,Ward one,一病房\nW1,Again,又\nW2,Ward two,二病房\n')
    const importing = ['codes', 'import', '--profile', profile, '--list', 'department', file]
    const dry = await runHere([...importing, '--dry-run'])
    expect(dry).toMatchObject({
      code: 0,
      answer: {
        codes: 2,
        added: 2,
        isKept: false,
        malformedCount: 1,
        malformed: [{ row: 3, problem: 'code-twice' }],
      },
    })
    const listed = async () => {
      const { answer } = await runHere(['codes', 'list', '--profile', profile])
      return (answer as { lists: { list: string; inUse: unknown }[] }).lists.find(
        ({ list }) => list === 'department',
      )?.inUse
    }
    expect(await listed()).toMatchObject({ isBuiltIn: true })
    expect(await runHere([...importing, '--edition', 'autumn'])).toMatchObject({
      code: 0,
      answer: { isKept: true, hash: dry.answer['hash'] },
    })
    expect(await listed()).toMatchObject({
      isBuiltIn: false,
      edition: 'autumn',
      codeCount: 2,
      hash: dry.answer['hash'],
      importedBy: 'Administrator',
    })
  })

  it('refuses by name what it cannot use', async () => {
    const profile = join(folder, 'hospital')
    await runHere(['found', '--profile', profile, '--name', 'Hospital', '--zone', 'Asia/Taipei'])
    const run = (...args: string[]) => runHere(['codes', ...args, '--profile', profile])
    expect(await run('import', '--list', 'illness', 'x.csv')).toMatchObject({ code: 2 })
    expect(await run('import', '--list', 'diagnosis', '--from', 'tomorrow', 'x.csv')).toMatchObject({
      code: 2,
    })
    expect(await run('print')).toMatchObject({ code: 2 })
    expect(await run('import', '--list', 'diagnosis', join(folder, 'missing.csv'))).toMatchObject({
      code: 1,
      answer: { error: { code: 'unreadable' } },
    })
    await writeFile(join(folder, 'odd.csv'), 'alpha;beta\nx y;z w\n')
    expect(await run('import', '--list', 'diagnosis', join(folder, 'odd.csv'))).toMatchObject({
      code: 1,
      answer: { error: { code: 'columns-unknown', detail: { headings: ['1', '2'] } } },
    })
  })
})
