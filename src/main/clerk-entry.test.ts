/** Scenarios of entering a visit over the whole application without a window: C1, C4, C6, C7. */
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../shared/contract/index.ts'
import type { Finding, VisitInput } from '../shared/contract/records.ts'
import {
  createTown,
  PASSPHRASE,
  until,
  type RunningInstitution,
  type Town,
} from './governance/institution.test-kit.ts'
import { plainVisit, wholeVisit } from './services/visit.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

async function hospital(): Promise<RunningInstitution> {
  town = await createTown()
  const institution = await town.start('north')
  await institution.ask.app.found({
    folder: institution.folder,
    institutionName: '北區醫院',
    personName: '林怡君',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  return institution
}
async function registered(ask: AllClients): Promise<string> {
  const answer = await ask.patients.register({
    patient: { name: '王小明', sex: 'female', birthDate: '1957-03-02' },
    although: null,
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient.patientId
}

describe('C1 First run', () => {
  it('asks for no account: a name and a passphrase found a hospital whose first search is ready', async () => {
    const { ask, folder } = await hospital()
    expect(await ask.app.session()).toMatchObject({
      state: 'open',
      institutionName: '北區醫院',
      person: { name: '林怡君', roles: expect.arrayContaining(['clerk']) },
      isSynthetic: false,
    })
    expect(await ask.patients.search({ text: '', limit: 8 })).toEqual({ patients: [], total: 0 })
    expect(await ask.node.status()).toMatchObject({ state: 'running', blockCount: 0, catchingUpTo: null })
    // The passphrase alone opens it again; a wrong one does not.
    await ask.app.lock()
    expect(await ask.app.unlock({ passphrase: 'another one of several words' })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    expect(folder).toContain('north')
  })
  it('gives a recovery kit to keep, and counts it as open until it was opened again', async () => {
    const { ask } = await hospital()
    expect(await ask.upkeep.checklist()).toMatchObject({ isKitProven: false })
    const kit = await ask.app.saveRecoveryKit({ passphrase: PASSPHRASE, as: 'text' })
    if (kit.kind !== 'text') throw new Error(kit.kind)
    expect(await ask.app.proveRecoveryKit({ text: kit.text.slice(0, -40) })).toMatchObject({
      kind: 'refused',
    })
    expect(await ask.upkeep.checklist()).toMatchObject({ isKitProven: false })
    expect(await ask.app.proveRecoveryKit({ text: kit.text })).toEqual({ kind: 'proven' })
    expect(await ask.upkeep.checklist()).toMatchObject({ isKitProven: true })
  })
})

describe('C7 Crash', () => {
  it('leaves exactly one draft, whole, and none once the visit is saved', async () => {
    const { ask, folder, close } = await hospital()
    const patientId = await registered(ask)
    const form = { typed: { reason: '咳嗽', sbp: '128', labs: [{ test: 'K', value: '4.2' }, { test: '' }] } }
    const draft = { draftId: 'd1', patientId, title: '王小明', savedAt: 0, form }
    // Saved at every rest of the fingers, under one name.
    for (const reason of ['咳', '咳嗽'])
      await ask.records.saveDraft({ ...draft, form: { typed: { ...form.typed, reason } } })
    await close()

    const again = await town!.start('again')
    await again.ask.app.open({ folder, passphrase: PASSPHRASE })
    expect(await again.ask.records.listDrafts()).toMatchObject([
      { draftId: 'd1', patientId, title: '王小明' },
    ])
    expect((await again.ask.records.loadDraft({ draftId: 'd1' }))?.form).toEqual(form)
    const visit = plainVisit(patientId, '2026-11-20')
    const saved = await again.ask.records.submit({ visit, draftId: 'd1', change: null })
    expect(saved.kind).toBe('queued')
    expect(await again.ask.records.listDrafts()).toEqual([])
    await again.close()

    const last = await town!.start('last')
    await last.ask.app.open({ folder, passphrase: PASSPHRASE })
    expect(await last.ask.records.listDrafts()).toEqual([])
    expect(await last.ask.node.status()).toMatchObject({ draftCount: 0 })
  })
})

describe('C4 Record a visit', () => {
  it('goes from Draft to Queued to Final, is found by number and hash, and says what was entered', async () => {
    const { ask } = await hospital()
    const patientId = await registered(ask)
    const visit = wholeVisit(patientId, '2026-11-20')
    const draft = { draftId: 'd1', patientId, title: '王小明', savedAt: 0, form: { typed: 'half of it' } }
    await ask.records.saveDraft(draft)
    expect(await ask.node.status()).toMatchObject({ draftCount: 1, queuedCount: 0 })

    const confirmations = (await ask.records.check(visit)).map(({ path, rule, params }) => ({
      path,
      rule,
      value: params['value'] ?? '',
      by: '林怡君',
    }))
    const answer = await ask.records.submit({
      visit: { ...visit, confirmations },
      draftId: 'd1',
      change: null,
    })
    if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
    expect(answer.visit).toMatchObject({ state: 'queued', index: null })
    expect(await ask.records.listDrafts()).toEqual([])
    const { merkleRoot } = answer.visit
    const [final] = await until(
      () => ask.records.recent({ limit: 1, of: 'mine' }),
      ([newest]) => newest?.state === 'final',
    )
    expect(final).toMatchObject({ merkleRoot, state: 'final', index: 0 })

    const [row] = await ask.chain.find({ text: '0' })
    expect(row).toMatchObject({ index: 0, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await ask.chain.find({ text: row!.hash })).toMatchObject([{ index: 0 }])
    expect((await ask.node.status()).tip).toBe(row!.hash)
    const opened = await ask.records.open({ merkleRoot })
    if (opened.kind !== 'record') throw new Error(opened.reason)
    const { record } = opened
    for (const list of [
      'observations',
      'diagnoses',
      'procedures',
      'prescriptions',
      'claims',
      'notes',
    ] as const)
      expect(record[list], list).toEqual(visit[list])
    expect(record.encounter).toMatchObject({ ...visit.encounter, day: '2026-11-20' })
  })
})

describe('C6 Validation', () => {
  const lab = (code: string, value: string, unit: string): VisitInput['observations'][number] => ({
    code: { system: 'http://loinc.org', code },
    kind: 'lab',
    status: 'final',
    value: { type: 'decimal', value, unit },
    specimenCollected: '2026-11-20',
    resultDate: '2026-11-20',
    sourceCodings: [],
  })
  const only = (findings: readonly Finding[]) =>
    findings.map(({ path, rule, severity, suggestion }) => [
      path,
      rule,
      severity,
      // Of a date another one may be proposed, whatever today is.
      path.startsWith('observations') ? suggestion : null,
    ])

  it('stops at a day in the future, a discharge before the admission, potassium of 52, and milligrams that are millimoles', async () => {
    const { ask } = await hospital()
    const patientId = await registered(ask)
    const plain = plainVisit(patientId, '2026-11-20')
    const tomorrow = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)
    const wrong: readonly [VisitInput, unknown][] = [
      [plainVisit(patientId, tomorrow), ['encounter.admission', 'in-future', 'refuse', null]],
      [
        {
          ...plain,
          encounter: {
            ...plain.encounter,
            class: 'IMP',
            discharge: { at: '2026-11-18T09:00:00+08:00' },
            dischargeDisposition: 'home',
          },
          diagnoses: plain.diagnoses.map((each) => ({ ...each, presentOnAdmission: 'Y' as const })),
        },
        ['encounter.discharge', 'discharge-before-admission', 'refuse', null],
      ],
      [
        { ...plain, observations: [lab('2823-3', '52', 'mmol/L')] },
        ['observations.0.value', 'above-hard-limit', 'refuse', '5.2'],
      ],
      [
        { ...plain, observations: [lab('2345-7', '5.5', 'mg/dL')] },
        ['observations.0.value', 'below-hard-limit', 'refuse', '99'],
      ],
    ]
    for (const [visit, finding] of wrong) {
      expect(only(await ask.records.check(visit))).toContainEqual(finding)
      const answer = await ask.records.submit({ visit, draftId: null, change: null })
      expect(answer).toMatchObject({ kind: 'findings' })
    }
    expect(await ask.node.status()).toMatchObject({ blockCount: 0, queuedCount: 0 })

    // What is only unusual is taken once somebody has said that it is so, and that stays with the record.
    const unusual = { ...plain, observations: [lab('2823-3', '7.9', 'mmol/L')] }
    const asked = await ask.records.submit({ visit: unusual, draftId: null, change: null })
    expect(asked).toMatchObject({
      kind: 'findings',
      findings: [{ path: 'observations.0.value', severity: 'confirm' }],
    })
    const confirmations = [
      { path: 'observations.0.value', rule: 'above-soft-limit', value: '7.9', by: '林怡君' },
    ]
    const taken = await ask.records.submit({
      visit: { ...unusual, confirmations },
      draftId: null,
      change: null,
    })
    if (taken.kind !== 'queued') throw new Error(JSON.stringify(taken))
    const opened = await ask.records.open({ merkleRoot: taken.visit.merkleRoot })
    expect(opened).toMatchObject({
      record: { envelope: { confirmations: expect.arrayContaining(confirmations) } },
    })
  })
})
