import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImportBatch } from '../../shared/contract/batches.ts'
import { buildCommandLine, PASSPHRASE, runHere, tinyBundle } from '../cli/cli.test-kit.ts'
import { smallTable } from '../cli/table.test-kit.ts'
import { removeMapping, saveMapping } from '../profile/table-mappings.ts'
import { lookAfter, runAndKill } from '../cli/crash.test-kit.ts'
import { openHeadless } from '../headless.ts'
import { manifestWrite } from './batches.ts'
import { bulkOf } from './bulk.test-kit.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-batches-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let count = 0
async function freshProfile(): Promise<string> {
  const profile = join(scratch, `hospital-${count++}`)
  expect(
    (await runHere(['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei'])).code,
  ).toBe(0)
  return profile
}
async function inputOf(...bundles: string[]): Promise<string> {
  const folder = join(scratch, `input-${count++}`)
  await mkdir(folder)
  for (const [i, bundle] of bundles.entries()) await writeFile(join(folder, `${i}.json`), bundle)
  return folder
}
const importing = (profile: string, input: string) =>
  runHere(['import', '--profile', profile, '--wait', input])
const undoing = (profile: string, batchId: unknown, passphrase = PASSPHRASE) =>
  runHere(['undo-import', '--profile', profile, '--batch', String(batchId)], {
    CONSILIUM_PASSPHRASE: passphrase,
  })
async function listed(profile: string): Promise<ImportBatch[]> {
  return (await runHere(['imports', '--profile', profile])).answer['imports'] as ImportBatch[]
}
/** Visits that count: newest versions that are not retracted, with their first value. */
async function standing(profile: string): Promise<string[]> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    const { patients } = await headless.handlers.patients.search({ text: '', limit: 100 })
    const values: string[] = []
    for (const { patientId, visitCount, lastVisit } of patients) {
      const stand: string[] = []
      const { visits } = await headless.handlers.records.ofPatient({ patientId, limit: 1000 })
      for (const { record, isSuperseded } of visits) {
        if (isSuperseded || record.envelope.op === 'retract') continue
        stand.push(record.encounter.admission.at)
        const value = record.observations[0]?.value
        values.push(`${record.encounter.day} ${value?.type === 'decimal' ? value.value : ''}`)
      }
      // The list of patients says the same, whatever was brought, undone and brought again.
      expect({ visitCount, lastVisit }).toEqual({
        visitCount: stand.length,
        lastVisit: stand.sort().at(-1) ?? null,
      })
    }
    return values.sort()
  } finally {
    await headless.close()
  }
}

/** What the report for each patient says of imports: entries by operation. */
async function saidOfImports(profile: string): Promise<Record<string, number>[]> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    const { patients } = await headless.handlers.patients.search({ text: '', limit: 100 })
    const all: Record<string, number>[] = []
    for (const { patientId } of patients) {
      const said: Record<string, number> = {}
      for (const { operations, entryCount } of (await headless.handlers.audit.disclosure({ patientId }))
        .lines)
        for (const operation of operations)
          if (/import/i.test(operation)) said[operation] = (said[operation] ?? 0) + entryCount
      all.push(said)
    }
    return all
  } finally {
    await headless.close()
  }
}

describe('the list of imports', { timeout: 240_000 }, () => {
  it('keeps each import with its files, counts and a root over what came in, after a restart too', async () => {
    const profile = await freshProfile()
    const input = await inputOf(tinyBundle(200, 3), tinyBundle(201, 2), '{"resourceType":"Bundle"}')
    const { answer } = await importing(profile, input)
    const [batch] = await listed(profile)
    expect(batch).toMatchObject({
      batchId: answer['batchId'],
      state: 'done',
      startedBy: 'person',
      isBusy: false,
      fileCount: 3,
      patients: 2,
      visits: 5,
      duplicates: 0,
      rejectedCount: 1,
      hasManifest: true,
      undo: null,
    })
    expect(batch!.files.map(({ name }) => name)).toEqual(['0.json', '1.json', '2.json'])
    expect(batch!.versionsRoot).toMatch(/^[0-9a-f]{64}$/)
    await importing(profile, input)
    expect((await listed(profile)).map(({ visits, duplicates }) => [visits, duplicates])).toEqual([
      [0, 5],
      [5, 0],
    ])
  })

  it('signs a manifest that a changed byte, another chain and other versions do not pass', async () => {
    const profile = await freshProfile()
    const { answer } = await importing(profile, await inputOf(tinyBundle(202, 2)))
    const out = join(scratch, 'manifest.consilium')
    const batch = String(answer['batchId'])
    expect((await runHere(['manifest', '--profile', profile, '--batch', batch, '--out', out])).code).toBe(0)
    expect(await runHere(['verify-manifest', out])).toMatchObject({
      code: 0,
      answer: { ok: true, batchId: batch, institution: 'North', visits: 2, signer: 'not-looked-up' },
    })
    expect(await runHere(['verify-manifest', '--profile', profile, out])).toMatchObject({
      code: 0,
      answer: { ok: true, signer: 'own-chain', isWhole: true },
    })
    const stranger = await freshProfile()
    expect(await runHere(['verify-manifest', '--profile', stranger, out])).toMatchObject({
      code: 1,
      answer: { ok: false, signer: 'other-chain', isWhole: null },
    })
    const bytes = await readFile(out)
    const reasons = new Set<unknown>()
    for (let at = 0; at < bytes.length; at += 17) {
      const altered = Buffer.from(bytes)
      altered[at]! ^= 1
      await writeFile(out, altered)
      const { code, answer: said } = await runHere(['verify-manifest', out])
      expect(code, `byte ${at}`).toBe(1)
      reasons.add(said['reason'])
    }
    expect(reasons).toContain('damaged')
  })

  it('lays no name of a file readable into the store: files of patients are named after them', () => {
    const name = 'Chen_Mei-Ling.json'
    const write = manifestWrite(new Uint8Array(32), 'ab'.repeat(16), Buffer.from(name))
    expect(Buffer.from(write.kind === 'put' ? write.value : []).includes(name)).toBe(false)
    expect(write.kind).toBe('put')
  })

  it('undoes an import: what it brought is retracted, what it changed is as before, what was changed since stays', async () => {
    const profile = await freshProfile()
    await importing(profile, await inputOf(tinyBundle(210, 3)))
    const before = await standing(profile)
    // Changes the three, and brings two of another person.
    const second = await inputOf(tinyBundle(210, 3, { value: '7.7' }), tinyBundle(211, 2))
    const { answer } = await importing(profile, second)
    expect(answer).toMatchObject({ visits: 5 })
    // One of them is changed once more.
    const third = await inputOf(tinyBundle(211, 1, { value: '9.9' }))
    expect((await importing(profile, third)).answer).toMatchObject({ visits: 1 })
    expect(await undoing(profile, answer['batchId'], 'another passphrase of words')).toMatchObject({
      code: 4,
    })
    const undone = await undoing(profile, answer['batchId'])
    expect(undone).toMatchObject({
      code: 0,
      answer: { retracted: 1, reverted: 3, stayedCount: 1, stayed: [{ reason: 'changed-since' }] },
    })
    const after = await standing(profile)
    expect(after).toEqual([...before, '2010-01-15 9.9'].sort())
    // Each of the two was in two of the three imports, and in the one that was undone.
    const said = await saidOfImports(profile)
    expect(said).toEqual(Array(2).fill({ 'node.imported': 2, 'imports.undoBatch': 1 }))
    // Once more says the same and writes nothing.
    const blocks = (await lookAfter(profile, [])).blocks
    expect(await undoing(profile, answer['batchId'])).toMatchObject({
      answer: { retracted: 1, reverted: 3, stayedCount: 1 },
    })
    expect(await lookAfter(profile, [])).toMatchObject({ blocks, verified: 'ok', duplicates: [] })
  })

  it('leaves those on top of the list whom people used', async () => {
    const profile = await freshProfile()
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const patient = { name: '陳美玲', sex: 'female' as const, birthDate: '1961-04-12' }
    const answer = await headless.handlers.patients.register({ patient, although: null })
    expect(answer.kind).toBe('registered')
    await headless.close()
    await importing(profile, await inputOf(tinyBundle(215, 2), tinyBundle(216, 1)))
    const again = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients } = await again.handlers.patients.search({ text: '', limit: 10 })
    await again.close()
    expect(patients.map(({ name }) => name)).toHaveLength(3)
    expect(patients[0]!.name).toBe('陳美玲')
  })

  it('brings an update back that was undone when its file is imported again, and nothing for the file before it', async () => {
    const profile = await freshProfile()
    const [first, update] = [
      await inputOf(tinyBundle(212, 2)),
      await inputOf(tinyBundle(212, 2, { value: '7.7' })),
    ]
    await importing(profile, first)
    const before = await standing(profile)
    const { answer } = await importing(profile, update)
    const updated = await standing(profile)
    expect(await undoing(profile, answer['batchId'])).toMatchObject({ answer: { reverted: 2 } })
    expect(await standing(profile)).toEqual(before)
    expect((await importing(profile, first)).answer).toMatchObject({ visits: 0, duplicates: 2 })
    const again = (await importing(profile, update)).answer
    expect(again).toMatchObject({ visits: 2, duplicates: 0 })
    expect(await standing(profile)).toEqual(updated)
    // And can be undone again.
    expect(await undoing(profile, again['batchId'])).toMatchObject({ answer: { reverted: 2 } })
    expect(await standing(profile)).toEqual(before)
  })

  it('brings a batch back when its files are imported again, and takes it away again', async () => {
    const profile = await freshProfile()
    const input = await inputOf(tinyBundle(212, 3))
    const first = await importing(profile, input)
    const before = await standing(profile)
    await undoing(profile, first.answer['batchId'])
    expect(await standing(profile)).toEqual([])
    const again = await importing(profile, input)
    expect(again.answer).toMatchObject({ visits: 3, duplicates: 0 })
    expect(await standing(profile)).toEqual(before)
    expect(await undoing(profile, again.answer['batchId'])).toMatchObject({ answer: { retracted: 3 } })
    expect(await standing(profile)).toEqual([])
  })
})

describe('an import that is cancelled', { timeout: 240_000 }, () => {
  it('keeps what it took by then, is listed so, and going on adds the rest and reports on all of it', async () => {
    const profile = await freshProfile()
    const input = await inputOf()
    const VISITS = 1000
    // Among the first that are taken: what is unusual of it is still said when the import has gone on.
    const backwards = { period: { start: '2024-05-03T10:00:00+08:00', end: '2024-05-03T09:00:00+08:00' } }
    await writeFile(join(input, 'bulk.ndjson'), bulkOf(VISITS, { encounters: { 0: backwards } }).lines)
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { imports, jobs } = headless.handlers
    try {
      const over = async (jobId: string) => {
        for (;;) {
          const job = (await jobs.list()).find((each) => each.jobId === jobId)
          if (job!.state !== 'running') return job!.state
          await new Promise((done) => setTimeout(done, 5))
        }
      }
      const { jobId } = await imports.start({ paths: [input] })
      // The first of its batches is in, and the others are on their way.
      while (headless.institution.profile.node!.status.blockCount === 0)
        await new Promise((done) => setTimeout(done, 1))
      expect(await jobs.cancel({ jobId })).toEqual({ isCancelled: true })
      expect(await over(jobId)).toBe('cancelled')
      const [batch] = await imports.batches({ limit: 1 })
      const taken = batch!.visits
      expect(batch).toMatchObject({ state: 'cancelled', hasManifest: true, isBusy: false })
      expect(taken).toBeGreaterThan(0)
      expect(taken).toBeLessThan(VISITS)
      expect(await imports.report({ jobId })).toMatchObject({ isCancelled: true, visits: taken })

      const { batchId } = batch!
      const again = await imports.resumeBatch({ batchId })
      expect(await over(again.jobId)).toBe('done')
      expect(await imports.report({ jobId: again.jobId })).toMatchObject({
        visits: VISITS - taken,
        duplicates: taken,
        rejectedCount: 3,
        unusual: [{ reason: 'discharge-before-admission' }],
      })
      expect(await imports.batches({ limit: 5 })).toMatchObject([
        { batchId, state: 'done', visits: VISITS, duplicates: 0, unusualCount: 1 },
      ])
    } finally {
      await headless.close()
    }
  })
})

describe('an import of a table', { timeout: 600_000 }, () => {
  it('is undone, and goes on by its own mapping when the saved one is gone', async () => {
    const profile = await freshProfile()
    const { path, mapping } = await smallTable(await inputOf(), 6)
    await saveMapping(profile, mapping)
    const { answer } = await importing(profile, path)
    expect(answer).toMatchObject({ visits: 6, rejectedCount: 0 })
    const before = await standing(profile)
    expect(await undoing(profile, answer['batchId'])).toMatchObject({ answer: { retracted: 6 } })
    expect(await standing(profile)).toEqual([])
    await removeMapping(profile, mapping.id)
    const batch = String(answer['batchId'])
    const resumed = await runHere(['resume-import', '--profile', profile, '--batch', batch])
    expect(resumed).toMatchObject({ code: 0, answer: { visits: 6, duplicates: 0, rejectedCount: 0 } })
    expect(await standing(profile)).toEqual(before)
  })
})

describe('an import whose process is killed', { timeout: 600_000 }, () => {
  it('C13: is listed as interrupted, goes on with only what is missing, and its undo goes on too', async () => {
    const built = await buildCommandLine()
    try {
      const profile = await freshProfile()
      // Hundreds of people in bulk, and three lines that no reader takes.
      const input = await inputOf()
      const { lines, broken } = bulkOf(480)
      await writeFile(join(input, 'bulk.ndjson'), lines)
      // The exact moment is chance; several tries find one in the middle.
      let interrupted: ImportBatch | undefined
      for (let wait = 150; interrupted === undefined && wait < 1200; wait += 150) {
        await runAndKill(built, profile, input, wait)
        interrupted = (await listed(profile)).find(({ state }) => state === 'interrupted')
      }
      expect(interrupted).toMatchObject({ state: 'interrupted', isBusy: false, hasManifest: false })
      const batch = interrupted!.batchId
      const resumed = await runHere(['resume-import', '--profile', profile, '--batch', batch])
      expect(resumed.code).toBe(0)
      const { visits, duplicates } = resumed.answer as { visits: number; duplicates: number }
      expect(visits + duplicates).toBe(480)
      // Each with its line and its reason, whichever run read it.
      const { rejected } = resumed.answer as { rejected: { path: string; reason: string }[] }
      expect(rejected.map(({ path, reason }) => [path, reason])).toEqual(broken)
      const whole = await lookAfter(profile, [])
      expect(whole).toMatchObject({ duplicates: [], verified: 'ok' })
      const all = await listed(profile)
      expect(all.find(({ batchId }) => batchId === batch)).toMatchObject({ state: 'done', hasManifest: true })
      // Every imported visit is in exactly one batch, and another run of the same file adds none.
      expect(all.reduce((sum, each) => sum + each.visits, 0)).toBe(480)
      expect(all.find(({ batchId }) => batchId === batch)!.versionsRoot).toMatch(/^[0-9a-f]{64}$/)
      const out = join(scratch, 'bulk.consilium')
      await runHere(['manifest', '--profile', profile, '--batch', batch, '--out', out])
      expect(await runHere(['verify-manifest', '--profile', profile, out])).toMatchObject({
        code: 0,
        answer: { ok: true, signer: 'own-chain', isWhole: true },
      })
      expect((await importing(profile, input)).answer).toMatchObject({ visits: 0, duplicates: 480 })
      for (const each of all) if (each.visits > 0) expect((await undoing(profile, each.batchId)).code).toBe(0)
      const gone = (await listed(profile)).reduce((sum, { undo }) => sum + (undo?.retracted ?? 0), 0)
      expect(gone).toBe(480)
    } finally {
      await rm(built, { recursive: true, force: true })
    }
  })
})
