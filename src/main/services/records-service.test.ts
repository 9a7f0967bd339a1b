/** Entering visits as the window does, over the contract: twice sent, offline, nearly full, drafts that nobody went on with. */
import { afterEach, describe, expect, it } from 'vitest'
import type { VisitInput } from '../../shared/contract/records.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'
import {
  createTown,
  foundedTogether,
  PASSPHRASE,
  testWorld,
  until,
  type RunningInstitution,
  type Town,
} from '../governance/institution.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

const DAY_MS = 86_400_000

async function hospital(world = testWorld()): Promise<RunningInstitution> {
  town = await createTown(world)
  const institution = await town.start('north')
  await institution.ask.app.found({
    folder: institution.folder,
    institutionName: 'North hospital',
    personName: 'Lin',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  return institution
}

async function registered({ ask }: RunningInstitution): Promise<string> {
  const answer = await ask.patients.register({
    patient: { name: 'Ada Example', sex: 'female', birthDate: '1957-03-02' },
    although: null,
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient.patientId
}

const visitOf = (
  patientId: string,
  day = '2026-11-20',
  observations: VisitInput['observations'] = [],
): VisitInput => ({
  patientId,
  encounter: {
    class: 'AMB',
    status: 'finished',
    admission: { at: `${day}T09:30:00+08:00` },
    department: { system: 'x', code: '02', display: 'Internal medicine' },
    payer: { type: 'NHI' },
  },
  observations,
  diagnoses: [
    {
      code: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' },
      sourceCodings: [],
      role: 'principal',
      rank: 1,
      verification: 'confirmed',
    },
  ],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  consent: { scope: 'treatment-and-research' },
  confirmations: [],
})

const weightOf = (value: string): VisitInput['observations'] => [
  {
    code: { system: 'http://loinc.org', code: '29463-7' },
    kind: 'vital',
    status: 'final',
    value: { type: 'decimal', value, unit: 'kg' },
    sourceCodings: [],
  },
]

describe('entering visits', () => {
  it('C9: a form that is sent twice, at once or again after its answer was lost, is one visit', async () => {
    const { ask } = await hospital()
    const visit = visitOf(await registered({ ask } as RunningInstitution))
    const sent = { visit, draftId: null, change: null, submissionId: 'form-1' }
    const both = await Promise.all([ask.records.submit(sent), ask.records.submit(sent)])
    const roots = both.map((answer) => (answer.kind === 'queued' ? answer.visit.merkleRoot : answer.kind))
    expect(new Set(roots).size).toBe(1)
    await until(ask.node.status, (status) => status.blockCount === 1 && status.queuedCount === 0)
    expect(await ask.records.submit(sent)).toMatchObject({
      kind: 'queued',
      visit: { merkleRoot: roots[0], state: 'final', index: 0 },
    })
    expect(await ask.node.status()).toMatchObject({ blockCount: 1, queuedCount: 0 })
    // Another form with the same content is another visit: that is for a person to decide.
    await ask.records.submit({ ...sent, submissionId: 'form-2' })
    await until(ask.node.status, (status) => status.blockCount === 2)
  })

  it('keeps of a member number a token, the same however it is typed, and of another version the one it had', async () => {
    const institution = await hospital()
    const { ask } = institution
    const patientId = await registered(institution)
    const submit = async (
      visit: VisitInput,
      change: { visitId: string; supersedes: string } | null = null,
    ) => {
      const reason = { code: 'typo' as const }
      const answer = await ask.records.submit({
        visit,
        draftId: null,
        change: change === null ? null : { op: 'amend', ...change, reason },
      })
      if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
      await until(ask.node.status, (status) => status.queuedCount === 0)
      const opened = await ask.records.open({ merkleRoot: answer.visit.merkleRoot })
      if (opened.kind !== 'record') throw new Error(opened.kind)
      return { record: opened.record, merkleRoot: answer.visit.merkleRoot }
    }
    const insured = (day: string, more: Partial<VisitInput>): VisitInput => {
      const visit = visitOf(patientId, day)
      const payer = { type: 'PRIVATE', organisation: 'Blue' } as const
      return { ...visit, encounter: { ...visit.encounter, payer }, ...more }
    }
    const { record, merkleRoot } = await submit(insured('2026-11-20', { memberNumber: 'MEMBER-7' }))
    const { memberToken } = record.encounter.payer
    expect(memberToken).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(record)).not.toContain('MEMBER-7')
    const other = await submit(insured('2026-11-21', { memberNumber: ' ＭEMBER-7 ' }))
    expect(other.record.encounter.payer.memberToken).toBe(memberToken)
    const { visitId } = record.envelope
    const amended = await submit(visitInputOf(record, patientId), { visitId, supersedes: merkleRoot })
    expect(amended.record.encounter.payer).toEqual(record.encounter.payer)
  })

  it('C8: five visits without a quorum are queued, and final in order without duplicates when it is back', async () => {
    town = await createTown()
    const [north, east, south, west] = await foundedTogether(town, ['north', 'east', 'south', 'west'])
    const { ask } = north!
    const patientId = await registered(north!)
    await south!.close()
    await west!.close()
    await until(
      () => ask.governance.overview(),
      ({ strength }) => strength.reachable === 2,
    )
    const days = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']
    const queued: string[] = []
    for (const [i, day] of days.entries()) {
      const answer = await ask.records.submit({
        visit: visitOf(patientId, day),
        draftId: null,
        change: null,
        submissionId: `form-${i}`,
      })
      if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
      expect(answer.visit).toMatchObject({ state: 'queued', index: null })
      queued.push(answer.visit.merkleRoot)
    }
    expect(await ask.node.status()).toMatchObject({ blockCount: 0, queuedCount: 5 })
    // C9: sent once more while one proposer after the other finds no quorum, it is the visit that waits already.
    const again = { visit: visitOf(patientId, days[4]), draftId: null, change: null, submissionId: 'form-4' }
    expect(await ask.records.submit(again)).toMatchObject({
      visit: { merkleRoot: queued[4], state: 'queued' },
    })
    expect(await ask.node.status()).toMatchObject({ queuedCount: 5 })

    const back = await town.start('south')
    expect((await back.ask.app.open({ folder: south!.folder, passphrase: PASSPHRASE })).kind).toBe('opened')
    await until(ask.node.status, (status) => status.blockCount === 5 && status.queuedCount === 0)
    await until(east!.ask.node.status, (status) => status.blockCount === 5)
    expect(await ask.records.submit(again)).toMatchObject({ visit: { merkleRoot: queued[4], index: 4 } })
    const { visits } = await ask.records.ofPatient({ patientId, limit: 10 })
    const inOrder = visits.toSorted((a, b) => a.index! - b.index!)
    expect(inOrder.map(({ merkleRoot }) => merkleRoot)).toEqual(queued)
    // The day of the visit is kept; when it was recorded is another instant, and never before.
    expect(inOrder.map(({ record }) => record.encounter.admission.at.slice(0, 10))).toEqual(days)
    expect(inOrder.every(({ record }) => record.envelope.recordedAt.slice(0, 10) > '2026-11-20')).toBe(true)
  }, 90_000)

  it('C18: below the floor of free space it says so, loses nothing, and goes on when there is space again', async () => {
    let free = 10e9
    const world = testWorld({ freeBytes: async () => free })
    const { ask } = await hospital({ ...world, limits: { ...world.limits, diskLookMs: 0 } })
    const patientId = await registered({ ask } as RunningInstitution)
    const draft = { draftId: 'd1', patientId, title: 'Ada', savedAt: 0, form: { typed: 'half a sentence' } }
    await ask.records.saveDraft(draft)
    free = 1000
    const sent = { visit: visitOf(patientId), draftId: 'd1', change: null, submissionId: 'd1' }
    await expect(ask.records.submit(sent)).rejects.toMatchObject({ code: 'disk-full' })
    // Either the draft is kept, or the window is told that it could not be; what was kept before is whole.
    const saved = await ask.records.saveDraft({ ...draft, form: { typed: 'a whole one' } }).then(
      () => true,
      (error: unknown) => (error as { code?: string }).code,
    )
    expect([true, 'disk-full']).toContain(saved)
    const kept = (await ask.records.loadDraft({ draftId: 'd1' }))?.form
    expect(kept).toEqual({ typed: saved === true ? 'a whole one' : 'half a sentence' })
    expect(await ask.node.status()).toMatchObject({ state: 'disk-full', blockCount: 0, queuedCount: 0 })
    free = 10e9
    expect((await ask.records.submit(sent)).kind).toBe('queued')
    await until(ask.node.status, (status) => status.blockCount === 1)
    expect(await ask.records.listDrafts()).toEqual([])
  })

  it('throws a draft away that nobody went on with for two weeks, and lists the others, newest first', async () => {
    let now = Date.now()
    const { ask } = await hospital(testWorld({ now: () => now }))
    const draft = { patientId: null, title: 'Ada', savedAt: 0, form: {} }
    await ask.records.saveDraft({ ...draft, draftId: 'old' })
    now += 10 * DAY_MS
    await ask.records.saveDraft({ ...draft, draftId: 'newer' })
    await ask.records.saveDraft({ ...draft, draftId: 'newest' })
    expect((await ask.records.listDrafts()).map(({ draftId }) => draftId)).toHaveLength(3)
    now += 5 * DAY_MS
    expect((await ask.records.listDrafts()).map(({ draftId }) => draftId).sort()).toEqual(['newer', 'newest'])
    expect(await ask.records.loadDraft({ draftId: 'old' })).toBeNull()
    expect((await ask.node.status()).draftCount).toBe(2)
  })

  it('asks about a weight against the visits before, and not when that visit itself is corrected', async () => {
    const { ask } = await hospital()
    const patientId = await registered({ ask } as RunningInstitution)
    const first = await ask.records.submit({
      visit: visitOf(patientId, '2026-11-10', weightOf('68.5')),
      draftId: null,
      change: null,
    })
    if (first.kind !== 'queued') throw new Error(JSON.stringify(first))
    const visit = visitOf(patientId, '2026-11-20', weightOf('86.5'))
    expect(await ask.records.submit({ visit, draftId: null, change: null })).toMatchObject({
      kind: 'findings',
      findings: [{ rule: 'weight-jump', params: { limit: '68.5' } }],
    })
    const change = {
      op: 'amend' as const,
      visitId: first.visit.visitId,
      supersedes: first.visit.merkleRoot,
      reason: { code: 'typo' as const },
    }
    expect((await ask.records.submit({ visit, draftId: null, change })).kind).toBe('queued')
  })
})
