/** A model of a study as `fit` takes it. Pure. */
import { isCurve, type StudyModel } from '../../../shared/domain/study.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'
import type { IntervalRows } from '../intervals/interval-table.ts'
import { curvePoints } from './curve-points.ts'

/** `rows`: the table that it is fitted to, whose values say where curves are drawn. */
export function specOf(model: StudyModel, rows: IntervalRows): ModelSpec {
  const { family, covariates, factors, strata, isClusteredByPerson, ties, confidencePercent, curvesOf } =
    model
  const shared = {
    family,
    covariates,
    factors: isCurve(family) ? [] : factors,
    strata: strata.length === 0 ? null : strata,
    cluster: isClusteredByPerson ? 'id' : null,
    conf: confidencePercent / 100,
  }
  switch (family) {
    case 'cox':
    case 'km': {
      const at = family === 'cox' && curvesOf !== null ? curvePoints(rows, model, curvesOf) : null
      return ModelSpec.parse({ ...shared, id: 'id', start: 'start', stop: 'stop', event: 'event', ties, at })
    }
    case 'aj':
      return ModelSpec.parse({ ...shared, id: 'id', start: 'start', stop: 'stop', event: 'status' })
    case 'logistic':
    case 'cloglog':
      return ModelSpec.parse({ ...shared, response: 'event' })
    default:
      return unreachable(family)
  }
}
