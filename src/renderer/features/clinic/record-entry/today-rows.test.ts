import { describe, expect, it } from 'vitest'
import type { SubmittedVisit } from '../../../../shared/contract/records.ts'
import { todayRows } from './today-rows.ts'

const visit = (n: number, over: Partial<SubmittedVisit> = {}): SubmittedVisit => ({
  visitId: `v${n}`,
  recordId: `r${n}`,
  merkleRoot: `m${n}`,
  patientId: 'p',
  patientName: '王小明',
  admission: '2026-11-29',
  encounterClass: 'AMB',
  op: 'create',
  state: 'queued',
  index: null,
  submittedAt: n,
  ...over,
})
const draft = (draftId: string, savedAt: number) => ({ draftId, savedAt, patientId: 'p', title: '王小明' })
const base = {
  visits: [],
  lastQueued: null,
  drafts: [],
  openDraftId: 'open',
  today: '2026-11-29',
  dayOf: () => '2026-11-29',
}
const said = (rows: ReturnType<typeof todayRows>) =>
  rows.map((row) => (row.kind === 'draft' ? row.draft.draftId : row.visit.recordId))

describe('the strip of today', () => {
  it('has my drafts among my visits, newest first, without the one that is open', () => {
    const drafts = [draft('d', 15), draft('open', 99)]
    expect(said(todayRows({ ...base, visits: [visit(20), visit(10)], drafts }))).toEqual(['r20', 'd', 'r10'])
  })

  it('leaves out visits of other days, and keeps a draft of yesterday below, with its day', () => {
    const rows = todayRows({
      ...base,
      visits: [visit(20), visit(5)],
      drafts: [draft('yesterday', 4), draft('today', 15)],
      dayOf: (at) => (at >= 10 ? '2026-11-29' : '2026-11-28'),
    })
    expect(said(rows)).toEqual(['r20', 'today', 'yesterday'])
    expect(rows.map(({ day }) => day)).toEqual([null, null, '2026-11-28'])
  })

  it('offers no draft that cannot be read', () => {
    const drafts = [{ ...draft('damaged-1', 0), isDamaged: true as const }, draft('d', 15)]
    expect(said(todayRows({ ...base, drafts }))).toEqual(['d'])
  })

  it('shows what was just saved once, before and after it is asked for', () => {
    const lastQueued = visit(30)
    expect(said(todayRows({ ...base, visits: [visit(20)], lastQueued }))).toEqual(['r30', 'r20'])
    expect(said(todayRows({ ...base, visits: [visit(30), visit(20)], lastQueued }))).toEqual(['r30', 'r20'])
  })

  it('shows a visit that was corrected once, as its newest version', () => {
    const amended = visit(30, { visitId: 'v10', op: 'amend' })
    expect(said(todayRows({ ...base, visits: [amended, visit(10)] }))).toEqual(['r30'])
  })
})
