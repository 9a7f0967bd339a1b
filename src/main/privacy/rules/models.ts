/** R5, R6 and R11: coefficients of models, and models that are more than coefficients. */
import type { Decimal } from '../answers/release.ts'
import { atLeast, atMost, must, type RuleCheck } from './rule-check.ts'
import type { RulePolicy } from './rule-policy.ts'
import { roundCoefficient, roundCount } from './rounding.ts'

/** What a fit says of itself; patients, not rows. */
export type ModelFacts = {
  readonly patients: number
  readonly events: number
  readonly parameters: number
  readonly residualFreedom: number
  /** Each level of each factor and stratum, each value of 0 and 1, each cell of an interaction, who is off the usual value of a column. */
  readonly levels: readonly LevelFacts[]
  /** Levels of the variable that has most. */
  readonly mostLevels: number
  readonly condition: number
  readonly leverage: number
  /** Of each column that is fitted: by how many patients it is carried. */
  readonly carriers: readonly ColumnCarriers[]
  /** By how many patients that is carried which the model says of one of them. */
  readonly fittedBy: number
  readonly hasConverged: boolean
  readonly hasInfinite: boolean
  /** Kinds of columns; what names a person is none of a model's business. */
  readonly columns: readonly ColumnKind[]
  /** Models of this study on this cohort so far. */
  readonly relatedModels: number
}
export type LevelFacts = { readonly patients: number; readonly events: number }
/** So many patients with equal parts would carry the column as it is carried: all, those with the event and those without. */
export type ColumnCarriers = LevelFacts & { readonly withoutEvent: number }
export type ColumnKind = 'value' | 'label' | 'identifier' | 'exact-date' | 'hospital-by-area'

export type ExactCoefficient = { readonly name: string; readonly value: number; readonly error: number }
export type RoundedModel = {
  readonly coefficients: readonly {
    readonly name: string
    readonly value: Decimal
    readonly error: Decimal
  }[]
  readonly patients: number
  readonly events: number
}

export function checkModel(facts: ModelFacts, policy: RulePolicy): readonly RuleCheck[] {
  const { patients, events, parameters, levels, carriers } = facts
  const least = <T>(of: readonly T[], count: (each: T) => number) =>
    of.reduce((smallest, each) => Math.min(smallest, count(each)), Infinity)
  const ofPatients = atLeast(policy, 'R5', 'patients', patients, policy.cohortLeast)
  const ofEvents = atLeast(policy, 'R5', 'events', events, policy.eventsLeast)
  const perParameter = (what: string, total: RuleCheck, limit: number) =>
    atLeast(policy, 'R5', what, total.value / parameters, limit, [total])
  return [
    ofPatients,
    ofEvents,
    perParameter('events-per-parameter', ofEvents, policy.eventsPerParameterLeast),
    perParameter('patients-per-parameter', ofPatients, policy.patientsPerParameterLeast),
    atLeast(policy, 'R5', 'residual-freedom', facts.residualFreedom, policy.residualFreedomLeast, [
      ofPatients,
    ]),
    atLeast(
      policy,
      'R5',
      'level-patients',
      least(levels, (level) => level.patients),
      policy.smallestCount,
    ),
    atLeast(
      policy,
      'R5',
      'level-events',
      least(levels, (level) => level.events),
      policy.levelEventsLeast,
    ),
    atLeast(
      policy,
      'R5',
      'level-without-event',
      least(levels, (level) => level.patients - level.events),
      policy.levelEventsLeast,
    ),
    atLeast(
      policy,
      'R5',
      'column-patients',
      least(carriers, (column) => column.patients),
      policy.smallestCount,
    ),
    atLeast(
      policy,
      'R5',
      'column-events',
      least(carriers, (column) => column.events),
      policy.levelEventsLeast,
    ),
    atLeast(
      policy,
      'R5',
      'column-without-event',
      least(carriers, (column) => column.withoutEvent),
      policy.levelEventsLeast,
    ),
    atLeast(policy, 'R5', 'fitted-by', facts.fittedBy, policy.smallestCount),
    atMost(policy, 'R5', 'levels', facts.mostLevels, policy.levelsMost),
    atMost(policy, 'R5', 'condition', facts.condition, policy.conditionMost),
    atMost(policy, 'R5', 'leverage', facts.leverage, policy.leverageMost),
    atMost(policy, 'R5', 'related-models', facts.relatedModels, policy.relatedModelsMost),
    must('R5', 'converged', facts.hasConverged && !facts.hasInfinite),
    must(
      'R5',
      'columns',
      facts.columns.every((kind) => kind === 'value' || kind === 'label'),
    ),
  ]
}

/** R6: nothing else of a model leaves: no residual, no fitted value, no baseline at event times. */
export function roundModel(
  coefficients: readonly ExactCoefficient[],
  { patients, events }: Pick<ModelFacts, 'patients' | 'events'>,
  policy: RulePolicy,
): RoundedModel {
  return {
    coefficients: coefficients.map(({ name, value, error }) => ({
      name,
      ...roundCoefficient(value, error, policy),
    })),
    patients: roundCount(patients, policy.roundTo),
    events: roundCount(events, policy.roundTo),
  }
}

/** R11: a tree, a forest, a net: what its leaves hold, and how an attack on membership did on it. */
export type ArtefactFacts = {
  readonly smallestLeaf: number
  readonly attackArea: number
  readonly attackHits: number
}

export function checkArtefact(facts: ArtefactFacts, policy: RulePolicy): readonly RuleCheck[] {
  return [
    atLeast(policy, 'R11', 'smallest-leaf', facts.smallestLeaf, policy.leafLeast),
    atMost(policy, 'R11', 'attack-area', facts.attackArea, policy.attackAreaMost),
    atMost(policy, 'R11', 'attack-hits', facts.attackHits, policy.attackHitsMost),
  ]
}
