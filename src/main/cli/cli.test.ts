import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openHeadless } from '../headless.ts'
import { PASSPHRASE, runHere, tinyBundle } from './cli.test-kit.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-cli-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
const run = runHere

async function foundedProfile(): Promise<string> {
  const profile = join(await freshFolder(), 'north')
  expect((await run(['found', '--profile', profile, '--name', '北區醫院'])).code).toBe(0)
  return profile
}
async function files(contents: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await freshFolder()
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content)
  return folder
}

describe('consilium on the command line', { timeout: 600_000 }, () => {
  it('founds, imports, shows and verifies; the same files again add nothing', async () => {
    const profile = join(await freshFolder(), 'north')
    const founded = await run([
      'found',
      '--profile',
      profile,
      '--name',
      'North Hospital',
      '--zone',
      'Asia/Taipei',
    ])
    expect(founded).toMatchObject({ code: 0, answer: { name: 'North Hospital', profile } })
    const input = await files({ 'a.json': tinyBundle(1, 3), 'b.json': tinyBundle(2, 2) })
    const imported = await run(['import', '--profile', profile, '--wait', input])
    expect(imported).toMatchObject({
      code: 0,
      answer: { files: 2, patients: 2, visits: 5, observations: 5, duplicates: 0, rejected: [] },
    })
    expect(
      (await run(['import', '--profile', profile, join(input, 'a.json'), join(input, 'b.json')])).answer,
    ).toMatchObject({
      visits: 0,
      duplicates: 5,
    })
    const status = await run(['status', '--profile', profile])
    expect(status).toMatchObject({
      code: 0,
      answer: { blockCount: 5, queuedCount: 0, name: 'North Hospital' },
    })
    const verified = await run(['verify', '--profile', profile])
    expect(verified).toMatchObject({ code: 0, answer: { ok: true, blocks: 5, tip: status.answer['tip'] } })
    // Looking needs no passphrase; nothing is signed then.
    expect((await run(['verify', '--profile', profile], {})).answer).toEqual(verified.answer)
    expect((await run(['status', '--profile', profile], {})).answer).toMatchObject({
      blockCount: 5,
      state: 'stopped',
    })
  })

  it('takes another content of a known visit as an amendment, and knows the earlier version when it comes again', async () => {
    const profile = await foundedProfile()
    const first = await files({ 'a.json': tinyBundle(3, 2) })
    const second = await files({ 'a.json': tinyBundle(3, 2, { value: '7.1' }) })
    await run(['import', '--profile', profile, first])
    expect((await run(['import', '--profile', profile, second])).answer).toMatchObject({
      visits: 2,
      duplicates: 0,
    })
    expect((await run(['import', '--profile', profile, first])).answer).toMatchObject({
      visits: 0,
      duplicates: 2,
      warnings: expect.arrayContaining([{ reason: 'earlier-version-again', count: 2 }]),
    })
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients } = await headless.handlers.patients.search({ text: '', limit: 10 })
    expect(patients).toMatchObject([{ visitCount: 2 }])
    const { visits } = await headless.handlers.records.ofPatient({
      patientId: patients[0]!.patientId,
      limit: 10,
    })
    expect(visits.map(({ record }) => record.envelope.reason?.code ?? record.envelope.op).sort()).toEqual([
      'create',
      'create',
      'source-update',
      'source-update',
    ])
    await headless.close()
  })

  it('refuses bad files by name and place, takes the rest, and leaves nothing half-written', async () => {
    const profile = await foundedProfile()
    const good = tinyBundle(4, 2)
    const withBad = JSON.parse(good) as { entry: { resource: Record<string, unknown> }[] }
    withBad.entry[2]!.resource['note'] = [{ text: 'a\u0000b' }]
    const tooLarge = JSON.parse(tinyBundle(5, 2)) as { entry: { resource: Record<string, unknown> }[] }
    for (let i = 0; i < 400; i++)
      tooLarge.entry.push({
        resource: {
          ...tooLarge.entry[3]!.resource,
          id: `c${i}`,
          note: [{ text: `${i} `.padEnd(1900, '好') }],
        },
      })
    const input = await files({
      '1-good.json': good,
      '2-truncated.json': tinyBundle(6, 2).slice(0, -30),
      '3-not-json.json': 'hello',
      '4-wrong-type.json': '[1,2]',
      '5-no-patient.json': JSON.stringify({
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: { resourceType: 'Practitioner', id: 'x' } }],
      }),
      '6-nul.json': JSON.stringify(withBad).replace(/p4/g, 'p7'),
      '7-large-record.json': JSON.stringify(tooLarge),
      '8-not-utf8.json': Uint8Array.of(0xff, 0xfe, 0x00),
    })
    await writeFile(join(input, '9-huge.json'), Buffer.alloc(51 * 1024 * 1024, 32))
    const rejects = join(await freshFolder(), 'rejects.csv')
    const imported = await run([
      'import',
      '--profile',
      profile,
      '--rejects',
      rejects,
      input,
      join(input, 'absent.json'),
    ])
    const rejected = imported.answer['rejected'] as { file: string; path: string; reason: string }[]
    const reasonsOf = (name: string) =>
      rejected.filter(({ file }) => file.includes(name)).map(({ reason }) => reason)
    expect(imported.code).toBe(0)
    expect(reasonsOf('1-good')).toEqual([])
    expect(reasonsOf('2-truncated')).toEqual(['not-json'])
    expect(reasonsOf('3-not-json')).toEqual(['not-json'])
    expect(reasonsOf('4-wrong-type')).toEqual(['wrong-resource-type'])
    expect(reasonsOf('5-no-patient')).toContain('bundle-without-patient')
    expect(reasonsOf('6-nul')).toContain('text-nul')
    expect(reasonsOf('7-large')).toContain('record-too-large')
    expect(reasonsOf('8-not-utf8')).toEqual(['not-utf8'])
    expect(reasonsOf('9-huge')).toEqual(['file-too-large'])
    expect(reasonsOf('absent')).toEqual(['file-not-readable'])
    const csv = await readFile(rejects, 'utf8')
    expect(csv.split('\r\n')[0]).toBe(
      '\ufefffile,path,reason,detail,column,value,suggestion,explanation,line',
    )
    const rows = csv.trimEnd().split('\r\n')
    expect(rows).toHaveLength(1 + (imported.answer['rejectedCount'] as number))
    // What stands in the file goes with what is wrong with it.
    expect(rows.find((row) => row.includes('3-not-json'))).toMatch(/,"line 1, column 1",not-json,.*,hello$/)
    const verified = await run(['verify', '--profile', profile])
    expect(verified.answer).toMatchObject({ ok: true, blocks: imported.answer['visits'] })
  })

  it('says before the work that the file of rejects cannot be written', async () => {
    const profile = await foundedProfile()
    const input = await files({ 'a.json': tinyBundle(31, 1) })
    const rejects = join(input, 'absent', 'rejects.csv')
    expect(await run(['import', '--profile', profile, '--rejects', rejects, input])).toMatchObject({
      code: 1,
      answer: { ok: false, error: { code: 'rejects-not-writable' } },
    })
    expect((await run(['status', '--profile', profile])).answer).toMatchObject({ blockCount: 0 })
  })

  it.skipIf(process.platform === 'win32')(
    'keeps a profile and what it exports for the owner alone',
    async () => {
      const profile = await foundedProfile()
      const mode = async (path: string) => (await stat(path)).mode & 0o777
      expect(await mode(profile)).toBe(0o700)
      expect(await mode(join(profile, 'chain'))).toBe(0o700)
      await run(['import', '--profile', profile, '--wait', await files({ 'a.json': tinyBundle(32, 1) })])
      const out = await files({ 'Patient.ndjson': 'what was there before' })
      await chmod(join(out, 'Patient.ndjson'), 0o644)
      expect((await run(['export', '--profile', profile, '--format', 'ndjson', '--out', out])).code).toBe(0)
      for (const name of await readdir(out)) expect(await mode(join(out, name)), name).toBe(0o600)
    },
  )

  it('answers every refusal by its own exit code, with one JSON line and the reason', async () => {
    const profile = await foundedProfile()
    const input = await files({ 'a.json': tinyBundle(8, 1) })
    const code = async (args: string[], env?: Record<string, string>) => {
      const { code: exit, answer } = await run(args, env)
      return [exit, (answer['error'] as { code?: string } | undefined)?.code]
    }
    expect(await code(['import', '--profile', profile])).toEqual([2, 'usage'])
    expect(await code(['import', '--profile', profile, '--nonsense', input])).toEqual([2, 'usage'])
    expect(await code(['export', '--profile', profile, '--format', 'pdf', '--out', input])).toEqual([
      2,
      'usage',
    ])
    expect(
      await code(['import', '--profile', profile, input], { CONSILIUM_PASSPHRASE: 'wrong passphrase' }),
    ).toEqual([4, 'wrong-passphrase'])
    expect(await code(['import', '--profile', profile, input], { CONSILIUM_PASSPHRASE: '' })).toEqual([
      4,
      'passphrase-missing',
    ])
    expect(
      await code(['found', '--profile', join(profile, 'x'), '--name', 'x'], {
        CONSILIUM_PASSPHRASE: 'short',
      }),
    ).toEqual([4, 'passphrase-too-weak'])
    expect(await code(['found', '--profile', profile, '--name', 'x'])).toEqual([1, 'folder-not-empty'])
    expect(await code(['status', '--profile', join(profile, 'absent')])).toEqual([1, 'profile-missing'])
    expect(await code(['import', '--profile', profile, '--timeout', '0', input])).toEqual([5, 'timeout'])
    const facts = await readFile(join(profile, 'profile.json'), 'utf8')
    await writeFile(
      join(profile, 'profile.json'),
      facts.replace('"isSynthetic": false', '"isSynthetic": true'),
    )
    expect(await code(['verify', '--profile', profile])).toEqual([1, 'profile-damaged'])
    await writeFile(join(profile, 'profile.json'), facts.replace('"format": 1', '"format": 99'))
    expect(await code(['verify', '--profile', profile])).toEqual([1, 'profile-newer'])
  })

  it('reads the passphrase from a file or from standard input', async () => {
    const profile = await foundedProfile()
    const secret = join(await freshFolder(), 'passphrase')
    await writeFile(secret, `${PASSPHRASE}\n`)
    await chmod(secret, 0o600)
    const input = await files({ 'a.json': tinyBundle(9, 1) })
    const args = ['import', '--profile', profile, input]
    expect((await run(args, { CONSILIUM_PASSPHRASE_FILE: secret })).code).toBe(0)
    expect((await run(args, {}, `${PASSPHRASE}\n`)).answer).toMatchObject({
      duplicates: 1,
    })
    expect((await run(args, { CONSILIUM_PASSPHRASE_FILE: join(secret, 'x') })).code).toBe(4)
  })

  it('goes to the process that has the profile open, after the same passphrase', async () => {
    const profile = await foundedProfile()
    const input = await files({ 'a.json': tinyBundle(10, 4) })
    const events: string[] = []
    const open = await openHeadless({
      folder: profile,
      passphrase: PASSPHRASE,
      emit: (service, event) => events.push(`${service}.${event}`),
    })
    try {
      const imported = await run(['import', '--profile', profile, '--wait', input])
      expect(imported).toMatchObject({ code: 0, answer: { visits: 4 } })
      // The open application saw it: its own node decided, its own table of names has the person.
      expect(open.institution.profile.node!.status.blockCount).toBe(4)
      expect((await open.handlers.patients.search({ text: 'family10', limit: 5 })).total).toBe(1)
      expect(events).toContain('node.segmentFinal')
      expect((await run(['status', '--profile', profile])).answer).toMatchObject({
        isOpenElsewhere: true,
        blockCount: 4,
      })
      expect((await run(['verify', '--profile', profile])).answer).toMatchObject({ ok: true, blocks: 4 })
      const wrong = await run(['import', '--profile', profile, input], {
        CONSILIUM_PASSPHRASE: 'wrong passphrase',
      })
      expect(wrong).toMatchObject({ code: 4 })
    } finally {
      await open.close()
    }
  })

  it('says that the profile is in use when its holder does not answer', async () => {
    const profile = await foundedProfile()
    const open = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    try {
      await rm(join(profile, 'control.json'))
      expect(await run(['verify', '--profile', profile])).toMatchObject({
        code: 3,
        answer: { error: { code: 'profile-in-use' } },
      })
    } finally {
      await open.close()
    }
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'names a folder that it may not write',
    async () => {
      const folder = await freshFolder()
      await mkdir(join(folder, 'locked'), { mode: 0o500 })
      const refused = await run(['found', '--profile', join(folder, 'locked', 'x'), '--name', 'x'])
      expect(refused).toMatchObject({ code: 1, answer: { error: { code: 'folder-not-writable' } } })
    },
  )

  const samples = join(process.env['CONSILIUM_SAMPLES'] ?? '', 'synthea-r4-bundles')
  const hasSamples = (process.env['CONSILIUM_SAMPLES'] ?? '') !== '' && existsSync(samples)
  it.skipIf(!hasSamples)(
    'takes in eight Synthea bundles whole (skipped where ../shared/samples is absent)',
    async () => {
      const profile = await foundedProfile()
      const first = await run(['import', '--profile', profile, '--wait', samples])
      expect(first).toMatchObject({
        code: 0,
        answer: { files: 8, patients: 8, visits: 141, observations: 861, duplicates: 0 },
      })
      // Only what DESIGN 3 says: goals, allergies and care plans.
      const reasons = new Set((first.answer['rejected'] as { reason: string }[]).map(({ reason }) => reason))
      expect([...reasons].sort()).toEqual(['not-part-of-a-visit'])
      expect((await run(['import', '--profile', profile, samples])).answer).toMatchObject({
        visits: 0,
        duplicates: 141,
      })
      expect((await run(['verify', '--profile', profile])).answer).toMatchObject({ ok: true, blocks: 141 })
      expect((await readdir(samples)).length).toBe(8)
    },
  )
})
