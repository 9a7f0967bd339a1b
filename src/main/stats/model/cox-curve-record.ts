import { StatsFailure } from '../failure.ts'
import {
  type CoxCurve,
  coxCurves,
  coxPathCurve,
  type CurveOptions,
  type CurvePoint,
} from '../survival/cox-curves.ts'
import type { CoxModel } from '../survival/cox.ts'
import { designAt } from './design.ts'
import type { ModelFrame } from './model-frame.ts'
import type { ModelSpec } from './model-spec.ts'

type At = NonNullable<ModelSpec['at']>[number]

export interface NamedCurve {
  point: string
  stratum: string | null
  curve: CoxCurve
}

/**
 * The survival curves that a model file asks for (`at`): at fixed covariates, or along a path of them; one for each point
 * and stratum.
 *
 * @throws {StatsFailure} `unknown-column`, `bad-option` for a covariate that a point leaves open
 */
export function curvesAt(fitted: CoxModel, frame: ModelFrame, model: ModelSpec): NamedCurve[] {
  const options: Partial<CurveOptions> = { confidence: model.confType, level: model.conf }
  const labels = frame.strata?.labels ?? [null]
  return (model.at ?? []).flatMap((at, i) => {
    const point = at.label ?? String(i + 1)
    const ofStratum = at.path
      ? labels.map((_, stratum) =>
          coxPathCurve(
            fitted,
            at.path!.map((piece) => ({
              ...pointOf(piece, frame, model),
              start: piece.start,
              stop: piece.stop,
              stratum,
            })),
            options,
          ),
        )
      : coxCurves(fitted, [pointOf(at, frame, model)], options)[0]!
    return ofStratum.map((curve) => ({ point, stratum: labels[curve.stratum] ?? null, curve }))
  })
}

function pointOf(at: Pick<At, 'covariates' | 'offset'>, frame: ModelFrame, model: ModelSpec): CurvePoint {
  for (const name of Object.keys(at.covariates)) {
    if (!model.covariates.includes(name)) throw new StatsFailure({ code: 'unknown-column', column: name })
  }
  return { x: designAt(frame, at.covariates), ...(at.offset === null ? {} : { offset: at.offset }) }
}
