/** A model of a study as `fit` takes it. Pure. */
import { isCurve, type StudyModel } from '../../../shared/domain/study.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'

export function specOf(model: StudyModel): ModelSpec {
  const { family, covariates, factors, strata, isClusteredByPerson, ties, confidencePercent } = model
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
    case 'km':
      return ModelSpec.parse({ ...shared, id: 'id', start: 'start', stop: 'stop', event: 'event', ties })
    case 'aj':
      return ModelSpec.parse({ ...shared, id: 'id', start: 'start', stop: 'stop', event: 'status' })
    case 'logistic':
    case 'cloglog':
      return ModelSpec.parse({ ...shared, response: 'event' })
    default:
      return unreachable(family)
  }
}
