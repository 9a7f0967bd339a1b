/**
 * What others send on the lanes of bodies and of key-box rows, and what they are answered (docs/spec/network.md sections 7
 * and 8). Who may use which lane the transport knows; here is who is told what on it.
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { AccessesOfNode } from './access/accesses.ts'
import type { KeyExchange } from './key-exchange.ts'
import { refusalNumber } from './network/protocols/access.ts'
import { decodeBodyMessage, decodeBodyRequest, encodeBodyAnswer } from './network/protocols/bodies.ts'
import { decodeKeyBoxMessage, decodeKeyBoxRequest, encodeRowsAnswer } from './network/protocols/key-box.ts'
import type { Peer, Transport } from './network/transport.ts'
import type { SharedKeys } from './shared-keys.ts'
import type { WaitingItems } from './waiting/items.ts'
import type { ProposalLane } from './waiting/proposals.ts'
import type { WaitingVisits } from './waiting/visits.ts'

export interface AnswerPeersOptions {
  readonly transport: Pick<Transport, 'onMessage' | 'onRequest' | 'penalise'>
  readonly proposals: Pick<ProposalLane, 'takeIn'>
  readonly visits: Pick<WaitingVisits, 'takeIn' | 'takeRows' | 'bodiesByRoot' | 'rowsByRoot'>
  readonly items: Pick<WaitingItems, 'takeIn'>
  readonly shared: Pick<SharedKeys, 'network'>
  readonly accesses: Pick<AccessesOfNode, 'answer'>
  readonly exchange: () => Pick<KeyExchange, 'linkageKeysFor' | 'gatewayKeysFor'>
  /** Whether visits and items of others are taken in: only those who vote collect, and only while there is space. */
  readonly isCollecting: () => boolean
  /** A halted node writes nothing, and an answer to another hospital would be noted. */
  readonly isHalted: () => boolean
  /** Called with whatever stops taking in; the sender will send it again. */
  readonly onFailure: (error: unknown) => void
}

/** From now on until the transport stops. */
export function answerPeers(options: AnswerPeersOptions): void {
  const { transport, proposals, visits, items } = options
  transport.onMessage('body', async (from, message) => {
    const decoded = decodeBodyMessage(message)
    if (decoded === null) return transport.penalise(from.name, 'violation')
    if (decoded.kind === 'proposal') return proposals.takeIn(from, decoded)
    // Others learn of a visit when it is final.
    if (!options.isCollecting()) return
    try {
      if (decoded.kind === 'visits') await visits.takeIn(from.memberId, decoded.expiresAt, decoded.visits)
      else await items.takeIn(from.memberId, decoded.items)
    } catch (error) {
      options.onFailure(error)
    }
  })
  transport.onMessage('keybox', (from, message) => {
    const decoded = decodeKeyBoxMessage(message)
    if (decoded === null) transport.penalise(from.name, 'violation')
    else visits.takeRows(from.memberId, decoded.rows)
  })
  transport.onRequest('body', (from, question) => answerBody(options, from, question))
  transport.onRequest('keybox', (from, question) => answerKeyBox(options, from, question))
}

async function answerBody(
  { shared, visits }: AnswerPeersOptions,
  from: Peer,
  question: Bytes,
): Promise<Bytes | number> {
  const request = decodeBodyRequest(question)
  if (request === null) return REFUSED_MALFORMED
  if (request.kind === 'network-key') {
    const key = shared.network().find(({ epoch }) => epoch === request.generation)?.key
    return key ?? REFUSED_NOT_HERE
  }
  // Everybody else follows by the sync lane, in its own time (N7).
  if (from.kind !== 'hospital') return REFUSED_NOT_FOR_YOU
  return encodeBodyAnswer(await visits.bodiesByRoot(request.roots, BODY_ANSWER_BYTES))
}

async function answerKeyBox(
  { accesses, visits, exchange, isHalted }: AnswerPeersOptions,
  from: Peer,
  question: Bytes,
): Promise<Bytes | number> {
  const request = decodeKeyBoxRequest(question)
  if (request === null) return REFUSED_MALFORMED
  if (request.kind === 'linkage-keys')
    return exchange().linkageKeysFor(from.memberId, request.from, request.to)
  if (request.kind === 'access')
    return isHalted() ? refusalNumber('not-ready') : accesses.answer(from, request.item)
  // Of the custodian's rows and keys nobody else is told.
  if (request.scope !== 'gateway') return REFUSED_NOT_FOR_YOU
  if (request.kind === 'epoch-keys') return exchange().gatewayKeysFor(from.memberId, request.from, request.to)
  return encodeRowsAnswer(await visits.rowsByRoot(request.roots))
}

/** What one answer carries: below the frame of the lane. */
const BODY_ANSWER_BYTES = 2 * 1024 * 1024
const REFUSED_MALFORMED = 1
const REFUSED_NOT_HERE = 2
const REFUSED_NOT_FOR_YOU = 3
