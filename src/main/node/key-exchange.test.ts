/** Whose word counts for keys that the others share (docs/spec/network.md sections 8 and 9, ADR 0009). */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { crypto, foundConsortium } from './chain/consortium.test-kit.ts'
import type { MemberId } from './chain/ids.ts'
import { epochCommitmentOf } from './chain/sealed-content.ts'
import { startKeyExchange, type KeyExchange, type KeyExchangeOptions } from './key-exchange.ts'
import { decodeBodyRequest } from './network/protocols/bodies.ts'
import { decodeKeyBoxRequest } from './network/protocols/key-box.ts'
import { peerName, type PeerState } from './network/transport.ts'

/** Four voters, a clinic and a university. */
const { start, institutions, chainId, random } = foundConsortium({
  seed: 'key exchange',
  voters: 4,
  hospitals: 1,
  others: ['university'],
})
const CLINIC = 4
const UNIVERSITY = 5
const idOf = (i: number): MemberId => institutions[i]!.member.memberId
const RIGHT = new Uint8Array(32).fill(1)
const WRONG = new Uint8Array(32).fill(2)

const open: KeyExchange[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

type Answers = Readonly<Record<number, Bytes | null>>

/** The exchange of one member, among those that are up. */
function exchangeOf(
  self: number,
  answers: Answers,
  over: Partial<KeyExchangeOptions> & Pick<KeyExchangeOptions, 'shared'>,
  request: (from: number, question: Bytes) => Bytes,
): KeyExchange {
  const up = Object.keys(answers).map(Number)
  const exchange = startKeyExchange({
    transport: {
      peers: () =>
        up.map((i) => {
          const { memberId, kind, isVoter } = institutions[i]!.member
          return {
            name: peerName(memberId),
            memberId,
            kind,
            isVoter,
            isGuest: false,
            state: 'up',
          } as PeerState
        }),
      request: async (to, _lane, question) =>
        request(
          up.find((i) => peerName(idOf(i)) === to)!,
          question,
        ),
      penalise: () => {},
    },
    crypto,
    random,
    chainId,
    memberId: idOf(self),
    gatewaySecrets: () => [institutions[self]!.gatewaySecret],
    consortium: () => start.consortium,
    missingGateway: () => [],
    commitmentOf: () => null,
    missingNetwork: () => [],
    onKeys: () => {},
    onFailure: (error) => {
      throw error
    },
    ...over,
  })
  open.push(exchange)
  return exchange
}

async function askOnce(exchange: KeyExchange): Promise<void> {
  exchange.nudge()
  await answered()
}

async function answered(): Promise<void> {
  for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** What the first hospital has of the network's key after it asked everybody that is up once. */
async function askedForNetwork(answers: Answers, author: MemberId | null): Promise<Bytes | null> {
  let held: Bytes | null = null
  const shared: KeyExchangeOptions['shared'] = {
    gateway: () => [{ epoch: 0, key: RIGHT }],
    linkage: () => [{ epoch: 0, key: RIGHT }],
    has: () => true,
    async add(_kind, [first]) {
      held = first!.key
    },
  }
  const missingNetwork = () => (held === null ? [{ generation: 2, author }] : [])
  await askOnce(exchangeOf(0, answers, { shared, missingNetwork }, (from) => answers[from]!))
  return held
}

it('takes the pre-shared key from its author, or from two voters of four, and from no liar', async () => {
  expect(await askedForNetwork({ 1: RIGHT }, idOf(1))).toEqual(RIGHT)
  // One of four may lie, and a university may too.
  expect(await askedForNetwork({ 1: WRONG }, idOf(3))).toBeNull()
  expect(await askedForNetwork({ 1: WRONG, [UNIVERSITY]: WRONG }, idOf(3))).toBeNull()
  expect(await askedForNetwork({ 1: WRONG, 2: RIGHT }, null)).toBeNull()
  expect(await askedForNetwork({ 1: WRONG, 2: RIGHT, 3: RIGHT }, null)).toEqual(RIGHT)
  expect(await askedForNetwork({ 1: WRONG, [UNIVERSITY]: WRONG, 3: RIGHT }, idOf(3))).toEqual(RIGHT)
})

it('takes the keys of two generations whose authors are both gone from two voters that are still there', async () => {
  const keys = new Map([
    [2, RIGHT],
    [3, new Uint8Array(32).fill(3)],
  ])
  const held = new Map<number, Bytes>()
  const shared: KeyExchangeOptions['shared'] = {
    gateway: () => [{ epoch: 0, key: RIGHT }],
    linkage: () => [{ epoch: 0, key: RIGHT }],
    has: () => true,
    async add(kind, list) {
      assert(kind === 'network', 'nothing else is lacking here')
      for (const { epoch, key } of list) held.set(epoch, key)
    },
  }
  // Of the generation before the last nobody remembers who made it; the one that made the last is away for good.
  const missingNetwork = () =>
    [
      { generation: 2, author: null },
      { generation: 3, author: idOf(1) },
    ].filter(({ generation }) => !held.has(generation))
  const asked: number[] = []
  const answers = { 2: RIGHT, 3: RIGHT }
  await askOnce(
    exchangeOf(0, answers, { shared, missingNetwork }, (from, question) => {
      const request = decodeBodyRequest(question)
      assert(request?.kind === 'network-key', 'only keys of the network are asked for')
      asked.push(from)
      // The first one that is asked lies about the older one.
      return from === 2 && request.generation === 2 ? WRONG : keys.get(request.generation)!
    }),
  )
  expect(held).toEqual(new Map([[3, keys.get(3)!]]))
  const honest = exchangeOf(0, answers, { shared, missingNetwork }, (_from, question) => {
    const request = decodeBodyRequest(question)
    assert(request?.kind === 'network-key', 'only keys of the network are asked for')
    return keys.get(request.generation)!
  })
  await askOnce(honest)
  expect(held).toEqual(keys)
  expect(asked).toContain(2)
})

/** What a hospital without keys has after it asked the others once; null: up, and without a key as well. */
async function askedForShared(self: number, answers: Answers, theirEpoch = 0) {
  const held: { gateway: Bytes | null; linkage: Bytes | null } = { gateway: null, linkage: null }
  const keysOf = (key: Bytes | null) => (key === null ? [] : [{ epoch: theirEpoch, key }])
  const shared: KeyExchangeOptions['shared'] = {
    gateway: () => keysOf(held.gateway),
    linkage: () => keysOf(held.linkage),
    has: (kind) => (kind === 'gateway' || kind === 'linkage') && held[kind] !== null,
    async add(kind, [first]) {
      assert(kind === 'gateway' || kind === 'linkage', 'nothing else is lacking here')
      held[kind] = first!.key
    },
  }
  const others = new Map(
    Object.entries(answers).map(([i, key]) => {
      const theirs = { ...shared, gateway: () => keysOf(key), linkage: () => keysOf(key) }
      const never = () => {
        throw new Error('whoever is asked asks nobody here')
      }
      return [Number(i), exchangeOf(Number(i), {}, { shared: theirs }, never)] as const
    }),
  )
  const missingGateway = () => (held.gateway === null ? [0] : [])
  const exchange = exchangeOf(self, answers, { shared, missingGateway }, (from, question) => {
    const asked = decodeKeyBoxRequest(question)
    const other = others.get(from)!
    if (asked?.kind === 'linkage-keys') return other.linkageKeysFor(idOf(self), asked.from, asked.to)
    assert(asked?.kind === 'epoch-keys', 'only keys are asked for')
    return other.gatewayKeysFor(idOf(self), asked.from, asked.to)
  })
  await askOnce(exchange)
  exchange.close()
  return held
}
const both = (key: Bytes | null) => ({ gateway: key, linkage: key })

describe('the first keys of the gateway scope and of linkage', () => {
  it('are taken from two voters of four, also by a voter, and from no single liar', async () => {
    for (const self of [0, CLINIC]) {
      expect(await askedForShared(self, { 1: WRONG })).toEqual(both(null))
      expect(await askedForShared(self, { 1: WRONG, 2: RIGHT })).toEqual(both(null))
      expect(await askedForShared(self, { 1: RIGHT, 2: RIGHT })).toEqual(both(RIGHT))
      expect(await askedForShared(self, { 1: WRONG, 2: RIGHT, 3: RIGHT })).toEqual(both(RIGHT))
    }
    // A hospital without a vote may lie beyond what the voters tolerate.
    expect(await askedForShared(0, { 1: WRONG, [CLINIC]: WRONG })).toEqual(both(null))
  })

  it('are taken from the only voter that has them once all the others have said that they have none', async () => {
    expect(await askedForShared(0, { 1: null, 2: null, 3: RIGHT })).toEqual(both(RIGHT))
    // Whoever is away may have another, and whoever has just come in may not be known everywhere.
    expect(await askedForShared(0, { 1: null, 3: RIGHT })).toEqual(both(null))
    expect(await askedForShared(CLINIC, { 0: null, 1: null, 2: null, 3: RIGHT })).toEqual(both(null))
  })

  it('are of epochs that the chain has announced, so that no other stands in the way of the one that it will announce', async () => {
    const answers = { 1: null, 2: null, 3: RIGHT }
    expect(await askedForShared(0, answers, 1)).toEqual({ gateway: null, linkage: RIGHT })
  })
})

describe('keys of epochs that the chain announced', () => {
  /** What a hospital has after it asked twice: others have the key of `last`, and of the epochs before it nobody has one. */
  async function askedForLast(last: number, answers: Answers, isAnnounced: (key: Bytes) => boolean) {
    const held = new Map<number, Bytes>([[0, RIGHT]])
    const missing = Array.from({ length: last }, (_, i) => i + 1)
    const keysOf = (keys: ReadonlyMap<number, Bytes>) => [...keys].map(([epoch, key]) => ({ epoch, key }))
    const shared: KeyExchangeOptions['shared'] = {
      gateway: () => keysOf(held),
      linkage: () => [{ epoch: 0, key: RIGHT }],
      has: (_kind, epoch) => held.has(epoch),
      async add(_kind, list) {
        for (const { epoch, key } of list) held.set(epoch, key)
      },
    }
    const never = () => {
      throw new Error('whoever is asked asks nobody here')
    }
    const exchange = exchangeOf(
      0,
      answers,
      {
        shared,
        missingGateway: () => missing.filter((epoch) => !held.has(epoch)),
        commitmentOf: (epoch) =>
          epochCommitmentOf(crypto, chainId, epoch, isAnnounced(RIGHT) ? RIGHT : new Uint8Array(32)),
      },
      (from, question) => {
        const asked = decodeKeyBoxRequest(question)
        assert(asked?.kind === 'epoch-keys', 'only keys of the gateway scope are asked for')
        const key = answers[from] ?? null
        const theirs = key === null ? [] : [{ epoch: last, key }]
        const other = exchangeOf(from, {}, { shared: { ...shared, gateway: () => theirs } }, never)
        return other.gatewayKeysFor(idOf(0), asked.from, asked.to)
      },
    )
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      await askOnce(exchange)
      vi.advanceTimersByTime(1_000)
      await answered()
    } finally {
      vi.useRealTimers()
    }
    exchange.close()
    return held.get(last) ?? null
  }

  it('are taken by what was announced, whoever says them, and by nothing else', async () => {
    expect(await askedForLast(1, { 1: null, 2: null, 3: RIGHT }, () => true)).toEqual(RIGHT)
    expect(await askedForLast(1, { 1: WRONG, 2: WRONG, 3: RIGHT }, () => true)).toEqual(RIGHT)
    // Uncontested, and said by two of four: not what the chain has.
    expect(await askedForLast(1, { 1: null, 2: null, 3: WRONG }, () => true)).toBeNull()
    expect(await askedForLast(1, { 1: RIGHT, 2: RIGHT, 3: RIGHT }, () => false)).toBeNull()
  })

  it('are found behind any number of epochs that nobody has', async () => {
    expect(await askedForLast(257, { 1: RIGHT, 2: null, 3: null }, () => true)).toEqual(RIGHT)
  })
})
