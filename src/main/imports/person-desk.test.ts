import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AllHandlers } from '../../shared/contract/index.ts'
import { PASSPHRASE, runHere } from '../cli/cli.test-kit.ts'
import { openHeadless } from '../headless.ts'

let scratch: string
let profile: string
let files = 0
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-people-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

async function file(...messages: string[][]): Promise<string> {
  const path = join(scratch, `messages-${files++}.hl7`)
  await writeFile(path, messages.map((lines) => lines.join('\r')).join('\r'))
  return path
}

async function freshProfile(): Promise<void> {
  profile = join(scratch, `hospital-${files++}`)
  const found = ['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei']
  expect((await runHere(found)).code).toBe(0)
}

async function importing(...messages: string[][]) {
  return (await runHere(['import', '--profile', profile, '--wait', await file(...messages)])).answer
}

async function at<T>(ask: (handlers: AllHandlers) => Promise<T>): Promise<T> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    return await ask(headless.handlers)
  } finally {
    await headless.close()
  }
}

const everybody = () =>
  at(async ({ patients }) => {
    const { patients: all } = await patients.search({ text: '', limit: 20 })
    return all
  })

const head = (event: string) =>
  `MSH|^~\\&|HIS|NORTH|C|X|20260301090000||ADT^${event}|1|P|2.5.1||||||UNICODE UTF-8`
const own = (number: string) => `${number}^^^NORTH^MR`
const national = (number: string) => `${number}^^^TWN^NI`
const pid = (numbers: string[], name: string, more = '') =>
  `PID|1||${numbers.join('~')}||${name}||19800102|F|||||${more}`
const admission = (visit: string, numbers: string[], name: string) => [
  head('A01'),
  pid(numbers, name),
  `PV1|1|I|||||||||||||||||${visit}${'|'.repeat(25)}20260301080000|`,
]
const merge = (stays: string[], goes: string, name: string) => [
  head('A40'),
  pid(stays, name),
  `MRG|${own(goes)}`,
]

const X = 'A123456789'
const Y = 'B223456784'

describe('messages about people', { timeout: 120_000 }, () => {
  it('links by the record numbers where the national id stands at the entry that ends', async () => {
    await freshProfile()
    await importing(
      admission('V1', [own('M1')], '陳^美玲'),
      admission('V2', [own('M2'), national(X)], '陳^美玲'),
    )
    const answer = await importing(merge([own('M1'), national(X)], 'M2', '陳^美玲'))
    expect(answer['unusual']).toMatchObject([{ reason: 'persons-linked' }])
    expect(await everybody()).toMatchObject([{ visitCount: 2, linked: [expect.any(String)] }])
  })

  it('links nobody by a national id that somebody else has, and lists it', async () => {
    await freshProfile()
    await importing(
      admission('V1', [own('M1')], '陳^美玲'),
      admission('V2', [own('M2')], '陳^美玲'),
      admission('V3', [own('M3'), national(X)], '林^大同'),
    )
    const answer = await importing(merge([own('M1'), national(X)], 'M2', '陳^美玲'))
    expect(answer['unusual']).toMatchObject([
      { reason: 'patient-data-differs', detail: 'nationalId' },
      { reason: 'persons-linked' },
    ])
    const all = await everybody()
    expect(all.find(({ name }) => name === '陳美玲')).toMatchObject({ visitCount: 2 })
    const other = all.find(({ name }) => name === '林大同')
    expect(other).toMatchObject({ visitCount: 1, nationalId: X })
    expect(other?.linked ?? []).toEqual([])
  })

  it('fills the entry of the record number, and lists a national id that another entry has', async () => {
    await freshProfile()
    await importing(
      admission('V1', [own('M1'), national(Y)], '陳^美玲'),
      admission('V2', [own('M2'), national(X)], '林^大同'),
      admission('V3', [own('M3')], '張^小華'),
    )
    const update = (number: string, name: string, phone: string) => [
      head('A31'),
      pid([own(number), national(X)], name, phone),
    ]
    const answer = await importing(
      update('M1', '陳^美玲', '0911111111'),
      update('M3', '張^小華', '0933333333'),
    )
    expect(answer['unusual']).toMatchObject([
      { path: 'message 1', reason: 'patient-data-differs', detail: 'nationalId' },
      { path: 'message 1', reason: 'person-updated' },
      { path: 'message 2', reason: 'patient-data-differs', detail: 'nationalId' },
      { path: 'message 2', reason: 'person-updated' },
    ])
    const of = new Map((await everybody()).map((each) => [each.name, each]))
    expect(of.get('陳美玲')).toMatchObject({ nationalId: Y, phone: '0911111111' })
    expect(of.get('林大同')).toMatchObject({ nationalId: X })
    expect(of.get('林大同')).not.toHaveProperty('phone')
    expect(of.get('張小華')).toMatchObject({ phone: '0933333333' })
    expect(of.get('張小華')).not.toHaveProperty('nationalId')
  })

  it('does not call the other number of a merge a difference', async () => {
    await freshProfile()
    await importing(admission('V1', [own('M1')], '陳^美玲'))
    const added = await importing(merge([own('M5')], 'M1', '陳^美玲'))
    expect(added['unusual']).toMatchObject([{ reason: 'person-updated' }])
    // Visits under the new number are the same person's.
    await importing(admission('V2', [own('M5')], '陳^美玲'))
    expect(await everybody()).toMatchObject([{ visitCount: 2 }])
  })

  it('are tried before they are imported: what would come of each, and nothing is written', async () => {
    await freshProfile()
    await importing(admission('V1', [own('M1')], '陳^美玲'))
    const night = await file(
      [head('A31'), pid([own('M1'), national('A123456788')], '陳^美玲', '0911111111')],
      merge([own('M1')], 'M2', '陳^美玲'),
      merge([own('M1')], 'M5', '陳^美玲'),
      merge([own('M8')], 'M9', '張^小華'),
      [head('A31'), pid([own('M7')], '林^大同')],
      admission('V2', [own('M2')], '陳^美玲'),
    )
    const tried = await runHere(['import', '--profile', profile, '--wait', '--dry-run', night])
    expect(tried.answer).toMatchObject({ visits: 1, people: 5, leftOutCount: 2 })
    const all = tried.answer['issues'] as { path: string; reason: string }[]
    const issues = all.filter(({ path }) => path !== '')
    expect(issues.map(({ path, reason }) => [path, reason])).toEqual([
      ['message 4', 'person-not-known'],
      ['message 5', 'person-not-known'],
      ['message 1', 'national-id-check-digit'],
      ['message 1', 'person-updated'],
      ['message 2', 'persons-linked'],
      ['message 3', 'person-updated'],
    ])
    const before = await everybody()
    expect(before).toMatchObject([{ visitCount: 1 }])
    expect(before[0]).not.toHaveProperty('phone')
    const taken = await runHere(['import', '--profile', profile, '--wait', night])
    // Word for word what the trial said, apart from the order in which it is told.
    const said = taken.answer['unusual'] as { path: string; reason: string }[]
    const lines = (list: typeof said) => list.map(({ path, reason }) => `${path} ${reason}`).toSorted()
    expect(lines(said)).toEqual(lines(issues.filter(({ reason }) => reason !== 'person-not-known')))
    expect(JSON.stringify(said)).not.toContain('A1234')
    expect(taken.answer).toMatchObject({ rejectedCount: 2 })
  })

  it('leave their links where their import is undone, and the undo says so', async () => {
    await freshProfile()
    const first = await importing(
      admission('V1', [own('M1')], '陳^美玲'),
      admission('V2', [own('M2')], '陳^美玲'),
      merge([own('M1')], 'M2', '陳^美玲'),
    )
    const batch = String(first['batchId'])
    const undone = await runHere(['undo-import', '--profile', profile, '--batch', batch])
    expect(undone.answer).toMatchObject({ retracted: 2, linksKept: 1 })
    const [one] = await everybody()
    const links = await at(({ patients }) => patients.links({ patientId: one!.patientId }))
    expect(links.links).toMatchObject([{ reason: 'import', end: null }])
  })
})
