/** How a covariate's effect bends: the ratio against its reference value with limits, on a log scale. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatSignificant } from '../../../lib/format.ts'
import { roundValues, type SplineAnswer } from '../../../parts/research/fit-answer.ts'
import type { Figure, Shape } from '../../../parts/research/figure.ts'
import { ratioFrame } from '../../../parts/research/ratio-frame.ts'
import { ratioInBrackets } from '../../../parts/research/ratio-text.ts'

const WIDTH = 760
const HEIGHT = 320
const EDGE = { left: 70, right: 24, top: 14, bottom: 46 }
const MARKS_MOST = 8

interface EffectWords {
  readonly ratio: string
  /** The covariate with its unit. */
  readonly name: string
  description(name: string, reference: string, points: string): string
  against(reference: string): string
}

/** Null where the effect is not one curve. */
export function effectFigure(
  { effect, reference }: SplineAnswer,
  words: EffectWords,
  locale: Locale,
): Figure | null {
  if (effect === null || effect.at.length < 2) return null
  const [lower, line, upper] = [effect.lower, effect.estimate, effect.upper].map((list) =>
    list.map((value) => Math.exp(value)),
  ) as [number[], number[], number[]]
  const frame = ratioFrame({ width: WIDTH, height: HEIGHT }, EDGE, [...lower, ...upper])
  const { left, right, top, floor, y } = frame
  const [first, last] = [effect.at[0]!, effect.at.at(-1)!]
  const x = (value: number) => left + ((value - first) / (last - first)) * (right - left)
  const place = (i: number, ratio: number) => `${x(effect.at[i]!).toFixed(1)} ${y(ratio).toFixed(1)}`
  const path = (values: readonly number[]) => `M${values.map((ratio, i) => place(i, ratio)).join('L')}`
  const back = lower
    .map((ratio, i) => place(i, ratio))
    .toReversed()
    .join('L')
  const shapes: Shape[] = [...frame.grid]
  for (const mark of roundValues(first, last, MARKS_MOST))
    shapes.push(
      { kind: 'line', x1: x(mark), y1: floor, x2: x(mark), y2: floor + 5, tone: 'soft' },
      {
        kind: 'text',
        x: x(mark),
        y: floor + 18,
        text: formatSignificant(mark, locale, 6),
        anchor: 'middle',
        tone: 'soft',
        size: 11,
      },
    )
  shapes.push(
    frame.one,
    { kind: 'band', d: `${path(upper)}L${back}Z`, tone: 0 },
    { kind: 'path', d: path(line), tone: 0 },
  )
  if (reference >= first && reference <= last)
    shapes.push({
      kind: 'line',
      x1: x(reference),
      y1: top,
      x2: x(reference),
      y2: floor,
      tone: 'soft',
      dash: '3 3',
    })
  const said = formatSignificant(reference, locale, 4)
  shapes.push(...frame.names(words.name, `${words.ratio} (${words.against(said)})`))
  // What somebody hears who does not see it: the ends, the quarters and the middle.
  const points = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const i = Math.round(share * (effect.at.length - 1))
    const said = ratioInBrackets({ ratio: line[i]!, lower: lower[i]!, upper: upper[i]! }, locale)
    return `${formatSignificant(effect.at[i]!, locale, 4)}: ${said}`
  })
  return {
    description: words.description(words.name, said, points.join('; ')),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}
