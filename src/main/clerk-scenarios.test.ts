/** Scenarios of the clerk's day over the whole application without a window: C2, C3, C10, C11, C12, C15. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../shared/contract/index.ts'
import type { PatientInput } from '../shared/contract/patients.ts'
import type { VisitInput } from '../shared/contract/records.ts'
import { editionsOf } from '../shared/domain/coded-with.ts'
import type { Observation, VisitRecord } from '../shared/domain/visit.ts'
import { compose } from './compose.ts'
import { noDesktop, type Composed } from './desktop.ts'
import { asking } from './governance/institution.test-kit.ts'
import { plainVisit } from './services/visit.test-kit.ts'
import { createBatchCache } from './node/chain/author.ts'
import { checkRecord } from './node/check-records.ts'
import { createNodeCrypto } from './node/crypto-node.ts'
import { realWorld } from './world.ts'

const folders: string[] = []
const open: Composed[] = []
afterEach(async () => {
  for (const composed of open.splice(0)) await composed.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-clerk-'))
  folders.push(folder)
  return folder
}

/** What a printer makes of a page, as small as a PDF can be. */
const PDF =
  '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n40\n%%EOF\n'

async function hospital(): Promise<{ ask: AllClients; saved: string }> {
  const crypto = createNodeCrypto()
  const cache = createBatchCache()
  const scratch = await freshFolder()
  const saved = join(scratch, 'summary')
  const composed = await compose(
    {
      settingsFolder: scratch,
      profileFolder: null,
      applicationVersion: '0.0.0',
      systemLocale: 'zh-TW',
      desktop: {
        ...noDesktop,
        printPage: () => Promise.resolve(new TextEncoder().encode(PDF)),
        chooseSavePath: () => Promise.resolve(saved),
        chooseFiles: () => Promise.resolve([saved]),
      },
      emit: () => {},
      startNode: () => expect.fail('these tests start no process'),
    },
    {
      ...realWorld(),
      scryptCost: 2 ** 10,
      createChecker: () => ({
        check: async (keys, records) => records.map((record) => checkRecord(crypto, keys, record, cache)),
        close: async () => {},
      }),
    },
  )
  open.push(composed)
  const ask = asking(composed)
  await ask.app.found({
    folder: join(scratch, 'north'),
    institutionName: '北區醫院',
    personName: '林怡君',
    passphrase: 'a passphrase of several words',
    zone: 'Asia/Taipei',
  })
  return { ask, saved }
}

const potassium = (over: Partial<Observation> = {}): Observation => ({
  code: { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' },
  kind: 'lab',
  status: 'final',
  value: { type: 'decimal', value: '4.2', unit: 'mmol/L' },
  specimenCollected: '2026-11-20',
  resultDate: '2026-11-20',
  sourceCodings: [],
  ...over,
})
const visitOf = (patientId: string, over: Partial<VisitInput> = {}): VisitInput =>
  plainVisit(patientId, '2026-11-20', { observations: [potassium()], ...over })

async function registered(ask: AllClients, over: Partial<PatientInput> = {}) {
  const answer = await ask.patients.register({
    patient: { name: '王小明', sex: 'male', birthDate: '1975-03-02', ...over },
    although: { reason: 'other-person' },
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient
}
type Change = Parameters<AllClients['records']['submit']>[0]['change']
async function submitted(ask: AllClients, visit: VisitInput, change: Change = null) {
  const findings = await ask.records.check(visit)
  const confirmations = findings
    .filter(({ severity }) => severity === 'confirm')
    .map(({ path, rule, params }) => ({ path, rule, value: params['value'] ?? '', by: 'test' }))
  const answer = await ask.records.submit({ visit: { ...visit, confirmations }, draftId: null, change })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return answer.visit
}
const until = async <T>(look: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> => {
  for (let i = 0; i < 400; i++) {
    const value = await look()
    if (isThere(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('not there in time')
}
const untilFinal = (ask: AllClients, count: number) =>
  until(
    () => ask.node.status(),
    ({ blockCount, queuedCount }) => blockCount >= count && queuedCount === 0,
  )

describe('C2 Find patient', () => {
  it('finds by three letters, id, record number and birth date, in Chinese and Latin letters', async () => {
    const { ask } = await hospital()
    const { patientId } = await registered(ask, {
      name: '陳大文',
      nationalId: 'A123456789',
      medicalRecordNumber: 'M-77',
    })
    await registered(ask, { name: 'Maria Oliveira', birthDate: '1957-03-02' })
    for (const text of ['chen', 'dawen', 'Chan', '陳大', 'A1234', 'm77', '1975-03-02', '64/03/02', '0640302'])
      expect(
        (await ask.patients.search({ text, limit: 5 })).patients.map((each) => each.patientId),
        text,
      ).toEqual([patientId])
    expect((await ask.patients.search({ text: 'zhang', limit: 5 })).total).toBe(0)
  })
})

describe('C3 Duplicate guard', () => {
  it('shows candidates with weights before saving, and keeps the reason of whoever saves anyway', async () => {
    const { ask } = await hospital()
    const known = await registered(ask, { name: '陳大文', birthDate: '1980-05-06' })
    const patient = { name: 'Chan Tai Man', sex: 'male', birthDate: '1980-05-06' } as const
    const asked = await ask.patients.register({ patient, although: null })
    expect(asked).toMatchObject({
      kind: 'similar',
      isEstimated: false,
      candidates: [{ patient: { patientId: known.patientId }, weight: expect.any(Number), band: 'possible' }],
    })
    expect((await ask.patients.search({ text: 'chan tai', limit: 5 })).total).toBe(0) // nothing was saved
    const saved = await ask.patients.register({
      patient,
      although: { reason: 'other-person', text: 'another passport' },
    })
    if (saved.kind !== 'registered') throw new Error(saved.kind)
    expect(await ask.patients.registration({ patientId: saved.patient.patientId })).toMatchObject({
      reason: 'other-person',
      text: 'another passport',
      candidates: [known.patientId],
    })
    expect(await ask.patients.registration({ patientId: known.patientId })).toBeNull()
  })
})

describe('C10 Amend', () => {
  it('makes a successor block with a reason and leaves the original intact and marked', async () => {
    const { ask } = await hospital()
    const { patientId } = await registered(ask)
    const first = await submitted(ask, visitOf(patientId))
    await untilFinal(ask, 1)
    const amended = await submitted(
      ask,
      visitOf(patientId, {
        observations: [potassium({ value: { type: 'decimal', value: '4.8', unit: 'mmol/L' } })],
      }),
      {
        op: 'amend',
        visitId: first.visitId,
        supersedes: first.merkleRoot,
        reason: { code: 'typo', text: '4.8' },
      },
    )
    await untilFinal(ask, 2)
    const { visits } = await ask.records.ofPatient({ patientId, limit: 10 })
    const by = (root: string) => visits.find(({ merkleRoot }) => merkleRoot === root)
    expect(by(first.merkleRoot)).toMatchObject({ isSuperseded: true, index: 0 })
    expect(by(first.merkleRoot)?.record.observations[0]?.value).toMatchObject({ value: '4.2' })
    expect(by(amended.merkleRoot)).toMatchObject({ isSuperseded: false, isConflict: false, index: 1 })
    expect(by(amended.merkleRoot)?.record.envelope).toMatchObject({
      supersedes: first.merkleRoot,
      reason: { code: 'typo', text: '4.8' },
    })
    // Whoever amends what he read before the amendment is told, and nothing is saved.
    const late = await ask.records.submit({
      visit: visitOf(patientId),
      draftId: null,
      change: { op: 'amend', visitId: first.visitId, supersedes: first.merkleRoot, reason: { code: 'typo' } },
    })
    expect(late).toEqual({ kind: 'refused', reason: 'superseded-meanwhile' })
  })

  it('takes a late result without a form, and only asks about what is new', async () => {
    const { ask } = await hospital()
    const { patientId } = await registered(ask)
    const awaited = potassium({ status: 'registered', value: { type: 'absent', reason: 'pending' } })
    const { resultDate: _none, ...waiting } = awaited
    const first = await submitted(ask, visitOf(patientId, { observations: [waiting] }))
    const { visits, total } = await ask.records.awaited({ limit: 10 })
    expect(total).toBe(1)
    expect(visits).toMatchObject([{ patientId, patientName: '王小明', awaited: [{ place: 0 }] }])
    const { merkleRoot } = visits[0]!
    const high = potassium({
      value: { type: 'decimal', value: '7.9', unit: 'mmol/L' },
      resultDate: '2026-11-22',
    })
    const results = [{ observation: high, replaces: 0 }]
    const asked = await ask.records.addResults({ merkleRoot, results, confirmations: [] })
    if (asked.kind !== 'findings') throw new Error(asked.kind)
    expect(asked.findings.every(({ severity }) => severity === 'confirm')).toBe(true)
    const confirmations = asked.findings.map(({ path, rule, params }) => ({
      path,
      rule,
      value: params['value'] ?? '',
      by: 'test',
    }))
    const late = { merkleRoot, results, confirmations: [...confirmations, CLAIMED] }
    expect(await ask.records.addResults(late)).toMatchObject({ kind: 'queued' })
    await untilFinal(ask, 2)
    expect((await ask.records.awaited({ limit: 10 })).total).toBe(0)
    const history = await ask.records.ofPatient({ patientId, limit: 10 })
    const current = history.visits.find(({ isSuperseded }) => !isSuperseded)
    expect(current?.record.envelope.reason).toEqual({ code: 'late-result' })
    const original = history.visits.find(({ merkleRoot }) => merkleRoot === first.merkleRoot)
    expect(editionsAt(current).length).toBeGreaterThan(0)
    expect(editionsAt(current)).toEqual(editionsAt(original))
    expect(current?.record.observations).toHaveLength(1)
    expect(current?.record.observations[0]).toMatchObject({ resultDate: '2026-11-22' })
  })
})

/** An edition that a caller makes up. */
const CLAIMED = { path: 'codes.diagnosis', rule: 'coded-with', value: 'made up', by: 'test' }
const editionsAt = (version: { readonly record: VisitRecord } | undefined) =>
  editionsOf(version?.record.envelope.confirmations ?? [])

describe('C11 Wrong patient', () => {
  it('retracts and records anew in one write, and each names the other', async () => {
    const { ask } = await hospital()
    const wrong = await registered(ask)
    const right = await registered(ask, { name: '李美玲', sex: 'female', birthDate: '1980-01-01' })
    const typed = visitOf(wrong.patientId)
    const payer = {
      type: 'PRIVATE' as const,
      organisation: 'Aetna',
      plan: 'gold',
      group: 'G7',
      memberToken: 'of the wrong one',
    }
    const consent = { scope: 'treatment-only' as const, from: '2025-01-01', to: '2027-01-01', ref: 'K 7' }
    const visit = await submitted(ask, { ...typed, consent, encounter: { ...typed.encounter, payer } })
    const moved = await ask.records.move({
      merkleRoot: visit.merkleRoot,
      toPatientId: right.patientId,
      text: 'cards exchanged',
      confirmations: [CLAIMED],
    })
    expect(moved).toMatchObject({ kind: 'queued', visits: [{ op: 'retract' }, { op: 'create' }] })
    await untilFinal(ask, 3)
    const ofWrong = await ask.records.ofPatient({ patientId: wrong.patientId, limit: 10 })
    const ofRight = await ask.records.ofPatient({ patientId: right.patientId, limit: 10 })
    const retracted = ofWrong.visits.find(({ isSuperseded }) => !isSuperseded)!.record
    const created = ofRight.visits[0]!.record
    expect(created.encounter.payer).toEqual({ type: 'PRIVATE' })
    expect(created.patient.consent).toEqual({ scope: 'treatment-only' })
    expect(ofRight.visits).toHaveLength(1)
    expect(retracted.envelope).toMatchObject({
      op: 'retract',
      reason: { code: 'wrong-patient', text: 'cards exchanged' },
      movedTo: created.envelope.visitId,
    })
    expect(created.envelope).toMatchObject({ op: 'create', movedFrom: visit.visitId })
    expect(editionsAt(ofRight.visits[0])).toEqual(editionsAt({ record: retracted }))
    expect(created.observations).toEqual(retracted.observations)
    expect(created.patient).toMatchObject({ sex: 'female', birthDate: '1980-01-01' })
    expect(created.patient.key).not.toBe(retracted.patient.key)
    // Twice is once.
    const again = { merkleRoot: visit.merkleRoot, toPatientId: right.patientId, confirmations: [] }
    expect(await ask.records.move(again)).toEqual({ kind: 'refused', reason: 'superseded-meanwhile' })
  })

  it('allows with the visit that moves no more than the right person did, in their own period', async () => {
    const { ask } = await hospital()
    const wrong = await registered(ask)
    const right = await registered(ask, { name: '李美玲', sex: 'female', birthDate: '1980-01-01' })
    const moved = async (theirs: VisitInput['consent'], own: VisitInput['consent']): Promise<object> => {
      await submitted(ask, visitOf(right.patientId, { consent: own }))
      const { merkleRoot, visitId } = await submitted(ask, visitOf(wrong.patientId, { consent: theirs }))
      const toPatientId = right.patientId
      const answer = await ask.records.move({ merkleRoot, toPatientId, confirmations: [CLAIMED] })
      expect(answer.kind).toBe('queued')
      const { visits } = await ask.records.ofPatient({ patientId: right.patientId, limit: 20 })
      return visits.find(({ record }) => record.envelope.movedFrom === visitId)!.record.patient.consent
    }
    const limited = { scope: 'treatment-only', from: '2025-01-01', ref: 'K 8' } as const
    expect(await moved({ scope: 'all', ref: 'K 7' }, limited)).toEqual(limited)
    const wide = { scope: 'all', from: '2025-02-01', to: '2027', ref: 'K 9' } as const
    expect(await moved({ scope: 'treatment-only', to: '2030', ref: 'K 7' }, wide)).toEqual({
      scope: 'treatment-only',
      from: '2025-02-01',
      to: '2027',
    })
  })

  it('stops where the visit cannot be the other one’s', async () => {
    const { ask } = await hospital()
    const wrong = await registered(ask)
    const unborn = await registered(ask, { name: '嬰兒', birthDate: '2026-11-25' })
    const { merkleRoot } = await submitted(ask, visitOf(wrong.patientId))
    const moved = await ask.records.move({ merkleRoot, toPatientId: unborn.patientId, confirmations: [] })
    if (moved.kind !== 'findings') throw new Error(moved.kind)
    expect(moved.findings).toContainEqual(
      expect.objectContaining({ rule: 'before-birth', severity: 'refuse' }),
    )
    await untilFinal(ask, 1)
    expect((await ask.records.ofPatient({ patientId: wrong.patientId, limit: 5 })).visits).toMatchObject([
      { isSuperseded: false },
    ])
  })
})

describe('C12 Merge and unlink', () => {
  it('joins two entries by a link in the chain and parts them by its end, each with author and reason', async () => {
    const { ask } = await hospital()
    const one = await registered(ask, { nationalId: 'A123456789' })
    const two = await registered(ask, { name: '王曉明', medicalRecordNumber: 'M-2' })
    await submitted(ask, visitOf(one.patientId))
    await submitted(ask, visitOf(two.patientId))
    await untilFinal(ask, 2)
    const countOf = async (patientId: string) =>
      (await ask.records.ofPatient({ patientId, limit: 10 })).visits.length
    expect(await countOf(one.patientId)).toBe(1)

    const link = { patientId: one.patientId, otherId: two.patientId, reason: 'registered-twice' } as const
    expect(await ask.patients.link({ ...link, text: 'same phone' })).toEqual({ kind: 'queued' })
    expect(await ask.patients.link(link)).toEqual({ kind: 'already-linked' })
    const linkOf = async () => (await ask.patients.links({ patientId: two.patientId })).links[0]
    const final = await until(linkOf, (each) => each?.state === 'final')
    expect(final).toMatchObject({
      other: { patientId: one.patientId },
      reason: 'registered-twice',
      text: 'same phone',
      memberName: '北區醫院',
      isOurs: true,
      end: null,
    })
    expect(await countOf(one.patientId)).toBe(2)
    expect(await countOf(two.patientId)).toBe(2)
    const found = await ask.patients.search({ text: '王', limit: 10 })
    expect(found.patients).toMatchObject([
      { patientId: one.patientId, visitCount: 2, linked: [two.patientId] },
    ])

    const end = { linkId: final!.linkId, reason: 'not-same-person' } as const
    expect(await ask.patients.unlink(end)).toEqual({ kind: 'queued' })
    expect(await ask.patients.unlink(end)).toEqual({ kind: 'ended' })
    const ended = await until(linkOf, (each) => each?.end?.state === 'final')
    expect(ended?.end).toMatchObject({ reason: 'not-same-person' })
    expect(ended!.end!.height!).toBeGreaterThan(ended!.height!)
    expect(await countOf(one.patientId)).toBe(1)
    expect((await ask.patients.search({ text: '王', limit: 10 })).patients).toHaveLength(2)
  })
})

describe('C15 Print and export', () => {
  async function printed() {
    const { ask, saved } = await hospital()
    const { patientId } = await registered(ask, { nationalId: 'A123456789' })
    const visit = await submitted(ask, visitOf(patientId))
    await untilFinal(ask, 1)
    const made = await ask.summaries.make({ patientId, merkleRoots: [visit.merkleRoot] })
    if (made.kind !== 'made') throw new Error(made.reason)
    return { ask, saved, patientId, visit, made }
  }

  it('gives a code, a seal and a file that this application finds unaltered in the chain', async () => {
    const { ask, saved, made } = await printed()
    expect(made.code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
    expect(JSON.stringify(made.document)).not.toContain('A123456789') // the national id is not printed
    const [head] = await ask.chain.find({ text: '0' })
    expect(made.document.visits).toMatchObject([{ index: 0, blockHash: head!.hash }])
    const block = { index: 0, inChain: 'unchanged', since: 'current', newerIndex: null, isOwn: true }
    const whole = { kind: 'checked', code: made.code, hospital: '北區醫院', blocks: [block] }
    expect(await ask.summaries.checkText({ text: made.code.toLowerCase() })).toMatchObject({
      ...whole,
      compared: 'code',
      document: { patient: { name: '王小明' } },
    })
    expect(await ask.summaries.checkText({ text: made.seal })).toMatchObject({ ...whole, compared: 'seal' })
    expect(await ask.summaries.savePdf({ code: made.code, name: 'x' })).toEqual({
      path: saved,
      isSaved: true,
    })
    expect((await readFile(saved, 'latin1')).endsWith('%%EOF\n')).toBe(true)
    expect(await ask.summaries.chooseAndCheck()).toMatchObject({ ...whole, compared: 'pdf' })
    await ask.summaries.saveFile({ code: made.code, name: 'x' })
    expect(await ask.summaries.chooseAndCheck()).toMatchObject({
      ...whole,
      compared: 'document',
      document: { visits: [{ index: 0 }] },
    })
  })

  it('refuses an altered file, an altered seal and codes that nobody was given', async () => {
    const { ask, saved, made } = await printed()
    const altered = { kind: 'refused', reason: 'altered' }
    await ask.summaries.savePdf({ code: made.code, name: 'x' })
    const pdf = await readFile(saved)
    for (const at of [9, pdf.length - 2, pdf.indexOf('startxref') + 10]) {
      const changed = Buffer.from(pdf)
      changed[at]! ^= 1
      await writeFile(saved, changed)
      expect(await ask.summaries.chooseAndCheck(), String(at)).toEqual(altered)
    }
    await ask.summaries.saveFile({ code: made.code, name: 'x' })
    const json = await readFile(saved, 'utf8')
    await writeFile(saved, json.replace('"4.2"', '"4.1"'))
    expect(await ask.summaries.chooseAndCheck()).toEqual(altered)
    await writeFile(saved, PDF)
    expect(await ask.summaries.chooseAndCheck()).toEqual({ kind: 'refused', reason: 'not-a-summary' })
    const at = made.seal.length - 20
    const seal = made.seal.slice(0, at) + (made.seal[at] === 'A' ? 'B' : 'A') + made.seal.slice(at + 1)
    expect(await ask.summaries.checkText({ text: seal })).toEqual(altered)
    expect(await ask.summaries.checkText({ text: 'ABCD-EFGH-JKMN-PQRS' })).toEqual({
      kind: 'refused',
      reason: 'unknown-code',
    })
    expect(await ask.summaries.checkText({ text: 'hello' })).toEqual({
      kind: 'refused',
      reason: 'not-a-summary',
    })
  })

  it('writes a FHIR file of the patient that is known when it comes back; an altered copy is refused', async () => {
    const { ask, patientId } = await printed()
    const other = await registered(ask, { name: '李大華', birthDate: '1950-02-03' })
    await submitted(ask, visitOf(other.patientId))
    await untilFinal(ask, 2)
    const over = async (jobId: string) => {
      const ended = await until(ask.jobs.list, (all) => all.every(({ state }) => state !== 'running'))
      expect(ended.find((job) => job.jobId === jobId)).toMatchObject({ state: 'done' })
    }
    const folder = join(await freshFolder(), 'fhir')
    const exported = await ask.imports.startExport({ format: 'fhir', folder, patientId })
    await over(exported.jobId)
    expect(await ask.imports.exportReport(exported)).toMatchObject({ files: 1, patients: 1, visits: 1 })
    const [name] = await readdir(folder)
    const file = join(folder, name!)
    const importing = async () => {
      const { jobId } = await ask.imports.start({ paths: [file] })
      await over(jobId)
      return ask.imports.report({ jobId })
    }
    expect(await importing()).toMatchObject({ visits: 0, duplicates: 1, rejectedCount: 0 })
    const text = await readFile(file, 'utf8')
    expect(text).toContain('4.2')
    await writeFile(file, text.replaceAll('4.2', '4.1'))
    expect(await importing()).toMatchObject({
      visits: 0,
      duplicates: 0,
      rejected: [{ reason: 'own-visit-altered' }],
    })
    const { visits } = await ask.records.ofPatient({ patientId, limit: 10 })
    expect(visits).toMatchObject([{ record: { observations: [{ value: { value: '4.2' } }] } }])
  })

  it('does not print a visit under the name of another patient', async () => {
    const { ask, visit } = await printed()
    const { patientId } = await registered(ask, { name: '李大華', birthDate: '1950-02-03' })
    expect(await ask.summaries.make({ patientId, merkleRoots: [visit.merkleRoot] })).toEqual({
      kind: 'refused',
      reason: 'not-this-patient',
    })
  })

  it('refuses a PDF into whose seal something was written', async () => {
    const { ask, saved, made } = await printed()
    await ask.summaries.savePdf({ code: made.code, name: 'x' })
    const pdf = await readFile(saved, 'latin1')
    const end = '%consilium-seal-end\n'
    for (const written of ['% more\n', '% \n9 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n', '\n']) {
      await writeFile(saved, pdf.replace(end, written + end), 'latin1')
      expect(await ask.summaries.chooseAndCheck(), written).toEqual({ kind: 'refused', reason: 'altered' })
    }
  })

  it('says what has been amended and retracted since', async () => {
    const { ask, patientId, visit, made } = await printed()
    const amended = await submitted(ask, visitOf(patientId, { notes: ['seen again'] }), {
      op: 'amend',
      visitId: visit.visitId,
      supersedes: visit.merkleRoot,
      reason: { code: 'other' },
    })
    await untilFinal(ask, 2)
    expect(await ask.summaries.checkText({ text: made.code })).toMatchObject({
      blocks: [{ inChain: 'unchanged', since: 'amended', newerIndex: 1 }],
    })
    await submitted(ask, visitOf(patientId, { notes: ['seen again'] }), {
      op: 'retract',
      visitId: visit.visitId,
      supersedes: amended.merkleRoot,
      reason: { code: 'entered-in-error' },
    })
    await untilFinal(ask, 3)
    expect(await ask.summaries.checkText({ text: made.code })).toMatchObject({
      blocks: [{ inChain: 'unchanged', since: 'retracted', newerIndex: 2 }],
    })
  })

  it('knows the blocks of another chain for what they are', async () => {
    const { made } = await printed()
    const elsewhere = await hospital()
    expect(await elsewhere.ask.summaries.checkText({ text: made.seal })).toEqual({
      kind: 'refused',
      reason: 'unknown-signer',
    })
  })
})
