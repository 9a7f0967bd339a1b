/** What a faulty member says: its honest node's words, changed on their way out. */
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { present } from '../../shared/std/assert.ts'
import { decodeSegment, encodeSegment, segmentIdOf } from './chain/segment.ts'
import { signProposal, signVote } from './chain/vote.ts'
import { decodeMessage, encodeMessage } from './consensus/engine/messages.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { NetworkAbout, NodeNetwork } from './network/node-network.ts'
import type { Transport } from './network/transport.ts'

export type Lie =
  /** One vote to the first peer, another one to the others. */
  | 'votes-twice'
  /** Proposals whose roots are not those of their heads. */
  | 'wrong-roots'
  /** Bodies that do not open. */
  | 'wrong-bodies'
  /** Bodies and rows are given out only when somebody asks. */
  | 'withholds'
  /** Words without a meaning on the consensus lane, as many as the line takes. */
  | 'floods'

export type Liar = {
  readonly crypto: Crypto
  readonly consensusSecret: Bytes
  /** Hears of each message that left changed. */
  readonly onLie?: () => void
}

/** A network whose words are changed by `lie` before they leave. */
export function lyingNetwork(network: NodeNetwork, about: NetworkAbout, lie: Lie, liar: Liar): NodeNetwork {
  const { transport } = network
  const self = toHex(about.memberId)
  const placeOf = (to: string): number => transport.peers().findIndex(({ name }) => name === to)

  const votesTwice = (message: Bytes, to: string): Bytes[] => {
    const decoded = decodeMessage(message)
    if (decoded?.kind !== 'votes' || placeOf(to) === 0) return [message]
    const votes = decoded.votes.map((signed) =>
      toHex(signed.vote.memberId) === self && signed.vote.segmentId !== null
        ? signVote(liar.crypto, about.chainId, { ...signed.vote, segmentId: null }, liar.consensusSecret)
        : signed,
    )
    return [encodeMessage({ kind: 'votes', votes })]
  }
  const wrongRoots = (message: Bytes): Bytes[] => {
    const decoded = decodeMessage(message)
    if (decoded?.kind !== 'proposal' || toHex(decoded.signed.proposal.memberId) !== self) return [message]
    const segment = present(decodeSegment(decoded.bundle.segment))
    const wrong = encodeSegment({ ...segment, headsRoot: new Uint8Array(32).fill(1) })
    const segmentId = segmentIdOf(liar.crypto, about.chainId, wrong)
    const proposal = { ...decoded.signed.proposal, segmentId }
    const signed = signProposal(liar.crypto, about.chainId, proposal, liar.consensusSecret)
    return [encodeMessage({ ...decoded, signed, bundle: { ...decoded.bundle, segment: wrong } })]
  }
  const wrongBody = (message: Bytes): Bytes[] => {
    const wrong = message.slice()
    wrong[wrong.length - 20]! ^= 1
    return [wrong]
  }

  const send: Transport['send'] = (to, lane, message) => {
    let said: readonly Bytes[] = [message]
    if (lie === 'votes-twice' && lane === 'consensus') said = votesTwice(message, to)
    if (lie === 'wrong-roots' && lane === 'consensus') said = wrongRoots(message)
    if (lie === 'wrong-bodies' && lane === 'body') said = wrongBody(message)
    if (lie === 'withholds' && (lane === 'body' || lane === 'keybox')) said = []
    if (said.length !== 1 || said[0] !== message) liar.onLie?.()
    for (const each of said) transport.send(to, lane, each)
    return 'queued'
  }
  if (lie === 'floods') {
    const timer = setInterval(() => {
      for (const { name, state, queuedBytes } of transport.peers())
        if (state === 'up' && queuedBytes < 1024 * 1024)
          for (let i = 0; i < 2_000; i++) transport.send(name, 'consensus', Uint8Array.of(0))
    }, 5)
    timer.unref()
  }
  const changed: Partial<Transport> = {
    send,
    broadcast(lane, message) {
      const up = transport.peers().filter(({ state }) => state === 'up')
      return up.filter(({ name }) => send(name, lane, message) === 'queued').length
    },
  }
  return {
    ...network,
    transport: new Proxy(transport, {
      get: (target, name) => (Reflect.get(changed, name) ?? Reflect.get(target, name)) as unknown,
    }),
  }
}
