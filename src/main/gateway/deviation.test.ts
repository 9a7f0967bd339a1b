/** Gateways that find something else, by a lie, by another engine or late: what they say never leaves, and who lied is named. */
import { describe, expect, it } from 'vitest'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { attestationSignBytes } from '../node/chain/study-items.ts'
import type { GatewayAnalysis } from './gateway-port.ts'
import { ENGINE, type Village } from './gateway.test-kit.ts'
import { automatic, byAge, changing, count, leavingOut, table, villages } from './requests.test-kit.ts'

const { open } = villages()

describe('a request of lane A', { timeout: 120_000 }, () => {
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
})
