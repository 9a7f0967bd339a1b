/** Four gateways on the facts of synthetic patients: what honest ones agree on leaves, what one of them lies does not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equalBytes, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { canonicalStudy, type StudyDocument as StudyDefinition } from '../../shared/domain/study.ts'
import { runOf } from '../analytics/facts/fact-columns.ts'
import type { Facts } from '../analytics/facts/fact-tables.ts'
import { syntheticFacts } from '../analytics/facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from '../analytics/warehouse/warehouse.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import { encode } from '../node/chain/codec.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import type { Output } from '../privacy/request/release-request.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { readByRule, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import { readDiffers } from './differing-cells.ts'
import { createFetching, FETCHES_MAX } from './fetching.ts'
import { STEP_MS } from './gateway-home.ts'
import type { GatewayAnalysis } from './gateway-port.ts'
import { analysisOf, Fuse, LATER_SNAPSHOT, SNAPSHOT, Village } from './gateway.test-kit.ts'

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
  organisation,
  groups: [
    { label: 'all', codes: Array.from({ length: 40 }, (_, i) => `G${String(i + 1).padStart(3, '0')}`) },
  ],
  ageEdges: [50],
  lastMonth: '2018-12',
  months: 12,
  costMost: 200_000,
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
    const short = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: (question, at, isFresh) =>
        honest.answer(
          { ...question, cohort: { ...everybody, entry: { ...everybody.entry, priorDays: 400 } } },
          at,
          isFresh,
        ),
    })
    // The one that leaves them out is the first to speak: what comes after the result is final is nobody's word any more.
    const later = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      answer: async (...asked) => {
        while (village.said.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
        return honest.answer(...asked)
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: i === 0 ? short : later })
    const study = village.ask(automatic(byAge, 20_000), table)
    await village.until(
      () => village.resultOf(study) !== null && village.state.suspensions.length === 1,
      'the result and the suspension',
    )
    expect(toHex(village.state.suspensions[0]!.memberId)).toBe(toHex(village.gateways[0]!.member.memberId))
    expect(village.resultOf(study)!.attestations).toHaveLength(3)
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

  it('turns red where one fact in the warehouse of one gateway was changed: it is named, and it knows the cells', async () => {
    const { village } = await open()
    const request = automatic(byAge, 20_000)
    const first = village.ask(request, table)
    await village.until(() => village.resultOf(first) !== null, 'the first')
    const changed = await withOneFactChanged()
    const liar = toHex(village.gateways[2]!.member.memberId)
    const hasSpoken = () => village.notes.some(({ by, act }) => by === liar && act === 'node.studyRecomputed')
    for (let i = 0; i < 4; i++)
      await village.open(i, {
        analysis: (honest) =>
          i === 2
            ? analysisOf({ warehouse: changed, place: village.place })
            : {
                ...honest,
                // What comes after the result is final is nobody's word any more.
                answer: async (...asked) => {
                  while (!hasSpoken()) await new Promise((resolve) => setTimeout(resolve, 5))
                  return honest.answer(...asked)
                },
              },
      })
    const again = village.ask(request, { chargeKind: 'recompute', chargeMicroRho: 0, of: first })
    await village.until(
      () => village.resultOf(again) !== null && village.state.suspensions.length === 1,
      'the recomputation and the suspension',
    )
    expect(village.resultOf(again)).toMatchObject({ outcome: 'identical' })
    expect(village.resultOf(again)!.attestations).toHaveLength(3)
    expect(toHex(village.state.suspensions[0]!.memberId)).toBe(liar)
    const said = village.notes.find(({ by, act }) => by === liar && act === 'node.studyRecomputed')
    expect(said).toMatchObject({ outcome: 'differs' })
    // From below 40 to between 60 and 80.
    expect(said?.cells).toMatch(/^cells\.0\+cells\.2\+margins/)
    await village.close()
    changed.close()
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
    changed.close()
  })

  it('is not made once a record of the snapshot was erased', async () => {
    expect(await recomputing({ isErased: () => true })).toEqual({
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
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: other, isErased: () => true })
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
        isErased = true
        return proposal
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: erasing, isErased: () => isErased })
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
    const isErased = ({ itemHash }: { itemHash: Bytes }) => equalBytes(itemHash, SNAPSHOT)
    const seen = []
    const third = byRule(otherWords, LATER_SNAPSHOT)
    for (const i of [0, 1]) {
      const { asked, analysis } = comparing()
      await village.open(i, { analysis, isErased })
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
