import { describe, expect, it } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { createPolicy } from '../node/chain/policy.ts'
import { budgetOf } from '../node/chain/privacy-ledger.ts'
import { answerLaneA, askLaneA, emptyBook, recordAnswer, type Asker, type PublicState } from './lane-a.ts'
import { keyedNoise } from './answers/noisy-tables.ts'
import { RELEASE_DEFAULTS } from './answers/answer-policy.ts'
import type { ReleaseRequest } from './request/release-request.ts'
import { encodeRequest } from './request/request-bytes.ts'

const crypto = createNodeCrypto()
const chainId = new Uint8Array(32).fill(1)
const snapshot = new Uint8Array(32).fill(2)
const state: PublicState = {
  crypto,
  chainId,
  budget: budgetOf(createPolicy()),
  day: 20_000,
}
const sixteen = (byte: number) => new Uint8Array(16).fill(byte)
const asker: Asker = {
  class: 'university',
  member: sixteen(1) as MemberId,
  study: sixteen(2),
  isRegistered: false,
}
const empty = emptyBook([snapshot])
const count: ReleaseRequest = {
  snapshot,
  cohort: snapshot,
  cleaning: null,
  followUp: null,
  output: { kind: 'count' },
  microRho: 2_000,
}
const model: ReleaseRequest = {
  ...count,
  followUp: snapshot,
  output: { kind: 'cox', timeEdges: [90, 180], covariates: [{ variable: 'sex', edges: [] }] },
  microRho: 100_000,
}

describe('askLaneA', () => {
  it('refuses what is malformed or of no declared snapshot, without a charge', () => {
    const bytes = encodeRequest(count)
    expect(askLaneA(state, empty, asker, bytes.subarray(1))).toEqual({
      kind: 'refused',
      reason: 'malformed',
    })
    const elsewhere = encodeRequest({ ...count, snapshot: chainId })
    expect(askLaneA(state, empty, asker, elsewhere)).toEqual({
      kind: 'refused',
      reason: 'not-a-snapshot',
    })
  })

  it('charges once, answers everybody with the recorded bytes, and gives the same bytes after a crash', () => {
    const bytes = encodeRequest(count)
    const charged = askLaneA(state, empty, asker, bytes)
    if (charged.kind !== 'charged') throw new Error('it is charged')
    const compute = () => {
      const noise = keyedNoise(crypto, new Uint8Array(32).fill(9), chainId, Buffer.from(charged.name, 'hex'))
      return answerLaneA(
        charged.request,
        Array.from({ length: 300 }, () => [{}]),
        noise,
        RELEASE_DEFAULTS,
      )
    }
    const answer = compute()
    // Charged, and the gateway fell over before it answered: nothing to give yet, and nothing to pay again.
    const other: Asker = {
      class: 'insurer',
      member: sixteen(3) as MemberId,
      study: sixteen(4),
      isRegistered: false,
    }
    expect(askLaneA(state, charged.book, other, bytes)).toEqual({
      kind: 'known',
      name: charged.name,
      answer: null,
    })
    const recorded = recordAnswer(charged.book, charged.name, answer)
    if (recorded.kind !== 'recorded') throw new Error('it is recorded')
    expect(askLaneA(state, recorded.book, other, bytes)).toEqual({
      kind: 'known',
      name: charged.name,
      answer,
    })
    expect(toHex(compute())).toBe(toHex(answer))
    expect(recordAnswer(recorded.book, charged.name, answer)).toEqual(recorded)
    expect(recordAnswer(recorded.book, charged.name, Uint8Array.of(1))).toEqual({
      kind: 'refused',
      reason: 'another-answer',
    })
    expect(recordAnswer(empty, charged.name, answer)).toEqual({ kind: 'refused', reason: 'not-charged' })
    expect(recorded.book.entries).toHaveLength(1)
    expect(recorded.book.ledger.lifetimeMicroRho).toBe(count.microRho)
  })

  it('lets a registered model cost more than another', () => {
    const bytes = encodeRequest(model)
    expect(askLaneA(state, empty, asker, bytes)).toEqual({ kind: 'refused', reason: 'budget' })
    expect(askLaneA(state, empty, { ...asker, isRegistered: true }, bytes).kind).toBe('charged')
  })
})
