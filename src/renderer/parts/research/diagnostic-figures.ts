/** Pictures of a fit beside its data: the smooth of its residuals over time, influence, calibration. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatSignificant } from '../../lib/format.ts'
import type {
  CalibrationGroup,
  InfluenceTerm,
  ProportionalTerm,
} from '../../../shared/domain/model-diagnostics.ts'
import { roundValues } from './fit-answer.ts'
import { fitted, type Figure, type Shape } from './figure.ts'

const WIDTH = 760
const HEIGHT = 320
const EDGE = { left: 70, right: 24, top: 14, bottom: 46 }
const MARKS_MOST = 8
const POINT = 6

interface ChangeWords {
  readonly term: string
  readonly across: string
  readonly up: string
  readonly fitted: string
  description(term: string, fitted: string, points: string): string
}

/** Beta(t) over transformed time, with its band, the means of the groups and the fitted value; null where nothing can be drawn. */
export function changeFigure(term: ProportionalTerm, words: ChangeWords, locale: Locale): Figure | null {
  const { at, time, estimate, lower, upper, bins, fitted: flat } = term
  const values = [...estimate, ...lower, ...upper, ...bins.mean, flat, 0].filter((value) => value !== null)
  if (estimate.some((value) => value === null) || at.length < 2) return null
  const frame = plainFrame([at[0]!, at.at(-1)!], [Math.min(...values), Math.max(...values)], locale)
  const { x, y, left, right, floor } = frame
  const place = (i: number, value: number) => `${x(at[i]!).toFixed(1)} ${y(value).toFixed(1)}`
  const path = (list: readonly (number | null)[]) => `M${list.map((value, i) => place(i, value!)).join('L')}`
  const back = lower
    .map((value, i) => place(i, value!))
    .toReversed()
    .join('L')
  const shapes: Shape[] = [...frame.grid]
  for (const { at: mark, text } of timeMarks(at, time, locale)) shapes.push(...markAt(x(mark), floor, text))
  shapes.push({ kind: 'line', x1: left, y1: y(0), x2: right, y2: y(0), tone: 'soft' })
  if (lower.every((value) => value !== null) && upper.every((value) => value !== null))
    shapes.push({ kind: 'band', d: `${path(upper)}L${back}Z`, tone: 0 })
  shapes.push({ kind: 'path', d: path(estimate), tone: 0 })
  if (flat !== null)
    shapes.push(
      { kind: 'line', x1: left, y1: y(flat), x2: right, y2: y(flat), tone: 1, dash: '7 4', width: 1.75 },
      { kind: 'text', x: right, y: y(flat) - 5, text: words.fitted, anchor: 'end', tone: 'soft', size: 11 },
    )
  for (const [i, mean] of bins.mean.entries()) if (mean !== null) shapes.push(dot(x(bins.at[i]!), y(mean)))
  shapes.push(...frame.names(words.across, words.up))
  const number = (value: number | null) => (value === null ? '' : formatSignificant(value, locale, 3))
  const points = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const i = Math.round(share * (at.length - 1))
    return `${formatSignificant(time[i]!, locale, 3)}: ${number(estimate[i]!)} (${number(lower[i]!)} – ${number(upper[i]!)})`
  })
  return {
    description: words.description(words.term, number(flat), points.join('; ')),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}

/** Round times along an axis that is not one of times: where each lies between the places whose times are known. */
function timeMarks(
  at: readonly number[],
  time: readonly number[],
  locale: Locale,
): { at: number; text: string }[] {
  const wanted = roundValues(time[0]!, time.at(-1)!, MARKS_MOST)
  const width = at.at(-1)! - at[0]!
  let before = -Infinity
  return wanted.flatMap((value) => {
    const i = time.findIndex((each) => each >= value)
    if (i < 0) return []
    const [a, b] = [Math.max(0, i - 1), i]
    const share = a === b ? 0 : (value - time[a]!) / (time[b]! - time[a]!)
    const place = at[a]! + share * (at[b]! - at[a]!)
    // Where many days pass and little happens, marks would stand on each other.
    if (place - before < width / 14) return []
    before = place
    return [{ at: place, text: formatSignificant(value, locale, 6) }]
  })
}

interface InfluenceWords {
  readonly across: string
  readonly dominated: string
  nameOf(term: string): string
  description(terms: string): string
}

const ROW = 28
const NAMES = 300
const NUMBERS = 90
const TERMS_MOST = 60

/** The mean of the eleven largest |dfbetas| of each coefficient, beside the usual threshold. */
export function influenceFigure(
  terms: readonly InfluenceTerm[],
  threshold: number,
  words: InfluenceWords,
  locale: Locale,
): Figure | null {
  const drawn = terms.slice(0, TERMS_MOST)
  if (drawn.length === 0) return null
  const top = 14
  const floor = top + drawn.length * ROW
  const [left, right] = [NAMES + 12, WIDTH - NUMBERS - 12]
  const most = Math.max(threshold * 1.25, ...drawn.map(({ largestMean }) => largestMean ?? 0)) * 1.05
  const x = (value: number) => left + (value / most) * (right - left)
  const number = (value: number) => formatSignificant(value, locale, 3)
  const shapes: Shape[] = []
  for (const mark of roundValues(0, most, 6))
    shapes.push(
      { kind: 'line', x1: x(mark), y1: top, x2: x(mark), y2: floor, tone: 'line' },
      ...markAt(x(mark), floor, number(mark)),
    )
  shapes.push({
    kind: 'line',
    x1: x(threshold),
    y1: top,
    x2: x(threshold),
    y2: floor,
    tone: 1,
    dash: '7 4',
    width: 1.75,
  })
  for (const [i, { name, largestMean }] of drawn.entries()) {
    const y = top + i * ROW + ROW / 2
    shapes.push({ kind: 'text', x: 8, y: y + 4, text: fitted(words.nameOf(name), NAMES - 8) })
    if (largestMean === null) {
      shapes.push({ kind: 'text', x: left + 4, y: y + 4, text: words.dominated, tone: 'soft' })
      continue
    }
    shapes.push(
      { kind: 'line', x1: x(0), y1: y, x2: x(largestMean), y2: y, tone: 0, width: 1.75 },
      dot(x(largestMean), y),
      { kind: 'text', x: WIDTH - 8, y: y + 4, text: number(largestMean), anchor: 'end' },
    )
  }
  shapes.push({
    kind: 'text',
    x: WIDTH / 2,
    y: floor + 40,
    text: words.across,
    anchor: 'middle',
    tone: 'soft',
  })
  const said = drawn.map(
    ({ name, largestMean }) =>
      `${words.nameOf(name)} ${largestMean === null ? words.dominated : number(largestMean)}`,
  )
  return {
    description: words.description(said.join('; ')),
    width: WIDTH,
    height: floor + 50,
    shapes,
  }
}

interface CalibrationWords {
  readonly expected: string
  readonly observed: string
  readonly equal: string
  description(groups: string): string
}

/** Observed events with their exact limits against expected ones, and the line on which both are the same. */
export function calibrationFigure(
  groups: readonly CalibrationGroup[],
  words: CalibrationWords,
  locale: Locale,
): Figure {
  const limits = groups.map((group) => ({
    ...group,
    least: group.lower * group.expected,
    greatest: group.upper * group.expected,
  }))
  const across = Math.max(...limits.map(({ expected }) => expected)) * 1.08
  const up = Math.max(across, ...limits.map(({ greatest }) => greatest)) * 1.02
  const frame = plainFrame([0, across], [0, up], locale)
  const { x, y, floor } = frame
  const shapes: Shape[] = [...frame.grid]
  for (const mark of roundValues(0, across, MARKS_MOST))
    shapes.push(...markAt(x(mark), floor, formatSignificant(mark, locale, 6)))
  shapes.push(
    { kind: 'line', x1: x(0), y1: y(0), x2: x(across), y2: y(across), tone: 1, dash: '7 4', width: 1.75 },
    {
      kind: 'text',
      x: x(across),
      y: y(across) - 8,
      text: words.equal,
      anchor: 'end',
      tone: 'soft',
      size: 11,
    },
  )
  for (const { expected, observed, least, greatest } of limits)
    shapes.push(
      { kind: 'line', x1: x(expected), y1: y(least), x2: x(expected), y2: y(greatest), tone: 0, width: 1.75 },
      dot(x(expected), y(observed)),
    )
  shapes.push(...frame.names(words.expected, words.observed))
  const said = groups.map(
    ({ observed, expected }) =>
      `${formatSignificant(observed, locale, 6)} / ${formatSignificant(expected, locale, 3)}`,
  )
  return {
    description: words.description(said.join('; ')),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}

function dot(x: number, y: number): Shape {
  return { kind: 'box', x: x - POINT / 2, y: y - POINT / 2, width: POINT, height: POINT, tone: 0 }
}

function markAt(x: number, floor: number, text: string): Shape[] {
  return [
    { kind: 'line', x1: x, y1: floor, x2: x, y2: floor + 5, tone: 'soft' },
    { kind: 'text', x, y: floor + 18, text, anchor: 'middle', tone: 'soft', size: 11 },
  ]
}

/** Even scales both ways, with lines across at round values. */
function plainFrame(
  [first, last]: readonly [number, number],
  [least, most]: readonly [number, number],
  locale: Locale,
) {
  const { left, top } = EDGE
  const [right, floor] = [WIDTH - EDGE.right, HEIGHT - EDGE.bottom]
  const room = least === most ? Math.max(1, Math.abs(most)) : 0
  const [low, high] = [least - room, most + room]
  const x = (value: number) => left + ((value - first) / (last - first)) * (right - left)
  const y = (value: number) => floor - ((value - low) / (high - low)) * (floor - top)
  const grid = roundValues(low, high, 6).flatMap((value): Shape[] => [
    { kind: 'line', x1: left, y1: y(value), x2: right, y2: y(value), tone: 'line' },
    {
      kind: 'text',
      x: left - 6,
      y: y(value) + 4,
      text: formatSignificant(value, locale, 4),
      anchor: 'end',
      tone: 'soft',
      size: 11,
    },
  ])
  const names = (across: string, up: string): Shape[] => [
    { kind: 'text', x: (left + right) / 2, y: HEIGHT - 8, text: across, anchor: 'middle', tone: 'soft' },
    { kind: 'text', x: 14, y: (top + floor) / 2, text: up, anchor: 'middle', tone: 'soft', isUpright: true },
  ]
  return { left, right, floor, x, y, grid, names }
}
