/** From the patients of a cohort to the answer of a request: the one way out of lane A (docs/spec/privacy.md section 4). */
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { ReleaseRequest } from '../request/release-request.ts'
import type { Patient } from '../request/tabulate.ts'
import { releaseCount, releaseTable } from './counts.ts'
import { releaseCurves } from './curves.ts'
import { releaseHazards } from './hazards.ts'
import { releaseLabelled } from './labelled-tables.ts'
import { releaseLift } from './lift.ts'
import { releaseMean, releaseQuantiles } from './moments.ts'
import { releaseMonitor } from './monitor.ts'
import { noisyTables, type DrawNoise } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { releasePathways } from './pathways.ts'
import { releaseRelativities } from './relativities.ts'
import type { Release } from './release.ts'

/**
 * The patients are those of the cohort at the snapshot, with the variables that the request names.
 * @param benchmarkFrom first month of a monitoring table in which the consortium's insurers have been the same ever since; null: no benchmark
 */
export function answerRequest(
  request: ReleaseRequest,
  patients: readonly Patient[],
  drawNoise: DrawNoise,
  policy: ReleasePolicy,
  benchmarkFrom: string | null = null,
): Release {
  const tables = noisyTables(request, patients, drawNoise)
  const { output } = request
  switch (output.kind) {
    case 'count':
      return releaseCount(tables[0]!, policy)
    case 'histogram':
    case 'table':
      return releaseTable(tables.at(-1)!, tables[0]!, policy)
    case 'mean':
      return releaseMean(tables, output, policy)
    case 'quantiles':
      return releaseQuantiles(tables, output, policy)
    case 'kaplan-meier':
      return releaseCurves(tables, output, policy)
    case 'cox':
      return releaseHazards(tables, output, policy)
    case 'poisson':
    case 'gamma':
      return releaseRelativities(tables, output, policy)
    case 'monitor':
      return releaseMonitor(tables, policy, benchmarkFrom)
    case 'score':
      return releaseLift(tables, output, policy)
    case 'cleaning-profile':
      return releaseLabelled(tables, policy)
    case 'pathways':
      return releasePathways(tables, output, policy)
    default:
      return unreachable(output)
  }
}
