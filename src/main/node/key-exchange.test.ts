/** Whose word counts for the next pre-shared key of the network (docs/spec/network.md section 9). */
import { afterEach, expect, it } from 'vitest'
import type { Bytes } from '../../shared/std/bytes.ts'
import { crypto, foundConsortium } from './chain/consortium.test-kit.ts'
import type { MemberId } from './chain/ids.ts'
import { startKeyExchange, type KeyExchange } from './key-exchange.ts'
import { peerName, type PeerState } from './network/transport.ts'

const { start, institutions, chainId, random } = foundConsortium({
  seed: 'key exchange',
  voters: 4,
  others: ['university'],
})
const idOf = (i: number): MemberId => institutions[i]!.member.memberId
const RIGHT = new Uint8Array(32).fill(1)
const WRONG = new Uint8Array(32).fill(2)

let exchange: KeyExchange | null = null
afterEach(() => exchange?.close())

/** What the first hospital has after it asked everybody that is up once. */
async function asked(
  answers: Readonly<Record<number, Bytes>>,
  author: MemberId | null,
): Promise<Bytes | null> {
  let held: Bytes | null = null
  const up = Object.keys(answers).map(Number)
  exchange = startKeyExchange({
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
      request: async (to) => answers[up.find((i) => peerName(idOf(i)) === to)!]!,
      penalise: () => {},
    },
    shared: {
      gateway: () => [{ epoch: 0, key: RIGHT }],
      linkage: () => [{ epoch: 0, key: RIGHT }],
      has: () => true,
      async add(_kind, [first]) {
        held = first!.key
      },
    },
    crypto,
    random,
    chainId,
    memberId: idOf(0),
    gatewaySecrets: () => [],
    consortium: () => start.consortium,
    missingGateway: () => [],
    missingNetwork: () => (held === null ? [{ generation: 2, author }] : []),
    onKeys: () => {},
    onFailure: (error) => {
      throw error
    },
  })
  exchange.nudge()
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  exchange.close()
  return held
}

it('takes the pre-shared key from its author, or from two voters of four, and from no liar', async () => {
  expect(await asked({ 1: RIGHT }, idOf(1))).toEqual(RIGHT)
  // One of four may lie, and a university may too.
  expect(await asked({ 1: WRONG }, idOf(3))).toBeNull()
  expect(await asked({ 1: WRONG, 4: WRONG }, idOf(3))).toBeNull()
  expect(await asked({ 1: WRONG, 2: RIGHT }, null)).toBeNull()
  expect(await asked({ 1: WRONG, 2: RIGHT, 3: RIGHT }, null)).toEqual(RIGHT)
  expect(await asked({ 1: WRONG, 4: WRONG, 3: RIGHT }, idOf(3))).toEqual(RIGHT)
})
