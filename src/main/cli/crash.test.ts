import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCommandLine, PASSPHRASE, runCommandLine, startCommand, tinyBundle } from './cli.test-kit.ts'
import { lookAfter, runAndKill } from './crash.test-kit.ts'
import { foundProfile } from '../headless.ts'
import { realWorld } from '../world.ts'

const CYCLES = 10
const PATIENTS = 6
const VISITS_EACH = 40

let scratch: string
let built: string
let input: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-crash-'))
  built = await buildCommandLine()
  input = join(scratch, 'input')
  await import('node:fs/promises').then(({ mkdir }) => mkdir(input))
  for (let p = 0; p < PATIENTS; p++)
    await writeFile(join(input, `${p}.json`), tinyBundle(100 + p, VISITS_EACH))
}, 120_000)
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true })
  await rm(built, { recursive: true, force: true })
})

async function foundedProfile(name: string): Promise<string> {
  const folder = join(scratch, name)
  await foundProfile(
    {
      folder,
      institutionName: 'North',
      personName: 'Lin',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    },
    { ...realWorld(), scryptCost: 2 ** 10 },
  )
  return folder
}

describe('a process that is killed', { timeout: 600_000 }, () => {
  it(`keeps every acknowledged visit exactly once over ${CYCLES} kills during an import`, async () => {
    const profile = await foundedProfile('killed')
    const acknowledged: string[] = []
    let noted = 0
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      // Spread over the whole import; the exact moments are chance, and every one must be survived.
      const run = await runAndKill(built, profile, input, Math.random() * 400)
      expect(run.stderr).toBe('')
      acknowledged.push(...run.acknowledged)
      noted += run.noted
    }
    const after = await lookAfter(profile, acknowledged)
    expect(after).toMatchObject({ missing: [], duplicates: [], verified: 'ok', waiting: 0 })
    // What was promised is in the audit, and no kill has left half an entry.
    expect(after.audit.findings).toBe(0)
    expect(after.audit.openings).toBeGreaterThanOrEqual(noted)
    expect(noted).toBeGreaterThan(0)
    // Whatever the kills left undone, importing once more makes whole: each visit is there once.
    const again = await runCommandLine(built, ['import', '--profile', profile, '--wait', input])
    const { visits, duplicates } = again.answer as { visits: number; duplicates: number }
    expect(visits + duplicates).toBe(PATIENTS * VISITS_EACH)
    const whole = await lookAfter(profile, acknowledged)
    expect(whole).toMatchObject({
      missing: [],
      duplicates: [],
      verified: 'ok',
      blocks: after.blocks + visits,
    })
    expect(acknowledged.length).toBeGreaterThan(0)
  })

  it('prints one JSON object as its last line and nothing else on standard output', async () => {
    const unknown = await runCommandLine(built, ['frobnicate'])
    expect(unknown).toMatchObject({ code: 2, answer: { ok: false, error: { code: 'usage' } } })
    expect(unknown.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(unknown.stderr).toContain('“frobnicate”')
    // Without any word all commands are listed.
    const nothing = await startCommand(built, []).done
    expect(nothing.code).toBe(2)
    expect(nothing.stderr).toContain('consilium import')
    expect(await runCommandLine(built, ['--version'])).toMatchObject({
      code: 0,
      answer: { node: process.versions.node },
    })
    const profile = await foundedProfile('process')
    const status = await runCommandLine(built, ['status', '--profile', profile])
    expect(status).toMatchObject({ code: 0, stderr: '', answer: { blockCount: 0 } })
  })
})
