/**
 * What a request makes the gateways count, how much one patient can move it, and hence how much noise it gets: derived from the request
 * alone (docs/spec/privacy.md Q3), so that everybody who holds the request can check the price.
 */
import { unreachable } from '../../../shared/std/unreachable.ts'
import { rational, type Rational } from '../noise/rational.ts'
import {
  CLAIMS_MOST,
  CLAIMS_PER_MONTH_MOST,
  CONDITIONS_PER_PERSON,
  monitorAxes,
  type MonitorOutput,
} from './monitor-output.ts'
import { pathwayAxes, type PathwaysOutput } from './pathways-output.ts'
import {
  profileAxes,
  REASONS_PER_PERSON,
  SORTS_PER_TEST,
  YEARS_PER_PERSON,
  type ProfileOutput,
} from './profile-output.ts'
import {
  axesOf,
  sumsOf,
  type Axis,
  type Bounded,
  type Output,
  type ReleaseRequest,
} from './release-request.ts'
import { expectedUnit, type ScoreOutput } from './score-output.ts'

/** What a row adds to its cell. */
export type Measure =
  | { readonly kind: 'one' }
  | { readonly kind: 'sum'; readonly variable: string; readonly most: number }
  /** Twice the distance from the middle of the range, so that it is whole: half the noise of a plain sum. */
  | { readonly kind: 'centred'; readonly variable: string; readonly least: number; readonly greatest: number }
  | {
      readonly kind: 'centred-square'
      readonly variable: string
      readonly least: number
      readonly greatest: number
    }

export type PartName =
  | 'count'
  | 'visits'
  | 'sum'
  | 'squares'
  | 'exposure'
  | 'claims'
  | 'cost'
  | 'charlson'
  | 'conditions'
  | 'patients-by-month'
  | 'claims-by-month'
  | 'reporting'
  | 'expected'
  | 'market-persons'
  | 'market-claims'
  | 'market-months'
  | 'market-claims-by-month'
  | 'plan-count'
  | 'plan-charlson'
  | 'plan-conditions'
  | 'plan-visits'
  | 'plan-claims'
  | 'plan-cost'
  | 'plan-patients-by-month'
  | 'plan-claims-by-month'
  | 'tested'
  | 'written'
  | 'cleaned'
  | 'units'
  | 'seen'
  | 'known'
  | 'reasons'
  | 'transitions'
  | 'waits'

/** One table of numbers that gets noise: a number for each cell of the axes. */
export type Part = {
  readonly name: PartName
  readonly axes: readonly Axis[]
  readonly measure: Measure
  /** Patients count with their first row, or with all of them; rows that lack one of `needs` are passed over. */
  readonly rows: 'first' | 'all'
  readonly needs: readonly string[]
  /** One patient touches at most so many cells (L0) … */
  readonly cellsMost: number
  /** … and moves each by at most so much (L-infinity). */
  readonly perCellMost: bigint
  readonly microRho: number
}

const MICRO = 1_000_000n

export function planOf({ output, microRho }: Pick<ReleaseRequest, 'output' | 'microRho'>): readonly Part[] {
  const shares = sharesOf(output)
  const prices = splitMicroRho(
    microRho,
    shares.map(({ weight }) => weight),
  )
  return shares.map(({ part }, i) => ({ ...part, microRho: prices[i]! }))
}

/** The square of the Euclidean distance by which one patient, added or taken away, moves the table. */
export function sensitivitySquared({ cellsMost, perCellMost }: Part): bigint {
  return BigInt(cellsMost) * perCellMost * perCellMost
}

/** σ² = D²/2ρ, as a fraction. */
export function varianceOf(part: Part): Rational {
  return rational(sensitivitySquared(part) * MICRO, 2n * BigInt(part.microRho))
}

/** Whole shares by weight that add up to the price; what does not divide goes to the first. */
export function splitMicroRho(microRho: number, weights: readonly number[]): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => (microRho * weight - ((microRho * weight) % all)) / all)
  const rest = microRho - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share, i) => (i === 0 ? share + rest : share))
}

type Share = { readonly weight: number; readonly part: Omit<Part, 'microRho'> }

function sharesOf(output: Output): readonly Share[] {
  const axes = axesOf(output)
  const needs = sumsOf(output).map(({ variable }) => variable)
  const persons = (weight: number, cellsMost = 1): Share => ({
    weight,
    part: {
      name: 'count',
      axes,
      measure: { kind: 'one' },
      rows: cellsMost === 1 ? 'first' : 'all',
      needs,
      cellsMost,
      perCellMost: 1n,
    },
  })
  const sums = (
    name: Part['name'],
    weight: number,
    { variable, most }: Bounded,
    cellsMost: number,
  ): Share => ({
    weight,
    part: {
      name,
      axes,
      measure: { kind: 'sum', variable, most },
      rows: 'all',
      needs,
      cellsMost,
      perCellMost: BigInt(most),
    },
  })
  switch (output.kind) {
    case 'count':
    case 'quantiles':
    case 'kaplan-meier':
    case 'cox':
      return [persons(1)]
    case 'histogram':
    case 'table': {
      if (output.counted.unit === 'patients') return [persons(1)]
      // Visits are shown where enough patients had them, so these are counted too.
      const { cellsMost, perCellMost } = output.counted
      const { part } = persons(2, cellsMost)
      const visits: Share = {
        weight: 2,
        part: { ...part, name: 'visits', rows: 'all', perCellMost: BigInt(perCellMost) },
      }
      return [{ weight: 1, part: { ...part, rows: 'all' } }, visits]
    }
    case 'mean': {
      const { variable, least, greatest } = output
      const range = BigInt(greatest - least)
      const of = (name: Part['name'], weight: number, kind: 'centred' | 'centred-square'): Share => ({
        weight,
        part: {
          name,
          axes,
          measure: { kind, variable, least, greatest },
          rows: 'first',
          needs,
          cellsMost: 1,
          perCellMost: kind === 'centred' ? range : range * range,
        },
      })
      return [persons(1), of('sum', 2, 'centred'), of('squares', 1, 'centred-square')]
    }
    case 'poisson':
      return [
        persons(1, output.cellsMost),
        sums('exposure', 2, output.exposure, output.cellsMost),
        sums('claims', 2, output.claims, output.cellsMost),
      ]
    case 'gamma':
      return [
        persons(1, output.cellsMost),
        sums('claims', 2, output.claims, output.cellsMost),
        sums('cost', 2, output.cost, output.cellsMost),
      ]
    case 'score':
      return [
        persons(1, output.cellsMost),
        sums('exposure', 2, output.exposure, output.cellsMost),
        sums(output.actual.variable === 'claims' ? 'claims' : 'cost', 2, output.actual, output.cellsMost),
        expectedShare(output, needs),
      ]
    case 'monitor':
      return monitorShares(output)
    case 'cleaning-profile':
      return profileShares(output)
    case 'pathways':
      return pathwayShares(output)
    default:
      return unreachable(output)
  }
}

/** Nobody counts with more than is counted of what happened; of whom the formula says nothing, nothing is expected. */
function expectedShare(output: ScoreOutput, needs: readonly string[]): Share {
  const most = output.actual.most * expectedUnit(output)
  return {
    weight: 2,
    part: {
      name: 'expected',
      axes: axesOf(output),
      measure: { kind: 'sum', variable: 'expected', most },
      rows: 'all',
      needs,
      cellsMost: output.cellsMost,
      perCellMost: BigInt(most),
    },
  }
}

/** Of what is paid, tables of groups and months have twice the part that they have to each other: plans are few and large, and bear more noise. */
const BESIDE_PLANS = 2

/**
 * Tables of a monitoring request (Q7). Persons decide which groups and cells are shown, so that no noise decides over its own number; visits,
 * claims and cost are those of the cell in which a patient is first; in a month a patient counts with at most two claims.
 */
function monitorShares(output: MonitorOutput): readonly Share[] {
  const { group, age, sex, month, delay, charlson, condition } = monitorAxes(output)
  const strata = [group, age, sex]
  const scale = output.plans === null ? 1 : BESIDE_PLANS
  const one: Measure = { kind: 'one' }
  const sum = (variable: string, most: number): Measure => ({ kind: 'sum', variable, most })
  const perMonth = CLAIMS_PER_MONTH_MOST
  const share: ShareOf = (weight, name, axes, needs, [measure, cellsMost, perCellMost]) => ({
    weight,
    part: { name, axes, measure, rows: 'all', needs, cellsMost, perCellMost: BigInt(perCellMost) },
  })
  const of: ShareOf = (weight, ...rest) => share(scale * weight, ...rest)
  return [
    of(1, 'count', strata, ['claims'], [one, 1, 1]),
    of(1, 'charlson', [group, charlson], ['charlson'], [one, 1, 1]),
    of(1, 'conditions', [group, condition], ['watched-condition'], [one, CONDITIONS_PER_PERSON, 1]),
    of(2, 'visits', strata, ['claims'], [one, 1, CLAIMS_MOST]),
    of(4, 'claims', strata, ['claims'], [sum('claims', CLAIMS_MOST), 1, CLAIMS_MOST]),
    of(4, 'cost', strata, ['cost-minor'], [sum('cost-minor', output.costMost), 1, output.costMost]),
    of(2, 'patients-by-month', [group, month], ['claims'], [one, output.months, 1]),
    of(4, 'claims-by-month', [group, month], ['claims'], [sum('claims', perMonth), output.months, perMonth]),
    of(
      1,
      'reporting',
      [month, delay],
      ['claims', 'watched-delay'],
      [sum('claims', perMonth), output.months, perMonth],
    ),
    ...(output.insurers === null ? [] : marketShares(output, of)),
    ...(output.plans === null ? [] : planShares(output, share)),
  ]
}

/** The tables of groups once more, by plan: what one patient may add to them is the same. */
function planShares(output: MonitorOutput, of: ShareOf): readonly Share[] {
  const { plan, age, sex, month, charlson, condition } = monitorAxes(output)
  const strata = [plan, age, sex]
  const one: Measure = { kind: 'one' }
  const sum = (variable: string, most: number): Measure => ({ kind: 'sum', variable, most })
  const perMonth = CLAIMS_PER_MONTH_MOST
  return [
    of(1, 'plan-count', strata, ['claims'], [one, 1, 1]),
    of(1, 'plan-charlson', [plan, charlson], ['charlson'], [one, 1, 1]),
    of(1, 'plan-conditions', [plan, condition], ['watched-condition'], [one, CONDITIONS_PER_PERSON, 1]),
    of(1, 'plan-visits', strata, ['claims'], [one, 1, CLAIMS_MOST]),
    of(2, 'plan-claims', strata, ['claims'], [sum('claims', CLAIMS_MOST), 1, CLAIMS_MOST]),
    of(2, 'plan-cost', strata, ['cost-minor'], [sum('cost-minor', output.costMost), 1, output.costMost]),
    of(1, 'plan-patients-by-month', [plan, month], ['claims'], [one, output.months, 1]),
    of(
      2,
      'plan-claims-by-month',
      [plan, month],
      ['claims'],
      [sum('claims', perMonth), output.months, perMonth],
    ),
  ]
}

type ShareOf = (
  weight: number,
  name: PartName,
  axes: readonly Axis[],
  needs: readonly string[],
  bounds: readonly [Measure, number, number],
) => Share

/**
 * The benchmark (ADR 0027): persons and claims by month and insurer decide which months it has and are never shown; persons and claims of a month stand
 * in two parts, one's own and that of all others together. A person is with one insurer in a month, and may be with another in the next.
 */
function marketShares(output: MonitorOutput, of: ShareOf): readonly Share[] {
  const { insurer, part, marketMonth } = monitorAxes(output)
  const claims = (most: number): Measure => ({ kind: 'sum', variable: 'market-claims', most })
  const perMonth = CLAIMS_PER_MONTH_MOST
  const needs = ['market-claims']
  return [
    of(1, 'market-persons', [marketMonth, insurer], needs, [{ kind: 'one' }, output.months, 1]),
    of(2, 'market-claims', [marketMonth, insurer], needs, [claims(perMonth), output.months, perMonth]),
    of(1, 'market-months', [part, marketMonth], needs, [{ kind: 'one' }, output.months, 1]),
    of(2, 'market-claims-by-month', [part, marketMonth], needs, [claims(perMonth), output.months, perMonth]),
  ]
}

/**
 * Tables of a cleaning profile (Q10): people, each once in a cell. Sorts and units of a person are cut off at so many a test, years are chosen evenly; what is
 * left out of whom is decided by their own rows alone.
 */
function profileShares(output: ProfileOutput): readonly Share[] {
  const { left, tested, test, written, cleaned, unit, seen, known, reason } = profileAxes(output)
  const tests = output.tests.length
  const years = lesser(output.years, YEARS_PER_PERSON)
  const of = (weight: number, name: PartName, axes: readonly Axis[], cellsMost: number): Share => ({
    weight,
    part: {
      name,
      axes,
      measure: { kind: 'one' },
      rows: 'all',
      needs: [axes.at(-1)!.variable],
      cellsMost,
      perCellMost: 1n,
    },
  })
  return [
    of(2, 'count', [left], 1),
    of(2, 'tested', [tested], tests),
    of(4, 'written', [test, written], SORTS_PER_TEST * tests),
    of(4, 'cleaned', [test, cleaned], SORTS_PER_TEST * tests),
    of(3, 'units', [unit], SORTS_PER_TEST * tests),
    of(1, 'seen', [seen], years),
    of(4, 'known', [test, known], years * tests),
    ...(output.reasons.length === 0
      ? []
      : [of(2, 'reasons', [reason], lesser(output.reasons.length, REASONS_PER_PERSON))]),
  ]
}

/** A person is in one cell of each step: of what follows what, and, where that is an event, of how long it took. */
function pathwayShares(output: PathwaysOutput): readonly Share[] {
  const { transition, wait } = pathwayAxes(output)
  const of = (weight: number, name: PartName, axis: Axis): Share => ({
    weight,
    part: {
      name,
      axes: [axis],
      measure: { kind: 'one' },
      rows: 'all',
      needs: [axis.variable],
      cellsMost: output.sequence.stepsMost,
      perCellMost: 1n,
    },
  })
  return [of(2, 'transitions', transition), of(1, 'waits', wait)]
}

/** Of two whole numbers. */
const lesser = (a: number, b: number): number => (a < b ? a : b)
