/** Four gateways on the facts of synthetic patients: what honest ones agree on leaves, what one of them lies does not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareBytes, equalBytes, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { canonicalStudy, type StudyDocument as StudyDefinition } from '../../shared/domain/study.ts'
import { runOf } from '../analytics/facts/fact-columns.ts'
import type { Facts } from '../analytics/facts/fact-tables.ts'
import { syntheticFacts } from '../analytics/facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from '../analytics/warehouse/warehouse.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import { encode } from '../node/chain/codec.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { attestationSignBytes } from '../node/chain/study-items.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import type { Output } from '../privacy/request/release-request.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { readByRule, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { stateOf } from '../requests/rows.ts'
import { readDiffers } from './differing-cells.ts'
import { createFetching, FETCHES_MAX } from './fetching.ts'
import { STEP_MS } from './gateway-home.ts'
import type { GatewayAnalysis, SnapshotPlace } from './gateway-port.ts'
import { approvalHashOf } from './permitted-formula.ts'
import { RECOMPUTE_WAIT_MS } from './recomputation.ts'
import { analysisOf, ENGINE, Fuse, LATER_SNAPSHOT, SNAPSHOT, Village } from './gateway.test-kit.ts'

const everybody: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
const sha256 = (text: string) => crypto.sha256(utf8Encode(text))
const byAge: Output = {
  kind: 'histogram',
  axis: { variable: 'age-years', edges: [40, 60] },
  counted: { unit: 'patients' },
}

function automatic(output: Output, microRho: number, cohort: CohortDefinition = everybody) {
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

/** Who comes again within two years, by age and sex. */
const comesAgain: StudyDefinition = {
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
const otherWords: StudyDefinition = {
  ...comesAgain,
  cohort: { ...everybody, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 45, atMost: 129 } }] },
}

function byRule(study: StudyDefinition, snapshot = SNAPSHOT) {
  return {
    lane: 'rule' as const,
    requestBytes: encode(['by-rule/1', snapshot, sha256(canonicalStudy(study))]),
    cohortText: null,
    cleaningText: null,
    followUpText: null,
    studyText: JSON.stringify(study),
  }
}
const INSURER = 'Insurer 2'
/** All employers under one label: 400 patients have none of fifty lives. */
const portfolio = (organisation: string): Output => ({
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
const table = { chargeKind: 'table', chargeMicroRho: 20_000 } as const
const count = { chargeKind: 'count', chargeMicroRho: 2_000 } as const
const rule = { chargeKind: 'by-rule', chargeMicroRho: 0 } as const

let warehouse: Warehouse
let upTo = 0
beforeAll(async () => {
  warehouse = await openWarehouse({ threads: 2, memoryMb: 512 })
  const facts = syntheticFacts(400, 'gateways')
  // The private insurer of the made-up patients is the consortium's.
  for (const { visit } of facts)
    for (const row of visit) if (row.organisation === 'INS-1') row.organisation = INSURER.toUpperCase()
  await warehouse.load(runOf(0, facts.length - 1, facts))
  upTo = facts.length - 1
}, 120_000)
afterAll(() => warehouse.close())

async function open(count = 4, options: ConstructorParameters<typeof Village>[2] = {}) {
  const village = new Village(warehouse, upTo, options)
  const homes = []
  for (let i = 0; i < count; i++) homes.push(await village.open(i))
  return { village, homes }
}
const changing =
  (change: (answer: Bytes) => Bytes) =>
  (honest: GatewayAnalysis): GatewayAnalysis => ({
    ...honest,
    answer: async (...asked) => change(await honest.answer(...asked)),
  })

const leavingOut = (honest: GatewayAnalysis): GatewayAnalysis => ({
  ...honest,
  answer: (question, at, isFresh) =>
    honest.answer(
      { ...question, cohort: { ...everybody, entry: { ...everybody.entry, priorDays: 400 } } },
      at,
      isFresh,
    ),
})

describe('a request of lane A', { timeout: 120_000 }, () => {
  it('is charged, computed by four gateways and answered with what all of them say', async () => {
    const { village } = await open()
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)?.outcome).toBe('answered')
    const answer = village.answerOf(study)!
    expect(answer).toHaveLength(16_384)
    expect(readRelease(answer)?.kind).toBe('table')
    expect(village.state.openStudies).toEqual([])
    expect(village.failures).toEqual([])
    await village.close()
  })

  it('finds the records of a declared snapshot ready: every gateway begins to read them before anybody asks', async () => {
    const village = new Village(warehouse, upTo)
    const prepared = [0, 0, 0, 0]
    for (const i of prepared.keys())
      await village.open(i, { analysis: (honest) => ({ ...honest, prepare: () => void prepared[i]!++ }) })
    expect(prepared).toEqual([0, 0, 0, 0])
    village.declareAgain(village.gateways[0]!)
    await village.until(() => prepared.every((count) => count === 1), 'all gateways read')
    await village.close()
  })

  it('is refused for every reason in the same bytes, and answers leave at full steps whatever they say', async () => {
    const { village } = await open()
    const good = automatic(byAge, 20_000)
    const studies = [
      village.ask(good, table),
      // Another price than was paid, another kind, another text than is named, a purpose that nobody may have.
      village.ask(automatic(byAge, 19_999), table),
      village.ask(automatic(byAge, 2_000), count),
      village.ask(
        {
          ...good,
          cohortText: canonicalCohort({
            ...everybody,
            steps: [{ use: 'include', rule: { kind: 'sex', anyOf: ['male'] } }],
          }),
        },
        table,
      ),
      village.ask({ ...good, purpose: 'marketing' }, table),
    ]
    await village.until(() => studies.every((study) => village.resultOf(study) !== null), 'the results')
    expect(studies.map((study) => village.resultOf(study)!.outcome)).toEqual([
      'answered',
      'refused',
      'refused',
      'refused',
      'refused',
    ])
    for (const study of studies.slice(1)) expect(village.answerOf(study)).toEqual(REFUSED_ANSWER)
    // A step is not missed by more than the test's clock moves at a time.
    for (const { at } of village.said) expect(at % STEP_MS).toBeLessThan(250)
    await village.close()
  })

  it('of an insurer’s groups is answered to that insurer alone, of everybody and in no other cohort (I8)', async () => {
    const { village } = await open()
    const insurer = village.member('insurer')
    expect(insurer.member.name.toLowerCase()).toContain(INSURER.toLowerCase())
    const own = automatic(portfolio(insurer.member.name), 5_000)
    const narrow: CohortDefinition = {
      ...everybody,
      steps: [{ use: 'include', rule: { kind: 'age', atLeast: 71, atMost: 71 } }],
    }
    const first = village.ask(own, { ...table, chargeMicroRho: 5_000 }, insurer)
    const others = [
      // Another insurer's portfolio; the own one under a cohort that picks people out; and another member that asks for the insurer's.
      village.ask(
        automatic(portfolio('Another Insurance'), 5_000),
        { ...table, chargeMicroRho: 5_000 },
        insurer,
      ),
      village.ask(
        automatic(portfolio(insurer.member.name), 5_000, narrow),
        { ...table, chargeMicroRho: 5_000 },
        insurer,
      ),
      village.ask(automatic(portfolio(insurer.member.name), 5_001), { ...table, chargeMicroRho: 5_001 }),
    ]
    await village.until(
      () => [first, ...others].every((study) => village.resultOf(study) !== null),
      'the results',
    )
    expect(village.resultOf(first)?.outcome).toBe('answered')
    for (const study of others) expect(village.answerOf(study)).toEqual(REFUSED_ANSWER)
    // Nor is the recorded answer handed to somebody else who asks again.
    const again = village.ask(own, { chargeKind: 'repeat', chargeMicroRho: 0, of: first })
    await village.until(() => village.resultOf(again) !== null, 'the repeat')
    expect(village.resultOf(again)?.outcome).toBe('refused')
    await village.close()
  })

  it('has a benchmark of the very insurers that the chain had when it was charged, also when it is computed again', async () => {
    const seen: (string | null)[] = []
    const village = new Village(warehouse, upTo)
    const watching = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: (question, at, isFromRecords) => {
        seen.push(question.benchmarkFrom)
        return honest.answer(question, at, isFromRecords)
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, i === 0 ? { analysis: watching } : {})
    const insurer = village.member('insurer')
    const { name } = insurer.member
    const insurers = ['Autumn Health', name, 'Spring Mutual'].sort()
    village.marketOf = () => ({ insurers, changedAt: Date.UTC(2018, 2, 9) })
    const asked = automatic({ ...portfolio(name), insurers } as Output, 5_000)
    const first = village.ask(asked, { ...table, chargeMicroRho: 5_000 }, insurer)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const charged = village.heightOf(first)!
    // One leaves, and everybody learns of it.
    village.marketOf = (height) => ({
      insurers: height <= charged ? insurers : insurers.slice(1),
      changedAt: Date.UTC(2018, 2, 9),
    })
    const again = village.ask(asked, { chargeKind: 'recompute', chargeMicroRho: 0, of: first }, insurer)
    const later = automatic({ ...portfolio(name), insurers } as Output, 5_002)
    const other = village.ask(later, { ...table, chargeMicroRho: 5_002 }, insurer)
    await village.until(
      () => village.resultOf(again) !== null && village.resultOf(other) !== null,
      'the others',
    )
    expect(village.resultOf(again)?.outcome).toBe('identical')
    // From the month after the last change on; and none under a list that is not the chain's any more.
    expect(seen.filter((month) => month === '2018-04')).toHaveLength(2)
    expect(seen.filter((month) => month === null)).toHaveLength(1)
    expect(seen).toHaveLength(3)
    expect(village.resultOf(other)?.outcome).toBe('answered')
    await village.close()
  })

  it('of a customised model runs where the consortium lets it, and where hospitals have approved its text (I7, I10)', async () => {
    const { village } = await open(4, { policy: { formulaApprovalsMin: 2, formulaColumnsForbidden: 32 } })
    const insurer = village.member('insurer')
    const score = (formula: string, columns: string[]): Output => ({
      kind: 'score',
      formula,
      columns,
      edges: [1_000],
      exposure: { variable: 'exposure-days', most: 365 },
      actual: { variable: 'claims', most: 20 },
      cellsMost: 2,
    })
    const model = (microRho: number) => ({ chargeKind: 'model', chargeMicroRho: microRho }) as const
    const formula = 'age_years / 50'
    const ask = (output: Output, microRho: number) =>
      village.ask(automatic(output, microRho), model(microRho), insurer)
    const approve = (by: (typeof village.gateways)[number]) =>
      village.final(by, {
        kind: 'registration',
        protocolHash: approvalHashOf(crypto, village.consortium.chainId, formula),
      })
    approve(village.gateways[0]!)
    // One hospital of two, twice; the one that asks; and a sex that nobody may price by, whoever approved it.
    approve(village.gateways[0]!)
    approve(insurer)
    const early = ask(score(formula, ['age-years']), 5_000)
    const forbidden = ask(score('if sex = "female" then 1 else 2', ['sex']), 5_001)
    approve(village.gateways[1]!)
    const good = ask(score(formula, ['age-years']), 5_002)
    await village.until(
      () => [early, forbidden, good].every((study) => village.resultOf(study) !== null),
      'the results',
    )
    expect(village.resultOf(early)?.outcome).toBe('refused')
    expect(village.resultOf(forbidden)?.outcome).toBe('refused')
    expect(village.resultOf(good)?.outcome).toBe('answered')
    const again = village.ask(
      automatic(score(formula, ['age-years']), 5_002),
      { chargeKind: 'recompute', chargeMicroRho: 0, of: good },
      insurer,
    )
    await village.until(() => village.resultOf(again) !== null, 'the recomputation')
    expect(village.resultOf(again)?.outcome).toBe('identical')
    await village.close()
  })

  it('is answered again with the recorded bytes, at no charge, whoever asks', async () => {
    const { village } = await open()
    const request = automatic({ kind: 'count' }, 2_000)
    const first = village.ask(request, count)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const spent = village.state.ledger.lifetimeMicroRho
    const free = { chargeKind: 'repeat', chargeMicroRho: 0, of: first } as const
    const again = village.ask(request, free, village.member('insurer'))
    const other = village.ask(automatic({ kind: 'count' }, 1_999), free)
    await village.until(
      () => village.resultOf(other) !== null && village.resultOf(again) !== null,
      'the repeats',
    )
    expect(village.answerOf(again)).toEqual(village.answerOf(first))
    // Another request is no repeat of it.
    expect(village.resultOf(other)?.outcome).toBe('refused')
    expect(village.state.ledger.lifetimeMicroRho).toBe(spent)
    await village.close()
  })

  it.each([
    ['another result', (answer: Bytes) => answer.map((byte, i) => (i === 30 ? byte ^ 64 : byte))],
    ['another last digit', (answer: Bytes) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte))],
    ['nothing at all', () => new Uint8Array(16_384)],
  ])('with %s from one gateway of four gets the honest result, and the gateway is named', async (_, lie) => {
    const { village } = await open(0)
    for (let i = 0; i < 4; i++) await village.open(i, i === 1 ? { analysis: changing(lie) } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(
      () => village.resultOf(study) !== null && village.state.suspensions.length === 1,
      'the result and the suspension',
    )
    const liar = village.gateways[1]!.member.memberId
    expect(toHex(village.state.suspensions[0]!.memberId)).toBe(toHex(liar))
    expect(village.state.suspensions[0]!.reason).toBe('deviating-result')
    expect(village.resultOf(study)!.attestations.map((each) => toHex(each.memberId))).not.toContain(
      toHex(liar),
    )
    const { village: honest } = await open()
    const same = honest.ask(automatic(byAge, 20_000), table)
    await honest.until(() => honest.resultOf(same) !== null, 'the honest result')
    expect(village.answerOf(study)).toEqual(honest.answerOf(same))
    // Whoever was named has nothing to say about what comes next; the other three are enough.
    const next = village.ask(automatic({ kind: 'count' }, 2_000), count)
    await village.until(() => village.resultOf(next) !== null, 'the next result')
    expect(village.resultOf(next)!.attestations).toHaveLength(3)
    await village.close()
    await honest.close()
  })

  it('of which a gateway leaves patients out gets the honest result too', async () => {
    const { village } = await open(0)
    // The one that leaves them out is the first to speak.
    const later = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: async (...asked) => {
        while (village.said.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
        return honest.answer(...asked)
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: i === 0 ? leavingOut : later })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(
      () => village.resultOf(study) !== null && village.state.suspensions.length === 1,
      'the result and the suspension',
    )
    expect(toHex(village.state.suspensions[0]!.memberId)).toBe(toHex(village.gateways[0]!.member.memberId))
    expect(village.resultOf(study)!.attestations).toHaveLength(3)
    await village.close()
  })

  /** What a gateway finds once the chain has the result. */
  const slow =
    (
      village: Village,
      study: () => ItemHash,
      lie: (own: GatewayAnalysis) => GatewayAnalysis = (own) => own,
    ) =>
    (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: async (...asked) => {
        while (village.resultOf(study()) === null) await new Promise((resolve) => setTimeout(resolve, 5))
        return lie(honest).answer(...asked)
      },
    })

  it.each([
    ['another result', changing((answer) => answer.map((byte, i) => (i === 30 ? byte ^ 64 : byte)))],
    ['another last digit', changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))],
    ['fewer patients', leavingOut],
  ])('with %s from one gateway of four that is slow names it too', async (_, lie) => {
    const { village } = await open(0)
    for (const i of [0, 2, 3]) await village.open(i)
    const home = await village.open(1, { analysis: slow(village, () => study, lie) })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.state.suspensions).toEqual([])
    await village.until(() => village.state.suspensions.length === 1, 'the suspension')
    const liar = toHex(village.gateways[1]!.member.memberId)
    expect(toHex(village.state.suspensions[0]!.memberId)).toBe(liar)
    expect(village.resultOf(study)!.attestations.map((each) => toHex(each.memberId))).not.toContain(liar)
    const accused = village.notes.filter(({ act }) => act === 'node.gatewayAccused')
    expect(accused.length).toBeGreaterThan(0)
    expect(accused.filter(({ code }) => code !== undefined)).toEqual([])
    expect(home.deviations()).toMatchObject([{ studyHash: toHex(study) }])
    expect(village.failures).toEqual([])
    await village.close()
  })

  it('has the word of a slow gateway that finds the same beside its result', async () => {
    const { village } = await open(0)
    for (const i of [0, 2, 3]) await village.open(i)
    const home = await village.open(1, { analysis: slow(village, () => study) })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.seats()[0]!.besideResult(study).length === 1, 'the word')
    const result = village.resultOf(study)!
    expect(village.seats()[0]!.besideResult(study)).toMatchObject([
      { outcome: 'answered', resultHash: result.resultHash, memberId: village.gateways[1]!.member.memberId },
    ])
    await village.pass(60_000)
    expect(village.state.suspensions).toEqual([])
    expect(home.deviations()).toEqual([])
    await village.close()
  })

  it('accuses nobody of what it found after one more erasure: it says nothing, and nothing is held against the result', async () => {
    const { village } = await open(0)
    for (const i of [0, 2, 3]) await village.open(i)
    const erased = Promise.withResolvers<void>()
    const home = await village.open(1, {
      analysis: (honest) => ({
        ...honest,
        answer: async (...asked) => {
          await erased.promise
          return changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))(honest).answer(
            ...asked,
          )
        },
      }),
    })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    village.erase(LATER_SNAPSHOT)
    erased.resolve()
    await village.pass(120_000)
    expect(village.said.filter(({ by }) => by === toHex(village.gateways[1]!.member.memberId))).toEqual([])
    expect(village.state.suspensions).toEqual([])
    await village.close()
    expect(home.deviations()).toHaveLength(1)
  })

  it('that a gateway was computing when a record was erased is no deviation of that gateway, which finds nothing to compare', async () => {
    const { village } = await open(0)
    for (const i of [0, 2, 3]) await village.open(i)
    const erased = Promise.withResolvers<void>()
    let computedCount = 0
    const home = await village.open(1, {
      analysis: (honest) => ({
        ...honest,
        answer: async (...asked) => {
          await erased.promise
          computedCount++
          return honest.answer(...asked)
        },
      }),
    })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('answered')
    village.erase(SNAPSHOT)
    erased.resolve()
    await village.until(() => computedCount === 1, 'what was being computed')
    await village.pass(120_000)
    expect(village.notes.filter(({ act }) => act === 'node.gatewayDeviates')).toEqual([])
    expect(home.deviations()).toEqual([])
    // Nothing of it is computed any more.
    expect(computedCount).toBe(1)
    expect(village.failures).toEqual([])
    await village.close()
  })

  it('on which two gateways of four differ is held and never released', async () => {
    const { village } = await open(0)
    const lies = [
      (answer: Bytes) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
      () => new Uint8Array(16_384),
    ]
    for (let i = 0; i < 4; i++) await village.open(i, i < 2 ? { analysis: changing(lies[i]!) } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(
      () => village.notes.filter(({ act }) => act === 'node.studyHeld').length === 4,
      'the alarm',
    )
    await village.pass(60_000)
    expect(village.resultOf(study)).toBeNull()
    expect(village.state.suspensions).toEqual([])
    await village.close()
  })

  it('with the same bytes of unlike engines is answered', async () => {
    const { village } = await open(0)
    for (let i = 0; i < 4; i++) await village.open(i, i < 2 ? { engine: 'test/2' } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(new Set(village.resultOf(study)!.attestations.map(({ engine }) => engine)).size).toBe(2)
    await village.close()
  })

  it('of which two gateways found something else with another engine is held, names nobody, and goes on with one engine', async () => {
    const { village } = await open(0)
    const analysis = changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))
    for (let i = 0; i < 4; i++) await village.open(i, i < 2 ? { engine: 'test/2', analysis } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    const held = () => village.notes.filter(({ act }) => act === 'node.studyHeld')
    await village.until(() => held().length === 4, 'the alarm')
    expect(held().map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'other-engines'))
    // What its own engine finds is no reason to say another thing with it.
    await village.pass(120_000)
    expect(village.said).toHaveLength(4)
    expect(village.resultOf(study)).toBeNull()
    await village.open(0)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.attestations.map(({ engine }) => engine)).toEqual([
      ENGINE,
      ENGINE,
      ENGINE,
    ])
    await village.pass(60_000)
    expect(village.state.suspensions).toEqual([])
    await village.close()
  })

  it('of which one gateway found something else with another engine is answered, and that one is told of, not suspended', async () => {
    const { village } = await open(0)
    const analysis = changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))
    for (let i = 0; i < 4; i++) await village.open(i, i === 0 ? { engine: 'test/2', analysis } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    await village.pass(120_000)
    expect(village.state.suspensions).toEqual([])
    const codes = (act: string) => village.notes.filter((each) => each.act === act).map(({ code }) => code)
    expect(new Set(codes('node.gatewayAccused'))).toEqual(new Set(['other-engine']))
    expect(codes('node.gatewayDeviates')).toEqual(['other-engine'])
    await village.close()
  })

  it('whose document nobody has is over by its day: nobody waits for it, and who asked the same goes on', async () => {
    const { village } = await open(0)
    let commitment = ''
    for (let i = 0; i < 4; i++)
      await village.open(i, { elsewhere: (each) => (toHex(each) === commitment ? 'never' : null) })
    const request = automatic(byAge, 20_000)
    village.hide((each) => (commitment = toHex(each)))
    const lost = village.ask(request, table)
    const repeat = village.ask(request, { chargeKind: 'repeat', chargeMicroRho: 0, of: lost })
    await village.pass(30_000)
    expect(village.said).toEqual([])
    village.passDays(29)
    await village.pass(120_000)
    expect(village.notes.filter(({ act }) => act === 'node.studyExpired')).toEqual([])
    const next = village.ask(request, table)
    await village.pass(30_000)
    expect(village.resultOf(next)).toBeNull()
    village.passDays(1)
    await village.until(() => village.resultOf(next) !== null, 'the result')
    expect(village.resultOf(next)!.outcome).toBe('answered')
    const over = village.notes.filter(({ act }) => act === 'node.studyExpired')
    // What is of it is over with it.
    expect(over).toHaveLength(8)
    expect(village.resultOf(lost) ?? village.resultOf(repeat)).toBeNull()
    expect(village.state.openStudies).toEqual([])
    await village.close()
  })

  it('stays answered at a gateway that hears so just when it would write that it is over', async () => {
    const { village } = await open(0)
    const told = Promise.withResolvers<void>()
    let isTold = false
    const home = await village.open(0, {
      elsewhere: () => 'never',
      isExpired: async (hash) => {
        if (!isTold) village.tellResult(hash)
        isTold = true
        await told.promise
        return true
      },
    })
    home.onChanged(() => told.resolve())
    village.ask(automatic(byAge, 20_000), table)
    village.passDays(30)
    await village.pass(61_000)
    await home.settled()
    expect(isTold).toBe(true)
    expect(village.notes).toEqual([])
    await village.close()
  })

  it('of which a record was erased while it is open is refused by all, also by those who had found it', async () => {
    const { village } = await open(2)
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.said.length === 2, 'two words')
    village.erase(SNAPSHOT)
    for (const i of [2, 3]) await village.open(i)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('refused')
    await village.pass(120_000)
    expect(village.state.suspensions).toEqual([])
    expect(village.failures).toEqual([])
    await village.close()
  })

  it('of which a record was erased once enough had said the same is refused; the chain takes what they said before from nobody (T09)', async () => {
    // Three of four: the third word is what is enough.
    const { village } = await open(3)
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.said.length === 3, 'three words')
    const old = village.seats()[0]!.wordsOf(study)
    village.erase(SNAPSHOT)
    const { outcome, resultHash, erasureHeight } = old[0]!
    const attestations = old.toSorted((x, y) => compareBytes(x.memberId, y.memberId))
    const result = { kind: 'result', studyHash: study, outcome, resultHash, attestations } as const
    const liar = village.gateways[3]!
    expect(() => village.final(liar, { ...result, erasureHeight })).toThrow('item-result-erasure')
    // Nor under the number of an erasure that they had not looked at.
    const { erasureHeight: last } = village.state
    expect(() => village.final(liar, { ...result, erasureHeight: last })).toThrow('item-attestations')
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('refused')
    expect(village.failures).toEqual([])
    await village.close()
  })

  it('while which a record of no snapshot was erased is answered by words that are said anew, and computed once', async () => {
    const { village } = await open(0)
    let computedCount = 0
    const counting = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: (...asked) => {
        computedCount++
        return honest.answer(...asked)
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: counting })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.said.length === 4, 'four words')
    // Also twice, one after the other.
    village.erase()
    village.erase()
    await village.until(() => village.resultOf(study) !== null, 'the result')
    const { erasureHeight } = village.state
    expect(village.resultOf(study)).toMatchObject({ outcome: 'answered', erasureHeight })
    expect(computedCount).toBe(4)
    expect(village.failures).toEqual([])
    await village.close()
  })

  it('that is decided is said again before others are computed, and all that are decided at one step', async () => {
    const { village } = await open(0)
    const gates: (() => void)[] = []
    let isGated = false
    const gated = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: async (...asked) => {
        if (isGated) await new Promise<void>((resolve) => gates.push(resolve))
        return honest.answer(...asked)
      },
    })
    await village.open(0, { analysis: gated })
    for (const microRho of [20_000, 10_000, 5_000])
      village.ask(automatic(byAge, microRho), { ...table, chargeMicroRho: microRho })
    await village.until(() => village.said.length === 3, 'three words')
    isGated = true
    for (const microRho of [2_000, 1_000])
      village.ask(automatic(byAge, microRho), { ...table, chargeMicroRho: microRho })
    await village.until(() => gates.length === 1, 'the first of those that take long')
    village.erase()
    gates[0]!()
    await village.until(() => gates.length === 2, 'the second of them')
    await village.until(() => village.said.length >= 6, 'the words of the three, said again meanwhile')
    expect(new Set(village.said.slice(3, 6).map(({ at }) => at)).size).toBe(1)
    isGated = false
    gates[1]!()
    await village.close()
  })

  it('is handed in first by a gateway that is drawn for it, and not always by the same one', async () => {
    const { village } = await open()
    const studies = [20_000, 10_000, 5_000, 2_000, 1_000].map((microRho) =>
      village.ask(automatic(byAge, microRho), { ...table, chargeMicroRho: microRho }),
    )
    await village.until(() => studies.every((each) => village.resultOf(each) !== null), 'the results')
    const results = village.finals.filter(({ signed }) => signed.item.clear.kind === 'result')
    expect(new Set(results.map(({ signed }) => toHex(signed.item.author))).size).toBeGreaterThan(1)
    await village.close()
  })

  it('whose word is of before an erasure, at a gateway that cannot look yet, is no deviation of that gateway', async () => {
    const { village } = await open(0)
    const firstErasureOf = (place: SnapshotPlace): number | null => {
      if (village.state.erasureHeight > 0) throw new Failure({ code: 'not-ready' })
      return village.firstErasureOf(place)
    }
    for (let i = 0; i < 4; i++) await village.open(i, i === 0 ? { firstErasureOf } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.said.length === 4, 'four words')
    village.erase(SNAPSHOT)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('refused')
    await village.pass(10_000)
    expect(village.notes.filter(({ act }) => act === 'node.gatewayDeviates')).toEqual([])
    await village.close()
  })

  it('is not answered by a liar that signs the number of an erasure over what it found before: it stands alone, and is told of', async () => {
    const { village } = await open(0)
    for (let i = 0; i < 4; i++) await village.open(i, i === 0 ? { firstErasureOf: () => null } : {})
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(() => village.said.length === 4, 'four words')
    village.erase(SNAPSHOT)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('refused')
    const told = () => village.notes.filter(({ act }) => act === 'node.gatewayAccused')
    await village.until(() => told().length > 0, 'the accusation')
    expect(new Set(told().map(({ code }) => code))).toEqual(new Set(['not-suspended']))
    // A refusal says nothing of who is honest.
    expect(village.state.suspensions).toEqual([])
    await village.close()
  })

  it('that was answered before a record was erased is still given to who asks it again', async () => {
    const { village } = await open()
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    await village.pass(10_000)
    // Also to who had asked by then: two words of four on each.
    for (const i of [2, 3]) await village.closeOne(i)
    const saidBefore = village.said.length
    const repeat = village.ask(request, { chargeKind: 'repeat', chargeMicroRho: 0, of: first })
    const early = village.ask(request, table)
    await village.until(() => village.said.length === saidBefore + 4, 'two words on each')
    village.erase(SNAPSHOT)
    for (const i of [2, 3]) await village.open(i)
    const paid = village.ask(request, table)
    expect(village.resultOf(early)).toBeNull()
    const asked = [repeat, early, paid]
    await village.until(() => asked.every((each) => village.resultOf(each) !== null), 'the others')
    for (const each of asked) expect(village.resultOf(each)!.outcome).toBe('answered')
    expect(village.answerOf(paid)).toEqual(village.answerOf(first))
    await village.close()
  })

  it('is no way out for a liar that says it first with an engine of which nobody knows', async () => {
    const { village } = await open(0)
    for (const i of [1, 2, 3]) await village.open(i)
    const study = village.ask(automatic(byAge, 20_000), table)
    const { chainId } = village.consortium
    const { member, authorSecret } = village.gateways[0]!
    const word = { studyHash: study, outcome: 'answered', resultHash: new Uint8Array(32) } as const
    await village.until(() => village.said.length === 3, 'three words')
    for (const engine of ['liar/1', ENGINE]) {
      const signBytes = attestationSignBytes(chainId, word, engine, {
        studyHeight: village.heightOf(study)!,
        erasureHeight: 0,
      })
      const signature = crypto.ed25519Sign(authorSecret, signBytes)
      for (const seat of village.seats())
        seat.hear({ ...word, engine, erasureHeight: 0, memberId: member.memberId, signature })
    }
    await village.until(() => village.state.suspensions.length === 1, 'the suspension')
    expect(toHex(village.state.suspensions[0]!.memberId)).toBe(toHex(member.memberId))
    await village.close()
  })

  it('below four gateways is released only where the members decided so', async () => {
    for (const [releaseUnattested, isReleased] of [
      [0, false],
      [1, true],
    ] as const) {
      const { village } = await open(2, {
        gateways: 2,
        policy: { releaseUnattested, votersBelowFourAllowed: 1 },
      })
      const study = village.ask(automatic(byAge, 20_000), table)
      await village.pass(60_000)
      expect(village.resultOf(study) !== null).toBe(isReleased)
      await village.close()
    }
  })

  it('comes to the same bytes wherever a gateway falls over', async () => {
    const honest = (await open()).village
    const same = honest.ask(automatic(byAge, 20_000), table)
    await honest.until(() => honest.resultOf(same) !== null, 'the honest result')
    const answer = honest.answerOf(same)!
    await honest.close()
    let falls = 0
    for (let at = 0; ; at++) {
      // Three gateways of four run: without the one that falls there is no result.
      const { village } = await open(0)
      const fuse = new Fuse(at)
      await village.open(0, { fuse })
      for (const i of [1, 2]) await village.open(i)
      const study = village.ask(automatic(byAge, 20_000), table)
      await village.until(() => fuse.isOut || village.resultOf(study) !== null, `step ${at}`)
      const hasFallen = fuse.isOut
      if (hasFallen) {
        falls++
        await village.open(0)
        await village.until(() => village.resultOf(study) !== null, `the result after a fall at ${at}`)
      }
      expect(equalBytes(village.answerOf(study)!, answer)).toBe(true)
      expect(village.failures).toEqual([])
      expect(village.finals.filter(({ signed }) => signed.item.clear.kind === 'result')).toHaveLength(1)
      await village.close()
      if (!hasFallen) break
    }
    expect(falls).toBeGreaterThan(8)
  })
})

describe('a document that a gateway has to ask for', { timeout: 120_000 }, () => {
  it('has its turn, though eight others are asked for again and again and nobody has them', async () => {
    const asked: number[] = []
    const fetching = createFetching(
      {
        documentHere: async () => null,
        documentOf: async ([name]) => {
          asked.push(name!)
          return null
        },
        answerHere: async () => null,
        answerOf: async () => null,
      },
      { onFetched: () => {}, onFailure: () => {}, later: () => {}, isClosed: () => false },
    )
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i <= FETCHES_MAX; i++) void fetching.documentOf(Uint8Array.of(i))
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    expect(asked).toContain(FETCHES_MAX)
  })

  it('holds up its own study and no other, however slowly it is handed over', async () => {
    const { village } = await open(0)
    const commitments: string[] = []
    const slow = Promise.withResolvers<void>()
    const elsewhere = (commitment: Bytes) => (toHex(commitment) === commitments[0] ? slow.promise : null)
    // Three of four: without the one that waits there is no result.
    await village.open(0, { elsewhere })
    for (const i of [1, 2]) await village.open(i)
    const first = village.ask(automatic(byAge, 20_000), table)
    commitments.push(village.documents.keys().next().value!)
    const second = village.ask(automatic({ kind: 'count' }, 2_000), count)
    await village.until(() => village.resultOf(second) !== null, 'the second result')
    expect(village.resultOf(first)).toBeNull()
    slow.resolve()
    await village.until(() => village.resultOf(first) !== null, 'the first result')
    expect(village.failures).toEqual([])
    await village.close()
  })
})

describe('a recomputation', { timeout: 120_000 }, () => {
  const recomputing = async (setup: Parameters<Village['open']>[1]) => {
    const { village } = await open()
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    // Opened again, with whatever happened to them meanwhile.
    for (let i = 0; i < 4; i++) await village.open(i, setup)
    const again = village.ask(request, { chargeKind: 'recompute', chargeMicroRho: 0, of: first })
    await village.until(() => village.resultOf(again) !== null, 'the recomputation')
    const outcome = village.resultOf(again)!.outcome
    const isSame = equalBytes(village.answerOf(again)!, village.answerOf(first)!)
    await village.close()
    return { outcome, isSame }
  }
  it('finds the attested bytes again', async () => {
    expect(await recomputing({})).toEqual({ outcome: 'identical', isSame: true })
  })
  it('says where the records give something else, and does not say what', async () => {
    const planted = changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))
    expect(await recomputing({ analysis: planted })).toEqual({ outcome: 'differs', isSame: false })
  })
  /** One visit that is all that is known of a patient: whoever wrote another date of birth there. */
  async function withOneFactChanged(): Promise<Warehouse> {
    const changed = syntheticFacts(400, 'gateways')
    const patients = changed.map(({ visit }) => visit[0]!.patient)
    const ageOf = ({ visit: [row] }: Facts) => (row!.day! - row!.birth!) / 365.25
    const isAlone = (i: number) => patients.indexOf(patients[i]!) === patients.lastIndexOf(patients[i]!)
    const at = changed.findIndex((each, i) => isAlone(i) && ageOf(each) < 39)
    const [row] = changed[at]!.visit
    changed[at] = { ...changed[at]!, visit: [{ ...row!, birth: row!.birth! - 30 * 366 }] }
    const other = await openWarehouse({ threads: 1, memoryMb: 512 })
    await other.load(runOf(0, changed.length - 1, changed))
    return other
  }

  it.each(['before the others', 'after all others'])(
    'turns red where one fact in the warehouse of one gateway was changed, though it speaks %s: it is named, and knows the cells',
    async (when) => {
      const { village } = await open()
      const request = automatic(byAge, 20_000)
      const first = village.ask(request, table)
      await village.until(() => village.resultOf(first) !== null, 'the first')
      const changed = await withOneFactChanged()
      const liar = toHex(village.gateways[2]!.member.memberId)
      const hasSpoken = (isLiar: boolean) =>
        village.notes.filter(({ by, act }) => (by === liar) === isLiar && act === 'node.studyRecomputed')
      const others = (own: GatewayAnalysis, isReady: () => boolean): GatewayAnalysis => ({
        ...own,
        answer: async (...asked) => {
          while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 5))
          return own.answer(...asked)
        },
      })
      const isLate = when === 'after all others'
      const home = await village.open(2, {
        analysis: () =>
          others(
            analysisOf({ warehouse: changed, place: village.place }),
            () => !isLate || village.resultOf(again) !== null,
          ),
      })
      for (const i of [0, 1, 3])
        await village.open(i, {
          analysis: (honest) => others(honest, () => isLate || hasSpoken(true).length > 0),
        })
      const again = village.ask(request, { chargeKind: 'recompute', chargeMicroRho: 0, of: first })
      await village.until(
        () => village.resultOf(again) !== null && village.state.suspensions.length === 1,
        'the recomputation and the suspension',
      )
      const result = village.resultOf(again)!
      expect(result).toMatchObject({ outcome: 'identical' })
      expect(result.attestations).toHaveLength(3)
      expect(toHex(village.state.suspensions[0]!.memberId)).toBe(liar)
      // What a person reads is no green.
      const [suspension] = village.finals.flatMap(({ signed }) =>
        signed.item.clear.kind === 'suspension' ? [signed.item.clear] : [],
      )
      expect(suspension).toMatchObject({ studyHash: again, said: { outcome: 'differs' } })
      const row = { state: 'answered', chargeKind: 'recompute', result } as unknown as StudyRow
      expect(stateOf(row, 3, true)).toBe('disputed')
      // Its own desk says so too.
      await village.until(() => home.deviations().length > 0, 'the own desk')
      expect(home.deviations()).toMatchObject([{ studyHash: toHex(again) }])
      const said = hasSpoken(true)[0]
      expect(said).toMatchObject({ outcome: 'differs' })
      // From below 40 to between 60 and 80.
      expect(said?.cells).toMatch(/^cells\.0\+cells\.2\+margins/)
      await village.close()
      await changed.close()
    },
  )

  it('waits for a gateway that had not signed the answer, and has its word', async () => {
    const { village } = await open(3)
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const fourth = toHex(village.gateways[3]!.member.memberId)
    let isReady = false
    await village.open(3, {
      analysis: (honest) => ({
        ...honest,
        answer: async (...asked) => {
          while (!isReady) await new Promise((resolve) => setTimeout(resolve, 5))
          return honest.answer(...asked)
        },
      }),
    })
    const again = village.ask(request, { chargeKind: 'recompute', chargeMicroRho: 0, of: first })
    await village.until(() => village.seats()[0]!.wordsOf(again).length === 3, 'three words')
    await village.pass(60_000)
    expect(village.resultOf(again)).toBeNull()
    isReady = true
    await village.until(() => village.resultOf(again) !== null, 'the recomputation')
    expect(village.resultOf(again)!.attestations.map((each) => toHex(each.memberId))).toContain(fourth)
    await village.close()
  })

  it('goes on without a gateway that stays away, in its time', async () => {
    const { village } = await open(3)
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const again = village.ask(request, { chargeKind: 'recompute', chargeMicroRho: 0, of: first })
    await village.until(() => village.seats()[0]!.wordsOf(again).length === 3, 'three words')
    await village.pass(RECOMPUTE_WAIT_MS - 10_000)
    expect(village.resultOf(again)).toBeNull()
    await village.until(() => village.resultOf(again) !== null, 'the recomputation')
    expect(village.resultOf(again)!.attestations).toHaveLength(3)
    await village.close()
  })

  it('says which cells come out otherwise where all gateways agree that they do', async () => {
    const { village } = await open()
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const changed = await withOneFactChanged()
    for (let i = 0; i < 4; i++)
      await village.open(i, { analysis: () => analysisOf({ warehouse: changed, place: village.place }) })
    const again = village.ask(request, { chargeKind: 'recompute', chargeMicroRho: 0, of: first })
    await village.until(() => village.resultOf(again) !== null, 'the recomputation')
    expect(village.resultOf(again)).toMatchObject({ outcome: 'differs' })
    const cells = readDiffers(village.answerOf(again)!)!
    expect(cells).toEqual(expect.arrayContaining(['cells/0', 'cells/2']))
    expect(cells).not.toContain('cells/1')
    await village.close()
    await changed.close()
  })

  it('is not made once a record of the snapshot was erased', async () => {
    expect(await recomputing({ firstErasureOf: () => 6 })).toEqual({
      outcome: 'not-recomputable',
      isSame: false,
    })
  })
})

describe('the same request, paid for again', { timeout: 120_000 }, () => {
  it('gets the recorded bytes, and nothing is computed once a record of the snapshot was erased', async () => {
    const { village } = await open()
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    // The same noise on other data would say by the difference what the erased record held.
    const other = changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: other, firstErasureOf: () => 6 })
    const again = village.ask(request, table)
    const fresh = village.ask(automatic(byAge, 10_000), { ...table, chargeMicroRho: 10_000 })
    await village.until(() => village.resultOf(fresh) !== null, 'the last')
    expect(village.resultOf(again)).toMatchObject({ outcome: 'answered' })
    expect(equalBytes(village.answerOf(again)!, village.answerOf(first)!)).toBe(true)
    expect(village.resultOf(fresh)).toMatchObject({ outcome: 'refused' })
    await village.close()
  })

  it('gets them from a gateway too that was away when it was answered, once that has the earlier document', async () => {
    const { village } = await open(3)
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const commitment = village.documents.keys().next().value!
    // Whatever a gateway would compute now, it is not what was recorded.
    const analysis = changing((answer) => answer.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))
    await village.closeOne(2)
    // Too late to say anything beside the first answer.
    village.passDays(1)
    let way: 'never' | null = 'never'
    for (const i of [0, 1]) await village.open(i, { analysis })
    await village.open(3, { analysis, elsewhere: (each) => (toHex(each) === commitment ? way : null) })
    const again = village.ask(request, table)
    await village.pass(20_000)
    // Two words, and none of the one that cannot know yet.
    expect(village.resultOf(again)).toBeNull()
    expect(village.said.filter(({ by }) => by === toHex(village.gateways[3]!.member.memberId))).toEqual([])
    way = null
    await village.until(() => village.resultOf(again) !== null, 'the repeat')
    expect(equalBytes(village.answerOf(again)!, village.answerOf(first)!)).toBe(true)
    expect(village.state.suspensions).toEqual([])
    await village.close()
  })
})

describe('a study by rule', { timeout: 120_000 }, () => {
  const approve = async (
    homes: Awaited<ReturnType<typeof open>>['homes'],
    study: ItemHash,
    by: readonly number[],
    verdict: 'approve' | 'refuse' = 'approve',
  ) => {
    for (const i of by) {
      const proposal = (await homes[i]!.proposal(study))!
      expect(await homes[i]!.check(study, proposal.proposalHash, verdict)).toBe('submitted')
    }
  }
  const proposed = (village: Village, times: number) =>
    village.until(
      () => village.notes.filter(({ act }) => act === 'node.studyProposed').length === times,
      'the proposals',
    )

  it('waits for two hospitals, and gives the very bytes that they saw', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    const [proposal] = await homes[0]!.proposals()
    expect(proposal!.checks.every(({ verdict }) => verdict !== 'broken')).toBe(true)
    expect(proposal!.checks.map((each) => each.rule)).toEqual(
      expect.arrayContaining(['R1', 'R4', 'R5', 'R9', 'R12']),
    )
    const leaves = readByRule(proposal!.answer)!
    expect(leaves.findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['model/0', 'baseline/sex', 'baseline/age']),
    )
    await approve(homes, study, [0])
    await village.pass(30_000)
    expect(village.resultOf(study)).toBeNull()
    await approve(homes, study, [1])
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.answerOf(study)).toEqual(proposal!.answer)
    await village.close()
  })

  it('that one hospital refuses is refused', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    await approve(homes, study, [0, 1].slice(0, 1))
    await approve(homes, study, [2], 'refuse')
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)?.outcome).toBe('refused')
    expect(village.answerOf(study)).toEqual(REFUSED_ANSWER)
    await village.close()
  })

  it('is repeated and recomputed for nobody whose purpose a first request would not have', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    await approve(homes, study, [0, 1])
    await village.until(() => village.resultOf(study) !== null, 'the result')
    const insurer = village.member('insurer')
    const repeat = { chargeKind: 'repeat', chargeMicroRho: 0, of: study } as const
    const recompute = { chargeKind: 'recompute', chargeMicroRho: 0, of: study } as const
    const asked = [
      village.ask(byRule(comesAgain), repeat, insurer),
      village.ask(byRule(comesAgain), recompute, insurer),
      village.ask({ ...byRule(comesAgain), purpose: 'marketing' }, repeat),
    ]
    village.final(insurer, { kind: 'registration', protocolHash: new Uint8Array(32).fill(1) })
    asked.push(village.ask(byRule(comesAgain), repeat, insurer))
    await village.until(() => asked.every((each) => village.resultOf(each) !== null), 'the results')
    expect(asked.map((each) => village.resultOf(each)!.outcome)).toEqual([
      'refused',
      'not-recomputable',
      'refused',
      'answered',
    ])
    await village.close()
  })

  it('is judged against earlier ones by a gateway that was away when these were decided', async () => {
    const { village } = await open(0)
    const homes = [await village.open(0), await village.open(1), await village.open(2)]
    const first = village.ask(byRule(comesAgain), rule)
    await proposed(village, 3)
    // People refuse it: the rules had let it through, and whoever asks about the same people in other words is compared with it.
    await approve(homes, first, [0], 'refuse')
    await village.until(() => village.resultOf(first) !== null, 'the refusal by people')
    await village.closeOne(2)
    const second = village.ask(byRule(otherWords), rule)
    // Two words are too few: what the third says counts.
    await village.pass(20_000)
    expect(village.resultOf(second)).toBeNull()
    const commitment = village.documents.keys().next().value!
    let way: 'never' | null = 'never'
    await village.open(3, { elsewhere: (each) => (toHex(each) === commitment ? way : null) })
    await village.pass(60_000)
    // It has the second study's document and not the first one's: it does not judge.
    expect(village.resultOf(second)).toBeNull()
    way = null
    await village.until(() => village.resultOf(second) !== null, 'the refusal by rule')
    expect(village.resultOf(second)?.outcome).toBe('refused')
    const late = toHex(village.gateways[3]!.member.memberId)
    expect(village.notes.filter(({ by, act }) => by === late && act === 'node.studyProposed')).toEqual([])
    await village.close()
  })

  it('of a snapshot that lost a record is refused, also where that comes while it is computed', async () => {
    const { village } = await open(0)
    let isErased = false
    const erasing = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      propose: async (...asked) => {
        const proposal = await honest.propose(...asked)
        if (!isErased) village.erase(SNAPSHOT)
        isErased = true
        return proposal
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: erasing })
    const studies = [village.ask(byRule(comesAgain), rule), village.ask(byRule(otherWords), rule)]
    await village.until(() => studies.every((each) => village.resultOf(each) !== null), 'the refusals')
    expect(studies.map((each) => village.resultOf(each)!.outcome)).toEqual(['refused', 'refused'])
    expect(village.notes.filter(({ act }) => act === 'node.studyProposed')).toEqual([])
    await village.close()
  })

  /** What the last study was compared with. */
  const comparing = () => {
    const asked: Parameters<GatewayAnalysis['propose']>[0][] = []
    const analysis = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      propose: (...question) => {
        asked.push(question[0])
        return honest.propose(...question)
      },
    })
    return { asked, analysis }
  }

  it('is compared alike by gateways that judged an earlier one before and after a record of it was erased', async () => {
    const { village } = await open(1)
    village.ask(byRule(comesAgain), rule)
    village.ask(byRule(otherWords), rule)
    // By this gateway the first one passed the rules and the second one did not.
    await village.until(
      () => village.notes.some(({ act }) => act === 'node.studyRefused') && village.said.length === 1,
      'the judgement',
    )
    const { height } = village
    const firstErasureOf = ({ itemHash }: { itemHash: Bytes }) =>
      equalBytes(itemHash, SNAPSHOT) ? height : null
    const seen = []
    const third = byRule(otherWords, LATER_SNAPSHOT)
    for (const i of [0, 1]) {
      const { asked, analysis } = comparing()
      await village.open(i, { analysis, firstErasureOf })
      if (i === 0) village.ask(third, { ...rule, snapshotHash: LATER_SNAPSHOT })
      await village.until(() => asked.length > 0, 'the comparison')
      seen.push(asked.at(-1)!)
    }
    for (const { earlier, recentRefusals } of seen) {
      expect(earlier).toHaveLength(2)
      expect(recentRefusals).toBe(0)
    }
    await village.close()
  })

  it('that is open when a record of an earlier one was erased is found anew, and alike by one that comes later', async () => {
    const { village } = await open(0)
    const first = comparing()
    await village.open(1, first)
    village.ask(byRule(comesAgain), rule)
    // By the rules here, and by nobody else: the chain has decided neither.
    village.ask(byRule(otherWords), rule)
    village.ask(byRule(otherWords, LATER_SNAPSHOT), { ...rule, snapshotHash: LATER_SNAPSHOT })
    const compared = ({ asked }: typeof first) => {
      const { earlier, recentRefusals } = asked.at(-1)!
      return [earlier.length, recentRefusals]
    }
    await village.until(() => first.asked.length === 3, 'the comparison')
    expect(compared(first)).toEqual([1, 1])
    village.erase(SNAPSHOT)
    await village.until(() => first.asked.length === 4, 'the comparison after the erasure')
    expect(compared(first)).toEqual([2, 0])
    // One more of the same snapshot changes nothing of it.
    village.erase(SNAPSHOT)
    await village.pass(120_000)
    expect(first.asked).toHaveLength(4)
    const late = comparing()
    await village.open(0, late)
    await village.until(() => late.asked.length > 0, 'the comparison of the one that was away')
    expect(compared(late)).toEqual([2, 0])
    await village.close()
  })

  it('is compared alike where the chain decided an earlier one that was judged by what an erasure has changed', async () => {
    const { village } = await open(0)
    /** Refuses what is compared with just one study. */
    const judging = () => {
      const asked: Parameters<GatewayAnalysis['propose']>[0][] = []
      const analysis = (honest: GatewayAnalysis): GatewayAnalysis => ({
        ...honest,
        propose: async (question, ...more) => {
          asked.push(question)
          const { earlierWords } = await honest.propose(question, ...more)
          const alone = await honest.propose({ ...question, earlier: [], recentRefusals: 0 }, ...more)
          return question.earlier.length === 1
            ? { kind: 'refused', needsPerson: false, checks: [], words: alone.words, earlierWords }
            : { ...alone, earlierWords }
        },
      })
      return { asked, analysis }
    }
    const compared = ({ asked }: ReturnType<typeof judging>) => {
      const { earlier, recentRefusals } = asked.at(-1)!
      return [earlier.length, recentRefusals]
    }
    const first = judging()
    await village.open(1, first)
    const later = { ...rule, snapshotHash: LATER_SNAPSHOT }
    village.ask(byRule(comesAgain), rule)
    village.ask(byRule(otherWords), rule)
    // Refused here, as the one before it was.
    const decided = village.ask(byRule(otherWords, LATER_SNAPSHOT), later)
    village.ask(byRule(comesAgain, LATER_SNAPSHOT), later)
    await village.until(() => first.asked.length === 4, 'the comparison')
    expect(compared(first)).toEqual([1, 2])
    village.tellResult(decided, 'refused')
    // Of the one before it nobody can say any more how it was judged, so this one is judged anew, and passes.
    village.erase(SNAPSHOT)
    await village.until(() => first.asked.length === 6, 'the comparison after the erasure')
    expect(compared(first)).toEqual([3, 0])
    const late = judging()
    await village.open(0, late)
    await village.until(() => late.asked.length === 2, 'the comparison of the one that was away')
    expect(compared(late)).toEqual([3, 0])
    await village.close()
  })

  it('is compared with what its requester got by a repeat of another’s repeat', async () => {
    const { village } = await open(0)
    const { asked, analysis } = comparing()
    await village.open(0, { analysis })
    const insurer = village.member('insurer')
    const repeat = { chargeKind: 'repeat', chargeMicroRho: 0 } as const
    const study = village.ask(byRule(comesAgain), rule)
    const first = village.ask(byRule(comesAgain), { ...repeat, of: study })
    const isOwn = async () => {
      const { length } = asked
      village.ask(byRule(otherWords), rule, insurer)
      await village.until(() => asked.length > length, 'the comparison')
      return asked.at(-1)!.earlier[0]!.isOwn
    }
    await village.until(() => asked.length === 1, 'the first judgement')
    expect(await isOwn()).toBe(false)
    village.ask(byRule(comesAgain), { ...repeat, of: first }, insurer)
    expect(await isOwn()).toBe(true)
    await village.close()
  })

  it('that nobody checked is compared with until it is over, and from then on with nobody', async () => {
    const { village, homes } = await open()
    const first = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    const second = village.ask(byRule(otherWords), rule)
    await village.until(() => village.resultOf(second) !== null, 'the refusal')
    expect(village.resultOf(second)!.outcome).toBe('refused')
    village.passDays(30)
    await village.until(
      () => village.notes.filter(({ act }) => act === 'node.studyExpired').length === 4,
      'the end of the first',
    )
    expect(await homes[0]!.proposals()).toEqual([])
    expect(await homes[0]!.proposal(first)).toBeNull()
    expect(village.resultOf(first)).toBeNull()
    const third = village.ask(byRule(otherWords), rule)
    await proposed(village, 8)
    await approve(homes, third, [0, 1])
    await village.until(() => village.resultOf(third) !== null, 'the result')
    expect(village.resultOf(third)!.outcome).toBe('answered')
    await village.close()
  })

  it('of whose people nobody has the document any more holds up no later one for longer than it is open', async () => {
    const { village } = await open(0)
    let commitment = ''
    for (let i = 0; i < 4; i++)
      await village.open(i, { elsewhere: (each) => (toHex(each) === commitment ? 'never' : null) })
    village.hide((each) => (commitment = toHex(each)))
    village.ask(byRule(comesAgain), rule)
    village.passDays(1)
    village.ask(byRule(otherWords), rule)
    await village.pass(60_000)
    expect(village.notes.filter(({ act }) => act === 'node.studyProposed')).toEqual([])
    village.passDays(29)
    await proposed(village, 4)
    await village.close()
  })

  it('that was proposed before a record was erased is refused by all, and no more shown', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    await approve(homes, study, [0])
    village.erase(SNAPSHOT)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('refused')
    expect(await homes[1]!.proposals()).toEqual([])
    await village.close()
  })

  it('that gateways refused before a record was erased counts so at one that comes later', async () => {
    const { village } = await open(3)
    village.ask(byRule(comesAgain), rule)
    const refused = village.ask(byRule(otherWords), rule)
    await village.until(() => village.resultOf(refused) !== null, 'the refusal')
    const { height } = village
    // It is asked of another snapshot, and the record is erased after that.
    const third = village.ask(byRule(otherWords, LATER_SNAPSHOT), { ...rule, snapshotHash: LATER_SNAPSHOT })
    const { asked, analysis } = comparing()
    const firstErasureOf = ({ itemHash }: { itemHash: Bytes }) =>
      equalBytes(itemHash, SNAPSHOT) ? height + 2 : null
    await village.open(3, { analysis, firstErasureOf })
    await village.until(() => asked.length > 0, 'the comparison')
    expect(asked.at(-1)).toMatchObject({ recentRefusals: 1 })
    expect(asked.at(-1)!.earlier).toHaveLength(1)
    expect(village.resultOf(third)).toBeNull()
    await village.close()
  })

  it('that a hospital refuses though the rules do counts alike at gateways that judged it and at one that comes later', async () => {
    const { village } = await open(0)
    const { asked, analysis } = comparing()
    for (let i = 0; i < 3; i++) await village.open(i, i === 0 ? { analysis } : {})
    village.ask(byRule(comesAgain), rule)
    const refused = village.ask(byRule(otherWords), rule)
    const proposalHash = new Uint8Array(32).fill(1)
    village.final(village.gateways[3]!, {
      kind: 'check',
      studyHash: refused,
      proposalHash,
      verdict: 'refuse',
    })
    await village.until(() => village.resultOf(refused) !== null, 'the refusal')
    const before = asked.length
    village.ask(byRule(otherWords, LATER_SNAPSHOT), { ...rule, snapshotHash: LATER_SNAPSHOT })
    await village.until(() => asked.length > before, 'the comparison')
    const { height } = village
    const late = comparing()
    await village.open(3, {
      analysis: late.analysis,
      firstErasureOf: ({ itemHash }) => (equalBytes(itemHash, SNAPSHOT) ? height + 2 : null),
    })
    await village.until(() => late.asked.length > 0, 'the comparison of the one that was away')
    for (const { earlier, recentRefusals } of [asked.at(-1)!, late.asked.at(-1)!]) {
      expect(earlier).toHaveLength(2)
      expect(recentRefusals).toBe(1)
    }
    await village.close()
  })

  it('whose answer nobody could hand over is refused and holds up nothing', async () => {
    const { village } = await open()
    // Three quartiles of each number for everybody and for each sex: more findings than anybody reads.
    const ages = Array.from({ length: 90 }, (_, i) => ({ kind: 'age' as const, name: `age${String(i)}` }))
    const long: StudyDefinition = {
      ...comesAgain,
      intervals: {
        ...comesAgain.intervals,
        covariates: [...comesAgain.intervals.covariates, ...ages],
      },
    }
    const first = village.ask(byRule(long), rule)
    const second = village.ask(automatic({ kind: 'count' }, 2_000), count)
    await village.until(() => village.resultOf(first) !== null && village.resultOf(second) !== null, 'both')
    expect(village.resultOf(first)?.outcome).toBe('refused')
    expect(village.resultOf(second)?.outcome).toBe('answered')
    await village.close()
  })

  it('that differs from an earlier one by a few people is refused without anybody looking', async () => {
    const { village } = await open()
    village.ask(byRule(comesAgain), rule)
    const second = village.ask(byRule(otherWords), rule)
    await village.until(() => village.resultOf(second) !== null, 'the refusal')
    expect(village.resultOf(second)?.outcome).toBe('refused')
    await village.close()
  })
})
