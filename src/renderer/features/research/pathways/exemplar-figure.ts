/** Timelines of invented persons: what happened when, until when they were seen, and the result beside. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { ExemplarAnswer } from '../../../../shared/contract/pathways.ts'
import type { PathwaysDefinition } from '../../../../shared/domain/pathways.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import { roundValues } from '../../../parts/research/fit-answer.ts'
import { fitted, type Figure, type Shape } from '../../../parts/research/figure.ts'
import { lineThrough } from './chart.ts'
import { classesText, testText, toneOf, type Words } from './pathways-names.ts'

const WIDTH = 900
const LEFT = 168
const RIGHT = 24
const ROW = 86
const VALUES = 30
const TOP = 8
const BOTTOM = 42
const MARK = 10
/** Names of events that would stand on each other take the line above or below. */
const NAME_LINES = 2
const NAME_WIDTH = 150

export function exemplarName({ number, sex, age }: ExemplarAnswer, words: Words): string {
  const sexes = words.clinical.sex as Readonly<Record<string, string>>
  return words.pathways.exemplarName(
    String(number),
    sex === null ? '' : (sexes[sex] ?? sex),
    age === null ? '' : String(age),
  )
}

export function exemplarFigure(
  exemplars: readonly ExemplarAnswer[],
  definition: PathwaysDefinition,
  words: Words,
  locale: Locale,
): Figure | null {
  if (exemplars.length === 0) return null
  const t = words.pathways
  const days = exemplars.flatMap(({ end, values }) => [end.day, ...values.map(({ day }) => day)])
  const first = Math.min(0, ...days)
  const last = Math.max(1, ...days)
  const x = (day: number) => LEFT + ((day - first) / (last - first)) * (WIDTH - LEFT - RIGHT)
  const all = exemplars.flatMap(({ values }) => values.map(({ value }) => value))
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const floor = TOP + exemplars.length * ROW
  const shapes: Shape[] = roundValues(first, last, 8).flatMap((day): Shape[] => [
    { kind: 'line', x1: x(day), y1: TOP, x2: x(day), y2: floor, tone: 'line' },
    {
      kind: 'text',
      x: x(day),
      y: floor + 16,
      text: formatNumber(day, locale),
      anchor: 'middle',
      tone: 'soft',
      size: 11,
    },
  ])
  shapes.push({
    kind: 'text',
    x: (LEFT + WIDTH - RIGHT) / 2,
    y: floor + BOTTOM - 8,
    text: t.daysSinceEntry,
    anchor: 'middle',
    tone: 'soft',
  })
  for (const [i, exemplar] of exemplars.entries()) {
    const top = TOP + i * ROW
    const line = top + 36
    const name = exemplarName(exemplar, words)
    const [start, ...rest] = name.split(/, |，/)
    shapes.push(
      { kind: 'text', x: 4, y: line, text: fitted(start ?? name, LEFT - 12), isBold: true },
      {
        kind: 'text',
        x: 4,
        y: line + 15,
        text: fitted(rest.join(', '), LEFT - 12, 11),
        tone: 'soft',
        size: 11,
      },
      { kind: 'line', x1: x(0), y1: line, x2: x(exemplar.end.day), y2: line, tone: 'soft', width: 1.75 },
      { kind: 'line', x1: x(0), y1: line - 6, x2: x(0), y2: line + 6, tone: 'ink', width: 1.75 },
    )
    const ends = Array.from({ length: NAME_LINES }, () => -Infinity)
    for (const { day, classes } of exemplar.steps) {
      const what = classes === null ? ({ kind: 'other' } as const) : ({ kind: 'classes', classes } as const)
      shapes.push({
        kind: 'box',
        x: x(day) - MARK / 2,
        y: line - MARK / 2,
        width: MARK,
        height: MARK,
        tone: toneOf(what),
      })
      const text = classes === null ? t.other : classesText(classes, definition, words)
      const at = x(day) - MARK / 2
      const shown = fitted(text, NAME_WIDTH, 11)
      const width = shown.length * (/[\u2e80-\uffff]/.test(shown) ? 11.5 : 6.6)
      // At the right edge a name ends at its mark.
      const isAtEdge = at + width > WIDTH - 4
      const from = isAtEdge ? at + MARK - width : at
      const on = ends.findIndex((end) => end < from)
      // Where no line is free the table below names it.
      if (on < 0) continue
      ends[on] = from + width
      shapes.push({
        kind: 'text',
        x: isAtEdge ? at + MARK : at,
        y: line - 10 - on * 14,
        text: shown,
        size: 11,
        ...(isAtEdge ? { anchor: 'end' as const } : {}),
      })
    }
    const { kind, day } = exemplar.end
    shapes.push({
      kind: 'path',
      d: kind === 'death' ? `M${x(day) - 4} ${line - 5}l8 10m0 -10l-8 10` : `M${x(day)} ${line - 5}v10`,
      tone: kind === 'death' ? 'ink' : 'soft',
    })
    if (exemplar.values.length === 0) continue
    const y = (value: number) =>
      line + 16 + VALUES - (most === least ? 0.5 : (value - least) / (most - least)) * VALUES
    const points = exemplar.values.map(({ day: at, value }) => [x(at), y(value)] as const)
    shapes.push({ kind: 'path', d: lineThrough(points), tone: 'soft', dash: '3 2' })
    for (const [p, [px, py]] of points.entries())
      if (p === 0 || p === points.length - 1)
        shapes.push({
          kind: 'text',
          // Outside of the line, which would strike it through.
          x: p === 0 ? px - 4 : px + 4,
          y: Math.max(line + 22, py + 4),
          text: formatSignificant(exemplar.values[p]!.value, locale, 3),
          anchor: p === 0 ? 'end' : 'start',
          tone: 'soft',
          size: 11,
        })
  }
  const { trajectory } = definition
  if (all.length > 0 && trajectory !== null) {
    const { name, unit } = testText(trajectory.test, locale)
    shapes.push({
      kind: 'text',
      x: 4,
      y: floor + BOTTOM - 8,
      text: fitted(unit === '' ? name : `${name} (${unit})`, LEFT + 90, 11),
      tone: 'soft',
      size: 11,
    })
  }
  return {
    description: t.exemplarsOf(exemplars.map((each) => exemplarName(each, words)).join('; ')),
    width: WIDTH,
    height: floor + BOTTOM,
    shapes,
  }
}
