import { z } from 'zod'

export const MODEL_FAMILIES = [
  'cox',
  'km',
  'logistic',
  'cloglog',
  'poisson',
  'quasipoisson',
  'negbin',
  'gamma',
  'tweedie',
  'finegray',
  'aj',
  'ridge',
  'elasticnet',
] as const

const column = z.string().min(1)
const columns = z.union([column, z.array(column)])

const pointFields = {
  /** By name as in the table; of a factor, its label. */
  covariates: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  /** null: the mean of the data. */
  offset: z.number().nullable().default(null),
}

/** Where a survival curve of a Cox model is wanted: fixed covariates, or a path of them. */
const curvePoint = z.object({
  label: z.string().nullable().default(null),
  ...pointFields,
  path: z
    .array(z.object({ start: z.number(), stop: z.number(), ...pointFields }))
    .min(1)
    .nullable()
    .default(null),
})

/** A model as a file names it; see docs/spec/statistics.md. Unknown keys are listed as warnings (`unknownOptions`). */
export const ModelSpec = z.object({
  family: z.enum(MODEL_FAMILIES),
  start: column.nullable().default(null),
  stop: column.nullable().default(null),
  event: column.nullable().default(null),
  /** Of generalised linear models, in place of start, stop and event. */
  response: column.nullable().default(null),
  covariates: z.array(column).default([]),
  /** Covariates that hold labels: treatment contrasts, the first level (in order of code units) is the reference. */
  factors: z.array(column).default([]),
  /** Covariates that enter as restricted cubic splines: Harrell's basis on so many knots at his quantiles, or on knots given. */
  splines: z
    .array(
      z.object({
        covariate: column,
        knots: z
          .union([
            z.int().min(3).max(7),
            z
              .array(z.number())
              .min(3)
              .max(10)
              .refine((knots) => knots.every((knot, i) => i === 0 || knot > knots[i - 1]!)),
          ])
          .default(4),
        /** The value against which the effect is drawn; null: the median of the rows. */
        reference: z.number().nullable().default(null),
      }),
    )
    .max(20)
    .default([]),
  /** Pairs of covariates whose products are in the model too. */
  interactions: z
    .array(z.tuple([column, column]))
    .max(50)
    .default([]),
  /** One column, or several whose combinations are the strata. */
  strata: columns.nullable().default(null),
  weights: column.nullable().default(null),
  offset: column.nullable().default(null),
  cluster: column.nullable().default(null),
  id: column.nullable().default(null),
  ties: z.enum(['efron', 'breslow', 'exact']).default('efron'),
  timefix: z.boolean().default(true),
  init: z.array(z.number()).nullable().default(null),
  maxIterations: z.int().min(0).max(1000).nullable().default(null),
  eps: z.number().positive().max(0.1).default(1e-9),
  /** null: as R decides. */
  robust: z.boolean().nullable().default(null),
  conf: z.number().gt(0).lt(1).default(0.95),
  confType: z.enum(['log', 'log-log', 'plain', 'logit', 'arcsin']).default('log'),
  at: z.array(curvePoint).max(100).nullable().default(null),
  zphTransform: z.enum(['km', 'rank', 'identity', 'log']).default('km'),
  /** Ridge: the penalty; negbin: held at this value. */
  theta: z.number().nonnegative().nullable().default(null),
  /** Tweedie: null profiles it. */
  power: z.number().nullable().default(null),
  /** Elastic net: the mix, and the penalties. */
  alpha: z.number().min(0).max(1).default(1),
  lambda: z
    .union([z.number().nonnegative(), z.array(z.number().nonnegative()).min(1)])
    .nullable()
    .default(null),
  /** Fine-Gray: the kind of event. */
  cause: z.int().min(1).default(1),
  /** Log-rank of the family of G-rho. */
  rho: z.number().default(0),
  intercept: z.boolean().default(true),
})

export type ModelSpec = z.output<typeof ModelSpec>

/** Keys of a model file that mean nothing here: a typing error must not become a silent default. */
export function unknownOptions(raw: unknown): string[] {
  if (typeof raw !== 'object' || raw === null) return []
  return Object.keys(raw).filter((key) => !Object.hasOwn(ModelSpec.shape, key))
}
