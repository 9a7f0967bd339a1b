import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { createAccuser } from './accuse.ts'
import { foundConsortium } from './chain/consortium.test-kit.ts'
import { keyOf, type ItemHash, type MemberId } from './chain/ids.ts'
import type { EvidenceItem } from './chain/item.ts'
import type { ConsortiumState } from './chain/state.ts'

class Full extends Failure<{ code: 'disk-full' }> {}

const { start, institutions } = foundConsortium({ voters: 4 })
const liar = institutions[1]!.member.memberId

/** Of one height; what the votes say is the chain's business. */
function evidenceAt(height: number, memberId: MemberId = liar): EvidenceItem {
  const vote = { type: 'prevote', protocolVersion: 1, epoch: 0, height, round: 0, memberId } as const
  const signed = { vote: { ...vote, segmentId: null }, signature: new Uint8Array(64) }
  return { kind: 'evidence', first: signed, second: signed }
}

function scene() {
  const scene = {
    consortium: start.consortium as ConsortiumState,
    isFull: false,
    refused: null as string | null,
    waiting: new Set<ItemHash>(),
    submitted: [] as number[],
  }
  const accuser = createAccuser({
    consortium: () => scene.consortium,
    async propose({ first }) {
      await Promise.resolve()
      if (scene.isFull || keyOf(first.vote.memberId) === scene.refused) throw new Full({ code: 'disk-full' })
      scene.submitted.push(first.vote.height)
      const hash = new Uint8Array(32).fill(scene.submitted.length) as ItemHash
      scene.waiting.add(hash)
      return hash
    },
    isWaiting: async (hash) => scene.waiting.has(hash),
  })
  return Object.assign(scene, { accuser })
}

const named = (state: ConsortiumState): ConsortiumState => ({
  ...state,
  suspensions: [{ memberId: liar, height: 5, reason: 'equivocation' }],
})
/** As the decision that clears it leaves the state. */
const clearedAt = (state: ConsortiumState, sinceHeight: number): ConsortiumState => ({
  ...state,
  suspensions: [],
  members: state.members.map((row) =>
    equalBytes(row.member.memberId, liar) ? { ...row, sinceHeight } : row,
  ),
})

describe('a voter who contradicts itself', () => {
  it('is accused once as long as the item waits or names it', async () => {
    const at = scene()
    await Promise.all([at.accuser.accuse(evidenceAt(3)), at.accuser.accuse(evidenceAt(4))])
    await at.accuser.accuse(evidenceAt(5))
    expect(at.submitted).toEqual([3])
    at.waiting.clear()
    at.consortium = named(start.consortium)
    await at.accuser.accuse(evidenceAt(6))
    expect(at.submitted).toEqual([3])
  })

  it('is accused again for what it does after it was cleared, and not for what it was cleared of', async () => {
    const at = scene()
    await at.accuser.accuse(evidenceAt(3))
    at.waiting.clear()
    at.consortium = named(start.consortium)
    at.consortium = clearedAt(start.consortium, 9)
    await at.accuser.accuse(evidenceAt(8))
    expect(at.submitted).toEqual([3])
    await at.accuser.accuse(evidenceAt(9))
    expect(at.submitted).toEqual([3, 9])
  })

  it('is accused when there is space again, where the item could not be written', async () => {
    const at = scene()
    at.isFull = true
    await expect(at.accuser.accuse(evidenceAt(3))).rejects.toMatchObject({ detail: { code: 'disk-full' } })
    expect(at.submitted).toEqual([])
    at.isFull = false
    await at.accuser.again()
    expect(at.submitted).toEqual([3])
    await at.accuser.again()
    expect(at.submitted).toEqual([3])
  })

  it('is accused again where its item can never stand any more', async () => {
    const at = scene()
    await at.accuser.accuse(evidenceAt(3))
    at.waiting.clear()
    await at.accuser.accuse(evidenceAt(4))
    expect(at.submitted).toEqual([3, 4])
  })

  it('is accused again without new evidence where another item of the accuser overtook its item', async () => {
    const at = scene()
    await at.accuser.accuse(evidenceAt(3))
    at.waiting.clear()
    await at.accuser.again()
    expect(at.submitted).toEqual([3, 3])
    at.waiting.clear()
    at.consortium = named(start.consortium)
    await at.accuser.again()
    expect(at.submitted).toEqual([3, 3])
  })

  it('is accused although the item about somebody else cannot be submitted', async () => {
    const at = scene()
    at.refused = keyOf(institutions[2]!.member.memberId)
    await expect(at.accuser.accuse(evidenceAt(3, institutions[2]!.member.memberId))).rejects.toMatchObject({
      detail: { code: 'disk-full' },
    })
    await expect(at.accuser.accuse(evidenceAt(4))).rejects.toMatchObject({ detail: { code: 'disk-full' } })
    expect(at.submitted).toEqual([4])
  })
})
