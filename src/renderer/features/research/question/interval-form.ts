/** What the form does to a definition of intervals: new covariates, names that are free, cuts as people type them. Pure. */
import type { Covariate, IntervalDefinition } from '../../../../shared/domain/intervals.ts'
import { changesWithTime, OWN_COLUMNS } from '../../../../shared/domain/intervals.ts'
import { RESULT_CODES } from '../../../../shared/domain/result-codes.ts'
import {
  groupColumns,
  isCurve,
  isOfPersons,
  isPooled,
  isRate,
  labelColumns,
  withModels,
  type StudyDocument,
  type StudyModel,
  canImpute,
  type ImputationSettings,
} from '../../../../shared/domain/study.ts'
import { withEventKind } from '../../../parts/research/cohort-form.ts'

export const COVARIATE_KINDS = [
  'age',
  'sex',
  'hospital',
  'before',
  'result-before',
  'result',
  'since',
  'times',
  'coded-before',
  'coded',
  'score-before',
  'score',
  'slope',
] as const satisfies readonly Covariate['kind'][]

/** What a column is called from now on, as somebody typed it; null where that is no name, or that of another column. */
export function newColumnName(
  text: string,
  now: string,
  definition: Pick<IntervalDefinition, 'covariates'>,
): string | null {
  const name = columnFromText(text)
  return name === null || (name !== now && takenNames(definition).has(name)) ? null : name
}

/** Names of columns stand in files and formulas: small letters, digits, underscores. */
function columnFromText(text: string): string | null {
  const name = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40)
  return /^[a-z]/.test(name) ? name : null
}

function takenNames({ covariates }: Pick<IntervalDefinition, 'covariates'>): ReadonlySet<string> {
  return new Set<string>([...OWN_COLUMNS, ...covariates.map(({ name }) => name)])
}

/** The name, or with a number behind it where another column has it. */
function freeColumn(wanted: string, definition: IntervalDefinition): string {
  const taken = takenNames(definition)
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted.slice(0, 36)}_${n}`
    if (!taken.has(name)) return name
  }
}

export function withNewCovariate(
  definition: IntervalDefinition,
  kind: Covariate['kind'],
): IntervalDefinition {
  const add = (covariate: Covariate, of = definition): IntervalDefinition => ({
    ...of,
    covariates: [...of.covariates, covariate],
  })
  const name = (wanted: string) => freeColumn(wanted, definition)
  switch (kind) {
    case 'age':
    case 'sex':
    case 'hospital':
      return add({ kind, name: name(kind) })
    case 'before': {
      const { event, definition: of } = withEventKind(definition, 'diagnosis')
      return add({ kind, name: name('before'), event, window: { from: -365, to: 0 }, as: 'any' }, of)
    }
    case 'result-before':
      return add({
        kind,
        name: name('hba1c_before'),
        test: 'hba1c',
        window: { from: -365, to: 0 },
        as: 'last',
      })
    case 'result':
      return add({ kind, name: name('hba1c'), test: 'hba1c', oldestDays: 730, delayDays: 0 })
    case 'coded-before':
    case 'coded': {
      const test = 'smoking'
      const categories = [...RESULT_CODES[test]!]
      return kind === 'coded'
        ? add({ kind, name: name(test), test, categories, oldestDays: 1825, delayDays: 0 })
        : add({ kind, name: name(`${test}_before`), test, categories, window: { from: -1825, to: 0 } })
    }
    case 'score-before':
      return add({
        kind,
        name: name('charlson_before'),
        weights: 'quan2011',
        window: { from: -365, to: 0 },
      })
    case 'score':
      return add({ kind, name: name('charlson'), weights: 'quan2011', lookBackDays: 365, delayDays: 0 })
    case 'slope':
      return add({ kind, name: name('egfr_slope'), test: 'egfrCreat', overDays: 730, delayDays: 0 })
    case 'since':
    case 'times': {
      const { event, definition: of } = withEventKind(definition, 'prescription')
      return add({ kind, name: name(kind === 'since' ? 'taking' : 'times'), event, delayDays: 0 }, of)
    }
  }
}

/** A new covariate stands in every model that can take it: whoever adds one means it, and may take it out there. */
export function withCovariateAdded(study: StudyDocument, kind: Covariate['kind']): StudyDocument {
  const intervals = withNewCovariate(study.intervals, kind)
  const { name } = intervals.covariates.at(-1)!
  const isChanging = changingColumns(intervals).includes(name)
  return withModels(
    { ...study, intervals },
    study.models.map((model) =>
      isCurve(model.family) || (isChanging && isOfPersons(model.family))
        ? model
        : withCovariateOf(model, name, true, intervals),
    ),
  )
}

/** A name that changes, or a column that goes, does so in the models too. */
export function withColumnNamed(study: StudyDocument, from: string, to: string | null): StudyDocument {
  const renamed = (names: readonly string[]): string[] =>
    names.flatMap((name) => (name !== from ? [name] : to === null ? [] : [to]))
  const one = (name: string | null): string | null => (name === from ? to : name)
  return {
    ...study,
    baselineBy: one(study.baselineBy),
    models: study.models.map((model) => ({
      ...model,
      covariates: renamed(model.covariates),
      factors: renamed(model.factors),
      splines: model.splines.flatMap((spline) => renamed([spline.name]).map((name) => ({ ...spline, name }))),
      interactions: model.interactions.flatMap((pair): [string, string][] => {
        const [left, right] = renamed(pair)
        return left === undefined || right === undefined ? [] : [[left, right]]
      }),
      strata: renamed(model.strata),
      curvesOf: one(model.curvesOf),
    })),
  }
}

/** Columns that models can name. */
export function columnsOf({ covariates, cuts, rows }: IntervalDefinition): string[] {
  const names = covariates.map(({ name }) => name)
  return cuts.length > 0 || rows.kind === 'every' ? [...names, 'period'] : names
}

/** Columns whose value may differ between the rows of a person. */
export function changingColumns({ covariates }: IntervalDefinition): string[] {
  return [...covariates.filter(changesWithTime).map(({ name }) => name), 'period']
}

/** Taken in or out; labels can be groups only. */
export function withCovariateOf(
  model: StudyModel,
  name: string,
  isTaken: boolean,
  intervals: IntervalDefinition,
): StudyModel {
  const covariates = model.covariates.filter((each) => each !== name)
  const factors = model.factors.filter((each) => each !== name)
  const isLabel = labelColumns(intervals).includes(name)
  return {
    ...model,
    covariates: isTaken ? [...covariates, name] : covariates,
    factors: isTaken && isLabel ? [...factors, name] : factors,
    splines: isTaken ? model.splines : model.splines.filter((each) => each.name !== name),
    interactions: isTaken ? model.interactions : model.interactions.filter((pair) => !pair.includes(name)),
    curvesOf: isTaken ? model.curvesOf : model.curvesOf === name ? null : model.curvesOf,
  }
}

export function withFactorOf(model: StudyModel, name: string, isFactor: boolean): StudyModel {
  const factors = model.factors.filter((each) => each !== name)
  // Groups do not bend.
  const splines = isFactor ? model.splines.filter((each) => each.name !== name) : model.splines
  return { ...model, factors: isFactor ? [...factors, name] : factors, splines }
}

/** Null knots: a straight line. The reference stays where none is given. */
export function withSplineOf(
  model: StudyModel,
  name: string,
  knots: number | null,
  reference?: string | null,
): StudyModel {
  const before = model.splines.find((each) => each.name === name)
  const others = model.splines.filter((each) => each.name !== name)
  if (knots === null) return { ...model, splines: others }
  const spline = { name, knots, reference: reference === undefined ? (before?.reference ?? null) : reference }
  return { ...model, splines: [...others, spline] }
}

export function withInteraction(model: StudyModel, [left, right]: readonly [string, string]): StudyModel {
  return { ...model, interactions: [...model.interactions, [left, right]] }
}

export function withoutInteraction(model: StudyModel, at: number): StudyModel {
  return { ...model, interactions: model.interactions.toSpliced(at, 1) }
}

/** `90 365, 730` → days in order, each once. Null for what is no list of days. */
export function cutsFromText(text: string): number[] | null {
  const words = text
    .normalize('NFKC')
    .split(/[\s,;、，；]+/)
    .filter((word) => word !== '')
  if (words.some((word) => !/^-?[0-9]{1,5}$/.test(word))) return null
  return [...new Set(words.map(Number))].sort((a, b) => a - b)
}

/** Null: rows without a value are left out. Of several tables no adjusted curves are drawn. */
export function withImputation(
  { imputation: _before, ...model }: StudyModel,
  imputation: ImputationSettings | null,
): StudyModel {
  return imputation === null ? model : { ...model, curvesOf: null, imputation }
}

/** Time that goes on as the table has it, or begins anew with each piece. */
export function withTimeFrom(
  { timeFrom: _before, ...model }: StudyModel,
  from: 'table' | 'piece',
): StudyModel {
  return from === 'table' ? model : { ...model, timeFrom: 'piece' }
}

/** What the new kind has no use for goes, numbers where curves need groups too; labels are groups wherever there are terms. */
export function withFamily(
  before: StudyModel,
  family: StudyModel['family'],
  intervals: IntervalDefinition,
): StudyModel {
  const kept = canImpute(family) ? before : withImputation(before, null)
  const model = family === 'cox' ? kept : withTimeFrom(kept, 'table')
  const labels = labelColumns(intervals)
  const groups = new Set([...groupColumns(intervals), 'period'])
  const isCox = family === 'cox'
  const changing = new Set(changingColumns(intervals))
  const covariates = model.covariates.filter(
    (name) => (!isCurve(family) || groups.has(name)) && (!isOfPersons(family) || !changing.has(name)),
  )
  const isThere = (name: string): boolean => covariates.includes(name)
  return {
    ...model,
    family,
    covariates,
    factors: isCurve(family)
      ? []
      : [
          ...new Set([
            ...model.factors.filter(isThere),
            ...covariates.filter((name) => labels.includes(name)),
          ]),
        ],
    splines: isCurve(family) ? [] : model.splines.filter(({ name }) => isThere(name)),
    interactions: isCurve(family) ? [] : model.interactions.filter((pair) => pair.every(isThere)),
    strata: isPooled(family) || isRate(family) || isOfPersons(family) ? [] : model.strata,
    curvesOf: isCox ? model.curvesOf : null,
    isClusteredByPerson: isCurve(family) || isOfPersons(family) ? false : model.isClusteredByPerson,
  }
}
