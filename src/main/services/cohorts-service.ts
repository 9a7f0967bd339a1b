/** Counting who a question means among the hospital's own records. */
import type { cohorts as cohortsContract } from '../../shared/contract/cohorts.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { canonicalCohort, problemsOf, warningsOf } from '../../shared/domain/cohort.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure, type AnalysisHome } from '../analytics/analysis-home.ts'
import { nameSubject } from './audit-subject.ts'
import type { ServiceContext } from './context.ts'

export function createCohortsService(context: ServiceContext): Handlers<typeof cohortsContract> {
  const { crypto } = context.world
  const home = (): AnalysisHome => {
    const analysis = context.analysis()
    if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
    return analysis
  }
  return {
    state: async () => context.analysis()?.state() ?? { kind: 'no-records' },
    async count({ definition, upTo }) {
      const problems = problemsOf(definition)
      if (problems.length > 0) return { kind: 'refused', problems }
      const hash = toHex(crypto.sha256(utf8Encode(canonicalCohort(definition))))
      nameSubject({ cohort: hash })
      const counted = await home().count(definition, upTo ?? null)
      const { visitCount, personCount } = counted.snapshot
      const { withEvent, withPriorDays, afterWashout, steps } = counted.attrition
      return {
        kind: 'counted',
        hash,
        snapshot: { upTo: counted.upTo, visitCount, personCount },
        attrition: { withEvent, withPriorDays, afterWashout, steps: [...steps] },
        looksAhead: warningsOf(definition).map(({ step }) => step),
      }
    },
  }
}
