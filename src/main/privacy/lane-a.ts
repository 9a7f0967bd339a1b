/**
 * The automatic lane as two decisions of a gateway (docs/spec/privacy.md section 4): what a request costs and whether it may be asked,
 * without a look at data; and, once the charge is final, the answer. Sending, waiting and signing are the service's.
 */
import { toHex } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { BudgetPolicy, RequesterClass } from './ledger/budget-policy.ts'
import { applyCharge, type Ledger } from './ledger/ledger.ts'
import { answerRequest } from './answers/answer.ts'
import type { DrawNoise } from './answers/noisy-tables.ts'
import type { ReleasePolicy } from './answers/answer-policy.ts'
import { encodeRelease } from './answers/release.ts'
import { chargeKindOf, type ReleaseRequest } from './request/release-request.ts'
import { decodeRequest, requestHash } from './request/request-bytes.ts'
import type { Patient } from './request/tabulate.ts'

/** What everybody knows. */
export type PublicState = {
  readonly crypto: Crypto
  readonly chainId: Uint8Array
  /** Item hashes of the declared snapshots, hex. */
  readonly snapshots: ReadonlySet<string>
  readonly budget: BudgetPolicy
  /** Day of chain time. */
  readonly day: number
}

export type Asker = {
  readonly class: RequesterClass
  readonly member: string
  readonly study: string
  /** Of a study whose protocol was registered before outcomes could be seen. */
  readonly isRegistered: boolean
}

type AskResult =
  | {
      readonly kind: 'charged'
      readonly ledger: Ledger
      readonly name: string
      readonly request: ReleaseRequest
    }
  | { readonly kind: 'known'; readonly name: string; readonly answer: Uint8Array | null }
  /** Nothing was charged and no data were looked at. */
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'not-a-snapshot' | 'budget' }

export function askLaneA(state: PublicState, ledger: Ledger, asker: Asker, bytes: Uint8Array): AskResult {
  const request = decodeRequest(bytes)
  if (request === null) return { kind: 'refused', reason: 'malformed' }
  // A height, or a snapshot that nobody declared, is none: else yesterday's answer could be taken from today's (G9).
  const snapshot = toHex(request.snapshot)
  if (!state.snapshots.has(snapshot)) return { kind: 'refused', reason: 'not-a-snapshot' }
  const name = toHex(requestHash(state.crypto, state.chainId, bytes))
  const result = applyCharge(
    ledger,
    state.budget,
    {
      request: name,
      kind: chargeKindOf(request.output, asker.isRegistered),
      microRho: request.microRho,
      class: asker.class,
      requester: asker.member,
      study: asker.study,
      snapshot,
    },
    state.day,
  )
  if (result.kind === 'refused') return { kind: 'refused', reason: 'budget' }
  if (result.kind === 'known') return { kind: 'known', name, answer: result.answer }
  return { kind: 'charged', ledger: result.ledger, name, request }
}

/** The bytes of the answer; the same for the same noise key, request and patients, however often a gateway begins anew. */
export function answerLaneA(
  request: ReleaseRequest,
  patients: readonly Patient[],
  drawNoise: DrawNoise,
  policy: ReleasePolicy,
): Uint8Array {
  return encodeRelease(answerRequest(request, patients, drawNoise, policy))
}
