/** A model of a study as `fit` takes it. Pure. */
import { isCurve, type StudyModel } from '../../../shared/domain/study.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'
import { LOG_TIME, PIECE_TIME, type IntervalRows } from '../intervals/interval-table.ts'
import { curvePoints } from './curve-points.ts'

/** `rows`: the table that it is fitted to, whose values say where curves are drawn. */
export function specOf(model: StudyModel, rows: IntervalRows): ModelSpec {
  const { family, covariates, factors, splines, interactions, strata, ties, curvesOf } = model
  const shared = {
    family,
    covariates,
    factors: isCurve(family) ? [] : factors,
    splines: splines.map(({ name, knots, reference }) => ({
      covariate: name,
      knots,
      reference: reference === null ? null : Number(reference),
    })),
    interactions,
    strata: strata.length === 0 ? null : strata,
    cluster: model.isClusteredByPerson ? 'id' : null,
    conf: model.confidencePercent / 100,
  }
  switch (family) {
    case 'cox':
    case 'km': {
      const at = family === 'cox' && curvesOf !== null ? curvePoints(rows, model, curvesOf) : null
      const time = model.timeFrom === 'piece' ? { stop: PIECE_TIME } : { start: 'start', stop: 'stop' }
      return ModelSpec.parse({ ...shared, id: 'id', ...time, event: 'event', ties, at })
    }
    case 'aj':
      return ModelSpec.parse({ ...shared, id: 'id', start: 'start', stop: 'stop', event: 'status' })
    case 'finegray':
      // One row for each person, whose time begins at 0.
      return ModelSpec.parse({ ...shared, id: 'id', stop: 'stop', event: 'status', cause: 1, ties })
    case 'logistic':
    case 'cloglog':
      return ModelSpec.parse({ ...shared, id: 'id', response: 'event' })
    case 'poisson':
    case 'negbin':
      return ModelSpec.parse({ ...shared, id: 'id', response: 'event', offset: LOG_TIME })
    default:
      return unreachable(family)
  }
}
