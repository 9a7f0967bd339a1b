/**
 * The built-in study `cleaning` twice on the same synthetic people, on records as they were written and after the steps, each run as the product runs it;
 * beside the truth that the generator was given. Shows what cleaning is worth.
 */
import { builtInStudy, CLEANING_TRUTH } from '../../../shared/domain/built-in-studies.ts'
import { runOf } from '../facts/fact-columns.ts'
import type { Facts } from '../facts/fact-tables.ts'
import { openWarehouse } from '../warehouse/warehouse.ts'
import type { PinnedStudy } from './prepare-study.ts'
import { runStudy, STUDY_ENGINE } from './run-study.ts'

export interface ComparedTerm {
  readonly name: string
  readonly truth: number
  readonly dirty: Estimate
  readonly clean: Estimate
}

export interface Estimate {
  /** Log hazard ratio, per unit of the column. */
  readonly estimate: number
  readonly stdErr: number
}

export interface Comparison {
  readonly terms: readonly ComparedTerm[]
  readonly dirty: StudySize
  readonly clean: StudySize
}

export interface StudySize {
  readonly persons: number
  readonly rows: number
  readonly events: number
}

export const RISK_STUDY = builtInStudy('cleaning', {
  study: 'Risk',
  cohort: 'Everybody',
  diabetes: 'diabetes',
  cardiovascular: 'cardiovascular',
  models: ['Risk'],
})

/** @param facts of visits, in the order of their blocks from 0 on */
export async function dirtyVersusClean(facts: readonly Facts[], memoryMb = 1_024): Promise<Comparison> {
  const warehouse = await openWarehouse({ threads: 1, memoryMb })
  try {
    await warehouse.load(runOf(0, facts.length - 1, [...facts]))
    const hospitals = [...new Set(facts.map(({ visit }) => visit[0]!.hospital!))].sort()
    const snapshot = { chain: '00'.repeat(32), upTo: facts.length - 1, height: 0, hospitals }
    const answerOf = async (change: Partial<PinnedStudy>): Promise<Answer> => {
      const study: PinnedStudy = { ...RISK_STUDY, snapshot, engine: STUDY_ENGINE, ...change }
      const control = { hooks: {}, isCancelled: () => false }
      const { text } = await runStudy(warehouse, { study, hash: 'x', samePerson: [] }, control)
      return (JSON.parse(text) as { models: Answer[] }).models[0]!
    }
    const [dirty, clean] = [await answerOf({ cleaning: null }), await answerOf({})]
    return {
      terms: Object.entries(CLEANING_TRUTH).map(([name, truth]) => ({
        name,
        truth,
        dirty: estimateOf(dirty, name),
        clean: estimateOf(clean, name),
      })),
      dirty: dirty.before,
      clean: clean.before,
    }
  } finally {
    await warehouse.close()
  }
}

interface Answer {
  readonly before: StudySize
  readonly result: {
    readonly names: readonly string[]
    readonly coefficients: readonly number[]
    readonly stdErr: readonly number[]
  }
}

function estimateOf({ result }: Answer, name: string): Estimate {
  const at = result.names.indexOf(name)
  if (at < 0) throw new Error(`no term ${name} among ${result.names.join(', ')}`)
  return { estimate: result.coefficients[at]!, stdErr: result.stdErr[at]! }
}
