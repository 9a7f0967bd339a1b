import { describe, expect, it } from 'vitest'
import { PROTOCOLS } from '../../chain/protocol.ts'
import { encodeCertificate, makeCertificate } from '../../chain/certificate.ts'
import type { ChainId, MemberId, SegmentId } from '../../chain/ids.ts'
import { encodeSegment, segmentIdOf, type SegmentBundle } from '../../chain/segment.ts'
import { signProposal, signVote, type VoteType } from '../../chain/vote.ts'
import { createNodeCrypto } from '../../crypto-node.ts'
import { createEngine, type Engine, type Restored } from './engine.ts'
import { encodeMessage, type Message } from './messages.ts'
import type { HeightContext, World } from './world.ts'

// Height 5 of four voters: seat 1 proposes round 0, seat 2 round 1. We sit on seat 0, which proposes round 3.
const HEIGHT = 5
const crypto = createNodeCrypto()
const chainId = new Uint8Array(32).fill(9) as ChainId
const secrets = [1, 2, 3, 4].map((byte) => new Uint8Array(32).fill(byte))
const members = [1, 2, 3, 4].map((byte) => new Uint8Array(16).fill(byte) as MemberId)
const context: HeightContext = {
  chainId,
  height: HEIGHT,
  epoch: 1,
  protocolVersion: PROTOCOLS.max,
  voters: members.map((memberId, i) => ({ memberId, consensusKey: crypto.ed25519PublicKey(secrets[i]!) })),
  previousSegmentId: new Uint8Array(32).fill(8),
  timestampGranularityMs: 1_000,
}

/** The engine of seat 0 in a world in which time stands still, and what it asked of that world. */
function raise(
  change: Partial<World> = {},
  restored: Restored = { context, entries: [], standing: null },
  meets: readonly number[] = [2, 3],
): { engine: Engine; asked: string[] } {
  const asked: string[] = []
  const world: World = {
    now: () => 1_000_000,
    startTimer: () => () => undefined,
    sign(message) {
      asked.push('sign')
      return crypto.ed25519Sign(secrets[0]!, message)
    },
    persist({ standing }) {
      if (standing !== null) asked.push('standing kept')
      return Promise.resolve()
    },
    broadcast: () => undefined,
    send: () => undefined,
    isReachable: () => true,
    candidate: () => Promise.resolve(null),
    hasWork: () => false,
    check() {
      asked.push('check')
      return new Promise(() => undefined)
    },
    decide: () => new Promise(() => undefined),
    decided(height) {
      asked.push(`decided ${height}`)
      return Promise.resolve(null)
    },
    equivocation: () => asked.push('equivocation'),
    behind: () => undefined,
    standingChanged: () => undefined,
    halted: (reason) => asked.push(`halted: ${reason.code}`),
    ...change,
  }
  const config = { crypto, memberId: members[0]! }
  const engine = createEngine(world, config, restored)
  engine.start()
  // Of four voters two others have to be heard before anything is signed (R27).
  for (const other of meets) engine.receive(members[other]!, encodeMessage(statusAt(HEIGHT)))
  return { engine, asked }
}

/** A segment of this height that nobody could decide, and that has the right form. */
function bundleNumber(number: number): SegmentBundle {
  const hash = new Uint8Array(32).fill(number)
  const segment = encodeSegment({
    chainId,
    height: HEIGHT,
    epoch: 1,
    previousSegmentId: hash,
    firstIndex: 0,
    count: 0,
    tip: hash,
    headsRoot: hash,
    segmentsRoot: hash,
    itemsRoot: hash,
    stateHash: hash,
    nextVotersRoot: hash,
    time: 1_000_000,
  })
  return { segment, certificate: null, heads: [], items: [] }
}

function proposalOf(seat: number, round: number, number: number): Uint8Array {
  const bundle = bundleNumber(number)
  const segmentId = segmentIdOf(crypto, chainId, bundle.segment)
  const { protocolVersion, epoch } = context
  const memberId = members[seat]!
  const proposal = { protocolVersion, epoch, height: HEIGHT, round, validRound: -1, segmentId, memberId }
  const signed = signProposal(crypto, chainId, proposal, secrets[seat]!)
  return encodeMessage({ kind: 'proposal', signed, bundle, proof: [] })
}

const statusAt = (height: number): Message => ({
  kind: 'status',
  status: {
    height,
    previousSegmentId: context.previousSegmentId,
    round: 0,
    localTime: 0,
    rounds: [],
    isQuestion: true,
  },
})

describe('what others can make an engine keep', () => {
  it('is one proposal of a round, and one report of their contradiction', async () => {
    const { engine, asked } = raise()
    for (let i = 0; i < 30; i++) engine.receive(members[2]!, proposalOf(1, 0, i))
    await engine.settled()
    expect(engine.view().heldValueCount).toBe(1)
    expect(asked.filter((each) => each === 'equivocation')).toHaveLength(1)
  })

  it('is no proposal of a round that is far away', async () => {
    const { engine } = raise()
    for (const round of [5, 9, 1_001]) engine.receive(members[2]!, proposalOf((HEIGHT + round) % 4, round, 1))
    await engine.settled()
    expect(engine.view().heldValueCount).toBe(0)
  })

  it('is no segment whose certificate does not hold, and none is looked into', async () => {
    const { engine, asked } = raise()
    const bundle = bundleNumber(1)
    const segmentId = segmentIdOf(crypto, chainId, bundle.segment)
    const signatures = members.slice(1).map((memberId) => ({ memberId, signature: new Uint8Array(64) }))
    const certificate = encodeCertificate({ height: HEIGHT, round: 0, segmentId, signatures })
    engine.receive(members[2]!, encodeMessage({ kind: 'decided', certificate, bundle }))
    await engine.settled()
    expect(engine.view().heldValueCount).toBe(0)
    expect(asked).not.toContain('check')
  })

  it('is a bounded number of messages of each while the disk is slow', async () => {
    let written: (() => void) | null = null
    const persist = () => new Promise<void>((resolve) => (written = resolve))
    // The proposal is not of this day: it is answered with a vote for nothing, which waits for the disk.
    const { engine } = raise({ persist, now: () => 10_000_000 })
    engine.receive(members[1]!, proposalOf(1, 0, 1))
    await expect.poll(() => written).not.toBeNull()
    for (let i = 0; i < 2_000; i++) engine.receive(members[2]!, encodeMessage(statusAt(HEIGHT)))
    for (let i = 0; i < 3; i++) engine.receive(members[3]!, encodeMessage(statusAt(HEIGHT)))
    expect(engine.view().waitingMessageCount).toBe(512 + 3)
    written!()
    await engine.settled()
    expect(engine.view().waitingMessageCount).toBe(0)
  })
})

describe('an engine', () => {
  it('observes once it is shown a proposal of its own key that it has not made (R29)', async () => {
    const { engine, asked } = raise()
    engine.receive(members[1]!, proposalOf(0, 3, 1))
    await engine.settled()
    expect(engine.view().standing).toMatchObject({ kind: 'observing', reason: 'unknown-own-signature' })
    expect(asked).not.toContain('sign')
  })

  it('signs nothing before enough others have said where they are, and then all that it would have signed (R27)', async () => {
    const bundle = bundleNumber(1)
    const value = { id: segmentIdOf(crypto, chainId, bundle.segment), bundle }
    const { engine, asked } = raise(
      // Its own turn, and something to decide.
      { hasWork: () => true, candidate: () => Promise.resolve(value), check: () => Promise.resolve('valid') },
      { context: { ...context, height: HEIGHT + 3 }, entries: [], standing: null },
      [],
    )
    const say = async (member: number, height: number): Promise<void> => {
      engine.receive(members[member]!, encodeMessage(statusAt(height)))
      await engine.settled()
    }
    await say(1, HEIGHT + 3)
    await say(1, HEIGHT + 3)
    // What somebody says who is far ahead, or says that it is, counts when this node is there.
    await say(2, HEIGHT + 9)
    expect(asked).not.toContain('sign')
    await say(3, HEIGHT + 2)
    await expect.poll(() => asked).toContain('sign')
  })

  it('gives the vote that the others wait for in a round that it followed before it might sign (R27)', async () => {
    // Not of this day: the answer is a vote for nothing, and it is given when this node has its seat.
    const { engine, asked } = raise({ now: () => 10_000_000 }, undefined, [])
    engine.receive(members[1]!, proposalOf(1, 0, 1))
    await engine.settled()
    expect(engine.view().phase).toBe('prevote')
    expect(asked).not.toContain('sign')
    for (const other of [1, 3]) engine.receive(members[other]!, encodeMessage(statusAt(HEIGHT)))
    await engine.settled()
    expect(asked).toContain('sign')
    expect(engine.view().prevoted).toEqual([members[0]])
    // Who has voted how far is what the screens of operators show.
    const say = async (seat: number, type: VoteType): Promise<void> => {
      const { protocolVersion, epoch } = context
      const place = { protocolVersion, epoch, height: HEIGHT, round: 0, segmentId: null }
      const vote = { type, ...place, memberId: members[seat]! }
      engine.receive(
        members[seat]!,
        encodeMessage({ kind: 'votes', votes: [signVote(crypto, chainId, vote, secrets[seat]!)] }),
      )
      await engine.settled()
    }
    await say(3, 'prevote')
    await say(2, 'precommit')
    expect(engine.view()).toMatchObject({ prevoted: [members[0], members[3]], precommitted: [members[2]] })
  })

  it('does not count one who says that it holds a vote of ours which our log does not know (R27)', async () => {
    const { status } = statusAt(HEIGHT) as Message & { kind: 'status' }
    for (const [seat, isCounted] of [
      [1, true],
      [0, false],
    ] as const) {
      // The proposal is not of this day: it is answered with a vote for nothing.
      const { engine, asked } = raise({ now: () => 10_000_000 }, undefined, [1])
      const prevotes = [{ segmentId: null, seats: Uint8Array.of(1 << seat) }]
      const rounds = [{ round: 0, hasProposal: false, prevotes, precommits: [] }]
      engine.receive(members[2]!, encodeMessage({ kind: 'status', status: { ...status, rounds } }))
      engine.receive(members[1]!, proposalOf(1, 0, 1))
      await engine.settled()
      expect(asked.includes('sign')).toBe(isCounted)
    }
  })

  it('looks again at what others hold of ours when it has come to their height (R27)', async () => {
    // Our own turn: whoever may sign asks for something to propose.
    const turn = HEIGHT + 3
    const { status } = statusAt(turn) as Message & { kind: 'status' }
    for (const [seat, isCounted] of [
      [1, true],
      [0, false],
    ] as const) {
      let isAsked = false
      const candidate = (): Promise<null> => {
        isAsked = true
        return Promise.resolve(null)
      }
      const { engine } = raise(
        { hasWork: () => true, candidate },
        { context: { ...context, height: turn - 1 }, entries: [], standing: null },
        [],
      )
      const prevotes = [{ segmentId: null, seats: Uint8Array.of(1 << seat) }]
      const rounds = [{ round: 0, hasProposal: false, prevotes, precommits: [] }]
      for (const other of [1, 2, 3])
        engine.receive(members[other]!, encodeMessage({ kind: 'status', status: { ...status, rounds } }))
      await engine.settled()
      engine.advanceTo({ ...context, height: turn })
      await engine.settled()
      expect(isAsked).toBe(isCounted)
    }
  })

  it('begins no round at news of what was decided before it looked (R1)', async () => {
    for (const isDecided of [false, true]) {
      let isThere = false
      const { engine } = raise({ hasWork: () => isThere })
      await engine.settled()
      isThere = true
      engine.workArrived()
      isThere = !isDecided
      await engine.settled()
      expect(engine.view().phase).toBe(isDecided ? 'idle' : 'propose')
    }
  })

  it('observes once its own signature is in a certificate of a height that it was not at (R29)', async () => {
    const certificate = (height: number, ...signers: readonly number[]) => ({
      height,
      round: 0,
      segmentId: new Uint8Array(32) as SegmentId,
      signatures: signers.map((i) => ({ memberId: members[i]!, signature: new Uint8Array(64) })),
    })
    const { engine, asked } = raise()
    await engine.settled()
    await engine.pause()
    await engine.fetched([certificate(HEIGHT, 1, 2, 3), certificate(HEIGHT - 1, 0, 1, 2)])
    expect(engine.view().standing.kind).toBe('voting')
    expect(asked).not.toContain('standing kept')
    await engine.fetched([certificate(HEIGHT, 0, 1, 2), certificate(HEIGHT + 1, 0, 1, 3)])
    expect(engine.view().standing).toMatchObject({
      kind: 'observing',
      reason: 'unknown-own-signature',
      seenHeight: HEIGHT + 1,
    })
    // Nobody looks at those certificates again.
    expect(asked).toContain('standing kept')
    engine.resume({ ...context, height: HEIGHT + 2 })
    engine.receive(members[2]!, proposalOf(1, 0, 1))
    await engine.settled()
    expect(asked).not.toContain('sign')
  })

  it('votes again alone as soon as a person confirms, on a log that cannot be mixed with the damaged one (R29)', async () => {
    const alone = { ...context, voters: context.voters.slice(0, 1) }
    const bundle = bundleNumber(1)
    const value = { id: segmentIdOf(crypto, chainId, bundle.segment), bundle }
    const sequences: number[] = []
    const change: Partial<World> = {
      hasWork: () => true,
      candidate: () => Promise.resolve(value),
      persist(batch) {
        if (batch.entries.length > 0) sequences.push(batch.firstSequence)
        return Promise.resolve()
      },
    }
    for (const entries of [null, [Uint8Array.of(1)]]) {
      sequences.length = 0
      const { engine, asked } = raise(change, { context: alone, entries, standing: null })
      await engine.settled()
      expect(engine.view().standing).toMatchObject({ kind: 'observing', reason: 'log-damaged' })
      expect(asked).not.toContain('sign')
      engine.confirmVoting()
      await expect.poll(() => asked).toContain('sign')
      expect(engine.view().standing.kind).toBe('voting')
      expect(sequences).toEqual([2 ** 20])
    }
  })

  it('sends segments once to a peer that names heights to and fro (R30)', async () => {
    const { engine, asked } = raise()
    for (const height of [1, 2, 1, 2, 1, 3, 2, 3])
      engine.receive(members[1]!, encodeMessage(statusAt(height)))
    await engine.settled()
    expect(asked).toEqual(['decided 1', 'decided 2', 'decided 3'])
  })
})

describe('a second certificate for the height before', () => {
  const decided = (number: number, seats: readonly number[]): Uint8Array => {
    const bundle = bundleNumber(number)
    const segmentId = segmentIdOf(crypto, chainId, bundle.segment)
    const { protocolVersion, epoch } = context
    const votes = seats.map((seat) => {
      const vote = { protocolVersion, epoch, height: HEIGHT, round: 0, segmentId, memberId: members[seat]! }
      return signVote(crypto, chainId, { type: 'precommit', ...vote }, secrets[seat]!)
    })
    return encodeMessage({ kind: 'decided', certificate: encodeCertificate(makeCertificate(votes)), bundle })
  }

  it('stops it, and one of too few does not (R33)', async () => {
    const { engine, asked } = raise({
      check: () => Promise.resolve('valid'),
      decide: ({ value }) => Promise.resolve({ ...context, height: HEIGHT + 1, previousSegmentId: value.id }),
    })
    engine.receive(members[1]!, decided(1, [1, 2, 3]))
    while (engine.view().height === HEIGHT) await new Promise((resolve) => setImmediate(resolve))
    engine.receive(members[1]!, decided(1, [1, 2, 3]))
    engine.receive(members[1]!, decided(2, [2, 3]))
    await engine.settled()
    expect(asked.filter((each) => each.startsWith('halted'))).toEqual([])
    engine.receive(members[1]!, decided(2, [1, 2, 3]))
    await engine.settled()
    expect(asked.filter((each) => each.startsWith('halted'))).toEqual(['halted: two-certificates'])
    expect(engine.view().isHalted).toBe(true)
  })
})
