/** A model as the form shows it: the record of a model file, of which the form changes single keys. */

export type ModelRecord = Readonly<Record<string, unknown>>

export type ColumnField = 'start' | 'stop' | 'event' | 'response' | 'weights' | 'offset' | 'cluster' | 'id'
export type NumberField = 'theta' | 'power' | 'lambda' | 'alpha' | 'cause'

export interface FamilyForm {
  readonly columns: readonly ColumnField[]
  readonly needed: readonly (ColumnField | NumberField | 'covariates')[]
  readonly hasCovariates: boolean
  /** Strata of the likelihood, or groups that each get a curve. */
  readonly strata: 'strata' | 'groups' | null
  readonly numbers: readonly NumberField[]
  readonly hasTies: boolean
}

const cox: FamilyForm = {
  columns: ['start', 'stop', 'event', 'id', 'weights', 'offset', 'cluster'],
  needed: ['stop', 'event', 'covariates'],
  hasCovariates: true,
  strata: 'strata',
  numbers: [],
  hasTies: true,
}
const curves: FamilyForm = {
  columns: ['start', 'stop', 'event', 'id', 'weights'],
  needed: ['stop', 'event'],
  hasCovariates: false,
  strata: 'groups',
  numbers: [],
  hasTies: false,
}
const linear: FamilyForm = {
  columns: ['response', 'weights', 'offset', 'cluster'],
  needed: ['response'],
  hasCovariates: true,
  strata: null,
  numbers: [],
  hasTies: false,
}
const penalised: FamilyForm = {
  ...cox,
  columns: ['start', 'stop', 'event', 'weights', 'offset'],
  hasTies: false,
}

export const FAMILIES: Readonly<Record<string, FamilyForm>> = {
  cox,
  km: curves,
  aj: curves,
  finegray: {
    ...cox,
    columns: ['start', 'stop', 'event', 'id', 'weights', 'cluster'],
    numbers: ['cause'],
    hasTies: false,
  },
  ridge: { ...penalised, needed: [...penalised.needed, 'theta'], numbers: ['theta'] },
  elasticnet: { ...penalised, needed: [...penalised.needed, 'lambda'], numbers: ['lambda', 'alpha'] },
  logistic: linear,
  cloglog: linear,
  poisson: linear,
  quasipoisson: linear,
  negbin: { ...linear, numbers: ['theta'] },
  gamma: linear,
  tweedie: { ...linear, numbers: ['power'] },
}

export const NEW_MODEL: ModelRecord = { family: 'cox', covariates: [], factors: [] }

export const familyOf = (model: ModelRecord): string =>
  typeof model['family'] === 'string' && Object.hasOwn(FAMILIES, model['family']) ? model['family'] : 'cox'

export const textOf = (model: ModelRecord, key: string): string => {
  const value = model[key]
  return typeof value === 'string' ? value : ''
}

export const namesOf = (model: ModelRecord, key: 'covariates' | 'factors' | 'strata'): readonly string[] => {
  const value = model[key]
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

/** Without a value the key is not there, so that the engine's default holds. */
export function withKey(model: ModelRecord, key: string, value: unknown): ModelRecord {
  const { [key]: _, ...rest } = model
  return value === undefined || value === '' ? rest : { ...rest, [key]: value }
}

/** A covariate taken in or out; text columns can only be groups. */
export function withCovariate(
  model: ModelRecord,
  name: string,
  isTaken: boolean,
  isText: boolean,
): ModelRecord {
  const covariates = namesOf(model, 'covariates').filter((each) => each !== name)
  const factors = namesOf(model, 'factors').filter((each) => each !== name)
  const taken = {
    ...model,
    covariates: isTaken ? [...covariates, name] : covariates,
    factors: isTaken && isText ? [...factors, name] : factors,
  }
  if (isTaken) return taken
  const pairs = pairsOf(model).filter((pair) => !pair.includes(name))
  return withList(withKnots(taken, name, null), 'interactions', pairs)
}

export function withFactor(model: ModelRecord, name: string, isFactor: boolean): ModelRecord {
  const factors = namesOf(model, 'factors').filter((each) => each !== name)
  const changed = { ...model, factors: isFactor ? [...factors, name] : factors }
  // Groups do not bend.
  return isFactor ? withKnots(changed, name, null) : changed
}

interface Spline {
  readonly covariate: string
  readonly knots?: number | readonly number[]
}

function splinesOf(model: ModelRecord): Spline[] {
  const value = model['splines']
  return Array.isArray(value)
    ? value.filter((each): each is Spline => typeof (each as Spline | null)?.covariate === 'string')
    : []
}

/** How many knots a covariate bends at; null for a straight line. */
export function knotsOf(model: ModelRecord, name: string): number | null {
  const spline = splinesOf(model).find(({ covariate }) => covariate === name)
  if (spline === undefined) return null
  return typeof spline.knots === 'object' ? spline.knots.length : (spline.knots ?? 4)
}

/** What else a file says of the spline, its reference, stays. */
export function withKnots(model: ModelRecord, name: string, knots: number | null): ModelRecord {
  const splines = splinesOf(model)
  const before = splines.find(({ covariate }) => covariate === name)
  const others = splines.filter((each) => each !== before)
  return withList(
    model,
    'splines',
    knots === null ? others : [...others, { ...before, covariate: name, knots }],
  )
}

export function pairsOf(model: ModelRecord): (readonly [string, string])[] {
  const value = model['interactions']
  return Array.isArray(value)
    ? value.filter(
        (pair): pair is [string, string] =>
          Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === 'string'),
      )
    : []
}

export const withPair = (model: ModelRecord, pair: readonly [string, string]): ModelRecord =>
  withList(model, 'interactions', [...pairsOf(model), pair])

export const withoutPair = (model: ModelRecord, at: number): ModelRecord =>
  withList(model, 'interactions', pairsOf(model).toSpliced(at, 1))

/** Without an entry the key is not there. */
function withList(model: ModelRecord, key: string, list: readonly unknown[]): ModelRecord {
  const { [key]: _, ...rest } = model
  return list.length === 0 ? rest : { ...rest, [key]: list }
}

/** What the family still needs before a fit can be asked for. */
export function missingOf(model: ModelRecord): FamilyForm['needed'] {
  return FAMILIES[familyOf(model)]!.needed.filter((key) => {
    if (key === 'covariates') return namesOf(model, 'covariates').length === 0
    return model[key] === undefined || model[key] === null || model[key] === ''
  })
}

/** What the engine is asked: the keys that this family knows, and whatever else a model file brought along. */
export function modelToFit(model: ModelRecord): Record<string, unknown> {
  const form = FAMILIES[familyOf(model)]!
  const foreign = new Set<string>(
    (['start', 'stop', 'event', 'response', 'weights', 'offset', 'cluster', 'id'] as const).filter(
      (key) => !form.columns.includes(key),
    ),
  )
  for (const key of ['theta', 'power', 'lambda', 'alpha', 'cause'] as const)
    if (!form.numbers.includes(key)) foreign.add(key)
  if (!form.hasTies) foreign.add('ties')
  if (form.strata === null) foreign.add('strata')
  if (!form.hasCovariates) {
    foreign.add('covariates')
    foreign.add('factors')
    foreign.add('splines')
    foreign.add('interactions')
  }
  return Object.fromEntries(
    Object.entries({ ...model, family: familyOf(model) }).filter(([key]) => !foreign.has(key)),
  )
}
