/** A result over time: the median with bands of quartiles and of 10 to 90 %, and how many persons each part has. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { SpreadAnswer, TrajectoryAnswer } from '../../../../shared/contract/pathways.ts'
import type { PathwaysDefinition } from '../../../../shared/domain/pathways.ts'
import { formatSignificant } from '../../../lib/format.ts'
import type { Figure, Shape } from '../../../parts/research/figure.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import { axesOf, CHART, lineThrough } from './chart.ts'
import { binText, testText, type Words } from './pathways-names.ts'

const LABELS_MOST = 8
const COUNTS_HEIGHT = 34

interface Point {
  readonly at: number
  readonly values: SpreadAnswer
}

export function trajectoryFigure(
  { bins }: TrajectoryAnswer,
  asked: NonNullable<PathwaysDefinition['trajectory']>,
  words: Words,
  locale: Locale,
): Figure | null {
  const t = words.pathways
  const said = bins.flatMap(({ values }) => (values === null ? [] : [values]))
  if (said.length === 0) return null
  const { name, unit } = testText(asked.test, locale)
  const least = Math.min(...said.map(({ p10, q1 }) => p10 ?? q1))
  const most = Math.max(...said.map(({ p90, q3 }) => p90 ?? q3))
  const room = (most - least || Math.abs(most) || 1) * 0.08
  const every = Math.ceil(bins.length / LABELS_MOST)
  const labelled = bins.flatMap((bin, i) =>
    i % every === 0 ? [{ at: i + 0.5, text: binText(bin, asked.clock, words), bin }] : [],
  )
  const { x, y, shapes } = axesOf(
    {
      xFrom: 0,
      xTo: bins.length,
      yFrom: least - room,
      yTo: most + room,
      xName: t.clocks[asked.clock.kind],
      yName: unit === '' ? name : `${name} (${unit})`,
      xTicks: labelled,
      below: COUNTS_HEIGHT,
    },
    locale,
  )
  const floor = CHART.height - CHART.bottom
  shapes.push({
    kind: 'text',
    x: CHART.left - 6,
    y: floor + 36,
    text: t.persons,
    anchor: 'end',
    tone: 'soft',
    size: 11,
  })
  for (const { at, bin } of labelled)
    shapes.push({
      kind: 'text',
      x: x(at),
      y: floor + 36,
      text: saidText(bin.persons, words, locale),
      anchor: 'middle',
      tone: 'soft',
      size: 11,
    })
  // A part without a value interrupts: nothing is drawn through what is not known.
  for (const run of runsOf(bins)) {
    shapes.push(
      ...bandsOf(run, x, y, ({ p10, p90 }) => (p10 === null || p90 === null ? null : [p10, p90])),
      ...bandsOf(run, x, y, ({ q1, q3 }) => [q1, q3]),
      {
        kind: 'path',
        d: lineThrough(run.map(({ at, values }) => [x(at), y(values.median)])),
        tone: 0,
      },
      ...run.map(({ at, values }): Shape => ({
        kind: 'box',
        x: x(at) - 2.5,
        y: y(values.median) - 2.5,
        width: 5,
        height: 5,
        tone: 0,
      })),
    )
  }
  const parts = bins
    .flatMap((bin) =>
      bin.values === null
        ? []
        : [`${binText(bin, asked.clock, words)} ${formatSignificant(bin.values.median, locale, 3)}`],
    )
    .join('; ')
  return {
    description: t.trajectoryDescription(unit === '' ? name : `${name} (${unit})`, parts),
    width: CHART.width,
    height: CHART.height + COUNTS_HEIGHT,
    shapes,
  }
}

function runsOf(bins: TrajectoryAnswer['bins']): Point[][] {
  const runs: Point[][] = []
  let isOpen = false
  for (const [i, { values }] of bins.entries()) {
    if (values === null) {
      isOpen = false
      continue
    }
    if (!isOpen) runs.push([])
    runs.at(-1)!.push({ at: i + 0.5, values })
    isOpen = true
  }
  return runs
}

/** One band for each stretch whose limits are said; of a single part a narrow one. */
function bandsOf(
  run: readonly Point[],
  x: (value: number) => number,
  y: (value: number) => number,
  limits: (values: SpreadAnswer) => readonly [number, number] | null,
): Shape[] {
  const shapes: Shape[] = []
  let upper: [number, number][] = []
  let lower: [number, number][] = []
  const close = (): void => {
    if (upper.length === 1) {
      const [[at, top]] = upper as [[number, number]]
      upper = [
        [at - 4, top],
        [at + 4, top],
      ]
      const bottom = lower[0]![1]
      lower = [
        [at - 4, bottom],
        [at + 4, bottom],
      ]
    }
    if (upper.length > 0)
      shapes.push({ kind: 'band', d: `${lineThrough([...upper, ...lower.toReversed()])}Z`, tone: 0 })
    upper = []
    lower = []
  }
  for (const { at, values } of run) {
    const both = limits(values)
    if (both === null) {
      close()
      continue
    }
    lower.push([x(at), y(both[0])])
    upper.push([x(at), y(both[1])])
  }
  close()
  return shapes
}
