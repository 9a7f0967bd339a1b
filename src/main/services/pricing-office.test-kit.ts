/** An insurer's pricing on a store in memory: real answers' bytes, the real thread, people who come and go. */
import { createMemoryStore } from '../node/storage/memory.ts'
import type { Write } from '../node/storage/store.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { ageBandsOf } from '../insurer/age-bands.ts'
import {
  answered,
  LAST_MONTH,
  madeExposure,
  madePatients,
  type MadeGroup,
  numbersOf,
} from '../insurer/insurer.test-kit.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { monitorTables } from '../insurer/monitor-tables.ts'
import {
  exposureBy,
  pricedTables,
  type AnsweredIncidence,
  type PricingSources,
} from '../insurer/pricing-sources.ts'
import { OTHER } from '../pricing/monitor/merge-groups.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { resultBy, type RecordedResult } from '../pricing/model/recorded-table.ts'
import { createPricer } from '../workers/pricing.ts'
import type { PricedAnswer } from '../../shared/contract/pricing.ts'
import type { PricingWork } from '../../shared/domain/pricing-work.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import type { AuditedCall } from './audit-port.ts'
import { hearing } from './audit-subject.ts'
import type { ServiceContext } from './context.ts'
import { createJobs } from './jobs.ts'
import { createPricingService } from './pricing-service.ts'
import { createTariffsCore } from './tariffs-service.ts'

export const STUDY = 'ab'.repeat(32)
/** The same claims, said to be of the year after. */
export const LATER = 'af'.repeat(32)
export const EXPOSURE = 'cd'.repeat(32)
const GENEROUS = 2_000_000

/** Groups of two kinds of employer, as a monitoring table was answered for them. */
export const GROUPS: readonly MadeGroup[] = [
  { name: 'Airline', lives: 1600, rate: () => 0.3 },
  { name: 'Bakery', lives: 1200, rate: () => 0.2 },
  { name: 'Clinic', lives: 800, rate: () => 0.4 },
]

/** The same with plans that cut across them. */
export const GROUPS_IN_PLANS: readonly MadeGroup[] = [
  { ...GROUPS[0]!, plan: 'Basic' },
  { ...GROUPS[1]!, plan: 'Plus' },
  { ...GROUPS[2]!, plan: 'Basic' },
]

export function recordedMonth(groups: readonly MadeGroup[] = GROUPS, studyHash = STUDY) {
  const exposure = madeExposure(groups)
  const plan = planMonitor(exposure, 'Harvest Insurance', '2026-05')
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  const { output } = plan
  const labelOf = (of: typeof output.groups | null) => (name: string) =>
    of?.find(({ codes }) => codes.includes(name))?.label ?? OTHER
  const patients = madePatients(groups, labelOf(output.groups), labelOf(output.plans))
  const released = numbersOf(answered(output, GENEROUS, patients))
  const bands = ageBandsOf([...new Set(exposure.map(({ key }) => key.ageBand))])
  const tables = monitorTables(output, GENEROUS, released, bands.kind === 'bands' ? bands.bands : [])!
  const result: RecordedResult = {
    studyHash,
    resultHash: '12'.repeat(32),
    snapshot: '34'.repeat(32),
    cohort: '56'.repeat(32),
    title: 'Our groups',
    at: 1_700_000_000_000,
    from: exposure[0]!.key.month,
    to: LAST_MONTH,
    costMost: output.costMost,
    tables: pricedTables(tables),
    // So old that every claim has come.
    reported: { ...tables.reporting, asOf: '2026-05' },
  }
  const [exposureByGroup, exposureByPlan] = (['group', 'plan'] as const).map((unit) =>
    exposureBy(unit, exposure, output),
  ) as [readonly ExposureRow[], readonly ExposureRow[]]
  return { result, exposure: exposureByGroup, exposureByPlan }
}

/** What a cost of a group comes to a year later. */
export type CostLater = (value: number, group: string) => number

function yearLater(
  { result, exposure, exposureByPlan }: ReturnType<typeof recordedMonth>,
  costLater: CostLater,
) {
  const after = (month: string) => `${Number(month.slice(0, 4)) + 1}${month.slice(4)}`
  const rowsAfter = (rows: readonly ExposureRow[]) =>
    rows.map((row) => ({ ...row, key: { ...row.key, month: after(row.key.month) } }))
  const tables = result.tables.map((each) =>
    each.measure !== 'cost'
      ? each
      : {
          ...each,
          cells: each.cells.map((cell) => ({
            ...cell,
            value: cell.value === null ? null : costLater(cell.value, cell.key.group ?? ''),
          })),
        },
  )
  return {
    result: { ...result, tables, studyHash: LATER, from: after(result.from), to: after(result.to) },
    exposure: rowsAfter(exposure),
    exposureByPlan: rowsAfter(exposureByPlan),
  }
}

export function pricingOffice(
  recorded: ReturnType<typeof recordedMonth> | null = recordedMonth(),
  costLater: CostLater = (value) => value,
) {
  const crypto = createNodeCrypto()
  const store = createMemoryStore()
  const key = new Uint8Array(32).fill(7)
  let dice = 1
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    auditKeys: { list: () => [{ epoch: 1, key }] },
    ledger: { chainId: new Uint8Array(32).fill(3) },
  }
  let now = Date.UTC(2026, 5, 1, 4)
  let who = { personId: 'ada', name: 'Ada', userKeyId: 'ada' }
  const told: string[] = []
  const context = {
    emit: (service: string, event: string) => void told.push(`${service}.${event}`),
    world: {
      crypto,
      now: () => now,
      random: (n: number) =>
        Uint8Array.from({ length: n }, () => (dice = (dice * 16_807) % 2_147_483_647) & 255),
    },
    jobs: createJobs(
      () => {},
      () => now,
    ),
    profile: () => ({ node, facts: { zone: 'Asia/Taipei', institutionName: 'Harvest Insurance' } }),
    lease: () => ({ isReleased: false, session: { person: who } }),
  } as unknown as ServiceContext
  const proof = { document: utf8Encode('document'), answer: utf8Encode('answer') }
  /** What the chain proves here: nothing where this member does not know the request. */
  let proven: RecordedResult | null = recorded?.result ?? null
  let incidences: readonly AnsweredIncidence[] = []
  const sources: PricingSources = {
    results: async () => (recorded === null ? [] : [recorded.result]),
    exposures: async () => [
      { hash: EXPOSURE, name: 'exposure.csv', importedAt: 0, broughtBy: 'person', months: ['2026-01'] },
    ],
    async pair({ studyHash, exposureHash }, unit) {
      if (recorded === null || ![recorded.result.studyHash, LATER].includes(studyHash))
        return { kind: 'no-such-result' }
      if (exposureHash !== EXPOSURE) return { kind: 'no-such-exposure' }
      const { result, exposure, exposureByPlan } =
        studyHash === LATER ? yearLater(recorded, costLater) : recorded
      return {
        kind: 'pair',
        result: resultBy(result, unit),
        exposure: unit === 'plan' ? exposureByPlan : exposure,
      }
    },
    incidences: async () => incidences,
    markOf: async () => ({ epsilon: '1.2', attested: 3, gateways: 4, snapshotHeight: 9 }),
    proofOf: async () => (recorded === null ? null : proof),
    proven: async () => proven,
  }
  const pricer = createPricer()
  const pricing = createPricingService(context, sources, pricer)
  const tariffs = createTariffsCore(context, sources, pricer)
  return {
    pricing,
    tariffs,
    /** Events, in order. */
    told,
    store,
    crypto,
    close: () => pricer.close(),
    /** Somebody else sits down. */
    comes: (personId: string) => (who = { personId, name: personId, userKeyId: personId }),
    laterBy: (days: number) => (now += days * 86_400_000),
    answers: (list: readonly AnsweredIncidence[]) => (incidences = list),
    proves: (result: RecordedResult | null) => (proven = result),
    /** What the audit hears of a call. */
    async heard<T>(work: () => Promise<T>) {
      let subject: Record<string, string | number> = {}
      let basis: AuditedCall['basis']
      const answer = await hearing(async (call) => {
        const got = await work()
        subject = { ...call.subject }
        basis = call.basis
        return got
      })
      return { answer, subject, basis }
    },
    async priced(work: PricingWork) {
      const started = await pricing.start({ work })
      if (started.kind !== 'started') return started
      for (;;) {
        const answer = await pricing.answer(started)
        if (answer !== null) return answer
        const { jobs } = context
        const [job] = (await jobs.handlers.list()).filter(({ jobId }) => jobId === started.jobId)
        if (job?.state === 'failed') throw new Error(JSON.stringify(job.error))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

/** Offices of one file of tests: the first has `rules` saved; all are closed together. */
export function pricingOffices() {
  const office = pricingOffice()
  const offices = [office]
  const opened = (...given: Parameters<typeof pricingOffice>) => {
    const made = pricingOffice(...given)
    offices.push(made)
    return made
  }
  return {
    office,
    opened,
    saved: async () => void (await office.pricing.saveRules(rules)),
    closed: async () => {
      for (const each of offices) await each.close()
    },
    async pricedOf(changed: Partial<PricingWork> = {}): Promise<PricedAnswer> {
      const answer = await office.priced({ ...work, ...changed })
      if (answer.kind !== 'priced') throw new Error(JSON.stringify(answer))
      return answer
    },
  }
}

export const rules = {
  product: 'Group health',
  jurisdiction: 'TW',
  allowed: [
    { factor: 'ageBand', ratioMost: null },
    { factor: 'group', ratioMost: null },
  ],
  forbidden: [{ factor: 'sex', reason: 'One premium for women and men.' }],
  proxies: [{ factor: 'group', of: 'sex', reason: 'Some employers are nearly all men.' }],
}

export const work: PricingWork = {
  product: 'Group health',
  jurisdiction: 'TW',
  source: { studyHash: STUDY, exposureHash: EXPOSURE },
  model: { kind: 'frequency-severity', frequency: 'quasipoisson', factors: ['ageBand', 'group'] },
  adjustments: [],
  steps: [
    { kind: 'factor', name: 'Trend', factor: 1.04, logVariance: 0.0004 },
    { kind: 'add', name: 'Fixed expense', perMemberYear: 200 },
    { kind: 'share', name: 'Profit and tax', share: 0.15 },
  ],
  holdout: null,
  expectedLossRatio: null,
  ratingFrom: null,
}

export const header = { name: 'Group health 2026', currency: 'TWD', validFrom: '2026-01-01' }
