/**
 * Asking over the whole contract, at a hospital that is a consortium of its own: price, request, repeat, refusals of the budget, protocols. What
 * gateways compute has tests of its own.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { sampleDocument, studyClear } from '../node/studies/studies.test-kit.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asked } from '../../shared/contract/requests.ts'
import type { IntervalDefinition } from '../../shared/domain/intervals.ts'
import { fromHex, toHex, utf8Decode, type Bytes } from '../../shared/std/bytes.ts'
import { PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import { noDesktop } from '../desktop.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import { exposureBook } from '../insurer/exposure-book.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import type { ErasureStanding } from '../node/erasures.ts'
import { keyTail, rangeOf } from '../node/storage/buckets.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { encodeByRule } from '../privacy/rules/by-rule-bytes.ts'
import { createChecksService } from './checks-service.ts'
import { createJobs } from './jobs.ts'
import { openPackagesOf } from './open-packages.ts'
import { createRequestsService } from './requests-service.ts'
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
}, 120_000)

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
const FOLLOW_UP: IntervalDefinition = {
  schema: 'intervals/1',
  codeSets: {},
  followUp: {
    startAfterDays: 0,
    event: { kind: 'visit', classes: ['IMP'] },
    earlierEvents: 'keep',
    left: null,
    atMostDays: 365,
    until: null,
    atLeastDays: 1,
  },
  covariates: [],
  clock: 'index',
  cuts: [],
  rows: { kind: 'changes' },
}
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
  it('of a portfolio is not asked by whoever is no insurer of that name, since gateways would refuse it', async () => {
    const monitor = count(20_000, {
      output: {
        kind: 'monitor',
        organisation: 'North',
        groups: [{ label: 'all', codes: ['G-1'] }],
        plans: null,
        ageEdges: [50],
        lastMonth: '2018-12',
        months: 12,
        costMost: 200_000,
        insurers: null,
      },
    })
    const problems = [{ kind: 'request', problem: 'groups' }]
    expect(await submit(monitor)).toEqual({ kind: 'problems', problems })
  })
  it('is not charged as registered by a protocol of somebody else, or one that came after an answer to the study', async () => {
    const { index } = node.studies
    const real = { registrationOf: index.registrationOf, list: index.list }
    const itemHash = new Uint8Array(32).fill(7) as ItemHash
    const studyId = '09'.repeat(16)
    const cox = count(2_000, {
      followUp: FOLLOW_UP,
      output: { kind: 'cox', timeEdges: [180], covariates: [{ variable: 'sex', edges: [] }] },
      registration: toHex(itemHash),
    })
    const priced = await headless.handlers.requests.price({ asked: cox, wished: null })
    if (priced.kind !== 'priced') throw new Error(JSON.stringify(priced))
    const asking = { asked: cox, title: 'Plan', purpose: 'research', studyId, shown: priced } as const
    const refused = { kind: 'refused', reason: 'unknown-registration' }
    const registered = { itemHash, protocolHash: itemHash, height: 9, time: 1 }
    try {
      index.registrationOf = async () => ({ ...registered, author: new Uint8Array(16) as MemberId })
      expect(await headless.handlers.requests.submit(asking)).toEqual(refused)
      index.registrationOf = async () => ({ ...registered, author: node.memberId })
      const answered = {
        studyId: fromHex(studyId),
        snapshotHash: fromHex(snapshot),
        chargeKind: 'repeat',
        result: { outcome: 'answered', height: 9 },
      } as unknown as StudyRow
      index.list = async () => [answered]
      expect(await headless.handlers.requests.submit(asking)).toEqual(refused)
    } finally {
      Object.assign(index, real)
    }
  })
  it('is not charged at a snapshot that lost a record, of which no gateway computes anything', async () => {
    const { erasures } = node
    const real = erasures.list
    let root: Bytes | null = null
    for await (const { key } of node.store.scan(rangeOf('r'))) root ??= keyTail('r', key)
    const erased = (decidedAt: number | null) => [
      {
        state: decidedAt === null ? 'open' : 'decided',
        decidedAt,
        roots: [root!],
      } as unknown as ErasureStanding,
    ]
    const { height } = node.ledger.state.consortium.snapshots[0]!
    try {
      erasures.list = async () => erased(height + 1)
      expect(await submit(count(2_000))).toEqual({ kind: 'refused', reason: 'snapshot-erased' })
      // What is only asked for is there, and what was erased before the snapshot is not in it: then what comes after is looked at.
      const planned = count(2_000, {
        followUp: FOLLOW_UP,
        output: { kind: 'cox', timeEdges: [180], covariates: [{ variable: 'sex', edges: [] }] },
        registration: 'ab'.repeat(32),
      })
      for (const decidedAt of [null, height]) {
        erasures.list = async () => erased(decidedAt)
        expect(await submit(planned)).toEqual({ kind: 'refused', reason: 'unknown-registration' })
      }
    } finally {
      erasures.list = real
    }
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

describe('a formula that this hospital approved', () => {
  it('is no protocol, and no approval of its own request', async () => {
    const { handlers } = headless
    const formula = 'age_years / 100'
    const before = await handlers.requests.registrations()
    expect(await handlers.checks.approveFormula({ formula })).toEqual({ kind: 'approved' })
    const all = () => node.studies.index.registrations({ author: node.memberId, limit: 99 })
    const rows = await until(all, (each) => each.length === before.length + 1)
    expect(rows).toHaveLength(before.length + 1)
    expect(await handlers.requests.registrations()).toEqual(before)
    for (const { itemHash } of rows)
      if (!before.some(({ hash }) => hash === toHex(itemHash)))
        expect(await protocolOf(world, node, itemHash)).toBeNull()
    // It would not count if this hospital asked, so it is not shown as if it did.
    expect(await handlers.requests.formula({ kind: 'formula', text: formula })).toMatchObject({
      kind: 'formula',
      approvedBy: [],
      isApprovedHere: true,
    })
    expect(await handlers.checks.approveFormula({ formula })).toEqual({ kind: 'refused', reason: 'known' })
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
      suspensions: [],
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

describe('a recomputation', () => {
  it('is asked with the document of a package that is open, where nobody gives it to this institution', async () => {
    const { index, exchange } = node.studies
    const real = { studyOf: index.studyOf, documentOf: exchange.documentOf, submit: exchange.submit }
    const [row] = await index.list({ limit: 1 })
    const document = (await exchange.documentOf(row!.commitment, row!.studyHash))!
    const studyHash = toHex(row!.studyHash)
    const asked: unknown[] = []
    Object.assign(index, { studyOf: async () => ({ ...row!, result: { outcome: 'answered' } }) })
    Object.assign(exchange, {
      documentOf: async () => null,
      submit: async (clear: unknown) => {
        asked.push(clear)
        return { itemHash: row!.studyHash }
      },
    })
    try {
      const context = { world, profile: () => headless.institution.profile } as never
      const { recompute } = createRequestsService(context)
      const open = openPackagesOf(context)
      const [ours, another] = ['ab'.repeat(32), 'cd'.repeat(32)]
      const refused = { kind: 'refused', reason: 'no-document' }
      expect(await recompute({ studyHash })).toEqual(refused)
      expect(await recompute({ studyHash, packageHash: ours })).toEqual(refused)
      // Whoever puts another document into a package gets nothing asked in this study's name.
      open.set(another, { report: {} as never, document: sampleDocument() })
      expect(await recompute({ studyHash, packageHash: another })).toEqual(refused)
      expect(asked).toEqual([])
      open.set(ours, { report: {} as never, document })
      expect(await recompute({ studyHash, packageHash: ours })).toMatchObject({ kind: 'submitted' })
      expect(asked).toMatchObject([{ kind: 'study', chargeKind: 'recompute', of: row!.studyHash }])
    } finally {
      Object.assign(index, { studyOf: real.studyOf })
      Object.assign(exchange, { documentOf: real.documentOf, submit: real.submit })
    }
  }, 60_000)
})

describe('a review', () => {
  it('is told as it stands in the chain, with its text to whoever wrote it, and at the study', async () => {
    const [row] = await node.studies.index.list({ limit: 1 })
    const studyHash = toHex(row!.studyHash)
    const contextOf = (userKeyId: string) =>
      ({
        world,
        profile: () => headless.institution.profile,
        lease: () => ({ isReleased: false, session: { person: { userKeyId } } }),
      }) as never
    const context = contextOf('ada')
    const reviews = createReviewsCore(context)
    const packageHash = 'ab'.repeat(32)
    const report = {
      ok: true,
      chainId: toHex(node.ledger.chainId),
      study: { studyHash, title: 'How many' },
    } as never
    openPackagesOf(context).set(packageHash, { report, document: new Uint8Array(0) })
    expect(await reviews.mine()).toEqual([])
    const signed = await reviews.sign({ packageHash, verdict: 'differs', text: 'Two numbers are others.' })
    if (signed.kind !== 'signed') throw new Error(signed.reason)
    const { itemHash } = signed
    const [standing] = await until(
      async () => reviews.mine(),
      ([each]) => each?.state === 'final',
    )
    const said = { itemHash, studyHash, packageHash, verdict: 'differs', state: 'final' }
    expect(standing).toMatchObject({ ...said, title: 'How many', text: 'Two numbers are others.' })
    expect(standing!.height).toBeGreaterThan(0)
    // A colleague sees that the institution said it; the text is with whoever wrote it.
    expect(await createReviewsCore(contextOf('omar')).mine()).toMatchObject([
      { ...said, title: null, text: null },
    ])
    expect((await headless.handlers.requests.open({ studyHash }))?.reviews).toEqual([
      { institution: 'North', verdict: 'differs', at: standing!.at, height: standing!.height },
    ])
  }, 60_000)
})

describe('a review that is being signed', () => {
  const packageHash = 'cd'.repeat(32)
  /** Of a person who may lock, or who has. */
  const reviewsOf = async (userKeyId: string, lease: { isReleased: boolean } | null) => {
    const [row] = await node.studies.index.list({ limit: 1 })
    const context = {
      world,
      profile: () => headless.institution.profile,
      lease: () => lease && Object.assign(lease, { session: { person: { userKeyId } } }),
    } as never
    const study = { studyHash: toHex(row!.studyHash), title: 'How many' }
    const report = { ok: true, chainId: toHex(node.ledger.chainId), study } as never
    openPackagesOf(context).set(packageHash, { report, document: new Uint8Array(0) })
    return createReviewsCore(context)
  }
  const textsOf = async (userKeyId: string) =>
    (await (await reviewsOf(userKeyId, { isReleased: false })).mine()).map(({ text }) => text)
  const submitting = async (meanwhile: () => void, work: () => Promise<void>) => {
    const { exchange } = node.studies
    const { submit } = exchange
    Object.assign(exchange, {
      submit: async (...clear: Parameters<typeof submit>) => {
        const submitted = await submit(...clear)
        meanwhile()
        return submitted
      },
    })
    try {
      await work()
    } finally {
      Object.assign(exchange, { submit })
    }
  }

  it('is told as signed, and its text kept for whoever signed, where the session is locked meanwhile', async () => {
    const lease = { isReleased: false }
    const reviews = await reviewsOf('eve', lease)
    await submitting(
      () => (lease.isReleased = true),
      async () =>
        expect(await reviews.sign({ packageHash, verdict: 'differs', text: 'Locked.' })).toMatchObject({
          kind: 'signed',
          isTextKept: true,
        }),
    )
    expect(await textsOf('eve')).toContain('Locked.')
    expect(await textsOf('omar')).not.toContain('Locked.')
  }, 60_000)

  it('is not begun by whoever is locked', async () => {
    const reviews = await reviewsOf('eve', null)
    let submitted = 0
    await submitting(
      () => submitted++,
      async () => {
        const signing = reviews.sign({ packageHash, verdict: 'differs', text: 'Never.' })
        await expect(signing).rejects.toMatchObject({ detail: { code: 'locked' } })
      },
    )
    expect(submitted).toBe(0)
  }, 60_000)

  it('is told as signed with its text not kept, where the node cannot write it', async () => {
    const reviews = await reviewsOf('eve', { isReleased: false })
    const { write } = node
    await submitting(
      () =>
        Object.assign(node, {
          write: () =>
            Promise.reject(new StorageFailure({ code: 'disk-full', path: 'data.mdb', freeBytes: 0 })),
        }),
      async () => {
        try {
          const signed = await reviews.sign({ packageHash, verdict: 'differs', text: 'Full.' })
          expect(signed).toMatchObject({ kind: 'signed', isTextKept: false })
        } finally {
          Object.assign(node, { write })
        }
      },
    )
    expect(await textsOf('eve')).not.toContain('Full.')
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

  it('shows what left before: at the same snapshot all of it, of other ones what R9 compares with', async () => {
    const { index } = node.studies
    const { list } = index
    const [row] = await index.list({ limit: 1 })
    const other = new Uint8Array(32).fill(8)
    const left = [
      ['by-rule', row!.snapshotHash],
      ['by-rule', other],
      ['count', row!.snapshotHash],
      ['count', other],
      ['recompute', row!.snapshotHash],
    ].map(([chargeKind, snapshotHash], i) => ({
      ...row!,
      ...{ chargeKind, snapshotHash, studyHash: new Uint8Array(32).fill(100 + i) },
    }))
    Object.assign(index, { list: async () => left })
    try {
      const answer = encodeByRule([{ name: 'baseline/age', kind: 'mean', value: '63' }])
      const { studyHash } = row!
      const checks = createChecksService({
        world,
        profile: () => headless.institution.profile,
        gateway: () => ({
          proposal: async () => ({ studyHash, proposalHash: new Uint8Array(32), answer, checks: [] }),
        }),
      } as never)
      const opened = await checks.open({ studyHash: toHex(studyHash) })
      expect(opened!.earlier.map(({ lane, isOfSameSnapshot }) => [lane, isOfSameSnapshot])).toEqual([
        ['rule', true],
        ['rule', false],
        ['noise', true],
      ])
    } finally {
      Object.assign(index, { list })
    }
  })
})

describe('the insurer’s own exposure file', () => {
  const HEADER = 'plan,group,ageBand,sex,month,memberMonths,premium\n'
  const line = (group: string, month: string) => `P,${group},18-49,female,${month},120,48000\n`
  const months = Array.from({ length: 12 }, (_, i) => `2024-${String(i + 1).padStart(2, '0')}`)
  const good = HEADER + months.map((month) => line('Wunderwerk AG', month)).join('')
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(scratch, name)
    await writeFile(path, text)
    return path
  }

  it('is looked at first, and says every error with its line and takes nothing', async () => {
    const { exposures } = headless.handlers
    const bad = await write('bad.csv', `${HEADER}P,A,18-49,woman,2024-01,1,1\nP,A,18-49,male,2024-13,x,1\n`)
    const looked = await exposures.check({ path: bad })
    expect(looked).toMatchObject({ kind: 'refused', errorCount: 3, fileName: 'bad.csv' })
    if (looked.kind !== 'refused') return
    expect(looked.errors.map(({ line: at, column }) => `${at} ${column}`)).toEqual([
      '2 sex',
      '3 month',
      '3 memberMonths',
    ])
    // Ages in words, and bands that do not follow each other: no table could be asked of them.
    const odd = await write(
      'odd.csv',
      `${HEADER}P,A,0-34,female,2024-01,1,1\nP,A,young,female,2024-01,1,1\nP,A,40+,male,2024-01,1,1\n`,
    )
    expect(await exposures.check({ path: odd })).toMatchObject({
      kind: 'refused',
      errors: [{ code: 'not-a-band', line: 3, column: 'ageBand', found: 'young' }],
    })
    const gap = await write('gap.csv', `${HEADER}P,A,0-34,female,2024-01,1,1\nP,A,40+,female,2024-01,1,1\n`)
    expect(await exposures.check({ path: gap })).toMatchObject({
      kind: 'refused',
      errors: [{ code: 'not-a-band', line: 2, found: '0-34' }],
    })
    expect(await exposures.check({ path: join(scratch, 'nowhere.csv') })).toMatchObject({
      kind: 'refused',
      errors: [{ code: 'unreadable', found: 'ENOENT' }],
    })
    expect(await exposures.list()).toEqual([])
  })
  it('is kept by its hash and day, sealed: nothing of it can be read in the store (I14)', async () => {
    const { exposures } = headless.handlers
    const path = await write('exposure.csv', good)
    const looked = await exposures.check({ path })
    if (looked.kind !== 'read') throw new Error(looked.kind)
    expect(looked).toMatchObject({ isKept: false, summary: { rows: 12, groups: ['Wunderwerk AG'] } })
    const { hash } = looked.summary
    expect(await exposures.take({ path, hash: 'a'.repeat(64), broughtBy: 'person' })).toEqual({
      kind: 'changed',
    })
    expect(await exposures.take({ path, hash, broughtBy: 'demonstration' })).toMatchObject({
      kind: 'taken',
      version: { hash, broughtBy: 'demonstration' },
    })
    // The same file again is the same version, of whoever brought it last.
    await exposures.take({ path, hash, broughtBy: 'person' })
    expect(await exposures.list()).toMatchObject([{ hash, broughtBy: 'person' }])
    expect(await exposures.list()).toHaveLength(1)
    const book = exposureBook(world, node)
    expect((await book.rows(hash))?.[0]).toMatchObject({ key: { group: 'Wunderwerk AG' }, memberMonths: 120 })
    const words = ['Wunderwerk', 'exposure.csv', '18-49'].map((word) => Buffer.from(word))
    let rows = 0
    for await (const { key, value } of node.store.scan(rangeOf('x/e'))) {
      rows++
      for (const word of words) {
        expect(Buffer.from(value).includes(word)).toBe(false)
        expect(Buffer.from(key).includes(word)).toBe(false)
      }
    }
    expect(rows).toBe(2)
  })
  it('asks for no table at a hospital, and is gone when it is removed', async () => {
    const { exposures, monitor } = headless.handlers
    const [version] = await exposures.list()
    const exposure = version!.hash
    const plan = { exposure, snapshot, perYear: 2, registration: null }
    expect(await monitor.plan(plan)).toEqual({ kind: 'no-insurer' })
    expect(await monitor.tables()).toEqual([])
    expect(await monitor.view({ studyHash: 'b'.repeat(64), exposure })).toEqual({ kind: 'not-here' })
    expect(await exposures.remove({ hash: exposure })).toEqual({ isRemoved: true })
    expect(await exposures.remove({ hash: exposure })).toEqual({ isRemoved: false })
    expect(await exposureBook(world, node).rows(exposure)).toBeNull()
  })
})

describe('how complete the variables are', () => {
  const publish = async (years: string[] = []) => {
    const plan = await headless.handlers.requests.coveragePlan({ years })
    if (plan.kind !== 'plan') throw new Error(plan.reason)
    const shown = { snapshot: plan.snapshot, tableCount: plan.tables.length, microRho: plan.microRho }
    return { plan, shown }
  }
  const ended = async (jobId: string) => {
    await until(
      () => headless.handlers.jobs.list(),
      (jobs) => jobs.find((job) => job.jobId === jobId)?.state === 'done',
    )
    return headless.handlers.requests.publishedCoverage({ jobId })
  }
  it('is published in one action at the price that was shown, and a second time for nothing', async () => {
    const { handlers } = headless
    const { plan, shown } = await publish()
    expect(plan).toMatchObject({
      snapshot,
      publishedCount: 0,
      microRho: 2_500,
      binding: { limit: 'pool', room: 75_000, times: 30 },
      years: { areEnough: false },
    })
    expect(plan.tables).toHaveLength(12)
    // What is charged is what was on the screen.
    const dearer = { years: [], locale: 'en' as const, shown: { ...shown, microRho: 2_000 } }
    expect(await handlers.requests.publishCoverage(dearer)).toEqual({
      kind: 'refused',
      reason: 'price-changed',
    })
    const started = await handlers.requests.publishCoverage({ years: [], locale: 'en', shown })
    if (started.kind !== 'started') throw new Error(started.reason)
    expect(await ended(started.jobId)).toEqual({ asked: 12, known: 0, left: 0, refused: null })
    const isCharged = async () => (await handlers.requests.budget({ snapshot, isPublished: true }))!
    const { limits } = await until(isCharged, (each) =>
      each.limits.some(({ limit, room }) => limit === 'pool' && room === 45_000),
    )
    // One study of the ledger for all of them.
    expect(limits.find(({ limit }) => limit === 'requester')).toMatchObject({ room: 45_000 })
    const titles = (await handlers.requests.list()).map(({ title }) => title)
    expect(titles).toContain('Completeness: HbA1c')
    const again = await publish()
    expect(again.plan).toMatchObject({ tables: [], publishedCount: 12 })
    const second = await handlers.requests.publishCoverage({ years: [], locale: 'en', shown: again.shown })
    if (second.kind !== 'started') throw new Error(second.reason)
    expect(await ended(second.jobId)).toEqual({ asked: 0, known: 0, left: 0, refused: null })
    expect((await isCharged()).limits.find(({ limit }) => limit === 'pool')).toMatchObject({ room: 45_000 })
  }, 90_000)
  it('of years costs as much again, which the plan says does not fit', async () => {
    const { plan } = await publish(['2020', '2019'])
    expect(plan.tables).toHaveLength(24)
    expect(plan.binding).toMatchObject({ limit: 'pool', times: 18 })
  })
})
