import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AllClients } from '../../shared/contract/index.ts'
import type { VisitInput } from '../../shared/contract/records.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { PASSPHRASE, runHere, tinyBundle } from '../cli/cli.test-kit.ts'
import { runGenerate } from '../cli/generate.ts'
import { hospitalTables, syntheaFolder } from '../cli/sources.test-kit.ts'
import { openHeadless } from '../headless.ts'
import { contentHashOf } from '../node/chain/content-hash.ts'
import { fieldsOfVisit } from '../node/chain/visit-fields.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { plainVisit, wholeStay, wholeVisit } from '../services/visit.test-kit.ts'

type Change = Parameters<AllClients['records']['submit']>[0]['change']

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-trip-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function founded(zone: string): Promise<string> {
  const profile = join(await freshFolder(), 'hospital')
  await runHere(['found', '--profile', profile, '--name', 'Hospital', '--zone', zone])
  return profile
}
async function profileWith(input: string, zone: string, ...more: readonly string[]): Promise<string> {
  const profile = await founded(zone)
  const imported = await runHere(['import', '--profile', profile, ...more, input])
  expect(imported.code).toBe(0)
  return profile
}

/** The sorted content hashes of each patient's current visits, by name. */
async function hashesByPatient(folder: string): Promise<Record<string, string[]>> {
  const crypto = createNodeCrypto()
  const headless = await openHeadless({ folder, passphrase: PASSPHRASE })
  const byPatient: Record<string, string[]> = {}
  const { patients } = await headless.handlers.patients.search({ text: '', limit: 100 })
  for (const { patientId, name } of patients) {
    const { visits } = await headless.handlers.records.ofPatient({ patientId, limit: 1000 })
    byPatient[name] = visits
      .filter(({ isSuperseded }) => !isSuperseded)
      .map(({ record }) => {
        const fields = fieldsOfVisit(record)
        if (fields.kind === 'refused') throw new Error(fields.reason)
        return toHex(contentHashOf(crypto, fields.fields))
      })
      .sort()
  }
  await headless.close()
  return byPatient
}

/** From the visits of this profile to an empty one and back. */
async function expectWholeTrip(first: string): Promise<void> {
  const before = await hashesByPatient(first)
  expect(Object.values(before).flat().length).toBeGreaterThan(0)
  for (const format of ['fhir', 'ndjson']) {
    const out = join(await freshFolder(), 'out')
    const exported = await runHere(['export', '--profile', first, '--format', format, '--out', out])
    expect(exported).toMatchObject({ code: 0, answer: { patients: Object.keys(before).length, folder: out } })
    // Another hospital in another zone, with other keys: the same visits have the same content.
    const second = await profileWith(out, 'America/New_York')
    expect(await hashesByPatient(second), format).toEqual(before)
    // And where they came from they are known.
    const again = await runHere(['import', '--profile', first, out])
    expect(again.answer, format).toMatchObject({ visits: 0, rejected: [] })
  }
}

describe('export and import', { timeout: 600_000 }, () => {
  it('bring every visit to another hospital with the same content, amended ones in their newest version', async () => {
    const input = await freshFolder()
    await writeFile(join(input, 'a.json'), tinyBundle(20, 4))
    await writeFile(join(input, 'b.json'), tinyBundle(21, 2))
    await expectWholeTrip(await profileWith(input, 'Asia/Taipei'))
    expect((await readdir(input)).length).toBe(2)
  })

  it('bring what came as HL7 v2, Synthea’s tables, a hospital’s tables and workbooks, and what a person entered', async () => {
    const folder = await freshFolder()
    const profile = await founded('Asia/Taipei')
    const taken = async (...args: readonly string[]) =>
      (await runHere(['import', '--profile', profile, ...args])).answer
    const night = join(folder, 'night')
    const quiet = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    await runGenerate(['--patients', '2', '--seed', 'trip', '--format', 'hl7v2', '--out', night])
    quiet.mockRestore()
    expect((await taken(night))['visits']).toBeGreaterThan(0)
    expect(await taken(await syntheaFolder(join(folder, 'csv')))).toMatchObject({ visits: 3 })
    for (const form of ['csv', 'xlsx'] as const) {
      const { mapping } = await hospitalTables(join(folder, form), form)
      const file = join(folder, `${form}.json`)
      await writeFile(file, JSON.stringify(mapping))
      // The workbook says the same as the tables: nothing of it is new.
      expect(await taken('--mapping', file, join(folder, form)), form).toMatchObject(
        form === 'csv' ? { visits: 4, duplicates: 0 } : { visits: 0, duplicates: 4 },
      )
    }
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients, records } = headless.handlers
    const known = await patients.register({
      patient: { name: '王小明', sex: 'female', birthDate: '1957-03-02', nationalId: 'B123456780' },
      although: null,
    })
    const walkIn = await patients.register({
      patient: { name: 'No Number', sex: 'unknown', birthDate: '1990' },
      although: null,
    })
    if (known.kind !== 'registered' || walkIn.kind !== 'registered') throw new Error(known.kind)
    const submitted = async (visit: VisitInput, change: Change = null) => {
      const confirmations = (await records.check(visit)).map(({ path, rule, params }) => ({
        path,
        rule,
        value: params['value'] ?? '',
        by: 'test',
      }))
      const answer = await records.submit({ visit: { ...visit, confirmations }, draftId: null, change })
      if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
      return answer.visit
    }
    const { patientId } = known.patient
    const first = await submitted(plainVisit(patientId, '2026-03-01'))
    await submitted(wholeVisit(patientId, '2026-03-01'), {
      op: 'amend',
      visitId: first.visitId,
      supersedes: first.merkleRoot,
      reason: { code: 'typo', text: 'all of it' },
    })
    await submitted(wholeStay(patientId, '2026-04-01'))
    await submitted(plainVisit(walkIn.patient.patientId, '2026-05-01'))
    await headless.institution.profile.node!.drain(60_000)
    await headless.close()
    await expectWholeTrip(profile)
  })

  it('bring one patient alone, and nothing for one that nobody knows', async () => {
    const input = await freshFolder()
    await writeFile(join(input, 'a.json'), tinyBundle(22, 3))
    await writeFile(join(input, 'b.json'), tinyBundle(23, 2))
    const profile = await profileWith(input, 'Asia/Taipei')
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients } = await headless.handlers.patients.search({ text: 'Family22', limit: 10 })
    await headless.close()
    const patient = patients[0]!.patientId
    for (const format of ['fhir', 'ndjson']) {
      const out = join(await freshFolder(), 'out')
      const alone = ['export', '--profile', profile, '--format', format, '--out', out, '--patient']
      expect(await runHere([...alone, patient])).toMatchObject({
        code: 0,
        answer: { patients: 1, visits: 3 },
      })
      const second = await profileWith(out, 'Asia/Taipei')
      expect(Object.values(await hashesByPatient(second)).map((each) => each.length)).toEqual([3])
      const nobody = [...alone.slice(0, -2), join(out, 'nobody'), '--patient', 'ff'.repeat(16)]
      expect(await runHere(nobody)).toMatchObject({ code: 0, answer: { patients: 0, visits: 0, files: 0 } })
    }
  })

  const samples = process.env['CONSILIUM_SAMPLES'] ?? ''
  for (const [set, people] of [
    ['synthea-r4-bundles', 'the eight patients of Synthea’s bundles'],
    ['synthea-csv', 'the thirteen patients of Synthea’s tables'],
  ] as const)
    it.skipIf(samples === '' || !existsSync(join(samples, set)))(
      `bring ${people} whole (skipped where ../shared/samples is absent)`,
      async () => {
        await expectWholeTrip(await profileWith(join(samples, set), 'Asia/Taipei'))
      },
    )
})
