import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AllHandlers } from '../../shared/contract/index.ts'
import { runGenerate } from '../cli/generate.ts'
import { PASSPHRASE, runHere } from '../cli/cli.test-kit.ts'
import { openHeadless } from '../headless.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'

let scratch: string
let messages: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-hl7-'))
  messages = join(scratch, 'night')
  const quiet = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
  await runGenerate([
    '--patients',
    '12',
    '--seed',
    'night',
    '--format',
    'hl7v2',
    '--clean',
    '--out',
    messages,
  ])
  quiet.mockRestore()
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let profiles = 0
async function freshProfile(): Promise<string> {
  const profile = join(scratch, `hospital-${profiles++}`)
  const found = ['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei']
  expect((await runHere(found)).code).toBe(0)
  return profile
}
const importing = (profile: string, ...files: string[]) =>
  runHere(['import', '--profile', profile, '--wait', ...files])

async function at<T>(profile: string, ask: (handlers: AllHandlers) => Promise<T>): Promise<T> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    return await ask(headless.handlers)
  } finally {
    await headless.close()
  }
}

/** Newest version of every visit of the one patient, with all versions' reasons. */
async function visitsOf(profile: string, text: string) {
  return at(profile, async ({ patients, records }) => {
    const found = await patients.search({ text, limit: 10 })
    expect(found.patients).toHaveLength(1)
    const { patientId } = found.patients[0]!
    const { visits } = await records.ofPatient({ patientId, limit: 1000 })
    return visits
  })
}

const head = (type: string, id: string, more = 'UNICODE UTF-8') =>
  `MSH|^~\\&|HIS|NORTH|C|X|20260301090000||${type}|${id}|P|2.5.1||||||${more}`
const pid = 'PID|1||M1^^^NORTH^MR~A123456789^^^TWN^NI||陳^美玲||19800102|F'
const pv1 = (discharge = '') => `PV1|1|I|||||||||||||||||V1${'|'.repeat(25)}20260301080000|${discharge}`
const admission = [head('ADT^A01', '1'), pid, pv1(), 'DG1|1||E119^^I10|||F'].join('\r')
const discharge = [head('ADT^A03', '9'), pid, pv1('20260305100000')].join('\r')
const result = (
  value: string,
  person = 'PID|1||M1^^^NORTH^MR',
  visit: string[] = ['PV1|1|I|||||||||||||||||V1'],
) =>
  [
    head('ORU^R01', '2'),
    person,
    ...visit,
    'OBR|1||F|CBC^Count^L|||20260302070000',
    `OBX|1|NM|718-7^Hemoglobin^LN||${value}|g/L|||||F`,
  ].join('\r')

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(scratch, name)
  await writeFile(path, content)
  return path
}

describe('an import of HL7 v2 messages', { timeout: 120_000 }, () => {
  it('takes a generated night whole, and the same night again adds nothing', async () => {
    const profile = await freshProfile()
    const first = await importing(profile, messages)
    expect(first).toMatchObject({ code: 0, answer: { rejectedCount: 0 } })
    const truth = await freshProfile()
    const csv = join(scratch, 'truth')
    const quiet = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    await runGenerate(['--patients', '12', '--seed', 'night', '--format', 'fhir', '--clean', '--out', csv])
    quiet.mockRestore()
    // The same lives as bundles: as many patients, visits and results.
    const bundles = await importing(truth, csv)
    const { patients, visits, observations } = bundles.answer
    expect(first.answer).toMatchObject({ patients, visits, observations, duplicates: 0 })
    expect(await importing(profile, messages)).toMatchObject({ answer: { visits: 0, duplicates: visits } })
  })

  it('says the same of a visit whether results come with it or a night later', async () => {
    const together = await freshProfile()
    const a = await file('a.hl7', admission)
    const b = await file('b.hl7', result('130'))
    const c = await file('c.hl7', discharge)
    expect(await importing(together, a, b, c)).toMatchObject({ answer: { visits: 1, rejectedCount: 0 } })
    const later = await freshProfile()
    for (const path of [a, b, c]) await importing(later, path)
    // Nights come again: nothing of them is new.
    for (const path of [a, b, c])
      expect(await importing(later, path)).toMatchObject({ answer: { visits: 0, duplicates: 1 } })
    const [whole] = await visitsOf(together, '陳美玲')
    const versions = await visitsOf(later, '陳美玲')
    const now = versions.find(({ isSuperseded }) => !isSuperseded)!.record
    const { envelope: _a, patient: _b, ...content } = now
    expect(whole!.record).toMatchObject({
      ...content,
      encounter: { ...content.encounter, facility: expect.anything() },
    })
    expect(content.observations).toHaveLength(1)
    expect(versions.map(({ record }) => record.envelope.reason?.code ?? 'new').sort()).toEqual([
      'late-result',
      'new',
      'source-update',
    ])
  })

  it('fills what a person lacks by A31, writes over nothing, and registers nobody', async () => {
    const profile = await freshProfile()
    await importing(profile, await file('p1.hl7', admission))
    const update = (numbers: string, more: string) =>
      [head('ADT^A31', '7'), 'EVN|A31|20260306090000', `PID|1||${numbers}||陳^美玲||${more}`].join('\r')
    const known = await file('p2.hl7', update('M1^^^NORTH^MR~X9^^^CLINIC^MR', '19800102|F|||||0912345678'))
    const filled = await importing(profile, known)
    expect(filled.answer).toMatchObject({ visits: 0, rejectedCount: 0 })
    expect(filled.answer['warnings']).toContainEqual({ reason: 'person-updated', count: 1 })
    const otherwise = await file('p3.hl7', update('X9^^^CLINIC^MR', '19810102|M|||||0987654321'))
    const refused = await importing(profile, otherwise)
    expect(refused.answer['unusual']).toMatchObject([
      {
        path: 'message 1',
        reason: 'patient-data-differs',
        detail: 'medicalRecordNumber, phone, sex, birthDate',
      },
    ])
    const again = await importing(profile, known)
    expect(again.answer['warnings']).toContainEqual({ reason: 'person-says-nothing-new', count: 1 })
    const nobody = await importing(profile, await file('p4.hl7', update('M7^^^NORTH^MR', '19810102|M')))
    expect(nobody.answer).toMatchObject({ rejectedCount: 1, rejected: [{ reason: 'person-not-known' }] })
    await at(profile, async ({ patients }) => {
      const { patients: all } = await patients.search({ text: '', limit: 10 })
      expect(all).toMatchObject([{ phone: '0912345678', sex: 'female', birthDate: '1980-01-02' }])
      const changes = await patients.changes({ patientId: all[0]!.patientId })
      expect(changes).toMatchObject([{ how: 'import', fields: [{ field: 'phone', before: null }] }])
    })
  })

  it('links two entries by A40 once, and not against a person who took them apart', async () => {
    const profile = await freshProfile()
    const other = admission
      .replace('M1^^^NORTH^MR~A123456789^^^TWN^NI', 'M2^^^NORTH^MR')
      .replaceAll('|V1|', '|V2|')
    const merge = (stays: string, goes: string) =>
      [
        head('ADT^A40', '8'),
        `PID|1||${stays}^^^NORTH^MR||陳^美玲||19800102|F`,
        `MRG|${goes}^^^NORTH^MR`,
      ].join('\r')
    // In the night in which both came, and in a file that is read before them.
    const night = [
      await file('a-merge.hl7', merge('M1', 'M2')),
      await file('m1.hl7', admission),
      await file('m2.hl7', other),
    ]
    const first = await importing(profile, ...night)
    expect(first.answer).toMatchObject({ visits: 2, patients: 2, rejectedCount: 0 })
    expect(first.answer['unusual']).toMatchObject([{ path: 'message 1', reason: 'persons-linked' }])
    const person = await at(profile, ({ patients }) => patients.search({ text: '陳美玲', limit: 10 }))
    expect(person.patients).toMatchObject([{ visitCount: 2, linked: [expect.any(String)] }])
    const again = await importing(profile, night[0]!)
    expect(again.answer['warnings']).toContainEqual({ reason: 'persons-linked-before', count: 1 })

    // A number that nobody knows here is one more of the person, and visits under it are theirs.
    await importing(profile, await file('m3.hl7', merge('M1', 'M3')))
    await importing(
      profile,
      await file('m4.hl7', other.replace('M2^^^NORTH', 'M3^^^NORTH').replace('|V2|', '|V3|')),
    )
    await at(profile, async ({ patients }) => {
      const { patients: all } = await patients.search({ text: '陳美玲', limit: 10 })
      expect(all).toMatchObject([{ visitCount: 3 }])
      const { links } = await patients.links({ patientId: all[0]!.patientId })
      expect(links).toMatchObject([{ reason: 'import', isOurs: true, end: null }])
      await patients.unlink({ linkId: links[0]!.linkId, reason: 'not-same-person' })
    })
    const against = await importing(profile, night[0]!)
    expect(against.answer).toMatchObject({ rejectedCount: 1, rejected: [{ reason: 'link-ended-here' }] })
    const none = await importing(profile, await file('m5.hl7', merge('M8', 'M9')))
    expect(none.answer).toMatchObject({ rejected: [{ reason: 'person-not-known' }] })
    const bare = await importing(profile, await file('m6.hl7', merge('M1', 'M2').replace(/\rMRG.*/, '')))
    expect(bare.answer).toMatchObject({ rejected: [{ reason: 'no-prior-number' }] })
  })

  it('says of an impossible result of a night where it stands, and not again with what comes later', async () => {
    const profile = await freshProfile()
    await importing(profile, await file('o.hl7', admission))
    const potassium = result('52')
      .replace('718-7^Hemoglobin^LN', '2823-3^Potassium^LN')
      .replace('g/L', 'mmol/L')
    const night = await file('p.hl7', potassium)
    // The trial says it before, with the value; a line of output names the place alone.
    const tried = await importing(profile, '--dry-run', night)
    const impossible = expect.objectContaining({ reason: 'above-hard-limit', count: 1 })
    expect(tried.answer['counts']).toContainEqual(impossible)
    const list = join(scratch, 'unusual.csv')
    const { answer } = await importing(profile, '--unusual', list, night)
    expect(answer).toMatchObject({
      visits: 1,
      rejectedCount: 0,
      warnings: expect.arrayContaining([impossible]),
      unusualCount: 1,
    })
    expect(answer['unusual']).toEqual([
      { file: night, path: 'message 1', reason: 'above-hard-limit', detail: 'observations.0.value' },
    ])
    expect(await readFile(list, 'utf8')).toContain(
      'message 1,,52,above-hard-limit,unusual,5.2,observations.0.value,Potassium,mmol/L,12 mmol/L',
    )
    const [batch] = await at(profile, ({ imports }) => imports.batches({ limit: 1 }))
    expect(batch).toMatchObject({ unusualCount: 1, warnings: expect.arrayContaining([impossible]) })
    // The next night brings the visit's other result: of the first it was said already.
    const next = await importing(profile, await file('q.hl7', result('130')))
    expect(next.answer).toMatchObject({ visits: 1, unusualCount: 0 })
    expect(JSON.stringify(next.answer['warnings'])).not.toContain('limit')
  })

  it('joins results without a visit number with the visit that was open then', async () => {
    const profile = await freshProfile()
    await importing(profile, await file('d.hl7', [admission, discharge].join('\r')))
    const loose = await file('e.hl7', result('131', 'PID|1||M1^^^NORTH^MR', []))
    expect(await importing(profile, loose)).toMatchObject({ answer: { visits: 1, patients: 1 } })
    expect(await importing(profile, loose)).toMatchObject({ answer: { visits: 0, duplicates: 1 } })
    const versions = await visitsOf(profile, '陳美玲')
    expect(versions).toHaveLength(2)
    expect(new Set(versions.map(({ record }) => record.envelope.visitId)).size).toBe(1)
  })

  it('reads Big5, bytes of MLLP around messages and line feeds', async () => {
    const profile = await freshProfile()
    // 許功蓋: the second byte of each of them is a backslash, the escape of HL7.
    const name = Buffer.from([0xb3, 0x5c, 0xa5, 0x5c, 0xbb, 0x5c])
    const [before, after] =
      `\x0b${head('ADT^A04', '1', 'BIG-5')}\nPID|1||M9^^^NORTH^MR||@||19700101|M\n${pv1()}\n\x1c\r`.split('@')
    const bytes = Buffer.concat([Buffer.from(before!, 'latin1'), name, Buffer.from(after!, 'latin1')])
    expect(await importing(profile, await file('big5.dat', bytes))).toMatchObject({
      answer: { visits: 1, rejectedCount: 0 },
    })
    expect(await visitsOf(profile, '許功蓋')).toHaveLength(1)
    const wrong = Buffer.concat([
      Buffer.from(before!.replace('BIG-5', 'UTF-8'), 'latin1'),
      name,
      Buffer.from(after!, 'latin1'),
    ])
    expect(await importing(profile, await file('wrong.hl7', wrong))).toMatchObject({
      answer: { visits: 0, rejected: [{ reason: 'text-not-decodable', path: 'message 1' }] },
    })
  })

  it('lists what it drops with file, message, segment and reason, and a batch that lost messages', async () => {
    const profile = await freshProfile()
    const text = ['BHS|^~\\&', admission, 'ZZZ|1', head('ADT^A60', '3'), pid, 'BTS|3'].join('\r')
    const path = await file('lost.hl7', text)
    expect((await importing(profile, path)).answer).toMatchObject({
      visits: 1,
      rejected: [
        { file: path, path: 'message 1, segment 5 (ZZZ)', reason: 'segment-not-taken' },
        { file: path, path: 'message 2', reason: 'message-type-not-taken', detail: 'ADT^A60' },
        { file: path, path: 'BTS', reason: 'batch-count-differs', detail: '3 / 2' },
      ],
    })
    const nothing = await file('nothing.hl7', 'good morning')
    expect((await importing(profile, nothing)).answer).toMatchObject({ rejected: [{ reason: 'not-hl7' }] })
  })

  it('does not bring back a visit that a person here retracted, nor mix up two persons', async () => {
    const profile = await freshProfile()
    await importing(profile, await file('f.hl7', admission))
    await at(profile, async ({ patients, records }) => {
      const { patientId } = (await patients.search({ text: '陳美玲', limit: 1 })).patients[0]!
      const [visit] = (await records.ofPatient({ patientId, limit: 10 })).visits
      const { envelope, patient, encounter, outcome, ...rest } = visit!.record
      const { facility: _f, day: _d, ...kept } = encounter
      const answer = await records.submit({
        visit: {
          ...rest,
          ...(outcome === undefined ? {} : { outcome }),
          patientId,
          encounter: kept,
          consent: patient.consent,
          confirmations: [],
        },
        draftId: null,
        change: {
          op: 'retract',
          visitId: envelope.visitId,
          supersedes: visit!.merkleRoot,
          reason: { code: 'entered-in-error' },
        },
      })
      expect(answer.kind).toBe('queued')
    })
    expect((await importing(profile, await file('g.hl7', result('130')))).answer).toMatchObject({
      visits: 0,
      rejected: [{ reason: 'retracted-here' }],
    })
    const another = await freshProfile()
    await importing(another, await file('h.hl7', admission))
    const wrong = result('130', 'PID|1||M2^^^NORTH^MR')
    expect((await importing(another, await file('i.hl7', wrong))).answer).toMatchObject({
      visits: 0,
      rejected: [{ reason: 'visit-of-another-patient' }],
    })
  })

  it('keeps what only the source knew of a person when somebody changes the visit here, and changes it for no other', async () => {
    const profile = await freshProfile()
    const died = `${pid}${'|'.repeat(21)}20260304120000|Y`
    await importing(
      profile,
      await file('j.hl7', [head('ADT^A01', '1'), died, pv1('20260305100000')].join('\r')),
    )
    await at(profile, async ({ patients, records }) => {
      const { patientId } = (await patients.search({ text: '陳美玲', limit: 1 })).patients[0]!
      const [visit] = (await records.ofPatient({ patientId, limit: 10 })).visits
      expect(visit!.record.patient).toMatchObject({ deceased: true, deathDate: '2026-03-04' })
      const other = await patients.register({
        patient: { name: '李大華', sex: 'male', birthDate: '1950-02-03' },
        although: { reason: 'other-person' },
      })
      if (other.kind !== 'registered') throw new Error(other.kind)
      const change = {
        op: 'retract' as const,
        visitId: visit!.record.envelope.visitId,
        supersedes: visit!.merkleRoot,
        reason: { code: 'entered-in-error' as const },
      }
      const input = visitInputOf(visit!.record, patientId)
      const wrong = { ...input, patientId: other.patient.patientId }
      expect(await records.submit({ visit: wrong, draftId: null, change })).toEqual({
        kind: 'refused',
        reason: 'not-own-visit',
      })
      expect((await records.submit({ visit: input, draftId: null, change })).kind).toBe('queued')
      const after = (await records.ofPatient({ patientId, limit: 10 })).visits
      expect(after.find(({ isSuperseded }) => !isSuperseded)!.record.patient).toEqual(visit!.record.patient)
    })
  })

  it('puts a result that is to come on the list of awaited ones, and takes it off when it came or was undone', async () => {
    const profile = await freshProfile()
    await importing(profile, await file('k.hl7', admission))
    const awaited = () => at(profile, ({ records }) => records.awaited({ limit: 10 }))
    const coming = result('').replace('|||||F', '|||||I')
    const { answer } = await importing(profile, await file('l.hl7', coming))
    expect(await awaited()).toMatchObject({ total: 1, visits: [{ patientName: '陳美玲' }] })
    await importing(profile, await file('m.hl7', result('128')))
    expect((await awaited()).total).toBe(0)

    const undone = await freshProfile()
    await importing(undone, await file('n.hl7', [admission, coming].join('\r')))
    const [batch] = await at(undone, ({ imports }) => imports.batches({ limit: 1 }))
    expect(answer['batchId']).not.toBe(batch!.batchId)
    await runHere(['undo-import', '--profile', undone, '--batch', batch!.batchId])
    expect((await at(undone, ({ records }) => records.awaited({ limit: 10 }))).total).toBe(0)
  })
})
