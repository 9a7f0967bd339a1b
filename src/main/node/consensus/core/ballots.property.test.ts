import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Verified } from '../../../../shared/std/brand.ts'
import type { SignedVote } from '../../chain/vote.ts'
import { countFor, countVote, emptyBallots, quorumValue, type Ballots } from './ballots.ts'
import { faultsTolerated, quorumOf } from './proposer.ts'
import type { SeatVote } from './height.ts'

const vote = (seat: number, value: string | null): SeatVote => ({
  type: 'prevote',
  round: 0,
  value,
  seat,
  signed: {} as Verified<SignedVote>,
})

function count(votes: readonly SeatVote[], voters: number, isCertified: boolean): Ballots {
  let ballots = emptyBallots(voters)
  for (const each of votes) {
    const counted = countVote(ballots, each, isCertified)
    if (counted.kind === 'counted') ballots = counted.ballots
  }
  return ballots
}

const someVotes = fc.array(fc.tuple(fc.nat(6), fc.constantFrom('a', 'b', 'c', null)), { maxLength: 40 })

it('ballots count every seat once per value, in whatever order votes come', () => {
  fc.assert(
    fc.property(someVotes, (pairs) => {
      const votes = pairs.map(([seat, value]) => vote(seat, value))
      const ballots = count(votes, 7, true)
      for (const value of ['a', 'b', 'c', null]) {
        const seats = new Set(pairs.filter(([, each]) => each === value).map(([seat]) => seat))
        expect(countFor(ballots, value)).toBe(seats.size)
      }
      expect(ballots.seatCount).toBe(new Set(pairs.map(([seat]) => seat)).size)
      expect(count([...votes].reverse(), 7, true).seatCount).toBe(ballots.seatCount)
    }),
  )
})

it('two values have a quorum only if more than f seats voted for both', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 31 }),
      fc.array(fc.tuple(fc.nat(30), fc.boolean()), { maxLength: 120 }),
      (n, pairs) => {
        const votes = pairs.map(([seat, isA]) => vote(seat % n, isA ? 'a' : 'b'))
        const ballots = count(votes, n, false)
        const q = quorumOf(n)
        if (countFor(ballots, 'a') < q || countFor(ballots, 'b') < q) return
        const both = ballots.countBySeat.filter((each) => each === 2).length
        expect(both).toBeGreaterThan(faultsTolerated(n))
        expect(quorumValue(ballots, q)).toBeDefined()
      },
    ),
  )
})
