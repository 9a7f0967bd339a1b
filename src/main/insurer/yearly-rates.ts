/**
 * Yearly rates of an event from what was released with noise: a survival curve on its grid, and a Cox model against its first level
 * (docs/spec/pricing.md P14). Pure.
 */
import { log } from '../stats/det/log.ts'
import { normalQuantile } from '../stats/det/distributions.ts'
import { type BaselineGrid, yearlyIncidence, type YearlyIncidence } from '../pricing/model/incidence.ts'
import type { AnsweredIncidence } from './pricing-sources.ts'

export interface IncidenceRow {
  readonly axis: { readonly variable: string; readonly edges: readonly number[] } | null
  readonly level: number | null
  readonly from: 'curve' | 'model'
  readonly years: readonly YearlyIncidence[]
}

export type YearlyRates =
  | { readonly kind: 'rates'; readonly rows: readonly IncidenceRow[] }
  /**
   * `other-people`: of another cohort, snapshot or follow-up; `other-baseline`: hazard ratios multiply the hazard of the first level, which
   * the curve must have; `no-events`: no step of a curve has an event, so there is no rate.
   */
  | { readonly kind: 'refused'; readonly reason: 'other-people' | 'other-baseline' | 'no-events' }

export function yearlyRates(curve: AnsweredIncidence, effects: AnsweredIncidence | null): YearlyRates {
  if (curve.output.kind !== 'kaplan-meier' || curve.answer.kind !== 'curves')
    return { kind: 'refused', reason: 'no-events' }
  const { by } = curve.output
  const curves = curve.answer.curves.flatMap(({ level, steps }) => {
    const grid = gridOf(steps)
    return grid === null ? [] : [{ level, grid }]
  })
  const rows = curves.map(({ level, grid }): IncidenceRow => ({
    axis: level === null ? null : by,
    level,
    from: 'curve',
    years: yearlyIncidence(grid, [], {}),
  }))
  if (rows.length === 0) return { kind: 'refused', reason: 'no-events' }
  if (effects === null) return { kind: 'rates', rows }
  if (
    effects.snapshot !== curve.snapshot ||
    effects.cohort !== curve.cohort ||
    effects.followUp !== curve.followUp
  )
    return { kind: 'refused', reason: 'other-people' }
  const baseline = curves.find(({ level }) => level === 0)
  if (
    effects.answer.kind !== 'effects' ||
    effects.output.kind !== 'cox' ||
    baseline === undefined ||
    by === null ||
    !isOnly(effects.output.covariates, by)
  )
    return { kind: 'refused', reason: 'other-baseline' }
  const modelled = effects.answer.effects.map(({ variable, level, logRatio }): IncidenceRow => {
    const name = `${variable}/${level}`
    const stdErr = (logRatio.high - logRatio.low) / (2 * normalQuantile(0.975))
    return {
      axis: by,
      level,
      from: 'model',
      years: yearlyIncidence(baseline.grid, [{ name, logRatio: logRatio.value, stdErr }], { [name]: 1 }),
    }
  })
  return { kind: 'rates', rows: [...rows, ...modelled] }
}

/** With a second covariate the first level of one is still a mixture of the other's. */
function isOnly(covariates: readonly Axis[], { variable, edges }: Axis): boolean {
  const [first] = covariates
  return (
    covariates.length === 1 &&
    first!.variable === variable &&
    first!.edges.length === edges.length &&
    first!.edges.every((edge, i) => edge === edges[i])
  )
}

type Axis = NonNullable<IncidenceRow['axis']>
type Steps = Extract<AnsweredIncidence['answer'], { kind: 'curves' }>['curves'][number]['steps']

/** Cumulative hazards with their errors from survival and its limits; null without an event. */
function gridOf(steps: Steps): BaselineGrid | null {
  const day: number[] = []
  const cumulativeHazard: number[] = []
  const stdErr: number[] = []
  let before = 0
  for (const { untilDay, survival } of steps) {
    // Nobody is left: what follows has no rate.
    if (!(survival.value > 0) || !(survival.low > 0)) break
    // Rounded survival may rise by its last digit; a hazard does not fall.
    before = Math.max(before, -log(survival.value))
    day.push(untilDay)
    cumulativeHazard.push(before)
    stdErr.push(
      Math.max(0, log(Math.min(1, survival.high)) - log(survival.low)) / (2 * normalQuantile(0.975)),
    )
  }
  return before > 0 ? { day, cumulativeHazard, stdErr } : null
}
