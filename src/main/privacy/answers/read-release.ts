/** Bytes of an answer back to what they say (docs/spec/privacy.md section 4): for the screen, and for whoever verifies a paper. Pure. */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { decode, type Cbor } from '../../node/chain/codec.ts'
import { asArray, asList } from '../../node/chain/ids.ts'
import { CELLS_MAX } from '../request/axis.ts'
import {
  encodeRelease,
  type CurveStep,
  type Decimal,
  type Effect,
  type Estimate,
  type LabelledTable,
  type LiftBand,
  type Release,
  type Whole,
} from './release.ts'

/** A table has at most so many levels on an axis, a curve so many steps; what is longer is no answer of ours. */
const LIST_MAX = CELLS_MAX
const EXPONENT_MOST = 40
const MANTISSA_MOST = 9_999

/** What `encodeRelease` was given; null for bytes that it never gives: one answer has one form. */
export function readRelease(bytes: Uint8Array): Release | null {
  // The value ends where the zeros begin, and it may end in a zero itself: the reader says where.
  const whole = decode(bytes)
  if (whole.kind === 'decoded' || whole.reason !== 'trailing-bytes') return null
  const inner = decode(bytes.subarray(0, whole.offset))
  const [label, value] = (inner.kind === 'decoded' ? asArray(inner.value, 2) : null) ?? []
  const release = label === 'release/1' ? releaseFromCbor(value) : null
  return release !== null && equalBytes(encodeRelease(release), bytes) ? release : null
}

function releaseFromCbor(value: Cbor | undefined): Release | null {
  const slots = asList(value, 5)
  switch (slots?.[0]) {
    case 'withheld':
      return { kind: 'withheld' }
    case 'count': {
      const count = wholeFrom(slots[1])
      return count && { kind: 'count', count }
    }
    case 'table':
      return tableFrom(slots)
    case 'mean': {
      const mean = estimateFrom(slots[1])
      const count = wholeFrom(slots[2])
      return mean && count && { kind: 'mean', mean, count }
    }
    case 'quantiles': {
      const quantiles = listOf(slots[1], (each) => (each === null ? NOTHING : estimateFrom(each)))
      const count = wholeFrom(slots[2])
      return (
        quantiles &&
        count && {
          kind: 'quantiles',
          quantiles: quantiles.map((each) => (each === NOTHING ? null : each)),
          count,
        }
      )
    }
    case 'curves': {
      const curves = listOf(slots[1], curveFrom)
      return curves && { kind: 'curves', curves }
    }
    case 'effects': {
      const effects = listOf(slots[1], effectFrom)
      const count = wholeFrom(slots[2])
      return effects && count && { kind: 'effects', effects, count }
    }
    case 'monitor': {
      const tables = listOf(slots[1], cellsFrom)
      return tables && { kind: 'monitor', tables }
    }
    case 'tables': {
      const tables = listOf(slots[1], labelledFrom)
      return tables && { kind: 'tables', tables }
    }
    case 'lift': {
      const bands = listOf(slots[1], liftFrom)
      const ratio = slots[2] === null ? NOTHING : estimateFrom(slots[2])
      const unscored = slots[3] === null ? NOTHING : wholeFrom(slots[3])
      return (
        bands &&
        ratio &&
        unscored && {
          kind: 'lift',
          bands,
          ratio: ratio === NOTHING ? null : ratio,
          unscored: unscored === NOTHING ? null : unscored,
        }
      )
    }
    case 'pathways':
      return pathwaysFrom(slots)
    default:
      return null
  }
}

/** Stands for a value that was left out, where null says that the bytes are wrong. */
const NOTHING = Symbol('left out')

const cellsFrom = (value: Cbor | undefined): readonly (bigint | null)[] | null =>
  listOf(value, (cell) => (cell === null ? NOTHING : bigFrom(cell)))?.map((cell) =>
    cell === NOTHING ? null : cell,
  ) ?? null

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

function pathwaysFrom(slots: readonly Cbor[]): Release | null {
  const total = wholeFrom(slots[1])
  const places = listOf(slots[2], (value) => {
    const [step, state, third] = asArray(value, 3) ?? []
    const count = wholeFrom(third)
    return typeof step === 'number' && typeof state === 'number' && count ? { step, state, count } : null
  })
  const transitions = listOf(slots[3], (value) => {
    const [step, from, to, fourth] = asArray(value, 4) ?? []
    const count = wholeFrom(fourth)
    if (typeof step !== 'number' || typeof to !== 'number' || count === null) return null
    return from === null || typeof from === 'number' ? { step, from, to, count } : null
  })
  const waits = listOf(slots[4], (value) => {
    const [step, to, band, fourth] = asArray(value, 4) ?? []
    const count = wholeFrom(fourth)
    if (typeof step !== 'number' || typeof to !== 'number' || typeof band !== 'number') return null
    return count && { step, to, band, count }
  })
  return total && places && transitions && waits && { kind: 'pathways', total, places, transitions, waits }
}

function tableFrom(slots: readonly Cbor[]): Release | null {
  const cells = listOf(slots[1], (cell) => (cell === null ? NOTHING : bigFrom(cell)))
  const halfWidth = bigFrom(slots[2])
  const margins = listOf(slots[3], (levels) => listOf(levels, wholeFrom))
  const total = wholeFrom(slots[4])
  if (cells === null || halfWidth === null || margins === null || total === null) return null
  return {
    kind: 'table',
    cells: cells.map((cell) => (cell === NOTHING ? null : cell)),
    halfWidth,
    margins,
    total,
  }
}

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
  return Math.abs(mantissa) <= MANTISSA_MOST && Math.abs(exponent) <= EXPONENT_MOST
    ? [mantissa, exponent]
    : null
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
