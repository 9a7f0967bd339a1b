import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { auditEntryKey } from '../node/storage/buckets.ts'
import { openLevelStore } from '../node/storage/level.ts'
import { del } from '../node/storage/store.ts'
import { runHere as run, tinyBundle } from './cli.test-kit.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function hospital() {
  const home = await mkdtemp(join(tmpdir(), 'consilium-audit-cli-'))
  folders.push(home)
  const profile = join(home, 'north')
  expect((await run(['found', '--profile', profile, '--name', 'North'])).code).toBe(0)
  await writeFile(join(home, 'a.json'), tinyBundle(1, 3))
  expect((await run(['import', '--profile', profile, '--wait', join(home, 'a.json')])).code).toBe(0)
  return { home, profile }
}

describe('consilium audit', { timeout: 120_000 }, () => {
  it('verifies, lists with filters, and saves a table', async () => {
    const { home, profile } = await hospital()
    const verified = await run(['audit', 'verify', '--profile', profile])
    expect(verified).toMatchObject({ code: 0, answer: { ok: true, anchors: 0, findings: [] } })
    const listed = await run(['audit', 'list', '--profile', profile, '--operation', 'node.imported'])
    expect(listed).toMatchObject({
      code: 0,
      answer: { isMore: false, entries: [{ outcome: 'done', personName: 'Administrator' }] },
    })
    const out = join(home, 'audit.csv')
    const saved = await run(['audit', 'export', '--profile', profile, '--out', out])
    expect(saved).toMatchObject({ code: 0, answer: { path: out } })
    const lines = (await readFile(out, 'utf8')).trim().split('\r\n')
    expect(lines).toHaveLength(1 + Number(saved.answer['count']))
    expect(lines[2]).toContain('imports.start')
  })

  it('fails and says which entries are not there', async () => {
    const { profile } = await hospital()
    const store = await openLevelStore(join(profile, 'chain'), { mustExist: true })
    await store.commit([del(auditEntryKey(2))])
    await store.close()
    expect(await run(['audit', 'verify', '--profile', profile])).toMatchObject({
      code: 1,
      answer: { ok: false, findings: [{ kind: 'missing', from: 2, to: 2 }] },
    })
  })

  it('says what is wrong with the question', async () => {
    for (const args of [
      ['audit', 'burn', '--profile', 'x'],
      ['audit', 'export', '--profile', 'x'],
      ['audit', 'list', '--profile', 'x', '--from', 'yesterday'],
      ['audit', 'list', '--profile', 'x', '--outcome', 'odd'],
    ])
      expect((await run(args)).code).toBe(2)
  })
})
