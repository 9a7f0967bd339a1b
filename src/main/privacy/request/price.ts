/**
 * What a price buys, before anybody pays it: the noise of each table in whole numbers, what a number must reach to be shown, and the least
 * price for a wished precision. All from the functions by which gateways answer (docs/spec/privacy.md Q3, G2, G3). Pure.
 */
import type { ReleasePolicy } from '../answers/answer-policy.ts'
import { halfWidth, threshold } from '../answers/noisy-tables.ts'
import { cellCountOf } from './axis.ts'
import { formOf } from './outputs.ts'
import { varianceOf, type Part } from './part.ts'
import { planOf } from './plan.ts'
import type { ReleaseRequest } from './release-request.ts'

export type NoiseOfPart = {
  readonly name: Part['name']
  readonly cells: number
  /** The exact number of a cell lies within ± so much in 19 of 20 draws; in the unit of the part. */
  readonly halfWidth: number
  /** Of the sum of all cells. */
  readonly totalHalfWidth: number
  /** Of patients: what a cell must reach, with its noise, to be shown. */
  readonly shownFrom: number | null
}

/** One for each table that the request makes, in order. The request has no problems. */
export function noiseOf(request: ReleaseRequest, policy: ReleasePolicy): readonly NoiseOfPart[] {
  const { peopleIn } = formOf(request.output)
  return planOf(request).map((part) => {
    const variance = varianceOf(part)
    const cells = cellCountOf(part.axes)
    const isPatients = peopleIn === 'all' || peopleIn.includes(part.name)
    const least = cells === 1 ? policy.cohortLeast : policy.smallestCount
    return {
      name: part.name,
      cells,
      halfWidth: Number(halfWidth(variance)),
      totalHalfWidth: Number(halfWidth(variance, cells)),
      shownFrom: isPatients ? Number(threshold(least, variance)) : null,
    }
  })
}

/** The least price, in millionths of rho, at which a patient's cell is known to ± `wished`; null where even `most` does not do. */
export function priceFor(request: ReleaseRequest, wished: number, most: number): number | null {
  const reaches = (microRho: number): boolean => {
    const [part] = planOf({ ...request, microRho })
    return halfWidth(varianceOf(part!)) <= BigInt(wished)
  }
  if (!reaches(most)) return null
  let [tooLittle, enough] = [PRICE_LEAST - 1, most]
  while (enough - tooLittle > 1) {
    const middle = Math.floor((tooLittle + enough) / 2)
    if (reaches(middle)) enough = middle
    else tooLittle = middle
  }
  return enough
}

/** As `problemsOfRequest` has it. */
const PRICE_LEAST = 100
