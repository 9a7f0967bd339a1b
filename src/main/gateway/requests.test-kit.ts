/** Requests to a village of gateways, and the records that they are asked about. */
import { afterAll, beforeAll } from 'vitest'
import { utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { canonicalStudy, type StudyDocument as StudyDefinition } from '../../shared/domain/study.ts'
import { runOf } from '../analytics/facts/fact-columns.ts'
import { atBlock, syntheticFacts, visitLike } from '../analytics/facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from '../analytics/warehouse/warehouse.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import { encode } from '../node/chain/codec.ts'
import type { Output } from '../privacy/request/outputs.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import type { GatewayAnalysis } from './gateway-port.ts'
import { SNAPSHOT, Village } from './gateway.test-kit.ts'

export const everybody: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
const sha256 = (text: string) => crypto.sha256(utf8Encode(text))
export const byAge: Output = {
  kind: 'histogram',
  axis: { variable: 'age-years', edges: [40, 60] },
  counted: { unit: 'patients' },
}

export function automatic(output: Output, microRho: number, cohort: CohortDefinition = everybody) {
  const cohortText = canonicalCohort(cohort)
  return {
    lane: 'noise' as const,
    requestBytes: encodeRequest({
      snapshot: SNAPSHOT,
      cohort: sha256(cohortText),
      cleaning: null,
      followUp: null,
      output,
      microRho,
    }),
    cohortText,
    cleaningText: null,
    followUpText: null,
    studyText: null,
  }
}

/** Who comes again within a year, by age and sex. */
export const comesAgain: StudyDefinition = {
  schema: 'study/3',
  title: 'Coming again',
  cohort: { ...everybody, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 45 } }] },
  cleaning: null,
  intervals: {
    schema: 'intervals/1',
    codeSets: {},
    followUp: {
      startAfterDays: 0,
      event: { kind: 'visit' },
      earlierEvents: 'keep',
      left: null,
      atMostDays: 365,
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
  },
  models: [
    {
      title: 'By age and sex',
      family: 'cox',
      covariates: ['age', 'sex'],
      factors: ['sex'],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: false,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
  ],
  baselineBy: 'sex',
  snapshot: null,
  seed: '1',
  engine: null,
}

/** The same people. */
export const otherWords: StudyDefinition = {
  ...comesAgain,
  cohort: { ...everybody, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 45, atMost: 129 } }] },
}

export function byRule(study: StudyDefinition, snapshot = SNAPSHOT) {
  return {
    lane: 'rule' as const,
    requestBytes: encode(['by-rule/1', snapshot, sha256(canonicalStudy(study))]),
    cohortText: null,
    cleaningText: null,
    followUpText: null,
    studyText: JSON.stringify(study),
  }
}
export const INSURER = 'Insurer 2'
/** All employers under one label: 400 patients have none of fifty lives. */
export const portfolio = (organisation: string): Output => ({
  kind: 'monitor',
  plans: null,
  organisation,
  groups: [
    { label: 'all', codes: Array.from({ length: 40 }, (_, i) => `G${String(i + 1).padStart(3, '0')}`) },
  ],
  ageEdges: [50],
  lastMonth: '2018-12',
  months: 12,
  costMost: 200_000,
  insurers: null,
})
export const table = { chargeKind: 'table', chargeMicroRho: 20_000 } as const
export const count = { chargeKind: 'count', chargeMicroRho: 2_000 } as const
export const rule = { chargeKind: 'by-rule', chargeMicroRho: 0 } as const

/**
 * The facts of 400 synthetic patients, for all tests of a file: it opens and closes them.
 *
 * @returns `open`: a village of so many gateways that run, in the order of its members
 */
export function villages() {
  let warehouse: Warehouse
  let upTo = 0
  beforeAll(async () => {
    warehouse = await openWarehouse({ threads: 2, memoryMb: 512 })
    const facts = syntheticFacts(400, 'gateways')
    // The private insurer of the made-up patients is the consortium's.
    for (const { visit } of facts)
      for (const row of visit) if (row.organisation === 'INS-1') row.organisation = INSURER.toUpperCase()
    upTo = facts.length - 1
    // Behind what all snapshots have: twelve people who come for the first time.
    const like = facts.find(({ visit: [row] }) => row!.death === null && row!.day! - row!.birth! > 50 * 366)!
    const newcomers = Array.from({ length: 12 }, (_, i) =>
      atBlock(visitLike(like, `f${i}`.padEnd(64, 'f'), like.visit[0]!.day! + i), upTo + 1 + i),
    )
    await warehouse.load(runOf(0, upTo + newcomers.length, [...facts, ...newcomers]))
  }, 120_000)
  afterAll(() => warehouse.close())

  return {
    async open(count = 4, options: ConstructorParameters<typeof Village>[2] = {}) {
      const village = new Village(warehouse, upTo, options)
      const homes = []
      for (let i = 0; i < count; i++) homes.push(await village.open(i))
      return { village, homes }
    },
  }
}

/** One that answers otherwise than its records do. */
export const changing =
  (change: (answer: Bytes) => Bytes) =>
  (honest: GatewayAnalysis): GatewayAnalysis => ({
    ...honest,
    answer: async (...asked) => change(await honest.answer(...asked)),
  })

/** One that counts fewer patients than there are. */
export const leavingOut = (honest: GatewayAnalysis): GatewayAnalysis => ({
  ...honest,
  answer: (question, at, isFresh) =>
    honest.answer(
      { ...question, cohort: { ...everybody, entry: { ...everybody.entry, priorDays: 400 } } },
      at,
      isFresh,
    ),
})
