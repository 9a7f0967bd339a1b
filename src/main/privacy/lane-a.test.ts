import { describe, expect, it } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { answerLaneA, askLaneA, type Asker, type PublicState } from './lane-a.ts'
import { BUDGET_DEFAULTS } from './ledger/budget-policy.ts'
import { applyAnswer, EMPTY_LEDGER } from './ledger/ledger.ts'
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
  snapshots: new Set([toHex(snapshot)]),
  budget: BUDGET_DEFAULTS,
  day: 20_000,
}
const asker: Asker = { class: 'university', member: 'U', study: 'S', isRegistered: false }
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
    expect(askLaneA(state, EMPTY_LEDGER, asker, bytes.subarray(1))).toEqual({
      kind: 'refused',
      reason: 'malformed',
    })
    const elsewhere = encodeRequest({ ...count, snapshot: chainId })
    expect(askLaneA(state, EMPTY_LEDGER, asker, elsewhere)).toEqual({
      kind: 'refused',
      reason: 'not-a-snapshot',
    })
  })

  it('charges once, answers everybody with the recorded bytes, and gives the same bytes after a crash', () => {
    const bytes = encodeRequest(count)
    const charged = askLaneA(state, EMPTY_LEDGER, asker, bytes)
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
    const other: Asker = { class: 'insurer', member: 'I', study: 'T', isRegistered: false }
    expect(askLaneA(state, charged.ledger, other, bytes)).toEqual({
      kind: 'known',
      name: charged.name,
      answer: null,
    })
    const recorded = applyAnswer(charged.ledger, charged.name, answer)
    if (recorded.kind !== 'recorded') throw new Error('it is recorded')
    expect(askLaneA(state, recorded.ledger, other, bytes)).toEqual({
      kind: 'known',
      name: charged.name,
      answer,
    })
    expect(toHex(compute())).toBe(toHex(answer))
    expect(recorded.ledger.entries).toHaveLength(1)
  })

  it('lets a registered model cost more than another', () => {
    const bytes = encodeRequest(model)
    expect(askLaneA(state, EMPTY_LEDGER, asker, bytes)).toEqual({ kind: 'refused', reason: 'budget' })
    expect(askLaneA(state, EMPTY_LEDGER, { ...asker, isRegistered: true }, bytes).kind).toBe('charged')
  })
})
