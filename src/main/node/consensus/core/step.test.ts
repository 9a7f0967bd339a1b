import { describe, expect, it } from 'vitest'
import type { Verified } from '../../../../shared/std/brand.ts'
import type { SignedProposal, SignedVote, VoteType } from '../../chain/vote.ts'
import { beginHeight, type Effect, type HeightState, type Input, type SeatVote } from './height.ts'
import { heldRounds, lackingOf } from './relay.ts'
import { restoreHeight } from './restore.ts'
import { step } from './step.ts'
import { DEFAULT_TIMEOUTS, timeoutMs } from './timeouts.ts'

// Height 4 of four voters: seat 0 proposes round 0, seat 1 round 1. We sit on seat 2. Signatures are not looked at here.
const HEIGHT = 4
const US = 2

const vote = (type: VoteType, round: number, value: string | null, seat: number): SeatVote => ({
  type,
  round,
  value,
  seat,
  signed: {} as Verified<SignedVote>,
})
const votes = (type: VoteType, round: number, value: string | null, ...seats: number[]): Input[] =>
  seats.map((seat) => ({ kind: 'vote', vote: vote(type, round, value, seat) }))
const proposal = (round: number, value: string, validRound = -1, isTimely = true): Input => ({
  kind: 'proposal',
  proposal: {
    round,
    value,
    validRound,
    seat: (HEIGHT + round) % 4,
    isTimely,
    signed: {} as Verified<SignedProposal>,
  },
})
const checked = (value: string, verdict: 'valid' | 'unwelcome' | 'invalid' = 'valid'): Input => ({
  kind: 'checked',
  value,
  verdict,
})
const timeout = (timer: 'propose' | 'prevote' | 'precommit', round: number): Input => ({
  kind: 'timeout',
  timer,
  round,
})

const fresh = (voters = 4, seat: number | null = US) => beginHeight(HEIGHT, voters, seat, DEFAULT_TIMEOUTS)

/** Feeds inputs, and our own votes back as the engine does; gives the state and what was asked for, in short. */
function play(inputs: readonly Input[], from: HeightState = fresh()): { state: HeightState; said: string[] } {
  let state = from
  const said: string[] = []
  const feed = (input: Input): void => {
    const before = JSON.stringify(state)
    const { next, effects } = step(state, input)
    expect(JSON.stringify(state), 'a state is never changed in place').toBe(before)
    state = next
    for (const effect of effects) {
      said.push(inShort(effect))
      if (effect.kind === 'cast-vote')
        feed({ kind: 'vote', vote: vote(effect.type, effect.round, effect.value, state.seat!) })
      if (effect.kind === 'cast-proposal') {
        const input = proposal(effect.round, effect.value, effect.validRound)
        feed(input)
      }
    }
  }
  for (const input of inputs) feed(input)
  return { state, said }
}

function inShort(effect: Effect): string {
  switch (effect.kind) {
    case 'cast-vote':
      return `${effect.type} ${effect.value} in ${effect.round}${effect.proof.length > 0 ? ` with ${effect.proof.length} prevotes` : ''}`
    case 'cast-proposal':
      return `propose ${effect.value} in ${effect.round} since ${effect.validRound} with ${effect.proof.length} prevotes`
    case 'start-timer':
      return `timer ${effect.timer} ${effect.round}`
    case 'decide':
      return `decide ${effect.value} of ${effect.round} by ${effect.precommits.length}`
    case 'check':
    case 'want-value':
      return `${effect.kind} ${effect.value}`
    case 'want-candidate':
      return `want candidate ${effect.round}`
    default:
      return effect.kind
  }
}

const withoutTimers = (said: readonly string[]) => said.filter((each) => !each.startsWith('timer'))

describe('a round without faults', () => {
  it('prevotes what was found valid, locks on a quorum and decides on a quorum', () => {
    const { said } = play([
      proposal(0, 'a'),
      checked('a'),
      ...votes('prevote', 0, 'a', 0, 1),
      ...votes('precommit', 0, 'a', 0, 1),
    ])
    expect(withoutTimers(said)).toEqual([
      'check a',
      'prevote a in 0',
      'precommit a in 0 with 3 prevotes',
      'decide a of 0 by 3',
    ])
  })

  it('is the same for one voter, in a single step', () => {
    const alone = beginHeight(HEIGHT, 1, 0, DEFAULT_TIMEOUTS)
    const { said } = play([{ kind: 'work' }, { kind: 'candidate', round: 0, value: 'a' }], alone)
    expect(withoutTimers(said)).toEqual([
      'want candidate 0',
      'propose a in 0 since -1 with 0 prevotes',
      'prevote a in 0',
      'precommit a in 0 with 1 prevotes',
      'decide a of 0 by 1',
    ])
  })

  it('waits for the check before it prevotes, and prevotes nil when time is up', () => {
    expect(withoutTimers(play([proposal(0, 'a')]).said)).toEqual(['check a'])
    expect(withoutTimers(play([proposal(0, 'a'), timeout('propose', 0)]).said)).toEqual([
      'check a',
      'prevote null in 0',
    ])
  })

  it('does not vote for what is invalid, untimely or unwelcome', () => {
    for (const inputs of [
      [proposal(0, 'a'), checked('a', 'invalid')],
      [proposal(0, 'a', -1, false), checked('a')],
      [proposal(0, 'a'), checked('a', 'unwelcome')],
    ])
      expect(withoutTimers(play(inputs).said)).toContain('prevote null in 0')
  })

  it('takes no proposal from anybody but the proposer of the round', () => {
    const input = proposal(0, 'a')
    const other = { ...input, proposal: { ...(input as { proposal: object }).proposal, seat: 1 } } as Input
    expect(play([other]).said).toEqual([])
  })
})

describe('an idle height', () => {
  it('runs no timer until there is work or a message', () => {
    expect(fresh().phase).toBe('idle')
    expect(play([timeout('propose', 0)]).said).toEqual([])
    expect(play([{ kind: 'work' }]).said).toEqual(['timer propose 0'])
    expect(play(votes('prevote', 0, null, 1)).said).toEqual(['timer propose 0'])
  })

  it('goes back to sleep when the proposer finds that there was nothing after all', () => {
    const proposer = fresh(4, 0)
    const { state } = play([{ kind: 'work' }, { kind: 'candidate', round: 0, value: null }], proposer)
    expect(state.phase).toBe('idle')
  })
})

describe('the lock', () => {
  const locked = () =>
    play([
      proposal(0, 'a'),
      checked('a'),
      ...votes('prevote', 0, 'a', 0, 1),
      ...votes('precommit', 0, null, 0, 1),
      timeout('precommit', 0),
    ]).state

  it('refuses another value in a later round', () => {
    const { said } = play([proposal(1, 'b'), checked('b')], locked())
    expect(said).toContain('prevote null in 1')
  })

  it('prevotes the locked value again', () => {
    expect(play([proposal(1, 'a')], locked()).said).toContain('prevote a in 1')
  })

  it('is left for a value with a quorum in a round that is not older', () => {
    // The quorum of round 1 is seen, its value comes only with the proposal of round 3.
    const after = play(
      [...votes('prevote', 1, 'b', 0, 1, 3), ...votes('prevote', 3, null, 0, 1)],
      locked(),
    ).state
    expect(after).toMatchObject({ round: 3, locked: { value: 'a', round: 0 } })
    const { said } = play([proposal(3, 'b', 1), checked('b')], after)
    expect(said).toContain('prevote b in 3')
  })

  it('moves to the value of a newer quorum', () => {
    const seen = play(
      [
        { kind: 'value', value: 'b' },
        checked('b'),
        timeout('propose', 1),
        ...votes('prevote', 1, 'b', 0, 1, 3),
      ],
      locked(),
    )
    expect(seen.said).toContain('precommit b in 1 with 3 prevotes')
    expect(seen.state.locked).toEqual({ value: 'b', round: 1 })
  })

  it('waits for the prevotes that a re-proposal claims', () => {
    const { state, said } = play([proposal(1, 'b', 0), checked('b')], locked())
    expect(withoutTimers(said)).toEqual(['check b'])
    expect(state.phase).toBe('propose')
  })

  it('proposes what it is locked on, with the proof', () => {
    // Seat 2 proposes round 2.
    const next = play(
      [timeout('propose', 1), ...votes('prevote', 1, null, 0, 1), ...votes('precommit', 1, null, 0, 1)],
      locked(),
    )
    expect(next.said).toContain('propose a in 2 since 0 with 3 prevotes')
  })
})

describe('rounds', () => {
  it('end at once on a quorum for nil, and by the timer on a quorum of any kind', () => {
    const voted = play([proposal(0, 'a'), checked('a'), timeout('propose', 0)]).state
    expect(play(votes('precommit', 0, null, 0, 1, 3), voted).state.round).toBe(1)
    const mixed = play([...votes('precommit', 0, null, 0, 1), ...votes('precommit', 0, 'a', 3)], voted)
    expect(mixed.said).toContain('timer precommit 0')
    expect(mixed.state.round).toBe(0)
    expect(play([timeout('precommit', 0)], mixed.state).state.round).toBe(1)
  })

  it('are skipped to the highest that f + 1 have reached', () => {
    expect(play(votes('prevote', 9, null, 0)).state.round).toBe(0)
    expect(play([...votes('prevote', 9, null, 0), ...votes('prevote', 7, null, 1)]).state.round).toBe(7)
  })

  it('far ahead cost no memory', () => {
    const inputs = Array.from({ length: 1_000 }, (_, i) => votes('prevote', 10 + i, null, 0)).flat()
    expect(Object.keys(play(inputs).state.books)).toEqual([])
  })

  it('have timeouts that grow and stop growing', () => {
    expect([0, 1, 2, 1_000].map((round) => timeoutMs(DEFAULT_TIMEOUTS, 'propose', round))).toEqual([
      1_000, 1_500, 2_000, 20_000,
    ])
  })
})

describe('a decision', () => {
  it('is taken from any round, by a node that voted for nothing', () => {
    const { said } = play([
      proposal(0, 'a'),
      checked('a'),
      timeout('propose', 0),
      ...votes('precommit', 0, null, 0, 1, 3),
      ...votes('precommit', 2, 'a', 0, 1, 3),
    ])
    expect(said.at(-1)).toBe('decide a of 2 by 3')
  })

  it('waits for the value and asks for it once', () => {
    const asked = play(votes('precommit', 0, 'a', 0, 1, 3))
    expect(asked.said.filter((each) => each === 'want-value a')).toHaveLength(1)
    const arrived = play([{ kind: 'value', value: 'a' }, checked('a')], asked.state)
    expect(arrived.said.at(-1)).toBe('decide a of 0 by 3')
  })

  it('for what is invalid stops the node', () => {
    const { said } = play([proposal(0, 'a'), checked('a', 'invalid'), ...votes('precommit', 0, 'a', 0, 1, 3)])
    expect(said).toContain('halt')
    expect(said.some((each) => each.startsWith('decide'))).toBe(false)
  })
})

describe('a liar', () => {
  it('counts for both of its values and is reported once', () => {
    const { said } = play([
      proposal(0, 'a'),
      checked('a'),
      ...votes('prevote', 0, null, 3),
      ...votes('prevote', 0, 'a', 3),
      ...votes('prevote', 0, 'a', 3),
      ...votes('prevote', 0, 'a', 0),
    ])
    expect(said.filter((each) => each === 'equivocation')).toHaveLength(1)
    expect(said).toContain('precommit a in 0 with 3 prevotes')
  })

  it('cannot fill the memory with votes, but a certificate with its third vote counts', () => {
    const flooded = play(['b', 'c', 'd', 'e'].flatMap((value) => votes('prevote', 0, value, 3)))
    expect(flooded.state.books[0]!.prevotes.tallies).toHaveLength(2)
    const certificate = [0, 1, 3].map((seat) => vote('prevote', 0, 'a', seat))
    const { said } = play(
      [proposal(0, 'a'), checked('a'), { kind: 'certificate', votes: certificate }],
      flooded.state,
    )
    expect(said).toContain('precommit a in 0 with 4 prevotes')
  })
})

describe('a node without a vote', () => {
  it('says nothing and decides all the same', () => {
    const { said } = play(
      [proposal(0, 'a'), checked('a'), ...votes('precommit', 0, 'a', 0, 1, 3)],
      fresh(4, null),
    )
    expect(withoutTimers(said)).toEqual(['check a', 'decide a of 0 by 3'])
  })
})

describe('a restored height', () => {
  const proof = [0, 1, 2].map((seat) => vote('prevote', 0, 'a', seat))
  const restored = restoreHeight(fresh(), [
    { kind: 'vote', vote: vote('prevote', 0, 'a', US) },
    { kind: 'lock', value: 'a', round: 0, proof },
    { kind: 'vote', vote: vote('precommit', 0, 'a', US) },
    { kind: 'vote', vote: vote('prevote', 1, null, US) },
  ])

  it('has its round, its last step, its lock and the proof', () => {
    expect(restored).toMatchObject({ round: 1, phase: 'prevote', locked: { value: 'a', round: 0 } })
    expect(restored.books[0]!.prevotes.seatCount).toBe(3)
  })

  it('does not vote a second time in its round', () => {
    const { said } = play(
      [{ kind: 'resume' }, { kind: 'value', value: 'a' }, checked('a'), proposal(1, 'a')],
      restored,
    )
    expect(said.some((each) => each.startsWith('prevote'))).toBe(false)
  })

  it('alone decides again from its own log', () => {
    const single = beginHeight(HEIGHT, 1, 0, DEFAULT_TIMEOUTS)
    const again = restoreHeight(single, [
      { kind: 'vote', vote: vote('prevote', 0, 'a', 0) },
      { kind: 'lock', value: 'a', round: 0, proof: [vote('prevote', 0, 'a', 0)] },
      { kind: 'vote', vote: vote('precommit', 0, 'a', 0) },
    ])
    const { said } = play([{ kind: 'resume' }, { kind: 'value', value: 'a' }, checked('a')], again)
    expect(said.at(-1)).toBe('decide a of 0 by 1')
  })
})

describe('what is sent again', () => {
  it('reaches a peer that is idle: it says that it holds nothing of round 0 and is told what there is (R30)', () => {
    const { state } = play([proposal(0, 'a'), checked('a')])
    const idle = fresh(4, 3)
    const { proposals, votes: lacked } = lackingOf(state, idle.round, heldRounds(idle))
    expect(proposals).toEqual([0])
    expect(lacked.map(({ type, value, seat }) => [type, value, seat])).toEqual([['prevote', 'a', US]])
  })
})
