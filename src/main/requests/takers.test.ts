/** Who found what of a recomputation, as the screen and programs say it. */
import { describe, expect, it } from 'vitest'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import type { Suspension } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { stateOf, takersView } from './rows.ts'
import { isAgainst, isBySignersAlone, takersOf } from './takers.ts'

const consortium = foundConsortium({ voters: 4, others: ['university'] })
const [a, b, c, d] = consortium.institutions.map(({ member }) => member)
const hash = (byte: number) => new Uint8Array(32).fill(byte)

function row(
  of: readonly (typeof a)[],
  suspensions: Partial<StudyRow['suspensions'][number]>[] = [],
): StudyRow {
  const attesters = of.map((each) => ({ memberId: each!.memberId, engine: 'test/1' }))
  const result = { outcome: 'identical', resultHash: hash(1), erasureHeight: 0, attesters }
  return {
    studyHash: hash(9),
    height: 20,
    state: 'answered',
    chargeKind: 'recompute',
    result,
    suspensions,
  } as never
}

function node(beside: readonly object[] = [], suspensions: readonly Suspension[] = []): ChainNode {
  const state = { ...consortium.start.consortium, suspensions }
  return {
    ledger: { state: { consortium: state } },
    studies: { exchange: { attestationsBeside: async () => beside } },
  } as never
}
const said = (by: typeof a, byte: number, engine = 'test/1') => ({
  memberId: by!.memberId,
  outcome: byte === 1 ? 'identical' : 'differs',
  resultHash: hash(byte),
  engine,
})
const answered = row([a, b, c])

describe('who took part in a recomputation', () => {
  it('is named by what was found: one that found otherwise makes it red, however many agreed', async () => {
    const asked = row([a, b, c])
    const takers = await takersOf(node([said(d, 2)]), asked, 'all')
    expect(takersView(node(), takers)).toEqual({
      same: [a, b, c].map((each) => each!.name),
      otherwise: [{ hospital: d!.name, outcome: 'differs', isSuspended: false, isOfOtherEngine: false }],
      silent: [],
    })
    expect(stateOf(asked, 3, takers.otherwise.some(isAgainst))).toBe('disputed')
    expect(isBySignersAlone(takers, answered)).toBe(false)
  })

  it('is read from the chain where nobody within reach tells', async () => {
    const asked = row([a, b, c], [said(d, 2) as never])
    const takers = await takersOf(node(), asked, 'here')
    expect(takers.otherwise).toMatchObject([{ memberId: d!.memberId, isSuspended: true }])
  })

  it('is green where somebody found the same who had not signed the answer, then or later', async () => {
    for (const [asked, beside] of [
      [row([a, b, d]), []],
      [row([a, b, c]), [said(d, 1)]],
    ] as const) {
      const takers = await takersOf(node(beside), asked, 'all')
      expect(takers.otherwise).toEqual([])
      expect(stateOf(asked, 3, false)).toBe('identical')
      expect(isBySignersAlone(takers, answered)).toBe(false)
    }
  })

  it('says who was away, and that only signers took part where there is another gateway', async () => {
    const takers = await takersOf(node(), answered, 'all')
    expect(takers.silent).toEqual([d!.memberId])
    expect(isBySignersAlone(takers, answered)).toBe(true)
    // Who was named before it was asked has no say in it.
    const named = { memberId: d!.memberId, height: 12, reason: 'deviating-result' }
    const without = await takersOf(node([], [named]), answered, 'all')
    expect(without.silent).toEqual([])
    expect(isBySignersAlone(without, answered)).toBe(false)
  })

  it('is told of another version where nobody in the result ran it', async () => {
    const takers = await takersOf(node([said(d, 2, 'test/2')]), answered, 'all')
    expect(takers.otherwise).toMatchObject([{ isOfOtherEngine: true }])
    // Which speaks against nobody, nor does a refusal.
    expect(takers.otherwise.some(isAgainst)).toBe(false)
    const refused = await takersOf(node([{ ...said(d, 2), outcome: 'refused' }]), answered, 'all')
    expect(refused.otherwise.some(isAgainst)).toBe(false)
  })
})
