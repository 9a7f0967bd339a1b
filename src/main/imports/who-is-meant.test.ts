/** Whom a visit of a source belongs to where its numbers lead to several people, or name fewer of them than the next visit. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSPHRASE, runHere } from '../cli/cli.test-kit.ts'
import { openHeadless } from '../headless.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-meant-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let count = 0
async function freshProfile(): Promise<string> {
  const profile = join(scratch, `hospital-${count++}`)
  await runHere(['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei'])
  return profile
}

/** National ids whose check digits fit. */
const ADA = 'A123456789'
const BOB = 'B123456780'

interface Numbers {
  readonly record?: string
  readonly national?: string
}

const patientOf = (name: string, { record, national }: Numbers) => ({
  resourceType: 'Patient',
  id: 'p',
  identifier: [
    ...(record === undefined ? [] : [{ system: 'urn:his', value: record }]),
    ...(national === undefined
      ? []
      : [
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NI' }] },
            value: national,
          },
        ]),
  ],
  name: [{ text: name }],
})
const encounterOf = (id: string) => ({
  resourceType: 'Encounter',
  id,
  identifier: [{ system: 'urn:his:visit', value: id }],
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p' },
  period: { start: '2020-03-01T09:00:00+08:00', end: '2020-03-01T09:30:00+08:00' },
})

/** One file for each visit, in their order, in one import. */
async function importing(
  profile: string,
  ...visits: readonly [name: string, numbers: Numbers, id: string][]
) {
  const paths = visits.map((_, i) => join(scratch, `b${count++}-${i}.json`))
  for (const [i, [name, numbers, id]] of visits.entries()) {
    const entry = [patientOf(name, numbers), encounterOf(id)].map((resource) => ({ resource }))
    await writeFile(paths[i]!, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
  }
  return (await runHere(['import', '--profile', profile, '--wait', ...paths])).answer
}

const admission = (record: string, national: string, name: string, visit: string): string =>
  [
    'MSH|^~\\&|HIS|NORTH|EHR|NORTH|20200301090000+0800||ADT^A01|1|P|2.5',
    `PID|1||${record}^^^NORTH^MR~${national}^^^^NI||${name}`,
    `PV1|1|O|||||||||||||||||${visit}^^^NORTH|||||||||||||||||||||||||20200301090000+0800`,
  ].join('\r')

async function sending(profile: string, message: string) {
  const path = join(scratch, `m${count++}.hl7`)
  await writeFile(path, `${message}\r`)
  return (await runHere(['import', '--profile', profile, '--wait', path])).answer
}

/** Of each person the source's ids of the visits, and the keys that these visits name the person by. */
async function peopleIn(profile: string): Promise<Record<string, { visits: string[]; keys: number }>> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    const { patients, records } = headless.handlers
    const people: Record<string, { visits: string[]; keys: number }> = {}
    for (const { patientId, name } of (await patients.search({ text: '', limit: 10 })).patients) {
      const { visits } = await records.ofPatient({ patientId, limit: 100 })
      people[name] = {
        visits: visits.map(({ record }) => record.envelope.origin.sourceId ?? '').sort(),
        keys: new Set(visits.map(({ record }) => record.patient.key)).size,
      }
    }
    return people
  } finally {
    await headless.close()
  }
}

describe('whom an imported visit belongs to', { timeout: 120_000 }, () => {
  it('is decided by the national id, and a record number stays with the person who has it', async () => {
    const profile = await freshProfile()
    await importing(profile, ['Ada', { record: '7' }, 'a1'], ['Bob', { national: BOB }, 'b1'])
    await importing(profile, ['Bob', { record: '7', national: BOB }, 'b2'])
    await importing(profile, ['Ada', { record: '7' }, 'a2'])
    expect(await peopleIn(profile)).toEqual({
      Ada: { visits: ['a1', 'a2'], keys: 1 },
      Bob: { visits: ['b1', 'b2'], keys: 1 },
    })
  })

  it('is somebody else where the number comes with another national id than its person has', async () => {
    const profile = await freshProfile()
    await importing(profile, ['Ada', { record: '7', national: ADA }, 'a1'])
    await importing(profile, ['Bob', { record: '7', national: BOB }, 'b1'])
    await importing(profile, ['Ada', { record: '7' }, 'a2'], ['Bob', { national: BOB }, 'b2'])
    expect(await peopleIn(profile)).toEqual({
      Ada: { visits: ['a1', 'a2'], keys: 1 },
      Bob: { visits: ['b1', 'b2'], keys: 1 },
    })
  })

  it('is the person of the number where messages name people by it, and their wrong id leads nobody there', async () => {
    const profile = await freshProfile()
    await sending(profile, admission('7', ADA, 'Ada', 'a1'))
    const differing = await sending(profile, admission('7', BOB, 'Ada', 'a2'))
    expect(differing['warnings']).toContainEqual({ reason: 'patient-data-differs', count: 1 })
    await sending(profile, admission('8', BOB, 'Bob', 'b1'))
    expect(await peopleIn(profile)).toEqual({
      Ada: { visits: ['a1', 'a2'], keys: 1 },
      Bob: { visits: ['b1'], keys: 1 },
    })
  })

  it('is one person under one key where the first visit names fewer of their numbers', async () => {
    const profile = await freshProfile()
    await importing(
      profile,
      ['Ada', { record: '7' }, 'a1'],
      ['Ada', { record: '7', national: ADA }, 'a2'],
      ['Ada', { national: ADA }, 'a3'],
    )
    await importing(profile, ['Ada', { national: ADA }, 'a4'])
    expect(await peopleIn(profile)).toEqual({ Ada: { visits: ['a1', 'a2', 'a3', 'a4'], keys: 1 } })
  })
})
