/** The engine's answer as the room reads it, and the rows that its tables show. */
import type { Diagnostics } from '../../../shared/domain/model-diagnostics.ts'
import type { Detail } from '../../words/models.ts'

type Numbers = readonly (number | null)[]

/** The keys of `docs/spec/statistics.md` S10 that are shown; a family has those that mean something for it. */
export interface FitAnswer {
  readonly family: string
  readonly n: number
  readonly dropped: number
  readonly events?: number
  readonly warnings: readonly ({ readonly code: string } & Detail)[]
  readonly names?: readonly string[]
  readonly coefficients?: Numbers
  readonly stdErr?: Numbers
  readonly lower?: Numbers
  readonly upper?: Numbers
  readonly p?: Numbers
  readonly conf?: number
  readonly logLikelihood?: Numbers
  readonly likelihoodRatioTest?: number | null
  readonly waldTest?: number | null
  readonly scoreTest?: number | null
  readonly df?: number
  readonly iterations?: number
  readonly converged?: boolean
  readonly concordance?: { readonly concordance: number | null; readonly std: number | null }
  readonly zph?: {
    readonly terms: readonly string[]
    readonly chisq: Numbers
    readonly df: readonly number[]
    readonly p: Numbers
    readonly globalChisq: number | null
    readonly globalDf: number
    readonly globalP: number | null
  } | null
  readonly ties?: string
  readonly diagnostics?: Diagnostics
  readonly splines?: readonly SplineAnswer[]
  readonly interactions?: readonly { readonly of: readonly [string, string]; readonly test: WaldAnswer }[]
  readonly aic?: number | null
  readonly bic?: number | null
  readonly deviance?: number | null
  readonly nullDeviance?: number | null
  readonly dispersion?: number | null
  readonly theta?: number | null
  readonly power?: number | null
  readonly lambda?: Numbers
  readonly curves?: readonly Curve[]
  readonly imputation?: ImputationAnswer
  readonly logRank?: { readonly chisq: number | null; readonly df: number; readonly p: number | null } | null
}

/** What was filled in, and what the gaps cost (docs/spec/study.md section 8). */
export interface ImputationAnswer {
  readonly sets: number
  readonly rounds: number
  readonly donors: number
  readonly columns: readonly {
    readonly name: string
    readonly isOfPerson: boolean
    readonly rows: number
    readonly persons: number
  }[]
  readonly rows: number
  readonly df: Numbers
  readonly fmi: Numbers
  /** Of a term with several coefficients, of all covariates together null. */
  readonly tests: readonly {
    readonly term: string | null
    readonly f: number
    readonly df1: number
    readonly df2: number | null
    readonly p: number
  }[]
  /** The same model without the rows that were filled in; null where there is none. */
  readonly complete:
    | (Pick<FitAnswer, 'names' | 'coefficients' | 'lower' | 'upper'> & { readonly noAnswer?: undefined })
    | { readonly noAnswer: { readonly code: string } & Detail }
    | null
}

interface WaldAnswer {
  readonly chisq: number | null
  readonly df: number
  readonly p: number | null
}

/** A covariate that bends: its tests, and the log ratio against the reference where that is one curve. */
export interface SplineAnswer {
  readonly covariate: string
  readonly knots: readonly number[]
  readonly test: WaldAnswer
  readonly nonlinear: WaldAnswer
  readonly reference: number
  readonly effect: {
    readonly at: readonly number[]
    readonly estimate: readonly number[]
    readonly lower: readonly number[]
    readonly upper: readonly number[]
  } | null
}

export interface Curve {
  readonly stratum: string | null
  /** Of a Cox model: the point of the model file. */
  readonly point?: string
  /** Of competing risks: 0 is “no event yet”. */
  readonly state?: number
  readonly time: readonly number[]
  readonly atRisk: readonly number[]
  readonly events: readonly number[]
  readonly estimate: Numbers
  readonly stdErr: Numbers
  /** Whether `stdErr` is that of the estimate's logarithm; not said of a Cox model's curves, where it always is. */
  readonly isLogScale?: boolean
  readonly lower: Numbers
  readonly upper: Numbers
  readonly median?: number | null
  readonly medianLower?: number | null
  readonly medianUpper?: number | null
  readonly restrictedMean?: number | null
  readonly restrictedMeanStdErr?: number | null
}

export const parseAnswer = (line: string): FitAnswer => JSON.parse(line) as FitAnswer

export type RatioKind = 'hazard' | 'subhazard' | 'odds' | 'rate' | 'mean'

/** What the exponential of a coefficient is called. */
export function ratioKind(family: string): RatioKind {
  switch (family) {
    case 'finegray':
      return 'subhazard'
    case 'logistic':
      return 'odds'
    case 'poisson':
    case 'quasipoisson':
    case 'negbin':
      return 'rate'
    case 'gamma':
    case 'tweedie':
      return 'mean'
    default:
      return 'hazard'
  }
}

export interface CoefficientRow {
  readonly name: string
  /** Null: not estimable. */
  readonly coefficient: number | null
  readonly stdErr: number | null
  readonly p: number | null
  readonly ratio: number | null
  readonly lower: number | null
  readonly upper: number | null
}

export function coefficientRows(answer: FitAnswer): CoefficientRow[] {
  const at = (values: Numbers | undefined, j: number): number | null => values?.[j] ?? null
  const raised = (value: number | null): number | null => (value === null ? null : Math.exp(value))
  return (answer.names ?? []).map((name, j) => ({
    name,
    coefficient: at(answer.coefficients, j),
    stdErr: at(answer.stdErr, j),
    p: at(answer.p, j),
    ratio: raised(at(answer.coefficients, j)),
    lower: raised(at(answer.lower, j)),
    upper: raised(at(answer.upper, j)),
  }))
}

/** What a generalised linear model says of nobody in particular: of whoever has 0 or the reference everywhere. */
const INTERCEPT = '(Intercept)'

/** Of covariates alone. */
export const covariateRows = (answer: FitAnswer): CoefficientRow[] =>
  coefficientRows(answer).filter(({ name }) => name !== INTERCEPT)

/** The intercept's odds or rate with its limits; null where there is none. */
export const baselineRow = (answer: FitAnswer): CoefficientRow | null =>
  coefficientRows(answer).find(({ name }) => name === INTERCEPT) ?? null

/** The corners of a step curve, at most `most` of them: a picture has no more places than that. */
export function stepsOf(curve: Curve, most = 600): { time: number; estimate: number }[] {
  const all: { time: number; estimate: number }[] = []
  let last: number | null = null
  curve.time.forEach((time, i) => {
    const estimate = curve.estimate[i] ?? null
    if (estimate === null || (estimate === last && i < curve.time.length - 1)) return
    last = estimate
    all.push({ time, estimate })
  })
  if (all.length <= most) return all
  const every = (all.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, k) => all[Math.round(k * every)]!)
}

/** At most so many values from the first on, a step of 1, 2 or 5 times a power of ten apart: what an axis is marked with. */
export function roundValues(first: number, last: number, most: number): number[] {
  const rough = (last - first) / Math.max(1, most - 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10)
  const from = Math.ceil(first / step - 1e-9)
  const to = Math.floor(last / step + 1e-9)
  // Counted and multiplied: adding a step of a tenth again and again would print its rounding.
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)))
}

/** The standard error of the estimate itself, as R's `summary` prints it. */
export function errorOf(curve: Curve, i: number): number | null {
  const error = curve.stdErr[i] ?? null
  const estimate = curve.estimate[i] ?? null
  const isLogScale = curve.isLogScale ?? curve.point !== undefined
  return !isLogScale || error === null || estimate === null ? error : error * estimate
}
