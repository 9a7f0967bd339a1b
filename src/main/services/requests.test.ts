/**
 * Asking over the whole contract, at a hospital that is a consortium of its own: price, request, repeat, refusals of the budget, protocols. What
 * gateways compute has tests of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { sampleDocument, studyClear } from '../node/studies/studies.test-kit.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asked } from '../../shared/contract/requests.ts'
import { fromHex, utf8Decode } from '../../shared/std/bytes.ts'
import { PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import { noDesktop } from '../desktop.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import type { ChainNode } from '../node/node.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import { encodeByRule } from '../privacy/rules/by-rule-bytes.ts'
import { createChecksService } from './checks-service.ts'
import { createJobs } from './jobs.ts'
import { createReviewsDesk } from './reviews-desk.ts'
import { createReviewsCore } from './reviews-service.ts'
import { protocolOf } from './kept-protocols.ts'

let scratch = ''
let headless: Headless
let node: ChainNode
let snapshot = ''
const world = testWorld()

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-requests-'))
  const folder = join(scratch, 'hospital')
  await foundProfile(
    {
      folder,
      institutionName: 'North',
      personName: 'Ada',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    },
    world,
  )
  headless = await openHeadless({ folder, passphrase: PASSPHRASE, world })
  node = headless.institution.profile.node!
  await headless.handlers.imports.startSynthetic({ patients: 4, seed: 'x', part: 0, of: 1 })
  await until(
    async () => node.status,
    ({ blockCount }) => blockCount > 0,
  )
  await until(
    async () => node.outbox.count,
    (count) => count === 0,
  )
}, 120_000)
afterAll(async () => {
  await headless.close()
  await rm(scratch, { recursive: true, force: true })
})

const count = (microRho: number, change: Partial<Asked & { lane: 'noise' }> = {}): Asked => ({
  lane: 'noise',
  snapshot,
  cohort: {
    schema: 'cohort/1',
    title: 'All',
    codeSets: {},
    entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
    steps: [],
  },
  cleaning: null,
  followUp: null,
  output: { kind: 'count' },
  microRho,
  registration: null,
  isPublished: false,
  ...change,
})
const submit = async (asked: Asked, title = 'How many', change: object = {}) => {
  const priced = await headless.handlers.requests.price({ asked, wished: null })
  const { requestHash, microRho } =
    priced.kind === 'priced' ? priced : { requestHash: '00'.repeat(32), microRho: 0 }
  const shown = { requestHash, microRho, ...change }
  return headless.handlers.requests.submit({ asked, title, purpose: 'research', studyId: null, shown })
}

describe('before there is a snapshot', () => {
  it('the catalogue says so, and what the next one needs', async () => {
    const catalog = await headless.handlers.requests.catalog()
    expect(catalog).toMatchObject({
      class: 'hospital',
      snapshots: [],
      gatewayCount: 1,
      attestationsNeeded: 1,
    })
    expect(catalog.next).toMatchObject({ patientsMin: 500, hospitalsMin: 3 })
    expect(catalog.variables.map(({ name }) => name)).toContain('hba1c-tenths')
  })
  it('nothing is charged', async () => {
    snapshot = 'ab'.repeat(32)
    expect(await submit(count(2_000))).toEqual({ kind: 'refused', reason: 'unknown-snapshot' })
    expect(await headless.handlers.requests.budget({ snapshot, isPublished: false })).toBeNull()
    expect(await headless.handlers.requests.list()).toEqual([])
  })
})

describe('a snapshot', () => {
  it('is not declared while too few patients have come, and then is', async () => {
    node.studies.snapshots.setMayDeclare(async () => 'too-few-patients')
    expect(await headless.handlers.snapshots.propose()).toEqual({
      kind: 'refused',
      reason: 'too-few-patients',
    })
    // Another height, so that the gateway looks again.
    await headless.handlers.imports.startSynthetic({ patients: 2, seed: 'y', part: 0, of: 1 })
    const before = node.ledger.state.height
    await until(
      async () => node.ledger.state.height,
      (height) => height > before && node.outbox.count === 0,
    )
    node.studies.snapshots.setMayDeclare(async () => 'yes')
    const proposed = await headless.handlers.snapshots.propose()
    expect(proposed).toMatchObject({ kind: 'proposed' })
    const { snapshots } = await until(
      () => headless.handlers.snapshots.list(),
      (view) => view.snapshots.length === 1,
    )
    expect(snapshots[0]).toMatchObject({ chargedMicroRho: 0, isNewest: true })
    expect(snapshots[0]!.stateAt).not.toBeNull()
    snapshot = snapshots[0]!.hash
  }, 60_000)
})

describe('a request', () => {
  it('has its price, its noise and what remains before the click', async () => {
    const price = await headless.handlers.requests.price({ asked: count(2_000), wished: 50 })
    expect(price).toMatchObject({
      kind: 'priced',
      chargeKind: 'count',
      microRho: 2_000,
      noise: [{ name: 'count', cells: 1, halfWidth: 31 }],
      binding: { limit: 'requester', room: 150_000, times: 75 },
      same: null,
    })
    if (price.kind !== 'priced') return
    const cheaper = await headless.handlers.requests.price({
      asked: count(price.wishedMicroRho!),
      wished: null,
    })
    expect(cheaper).toMatchObject({ noise: [{ halfWidth: 50 }] })
  })
  it('R13: is refused before anything is sent where it costs more than one may, and by the chain whoever sends it', async () => {
    expect(await submit(count(2_001))).toEqual({ kind: 'refused', reason: 'budget', limit: 'charge' })
    expect(await headless.handlers.requests.list()).toEqual([])
    // A modified program asks the chain itself.
    const sent = await node.studies.exchange.send(sampleDocument())
    const clear = studyClear(node, sent, fromHex(snapshot) as never, {
      chargeKind: 'count',
      chargeMicroRho: 2_001,
    })
    await expect(node.studies.exchange.submit(clear)).rejects.toMatchObject({
      detail: { code: 'item-refused', reason: 'item-budget-charge' },
    })
  })
  it('says what is wrong with it instead of a price', async () => {
    const table = count(5_000, {
      output: { kind: 'table', axes: [{ variable: 'sex', edges: [] }], counted: { unit: 'patients' } },
    })
    const problems = [{ kind: 'request', problem: 'axes' }]
    expect(await headless.handlers.requests.price({ asked: table, wished: null })).toEqual({
      kind: 'problems',
      problems,
    })
    expect(await submit(table)).toEqual({ kind: 'problems', problems })
  })
  it('is not charged at a price, or for a question, that was not shown', async () => {
    const changed = { kind: 'refused', reason: 'price-changed' }
    expect(await submit(count(2_000), 'Dearer', { microRho: 1_000 })).toEqual(changed)
    expect(await submit(count(2_000), 'Other', { requestHash: 'ab'.repeat(32) })).toEqual(changed)
    expect(await headless.handlers.requests.list()).toEqual([])
  })
  it('is charged once, listed with where it is, and opened again in words', async () => {
    const submitted = await submit(count(2_000))
    expect(submitted).toMatchObject({ kind: 'submitted', heldBy: ['North'] })
    if (submitted.kind !== 'submitted') return
    const [row] = await until(
      () => headless.handlers.requests.list(),
      ([first]) => first !== undefined && first.state !== 'handing-over',
    )
    expect(row).toMatchObject({
      studyHash: submitted.studyHash,
      title: 'How many',
      output: 'count',
      microRho: 2_000,
      isOwn: true,
      requester: 'North',
      attestationsNeeded: 1,
    })
    const opened = await headless.handlers.requests.open({ studyHash: submitted.studyHash })
    expect(opened).toMatchObject({
      purpose: 'research',
      question: { lane: 'noise', output: { kind: 'count' }, cohort: { title: 'How many' } },
      snapshot: { hash: snapshot, chargedMicroRho: 2_000 },
      isUnattested: true,
      paidMicroRho: 2_000,
      mayRecompute: false,
    })
    const budget = await headless.handlers.requests.budget({ snapshot, isPublished: false })
    expect(budget?.limits.find(({ limit }) => limit === 'requester')).toMatchObject({ room: 148_000 })
    expect(await headless.handlers.requests.open({ studyHash: 'cd'.repeat(32) })).toBeNull()
  }, 60_000)
  it('R12: that was asked before costs nothing, and is not sent again while it is being answered', async () => {
    const asked = count(2_000)
    const price = await headless.handlers.requests.price({ asked, wished: null })
    expect(price).toMatchObject({
      kind: 'priced',
      microRho: 0,
      chargeKind: 'repeat',
      same: { title: 'How many' },
    })
    const again = await submit(asked, 'Another title')
    expect(['known', 'submitted']).toContain(again.kind)
    const spent = await headless.handlers.requests.budget({ snapshot, isPublished: false })
    expect(spent?.limits.find(({ limit }) => limit === 'requester')).toMatchObject({ room: 148_000 })
  })
  it('that nobody has answered cannot be recomputed', async () => {
    expect(await headless.handlers.requests.recompute({ studyHash: 'cd'.repeat(32) })).toEqual({
      kind: 'refused',
      reason: 'not-now',
    })
  })
})

describe('a protocol', () => {
  it('R1: is on the chain by its hash, with its text and question here alone', async () => {
    const text = 'Hypothesis: more of them than before.'
    const registered = await headless.handlers.requests.register({
      title: 'Plan',
      text,
      asked: count(2_000),
      purpose: 'quality',
    })
    expect(registered).toMatchObject({ kind: 'registered' })
    if (registered.kind !== 'registered') return
    const [row] = await until(
      () => headless.handlers.requests.registrations(),
      (rows) => rows.length === 1,
    )
    expect(row).toMatchObject({ hash: registered.hash, title: 'Plan', isOwn: true, member: 'North' })
    const bytes = await protocolOf(world, node, fromHex(registered.hash))
    expect(JSON.parse(utf8Decode(bytes!))).toMatchObject({
      format: 'consilium-protocol/1',
      title: 'Plan',
      text,
      plan: { purpose: 'quality', lane: 'automatic', output: ['count'], followUp: null },
    })
    expect(await protocolOf(world, node, fromHex('ab'.repeat(32)))).toBeNull()
    // The chain's own rules refuse more: an answer, and no defect.
    const { submit: before } = node.studies.exchange
    node.studies.exchange.submit = () =>
      Promise.reject(new ItemFailure({ code: 'item-refused', reason: 'item-open-studies' }))
    const again = { title: 'Plan', text, asked: count(2_000), purpose: 'quality' } as const
    expect(await headless.handlers.requests.register(again)).toEqual({ kind: 'refused', reason: 'not-taken' })
    node.studies.exchange.submit = before
  }, 60_000)
})

describe('a package', () => {
  it('that cannot be made says why, instead of ending as if nothing had been asked', async () => {
    const { index, exchange } = node.studies
    const real = { studyOf: index.studyOf, documentOf: exchange.documentOf, answerOf: exchange.answerOf }
    const [row] = await index.list({ limit: 1 })
    // Of a study that this chain has never decided.
    const studyHash = 'ef'.repeat(32)
    const result = { outcome: 'answered', itemHash: fromHex(studyHash) }
    const unknown = {
      ...row,
      studyHash: fromHex(studyHash),
      chargeKind: 'count',
      checks: [],
      reviews: [],
      result,
    }
    Object.assign(index, { studyOf: async () => unknown })
    Object.assign(exchange, {
      documentOf: async () => new Uint8Array(9),
      answerOf: async () => new Uint8Array(9),
    })
    try {
      const jobs = createJobs(
        () => {},
        () => 0,
      )
      const profile = () => headless.institution.profile
      const reviews = createReviewsCore({ world, profile, jobs } as never)
      const built = await reviews.build({ studyHash })
      if (built.kind !== 'started') throw new Error(built.reason)
      const [job] = await until(
        () => jobs.handlers.list(),
        ([each]) => each?.state !== 'running',
      )
      expect(job).toMatchObject({ state: 'failed', error: { code: 'package-not-final' } })
      const desk = createReviewsDesk(noDesktop, reviews)
      await expect(desk.save({ jobId: built.jobId })).rejects.toMatchObject({
        detail: { code: 'package-gone' },
      })
    } finally {
      Object.assign(index, { studyOf: real.studyOf })
      Object.assign(exchange, real)
    }
  }, 60_000)
})

describe('a check', () => {
  it('R14: of what the own institution asked is shown and cannot be decided', async () => {
    const [row] = await headless.handlers.requests.list()
    const studyHash = fromHex(row!.studyHash) as never
    const proposalHash = new Uint8Array(32).fill(3)
    const answer = encodeByRule([{ name: 'baseline/age', kind: 'mean', value: '63' }])
    const said: string[] = []
    const open = { studyHash, proposalHash, answer, checks: [] } as never
    const checks = createChecksService({
      world,
      profile: () => headless.institution.profile,
      lease: () => ({ isReleased: false, session: { user: new Uint8Array(32).fill(4) } }),
      gateway: () => ({
        proposals: async () => [open],
        proposal: async () => open,
        check: async (_study: unknown, _proposal: unknown, verdict: string) => {
          said.push(verdict)
          return 'submitted'
        },
      }),
    } as never)
    expect(await checks.list()).toMatchObject([{ title: 'How many', mayCheck: 'own-study' }])
    const decided = await checks.decide({
      studyHash: row!.studyHash,
      proposalHash: '03'.repeat(32),
      verdict: 'approve',
      checklist: ['purpose', 'groups', 'differences', 'small-numbers', 'wording'],
      comment: '',
    })
    expect(decided).toEqual({ kind: 'refused', reason: 'own-study' })
    expect(said).toEqual([])
  })
})
