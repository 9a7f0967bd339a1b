/** What a price buys, with the numbers that the members decided. */
import type { Priced } from '../../shared/contract/requests.ts'
import { releasePolicyOf } from '../gateway/compute.ts'
import type { Policy } from '../node/chain/policy.ts'
import { budgetOf, isPriced, type ChargeKind } from '../node/chain/privacy-ledger.ts'
import { studyRulesOf } from '../node/chain/study-items.ts'
import { noiseOf, priceFor } from '../privacy/request/price.ts'
import type { ReleaseRequest } from '../privacy/request/release-request.ts'

/** By the thresholds of the gateways. */
export function noiseView(policy: Policy, request: ReleaseRequest): Priced['noise'] {
  return noiseOf(request, releasePolicyOf(studyRulesOf(policy))).map((part) => ({ ...part }))
}

/** The least price at which a cell is known to ± `wished` patients, within what one request may cost. */
export function wishedPrice(
  policy: Policy,
  request: ReleaseRequest,
  kind: ChargeKind,
  wished: number,
): number | null {
  return isPriced(kind) ? priceFor(request, wished, budgetOf(policy).chargeMicroRho[kind]) : null
}
