/** Records that are erased while a request is open: nobody is accused of it, and nothing is found from them any more. */
import { describe, expect, it } from 'vitest'
import { compareBytes, toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { GatewayAnalysis, SnapshotPlace } from './gateway-port.ts'
import { LATER_SNAPSHOT, SNAPSHOT } from './gateway.test-kit.ts'
import { automatic, byAge, changing, table, villages } from './requests.test-kit.ts'

const { open } = villages()

describe('a request of lane A', { timeout: 120_000 }, () => {
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
})
