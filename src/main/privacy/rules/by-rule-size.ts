/**
 * How long the answer to a study by rule could be, before anybody looks at data: what gateways hand over at a time and a reader takes has an
 * end (docs/spec/release-rules.md section 1). Pure.
 */
import {
  groupColumns,
  isCurve,
  labelColumns,
  type StudyDocument,
  type StudyModel,
} from '../../../shared/domain/study.ts'
import { BY_RULE_BYTES_MAX, BY_RULE_LIST_MAX } from './by-rule-bytes.ts'

/** Of a number that is only a name, in a model that R5 lets through, and whoever has none. */
const LEVELS_MOST = 41
/** Male, female, other and not known; without, with and not known. */
const LEVELS_OF_SEX = 4
const LEVELS_OF_FLAG = 3
/** Groups of curves that a study may have (analytics/study/run-study.ts). */
const GROUPS_MOST = 50
/** Steps of one (analytics/gated/study-findings.ts). */
const STEPS_MOST = 120
/** In bytes: names, signs and the longest usual numbers. */
const PER_COEFFICIENT = 320
const PER_STEP = 64
const PER_FINDING = 320
const PER_CELL = 16
const PER_LEVEL = 96
const QUARTILES = 3

/**
 * Whether the longest answer that such a study may get can be handed over and read.
 * @param hospitalCount whose records there are
 */
export function canBeAnsweredByRule(study: StudyDocument, hospitalCount: number): boolean {
  const levelsOf = (name: string): number => levelsIn(study, name, hospitalCount)
  let bytes = 0
  let findings = 0
  let isReadable = true
  for (const model of study.models) {
    if (isCurve(model.family)) {
      const groups = [...new Set([...model.covariates, ...model.strata])].reduce(
        (product, name) => Math.min(product * levelsOf(name), GROUPS_MOST),
        1,
      )
      findings += groups
      bytes += groups * (PER_FINDING + STEPS_MOST * PER_STEP)
      continue
    }
    const coefficients = columnCount(model, levelsOf)
    findings++
    bytes += PER_FINDING + coefficients * PER_COEFFICIENT
    if (coefficients > BY_RULE_LIST_MAX) isReadable = false
  }
  const groups = study.baselineBy === null ? 1 : levelsOf(study.baselineBy)
  const tabled = groupColumns(study.intervals)
  for (const { name } of study.intervals.covariates) {
    if (!tabled.includes(name)) {
      const said = QUARTILES * (groups === 1 ? 1 : 1 + groups)
      findings += said
      bytes += said * PER_FINDING
      continue
    }
    const levels = levelsOf(name)
    const cells = name === study.baselineBy ? levels : levels * groups
    findings++
    bytes += PER_FINDING + cells * PER_CELL + (levels + groups) * PER_LEVEL
    if (cells > BY_RULE_LIST_MAX) isReadable = false
  }
  return isReadable && findings <= BY_RULE_LIST_MAX && bytes <= BY_RULE_BYTES_MAX
}

function columnCount(
  { covariates, factors, splines, interactions }: StudyModel,
  levelsOf: (name: string) => number,
): number {
  const columnsOf = (name: string): number => {
    if (factors.includes(name)) return levelsOf(name) - 1
    return (splines.find((spline) => spline.name === name)?.knots ?? 2) - 1
  }
  const alone = covariates.reduce((sum, name) => sum + columnsOf(name), 1)
  return interactions.reduce((sum, [one, other]) => sum + columnsOf(one) * columnsOf(other), alone)
}

function levelsIn({ intervals }: StudyDocument, name: string, hospitalCount: number): number {
  const kind = intervals.covariates.find((each) => each.name === name)?.kind
  if (kind === 'sex') return LEVELS_OF_SEX
  // And whoever was at none of them.
  if (labelColumns(intervals).includes(name)) return hospitalCount + 1
  return groupColumns(intervals).includes(name) ? LEVELS_OF_FLAG : LEVELS_MOST
}
