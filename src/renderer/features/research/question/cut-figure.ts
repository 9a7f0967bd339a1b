/** The timeline of an invented person above the rows that it is cut into: what was recorded when, what was held to be known, and each cut. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { IntervalExemplarAnswer } from '../../../../shared/contract/studies.ts'
import type { IntervalDefinition } from '../../../../shared/domain/intervals.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import { roundValues } from '../../../parts/research/fit-answer.ts'
import { fitted, widthOf, type Figure, type Shape, type Tone } from '../../../parts/research/figure.ts'
import type { Words } from '../../../words/catalogue.ts'

const WIDTH = 640
const LEFT = 14
const RIGHT = 22
const HEAD = 46
const LANE = 58
/** Of a lane, what its name takes. */
const NAME = 18
const BOTTOM = 42
const MARK = 7
const SMALL_TEXT = 11
/** Of the time at risk; what was recorded earlier stands at the left edge. */
const BEFORE_SHARE = 0.12

interface Named {
  readonly who: string
  nameOf(column: string): string
  /** Of a column whose values are labels. */
  valueOf(column: string, label: string): string
  whyOf(row: number): string
}

export function cutFigure(
  exemplar: IntervalExemplarAnswer,
  clock: IntervalDefinition['clock'],
  { who, nameOf, valueOf, whyOf }: Named,
  words: Pick<Words, 'cut'>,
  locale: Locale,
): Figure {
  const t = words.cut
  const { rows, records, columns, index } = exemplar
  const [begin, end] = [rows[0]!.start, rows.at(-1)!.stop]
  const least = Math.min(index, begin, ...records.map(({ day }) => day))
  const first = Math.max(least, begin - BEFORE_SHARE * (end - begin))
  const x = (day: number): number =>
    LEFT + ((Math.max(day, first) - first) / (end - first)) * (WIDTH - LEFT - RIGHT)
  const lanes = columns.flatMap(({ name, isChanging }, c) => (isChanging ? [{ name, c }] : []))
  const floor = HEAD + lanes.length * LANE
  const number = (day: number): string => formatNumber(day, locale)
  const text = (at: Omit<Extract<Shape, { kind: 'text' }>, 'kind'>): Shape => ({
    kind: 'text',
    size: SMALL_TEXT,
    ...at,
  })

  const shapes: Shape[] = [text({ x: LEFT, y: 12, text: t.atRisk, tone: 'soft' })]
  for (const row of rows.slice(0, -1))
    shapes.push({
      kind: 'line',
      x1: x(row.stop),
      y1: 20,
      x2: x(row.stop),
      y2: floor,
      tone: 'soft',
      dash: '2 4',
    })
  const line = HEAD - 10
  shapes.push(
    { kind: 'line', x1: x(begin), y1: line, x2: x(end), y2: line, tone: 'ink', width: 2.5 },
    { kind: 'line', x1: x(begin), y1: line - 6, x2: x(begin), y2: line + 6, tone: 'ink', width: 1.75 },
  )
  for (const [r, { start, stop }] of rows.entries()) {
    const name = String(r + 1)
    if (x(stop) - x(start) < widthOf(name) * SMALL_TEXT + 4) continue
    shapes.push(
      text({ x: (x(start) + x(stop)) / 2, y: line - 6, text: name, anchor: 'middle', isBold: true }),
    )
  }
  shapes.push(
    rows.at(-1)!.event
      ? { kind: 'box', x: x(end) - 5, y: line - 5, width: 10, height: 10, tone: 1 }
      : { kind: 'line', x1: x(end), y1: line - 6, x2: x(end), y2: line + 6, tone: 'ink', width: 1.75 },
  )

  for (const [l, { name, c }] of lanes.entries()) {
    const top = HEAD + l * LANE
    const [high, low] = [top + NAME + 8, top + LANE - 8]
    const tone = (l % 6) as Tone
    const own = records.filter((each) => each.name === name)
    const known = [...rows.map(({ values }) => values[c] ?? null), ...own.map(({ value }) => value)]
    // What is no number has its place among what the lane shows, in the order of the labels.
    const labels = [...new Set(known.filter((value) => typeof value === 'string'))].sort()
    const levelOf = (value: number | string | null | undefined): number | null =>
      typeof value === 'string' ? labels.indexOf(value) : (value ?? null)
    const held = rows.map(({ values }) => levelOf(values[c])).filter((value) => value !== null)
    const shown = [...held, ...own.filter(({ day }) => day >= first).map(({ value }) => levelOf(value)!)]
    const [bottom, peak] = [Math.min(...shown), Math.max(...shown)]
    const y = (value: number): number =>
      peak === bottom ? (high + low) / 2 : low - ((value - bottom) / (peak - bottom)) * (low - high)
    shapes.push(
      { kind: 'line', x1: LEFT, y1: top + 2, x2: WIDTH - RIGHT, y2: top + 2, tone: 'line' },
      text({
        x: LEFT,
        y: top + 14,
        text: fitted(nameOf(name), WIDTH - LEFT - RIGHT, SMALL_TEXT),
        tone: 'soft',
      }),
    )
    let d = ''
    for (const [r, { start, stop, values }] of rows.entries()) {
      const value = levelOf(values[c])
      if (value === null) continue
      const isJoined = r > 0 && levelOf(rows[r - 1]!.values[c]) !== null
      d += `${isJoined ? 'L' : 'M'}${at(x(start))} ${at(y(value))}L${at(x(stop))} ${at(y(value))}`
    }
    if (d !== '') shapes.push({ kind: 'path', d, tone })
    let written = -Infinity
    for (const { day, value: recorded } of own) {
      const value = levelOf(recorded)!
      const height = shown.includes(value) ? y(value) : low
      const place = x(day)
      shapes.push({ kind: 'box', x: place - MARK / 2, y: height - MARK / 2, width: MARK, height: MARK, tone })
      const said =
        typeof recorded === 'string' ? valueOf(name, recorded) : formatSignificant(value, locale, 4)
      const width = widthOf(said) * SMALL_TEXT
      const from = Math.min(place - 2, WIDTH - 4 - width)
      const isYesOrNo = labels.length === 0 && !held.some((each) => each !== 0 && each !== 1)
      if (from < written || isYesOrNo) continue
      written = from + width + 4
      shapes.push(text({ x: from, y: height - 6, text: said }))
    }
  }

  for (const day of roundValues(first, end, 7))
    shapes.push(
      { kind: 'line', x1: x(day), y1: floor, x2: x(day), y2: floor + 4, tone: 'soft' },
      text({ x: x(day), y: floor + 16, text: number(day), anchor: 'middle', tone: 'soft' }),
    )
  shapes.push(
    { kind: 'line', x1: LEFT, y1: floor, x2: WIDTH - RIGHT, y2: floor, tone: 'soft' },
    text({
      x: (LEFT + WIDTH - RIGHT) / 2,
      y: floor + BOTTOM - 8,
      text: t.clocks[clock],
      anchor: 'middle',
      tone: 'soft',
    }),
  )
  const said = rows.map(({ start, stop }, r) =>
    t.figureRow(String(r + 1), number(start), number(stop), whyOf(r)),
  )
  return { description: t.figureOf(who, said.join(t.join)), width: WIDTH, height: floor + BOTTOM, shapes }
}

const at = (value: number): string => value.toFixed(1)
