/** Burden of disease by diagnoses: the weighted conditions of Charlson or Elixhauser, as Quan et al. (2005) code them in ICD-10. Pure. */
import { COMORBIDITY_WEIGHTS, type ComorbidityWeights } from '../../../shared/domain/intervals.ts'
import { CHARLSON, comorbidities, ELIXHAUSER } from '../../stats/comorbidity/comorbidity.ts'

/** Sum of the weights of the conditions among these codes, each once, mild ones not beside severe ones; 0 where there is none. Without points for age. */
export function burdenOf(
  diagnoses: readonly { readonly code: string }[],
  weights: ComorbidityWeights,
): number {
  const isCharlson = (COMORBIDITY_WEIGHTS.charlson as readonly string[]).includes(weights)
  const codes = new Set(diagnoses.map(({ code }) => code))
  return comorbidities(isCharlson ? CHARLSON : ELIXHAUSER, codes, weights).score
}
