/** What a price buys, with the numbers that the members decided. */
import type { Priced } from '../../shared/contract/requests.ts'
import { policyValue, type Policy } from '../node/chain/policy.ts'
import { budgetOf, isPriced, type ChargeKind } from '../node/chain/privacy-ledger.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../privacy/answers/answer-policy.ts'
import { noiseOf, priceFor } from '../privacy/request/price.ts'
import type { ReleaseRequest } from '../privacy/request/release-request.ts'

/** The thresholds of answers; the members decide the smallest count, the rest is the program's. */
export const releasePolicyOf = (policy: Policy): ReleasePolicy => ({
  ...RELEASE_DEFAULTS,
  smallestCount: policyValue(policy, 'smallestCount'),
})

export function noiseView(policy: Policy, request: ReleaseRequest): Priced['noise'] {
  return noiseOf(request, releasePolicyOf(policy)).map((part) => ({ ...part }))
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
