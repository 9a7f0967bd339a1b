/** The room's question as it is asked of all hospitals. Pure. */
import type { Asked } from '../../../../shared/contract/requests.ts'
import {
  canonicalAskedPathways,
  PATHWAY_STEPS_ASKED_MAX,
  pathwaysDefinition,
} from '../../../../shared/domain/pathways.ts'
import type { PathwaysQuestion } from './use-pathways.ts'

/** Shares of what one table may cost, in quarters. */
const QUARTERS = { coarse: 1, usual: 2, fine: 4 } as const
export type Precision = keyof typeof QUARTERS
export const PRECISIONS = Object.keys(QUARTERS) as Precision[]
const PRICE_LEAST = 100

/** Null where nothing can be asked yet. Steps of the cleaning that compare people are left out: what one patient adds must depend on nobody else. */
export function realAsked(
  { cohort, cleaning, definition }: PathwaysQuestion,
  of: { readonly snapshot: string; readonly most: number; readonly precision: Precision },
): (Asked & { lane: 'noise' }) | null {
  // A field that is being typed in may say nothing yet.
  if (!pathwaysDefinition.safeParse(definition).success) return null
  const { classes, codeSets, watch, sequence } = definition
  const steps = (cleaning?.steps ?? []).filter(({ step }) => step !== 'link-persons' && step !== 'outlier')
  return {
    lane: 'noise',
    snapshot: of.snapshot,
    cohort,
    cleaning: cleaning === null || steps.length === 0 ? null : { ...cleaning, steps },
    followUp: null,
    output: {
      kind: 'pathways',
      ...canonicalAskedPathways({
        events: classes.map(({ event }) => event),
        codeSets,
        watch,
        sequence: { ...sequence, stepsMost: Math.min(sequence.stepsMost, PATHWAY_STEPS_ASKED_MAX) },
      }),
    },
    microRho: Math.max(PRICE_LEAST, Math.floor((of.most * QUARTERS[of.precision]) / 4)),
    registration: null,
    isPublished: false,
  }
}
