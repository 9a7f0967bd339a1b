/** Answers of both lanes for numbered studies of the same synthetic patients: every machine, thread count, zone and language gives the same bytes. */
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import {
  canonicalCleaning,
  CLEANING_STEPS,
  COMPARING_STEPS,
  usualStep,
  type CleaningPipeline,
} from '../../shared/domain/cleaning.ts'
import { reasonsOfSteps } from '../../shared/domain/cleaning-profile.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { canonicalIntervals, type IntervalDefinition } from '../../shared/domain/intervals.ts'
import type { StudyDocument } from '../../shared/domain/study.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { runOf } from '../analytics/facts/fact-columns.ts'
import type { Facts } from '../analytics/facts/fact-tables.ts'
import { factsOf } from '../analytics/facts/facts-of.ts'
import { syntheticRecords } from '../analytics/facts/facts.test-kit.ts'
import { answerGated } from '../analytics/study/answer-gated.ts'
import { proposeRelease } from '../analytics/study/propose-release.ts'
import { openWarehouse, type Warehouse } from '../analytics/warehouse/warehouse.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../privacy/answers/answer-policy.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import type { Release } from '../privacy/answers/release.ts'
import type { Axis } from '../privacy/request/axis.ts'
import type { Output } from '../privacy/request/outputs.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { readFormula } from '../privacy/request/score-output.ts'
import { RULE_DEFAULTS } from '../privacy/rules/rule-policy.ts'

const crypto = createNodeCrypto()
const chainId = new Uint8Array(32).fill(1)
const snapshot = new Uint8Array(32).fill(2)
const noiseKey = new Uint8Array(32).fill(3)
const SNAPSHOT_DAY = 18_500
const MODEL = readFormula('if sex = "female" then charlson + visits_year else charlson / 2')
/** Payers of all visits in turn, so that there is a benchmark. */
const INSURERS = ['Autumn Health', 'Harvest Insurance', 'Spring Mutual'] as const

const axes: readonly Axis[] = [
  { variable: 'age-years', edges: [40, 60, 75] },
  { variable: 'sex', edges: [] },
  { variable: 'charlson', edges: [1, 3] },
  { variable: 'payer', edges: [] },
  { variable: 'visits-year', edges: [2, 6] },
  { variable: 'hba1c-tenths', edges: [65, 80] },
  { variable: 'diagnosis-chapter', edges: [] },
]
const followUp: IntervalDefinition = {
  schema: 'intervals/1',
  codeSets: {},
  followUp: {
    startAfterDays: 0,
    event: { kind: 'visit', classes: ['IMP', 'EMER'] },
    earlierEvents: 'keep',
    left: { withoutVisitDays: 400, countedDays: 30 },
    atMostDays: 1_000,
    until: null,
    atLeastDays: 1,
  },
  covariates: [
    { kind: 'age', name: 'age' },
    { kind: 'sex', name: 'sex' },
  ],
  clock: 'index',
  cuts: [],
  rows: { kind: 'changes' },
}
/** Of a cleaning profile: steps that look at one person at a time. */
const cleaning: CleaningPipeline = {
  schema: 'cleaning/1',
  title: 'Golden',
  steps: CLEANING_STEPS.filter((name) => !COMPARING_STEPS.includes(name)).map((name) => usualStep(name)),
}
/** The youngest of study `n`'s cohort; of the few patients of forty and more, some outputs have nothing to say. */
const leastAge = (n: number): number => n % 30
const outputs: readonly ((n: number) => Output)[] = [
  () => ({ kind: 'count' }),
  (n) => ({
    kind: 'histogram',
    axis: axes[n % axes.length]!,
    counted: { unit: 'visits', cellsMost: 3, perCellMost: 4 },
  }),
  (n) => ({ kind: 'table', axes: [axes[n % 3]!, axes[3 + (n % 4)]!], counted: { unit: 'patients' } }),
  () => ({ kind: 'mean', variable: 'age-years', least: 20, greatest: 100 }),
  () => ({ kind: 'quantiles', axis: axes[0]!, perMille: [250, 500, 750] }),
  () => ({ kind: 'kaplan-meier', timeEdges: [90, 180, 360, 720], by: axes[1]! }),
  () => ({ kind: 'cox', timeEdges: [180, 360, 720], covariates: [axes[0]!] }),
  () => ({
    kind: 'poisson',
    exposure: { variable: 'exposure-days', most: 366 },
    claims: { variable: 'claims', most: 10 },
    factors: [axes[0]!, axes[3]!],
    cellsMost: 2,
  }),
  // In an order in which none of them falls on the studies by rule alone.
  () => ({
    kind: 'monitor',
    organisation: INSURERS[0],
    groups: [{ label: 'all', codes: ['G1', 'G2'] }],
    plans: null,
    ageEdges: [40, 60],
    lastMonth: '2018-12',
    months: 12,
    costMost: 1_000_000,
    insurers: INSURERS,
  }),
  (n) => ({
    kind: 'gamma',
    claims: { variable: 'claims', most: 10 },
    cost: { variable: 'cost-minor', most: 1_000_000 },
    factors: [
      {
        variable: 'age-years',
        // A level below the cohort's age has nobody, and of such a table no effect is estimated.
        edges: [25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80].filter((edge) => edge > leastAge(n)),
      },
      axes[1]!,
    ],
    cellsMost: 2,
  }),
  () => ({
    kind: 'score',
    formula: MODEL.kind === 'formula' ? MODEL.text : '',
    columns: ['charlson', 'sex', 'visits-year'],
    edges: [500, 1_000, 2_000, 4_000],
    exposure: { variable: 'exposure-days', most: 366 },
    actual: { variable: 'claims', most: 10 },
    cellsMost: 2,
  }),
  () => ({
    kind: 'cleaning-profile',
    tests: [
      { test: 'creat', units: ['mg/dL', 'umol/L'] },
      { test: 'hba1c', units: ['%', 'mmol/mol'] },
    ],
    reasons: [...reasonsOfSteps(cleaning.steps)].sort(),
    lastYear: 2019,
    years: 5,
  }),
  () => ({
    kind: 'pathways',
    codeSets: {},
    events: [
      { kind: 'visit', classes: ['EMER'] },
      { kind: 'visit', classes: ['IMP'] },
    ],
    watch: { left: null, atMostDays: 2_000, until: null },
    sequence: { which: 'all', collapseDays: 30, stepsMost: 3 },
  }),
]
/** Of these few people everything is shown: what is withheld is the same bytes, whatever was computed. */
const SHOWN: ReleasePolicy = {
  smallestCount: 0,
  cohortLeast: 1,
  modelPatientsLeast: 1,
  atRiskLeast: 1,
  exposureDaysLeast: 1,
  groupLeast: 1,
}
const LOUD_MICRO_RHO = 1_000_000_000_000
const NEW_FORMS: readonly Output['kind'][] = ['monitor', 'gamma', 'score', 'cleaning-profile', 'pathways']
const isNewForm = ({ kind }: Output): boolean => NEW_FORMS.includes(kind)

/** SHA-256, hex, of what study `n` is answered. */
export async function goldenHash(warehouse: Warehouse, upTo: number, n: number): Promise<string> {
  const cohort: CohortDefinition = {
    schema: 'cohort/1',
    title: 'Some',
    codeSets: {},
    entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
    steps: [{ use: 'include', rule: { kind: 'age', atLeast: leastAge(n) } }],
  }
  const scope = { upTo: upTo - (n % 50), hospitals: null, samePerson: [], consentDay: SNAPSHOT_DAY }
  if (n % 5 === 4) {
    const study: StudyDocument = {
      schema: 'study/3',
      title: 'Golden',
      cohort,
      cleaning: null,
      intervals: followUp,
      models: (['cox', 'km'] as const).map((family) => ({
        title: family,
        family,
        covariates: family === 'km' ? ['sex'] : ['age', 'sex'],
        factors: family === 'km' ? [] : ['sex'],
        splines: [],
        interactions: [],
        strata: [],
        isClusteredByPerson: false,
        ties: 'efron',
        confidencePercent: 95,
        curvesOf: null,
      })),
      baselineBy: 'sex',
      snapshot: null,
      seed: '1',
      engine: null,
    }
    const proposal = await proposeRelease(
      warehouse,
      {
        chainId,
        study,
        scope,
        samePersonAt: new Map(),
        purpose: 'research',
        requester: { isInsurer: false, hasRegisteredPlan: false },
        earlier: [],
        recentRefusals: 0,
        earlierModels: 0,
        policy: RULE_DEFAULTS,
      },
      { hooks: {}, isCancelled: () => false },
    )
    const { words, checks } = proposal
    const answer = proposal.kind === 'refused' ? '' : toHex(proposal.answer)
    return hash(JSON.stringify([proposal.kind, answer, [...words], checks]))
  }
  const output = outputs[n % outputs.length]!(n)
  const hasTime = output.kind === 'kaplan-meier' || output.kind === 'cox'
  const cleaned = output.kind === 'cleaning-profile' ? cleaning : null
  const sha256 = (text: string) => crypto.sha256(utf8Encode(text))
  const request = encodeRequest({
    snapshot,
    cohort: sha256(canonicalCohort(cohort)),
    cleaning: cleaned === null ? null : sha256(canonicalCleaning(cleaned)),
    followUp: hasTime ? sha256(canonicalIntervals(followUp)) : null,
    output,
    microRho: (isNewForm(output) ? LOUD_MICRO_RHO : 100_000) + n,
  })
  const answer = await answerGated(
    crypto,
    warehouse,
    {
      chainId,
      request,
      cohort,
      cleaning: cleaned,
      followUp: hasTime ? followUp : null,
      scope,
      snapshotDay: SNAPSHOT_DAY,
      noiseKey,
      policy: isNewForm(output) ? SHOWN : RELEASE_DEFAULTS,
      benchmarkFrom: '2018-01',
    },
    () => false,
  )
  const release = readRelease(answer)
  // A golden answer that says nothing would be the same whatever had gone wrong.
  if (isNewForm(output) && !saysSomething(release))
    throw new Error(`study ${n} has no number: ${output.kind}`)
  return toHex(crypto.sha256(answer))
}

/** The same wherever it is called: what a gateway's records say. */
export const goldenRecords = (): VisitRecord[] => syntheticRecords(400, 'golden')

export const goldenFacts = (records: readonly VisitRecord[]): readonly Facts[] =>
  insured(
    records.map((record, block) =>
      factsOf(record, { block, supersedes: null, author: record.encounter.facility }),
    ),
  )

/** The studies of these numbers, on so many threads of DuckDB; facts are loaded in runs of that many blocks. */
export async function goldenHashes(
  facts: readonly Facts[],
  studies: readonly number[],
  threads: number,
  runBlocks: number,
): Promise<string[]> {
  const warehouse = await openWarehouse({ threads, memoryMb: 512 })
  try {
    for (let first = 0; first < facts.length; first += runBlocks) {
      const run = facts.slice(first, first + runBlocks)
      await warehouse.load(runOf(first, first + run.length - 1, run))
    }
    const hashes: string[] = []
    for (const n of studies) hashes.push(await goldenHash(warehouse, facts.length - 1, n))
    return hashes
  } finally {
    await warehouse.close()
  }
}

function saysSomething(release: Release | null): boolean {
  if (release?.kind === 'tables')
    return release.tables.every(({ cells }) => cells.some((cell) => cell !== null))
  if (release?.kind === 'pathways') return release.transitions.length > 0 && release.waits.length > 0
  if (release?.kind !== 'monitor') return release?.kind === 'effects' || release?.kind === 'lift'
  // The last two tables are the benchmark's.
  return [0, -2, -1].every((at) => release.tables.at(at)?.some((cell) => cell !== null) === true)
}

/** Each person's visits are paid by one insurer for a group, and by the next one after ten visits. */
function insured(facts: readonly Facts[]): readonly Facts[] {
  const seen = new Map<string, number>()
  for (const { visit } of facts)
    for (const each of visit) {
      const patient = each.patient ?? ''
      const count = seen.get(patient) ?? 0
      seen.set(patient, count + 1)
      const turn = parseInt(patient.slice(-4), 16) + Math.floor(count / 10)
      each.organisation = INSURERS[turn % INSURERS.length]!
      each.memberGroup = turn % 2 === 0 ? 'G1' : 'G2'
    }
  return facts
}

function hash(text: string): string {
  return toHex(crypto.sha256(utf8Encode(text)))
}
