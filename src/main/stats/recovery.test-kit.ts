/** Whether the engine finds again what the generator put in: the true effects on the first event, from its true covariates. */
import { courseOf, riskIntervals, TRUTH } from '../generator/model.ts'
import { fitCox } from './survival/cox.ts'

const { beta, ldlMgPerMmol } = TRUTH
/** Effects as the generator's truth names them. */
export const EFFECTS = {
  age10: beta.age10,
  male: beta.male,
  sbp10: beta.sbp10,
  bmi5: beta.bmi5,
  smokingFormer: beta.smokingFormer,
  smokingCurrent: beta.smokingCurrent,
  hba1c: beta.hba1c,
  ldlMmol: beta.ldlMmol,
  egfr10: beta.egfr10,
} as const
export type Effect = keyof typeof EFFECTS
export const EFFECT_NAMES = Object.keys(EFFECTS) as Effect[]

/** z of each estimate against the truth: one time-dependent Cox model, stratified by hospital, on one synthetic cohort. */
export function recover(seed: string, patients: number): Record<Effect, number> {
  const start: number[] = []
  const stop: number[] = []
  const event: number[] = []
  const strata: number[] = []
  const x: number[][] = EFFECT_NAMES.map(() => [])
  for (let index = 0; index < patients; index++) {
    const course = courseOf(seed, index)
    const { hospital } = course.visits[0]!
    for (const row of riskIntervals(course)) {
      start.push(row.start)
      stop.push(row.stop)
      event.push(row.isEvent ? 1 : 0)
      strata.push(hospital)
      const { age, male, sbp, bmi, smoking, hba1c, ldl, egfr } = row.x
      const values = [
        age / 10,
        male,
        sbp / 10,
        bmi / 5,
        smoking === 1 ? 1 : 0,
        smoking === 2 ? 1 : 0,
        hba1c,
        ldl / ldlMgPerMmol,
        egfr / 10,
      ]
      values.forEach((value, j) => x[j]!.push(value))
    }
  }
  const { fit } = fitCox({
    start: Float64Array.from(start),
    stop: Float64Array.from(stop),
    event: Uint8Array.from(event),
    strata: Int32Array.from(strata),
    x: x.map((column) => Float64Array.from(column)),
    names: EFFECT_NAMES,
  })
  const p = EFFECT_NAMES.length
  return Object.fromEntries(
    EFFECT_NAMES.map((name, j) => [
      name,
      (fit.coefficients[j]! - EFFECTS[name]) / Math.sqrt(fit.variance[j * p + j]!),
    ]),
  ) as Record<Effect, number>
}
