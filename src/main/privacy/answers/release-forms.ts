/**
 * The bytes of each form of an answer, there and back (docs/spec/privacy.md section 4). A form that is written and cannot be read, or the other way round, does
 * not compile (ADR 0036). Pure.
 */
import type { Cbor } from '../../node/chain/codec.ts'
import { asArray, asList } from '../../node/chain/ids.ts'
import { CELLS_MAX } from '../request/axis.ts'
import type {
  CurveStep,
  Decimal,
  Effect,
  Estimate,
  LabelledTable,
  LiftBand,
  Release,
  Whole,
} from './release.ts'

/** A table has at most so many levels on an axis, a curve so many steps; what is longer is no answer of ours. */
const LIST_MAX = CELLS_MAX
/** The least limit of a curve that is all but down can be as small as a double is: 5 · 10⁻³²⁴ is written with four digits. */
const EXPONENT_LEAST = -327
const EXPONENT_MOST = 40
const MANTISSA_MOST = 9_999

interface ReleaseForm<R extends Release> {
  /** What follows its name. */
  toCbor(release: R): readonly Cbor[]
  /** The shape only; null where it is another one. */
  fromCbor(slots: readonly Cbor[]): R | null
}

const FORMS: { readonly [K in Release['kind']]: ReleaseForm<Extract<Release, { kind: K }>> } = {
  withheld: {
    toCbor: () => [],
    fromCbor: () => ({ kind: 'withheld' }),
  },
  count: {
    toCbor: ({ count }) => [wholeToCbor(count)],
    fromCbor: (slots) => {
      const count = wholeFrom(slots[0])
      return count && { kind: 'count', count }
    },
  },
  table: {
    toCbor: ({ cells, halfWidth, margins, total }) => [
      cellsToCbor(cells),
      numberOf(halfWidth),
      margins.map((levels) => levels.map(wholeToCbor)),
      wholeToCbor(total),
    ],
    fromCbor: (slots) => {
      const cells = cellsFrom(slots[0])
      const halfWidth = bigFrom(slots[1])
      const margins = listOf(slots[2], (levels) => listOf(levels, wholeFrom))
      const total = wholeFrom(slots[3])
      if (cells === null || halfWidth === null || margins === null || total === null) return null
      return { kind: 'table', cells, halfWidth, margins, total }
    },
  },
  mean: {
    toCbor: ({ mean, count }) => [estimateToCbor(mean), wholeToCbor(count)],
    fromCbor: (slots) => {
      const mean = estimateFrom(slots[0])
      const count = wholeFrom(slots[1])
      return mean && count && { kind: 'mean', mean, count }
    },
  },
  quantiles: {
    toCbor: ({ quantiles, count }) => [
      quantiles.map((each) => (each === null ? null : estimateToCbor(each))),
      wholeToCbor(count),
    ],
    fromCbor: (slots) => {
      const quantiles = optionsFrom(slots[0], estimateFrom)
      const count = wholeFrom(slots[1])
      return quantiles && count && { kind: 'quantiles', quantiles, count }
    },
  },
  curves: {
    toCbor: ({ curves }) => [
      curves.map(({ level, steps }) => [
        level,
        steps.map(({ untilDay, survival, atRisk }) => [untilDay, estimateToCbor(survival), numberOf(atRisk)]),
      ]),
    ],
    fromCbor: (slots) => {
      const curves = listOf(slots[0], curveFrom)
      return curves && { kind: 'curves', curves }
    },
  },
  effects: {
    toCbor: ({ effects, count }) => [
      effects.map(({ variable, level, logRatio }) => [variable, level, estimateToCbor(logRatio)]),
      wholeToCbor(count),
    ],
    fromCbor: (slots) => {
      const effects = listOf(slots[0], effectFrom)
      const count = wholeFrom(slots[1])
      return effects && count && { kind: 'effects', effects, count }
    },
  },
  monitor: {
    toCbor: ({ tables }) => [tables.map(cellsToCbor)],
    fromCbor: (slots) => {
      const tables = listOf(slots[0], cellsFrom)
      return tables && { kind: 'monitor', tables }
    },
  },
  lift: {
    toCbor: ({ bands, ratio, unscored }) => [
      bands.map((band) => [
        band.level,
        numberOf(band.patients),
        numberOf(band.exposureDays),
        numberOf(band.observed),
        numberOf(band.expected),
        band.ratio === null ? null : estimateToCbor(band.ratio),
      ]),
      ratio === null ? null : estimateToCbor(ratio),
      unscored === null ? null : wholeToCbor(unscored),
    ],
    fromCbor: (slots) => {
      const bands = listOf(slots[0], liftFrom)
      const ratio = slots[1] === null ? null : estimateFrom(slots[1])
      const unscored = slots[2] === null ? null : wholeFrom(slots[2])
      if (bands === null || (ratio === null && slots[1] !== null)) return null
      return unscored === null && slots[2] !== null ? null : { kind: 'lift', bands, ratio, unscored }
    },
  },
  tables: {
    toCbor: ({ tables }) => [
      tables.map(({ name, axes, cells, halfWidth, shownFrom }) => [
        name,
        axes,
        cellsToCbor(cells),
        numberOf(halfWidth),
        numberOf(shownFrom),
      ]),
    ],
    fromCbor: (slots) => {
      const tables = listOf(slots[0], labelledFrom)
      return tables && { kind: 'tables', tables }
    },
  },
  pathways: {
    toCbor: ({ total, places, transitions, waits }) => [
      wholeToCbor(total),
      places.map(({ step, state, count }) => [step, state, wholeToCbor(count)]),
      transitions.map(({ step, from, to, count }) => [step, from, to, wholeToCbor(count)]),
      waits.map(({ step, to, band, count }) => [step, to, band, wholeToCbor(count)]),
    ],
    fromCbor: pathwaysFrom,
  },
}

export function releaseToCbor(release: Release): Cbor {
  const form: ReleaseForm<Release> = FORMS[release.kind]
  return [release.kind, ...form.toCbor(release)]
}

/** The shape only: whether the bytes are those of an answer says `readRelease`. */
export function releaseFromCbor(value: Cbor | undefined): Release | null {
  const [kind, ...slots] = asList(value, SLOTS_MAX) ?? []
  return isKind(kind) ? FORMS[kind].fromCbor(slots) : null
}

/** Its name and what it has, in the longest form. */
const SLOTS_MAX = 5

const isKind = (value: Cbor | undefined): value is Release['kind'] =>
  typeof value === 'string' && Object.hasOwn(FORMS, value)

const wholeToCbor = ({ value, halfWidth }: Whole): Cbor => [numberOf(value), numberOf(halfWidth)]
const estimateToCbor = ({ value, low, high }: Estimate): Cbor => [value, low, high]
const cellsToCbor = (cells: readonly (bigint | null)[]): Cbor =>
  cells.map((cell) => (cell === null ? null : numberOf(cell)))
/** The codec refuses what is no safe integer. */
const numberOf = (value: bigint): number => Number(value)

const cellsFrom = (value: Cbor | undefined): readonly (bigint | null)[] | null => optionsFrom(value, bigFrom)

function curveFrom(
  value: Cbor,
): { readonly level: number | null; readonly steps: readonly CurveStep[] } | null {
  const slots = asArray(value, 2)
  const level = slots?.[0]
  const steps = listOf(slots?.[1], stepFrom)
  if (steps === null || (level !== null && typeof level !== 'number')) return null
  return { level, steps }
}

function stepFrom(value: Cbor): CurveStep | null {
  const [untilDay, second, third] = asArray(value, 3) ?? []
  const survival = estimateFrom(second)
  const atRisk = bigFrom(third)
  if (typeof untilDay !== 'number' || survival === null || atRisk === null) return null
  return { untilDay, survival, atRisk }
}

function effectFrom(value: Cbor): Effect | null {
  const [variable, level, third] = asArray(value, 3) ?? []
  const logRatio = estimateFrom(third)
  if (typeof variable !== 'string' || typeof level !== 'number' || logRatio === null) return null
  return { variable, level, logRatio }
}

function labelledFrom(value: Cbor): LabelledTable | null {
  const slots = asArray(value, 5)
  const [name] = slots ?? []
  const axes = listOf(slots?.[1], (axis) =>
    listOf(axis, (label) => (typeof label === 'string' ? label : null)),
  )
  const cells = cellsFrom(slots?.[2])
  const [halfWidth, shownFrom] = (slots ?? []).slice(3).map(bigFrom)
  if (typeof name !== 'string' || axes === null || cells === null) return null
  if (halfWidth == null || shownFrom == null) return null
  const cellCount = axes.reduce((product, labels) => product * labels.length, 1)
  return cells.length === cellCount ? { name, axes, cells, halfWidth, shownFrom } : null
}

function liftFrom(value: Cbor): LiftBand | null {
  const slots = asArray(value, 6)
  const [level, ...numbers] = slots ?? []
  const [patients, exposureDays, observed, expected] = numbers.slice(0, 4).map(bigFrom)
  const ratio = slots?.[5] === null ? null : estimateFrom(slots?.[5])
  if (typeof level !== 'number' || patients == null || exposureDays == null) return null
  if (observed == null || expected == null || (ratio === null && slots?.[5] !== null)) return null
  return { level, patients, exposureDays, observed, expected, ratio }
}

function pathwaysFrom(slots: readonly Cbor[]): Extract<Release, { kind: 'pathways' }> | null {
  const total = wholeFrom(slots[0])
  const places = listOf(slots[1], (value) => {
    const [step, state, third] = asArray(value, 3) ?? []
    const count = wholeFrom(third)
    return typeof step === 'number' && typeof state === 'number' && count ? { step, state, count } : null
  })
  const transitions = listOf(slots[2], (value) => {
    const [step, from, to, fourth] = asArray(value, 4) ?? []
    const count = wholeFrom(fourth)
    if (typeof step !== 'number' || typeof to !== 'number' || count === null) return null
    return from === null || typeof from === 'number' ? { step, from, to, count } : null
  })
  const waits = listOf(slots[3], (value) => {
    const [step, to, band, fourth] = asArray(value, 4) ?? []
    const count = wholeFrom(fourth)
    if (typeof step !== 'number' || typeof to !== 'number' || typeof band !== 'number') return null
    return count && { step, to, band, count }
  })
  return total && places && transitions && waits && { kind: 'pathways', total, places, transitions, waits }
}

function wholeFrom(value: Cbor | undefined): Whole | null {
  const slots = asArray(value, 2)
  const number = bigFrom(slots?.[0])
  const halfWidth = bigFrom(slots?.[1])
  return number === null || halfWidth === null ? null : { value: number, halfWidth }
}

function estimateFrom(value: Cbor | undefined): Estimate | null {
  const slots = asArray(value, 3)
  const [number, low, high] = [slots?.[0], slots?.[1], slots?.[2]].map(decimalFrom)
  return number && low && high ? { value: number, low, high } : null
}

function decimalFrom(value: Cbor | undefined): Decimal | null {
  const [mantissa, exponent] = asArray(value, 2) ?? []
  if (typeof mantissa !== 'number' || typeof exponent !== 'number') return null
  const isInForm =
    Math.abs(mantissa) <= MANTISSA_MOST && exponent >= EXPONENT_LEAST && exponent <= EXPONENT_MOST
  return isInForm ? [mantissa, exponent] : null
}

function bigFrom(value: Cbor | undefined): bigint | null {
  return typeof value === 'number' ? BigInt(value) : null
}

/** Null where one of them is none. */
function listOf<T extends NonNullable<unknown>>(
  value: Cbor | undefined,
  of: (each: Cbor) => T | null,
): readonly T[] | null {
  const list = asList(value, LIST_MAX)?.map(of) ?? null
  return list !== null && list.every((each) => each !== null) ? list : null
}

/** Stands for a value that was left out, where null says that the bytes are wrong. */
const NOTHING = Symbol('left out')

/** As `listOf`, of values any of which may be left out. */
function optionsFrom<T extends NonNullable<unknown>>(
  value: Cbor | undefined,
  of: (each: Cbor) => T | null,
): readonly (T | null)[] | null {
  const list = listOf(value, (each) => (each === null ? NOTHING : of(each)))
  return list === null ? null : list.map((each) => (each === NOTHING ? null : each))
}
