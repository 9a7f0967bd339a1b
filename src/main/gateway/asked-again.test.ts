/** The same request once more: computed again from the records for a reviewer, or answered with what was recorded. */
import { describe, expect, it } from 'vitest'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { runOf } from '../analytics/facts/fact-columns.ts'
import type { Facts } from '../analytics/facts/fact-tables.ts'
import { syntheticFacts } from '../analytics/facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from '../analytics/warehouse/warehouse.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { stateOf } from '../requests/rows.ts'
import { readDiffers } from './differing-cells.ts'
import type { GatewayAnalysis } from './gateway-port.ts'
import { RECOMPUTE_WAIT_MS } from './recomputation.ts'
import { analysisOf, type Village } from './gateway.test-kit.ts'
import { automatic, byAge, changing, table, villages } from './requests.test-kit.ts'

const { open } = villages()

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
            analysisOf({ warehouse: changed, samePersonAt: () => [] }),
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
      await village.open(i, { analysis: () => analysisOf({ warehouse: changed, samePersonAt: () => [] }) })
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
