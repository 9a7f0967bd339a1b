/**
 * What an automatic answer may be asked about (docs/spec/privacy.md section 3) as the window and the node say it to each other. The shape
 * only: what may be asked says `problemsOfRequest`, and the node holds every request against it.
 */
import { z } from 'zod'
import { askedPathways } from './pathways.ts'

const variable = z.string().min(1).max(64)
const whole = z.int().min(-1_000_000_000).max(1_000_000_000)
export const requestAxis = z.strictObject({ variable, edges: z.array(whole).max(100) })
export const requestCounted = z.discriminatedUnion('unit', [
  z.strictObject({ unit: z.literal('patients') }),
  z.strictObject({ unit: z.literal('visits'), cellsMost: whole, perCellMost: whole }),
])
const bounded = z.strictObject({ variable, most: whole })
const axes = z.array(requestAxis).max(8)
const monitorGroups = z.array(
  z.strictObject({ label: z.string().max(64), codes: z.array(z.string().max(64)).max(2_000) }),
)
const timeEdges = z.array(whole).max(100)

/** Tests with the units that are told apart, reasons of the cleaning, and years up to the last one. */
export const cleaningProfile = z.strictObject({
  tests: z
    .array(z.strictObject({ test: z.string().min(1).max(32), units: z.array(z.string().max(32)).max(20) }))
    .max(20),
  reasons: z.array(z.string().max(64)).max(64),
  lastYear: whole,
  years: whole,
})
export type CleaningProfileAsked = z.infer<typeof cleaningProfile>

export const requestOutput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count') }),
  z.strictObject({ kind: z.literal('histogram'), axis: requestAxis, counted: requestCounted }),
  z.strictObject({ kind: z.literal('table'), axes, counted: requestCounted }),
  z.strictObject({ kind: z.literal('mean'), variable, least: whole, greatest: whole }),
  z.strictObject({ kind: z.literal('quantiles'), axis: requestAxis, perMille: z.array(whole).max(20) }),
  z.strictObject({ kind: z.literal('kaplan-meier'), timeEdges, by: requestAxis.nullable() }),
  z.strictObject({ kind: z.literal('cox'), timeEdges, covariates: axes }),
  z.strictObject({
    kind: z.literal('poisson'),
    exposure: bounded,
    claims: bounded,
    factors: axes,
    cellsMost: whole,
  }),
  z.strictObject({
    kind: z.literal('gamma'),
    claims: bounded,
    cost: bounded,
    factors: axes,
    cellsMost: whole,
  }),
  /** Tables of an insurer's own groups; made by the product, by no form. */
  z.strictObject({
    kind: z.literal('monitor'),
    organisation: z.string().min(1).max(64),
    groups: monitorGroups.max(20),
    plans: monitorGroups.max(8).nullable(),
    ageEdges: z.array(whole).max(100),
    lastMonth: z.string().max(7),
    months: whole,
    costMost: whole,
    insurers: z.array(z.string().min(1).max(64)).max(50).nullable(),
  }),
  /** A customised model: a formula of the listed variables, by bands of what it says (thousandths). */
  z.strictObject({
    kind: z.literal('score'),
    formula: z.string().max(8_000),
    columns: z.array(variable).max(20),
    edges: z.array(z.int().min(1).max(1_000_000_000_000)).max(19),
    exposure: bounded,
    actual: bounded,
    cellsMost: whole,
  }),
  /** What results look like before and after the cleaning; made by the product, by no form. */
  z.strictObject({ kind: z.literal('cleaning-profile'), ...cleaningProfile.shape }),
  /** Which event follows which, and after how long; made by the product, by no form. */
  askedPathways.extend({ kind: z.literal('pathways') }),
])
export type RequestOutput = z.infer<typeof requestOutput>
export type RequestAxis = z.infer<typeof requestAxis>
export type RequestCounted = z.infer<typeof requestCounted>

/** Why a request may not be asked, in the words of the grammar. */
export const requestProblem = z.enum([
  'unknown-variable',
  'no-number',
  'edges',
  'variable-twice',
  'too-many-cells',
  'too-few-cells',
  'axes',
  'range',
  'quantiles',
  'bounds',
  'follow-up',
  'price',
  'groups',
  'formula',
  'profile',
  'pathways',
  /** The consortium does not let a customised model read one of its variables, or too few hospitals have approved it. */
  'forbidden-column',
  'not-approved',
  'too-long',
])
export type RequestProblem = z.infer<typeof requestProblem>
