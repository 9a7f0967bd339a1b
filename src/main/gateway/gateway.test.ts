/** Four gateways on the facts of synthetic patients: what honest ones agree on leaves, and who may ask for what. */
import { describe, expect, it } from 'vitest'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import type { Output } from '../privacy/request/outputs.ts'
import { REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import { STEP_MS } from './gateway-home.ts'
import type { GatewayAnalysis } from './gateway-port.ts'
import { approvalHashOf } from './permitted-formula.ts'
import { Fuse } from './gateway.test-kit.ts'
import {
  automatic,
  byAge,
  count,
  everybody,
  INSURER,
  portfolio,
  table,
  villages,
} from './requests.test-kit.ts'

const { open } = villages()

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
    const { village } = await open(0)
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
    const { village } = await open(0)
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
