/** How a covariate's effect bends: the ratio against its reference value with limits, on a log scale. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatSignificant } from '../../../lib/format.ts'
import { roundValues, type SplineAnswer } from '../../../parts/research/fit-answer.ts'
import type { Figure, Shape } from '../../../parts/research/figure.ts'
import { ticksOf } from '../../../parts/research/forest-figure.ts'
import { ratioText } from '../../../parts/research/ratio-text.ts'

const WIDTH = 760
const HEIGHT = 320
const EDGE = { left: 70, right: 24, top: 14, bottom: 46 }
/** Beyond these a band is cut: a tail without information must not flatten the rest. */
const FAR = 20
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
  const clamp = (value: number) => Math.min(FAR, Math.max(1 / FAR, Math.exp(value)))
  const [lower, line, upper] = [effect.lower, effect.estimate, effect.upper].map((list) =>
    list.map(clamp),
  ) as [number[], number[], number[]]
  const ticks = ticksOf(Math.min(1, ...lower), Math.max(1, ...upper))
  const [least, most] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)]
  const [first, last] = [effect.at[0]!, effect.at.at(-1)!]
  const [right, floor] = [WIDTH - EDGE.right, HEIGHT - EDGE.bottom]
  const x = (value: number) => EDGE.left + ((value - first) / (last - first)) * (right - EDGE.left)
  const y = (ratio: number) => floor - ((Math.log(ratio) - least) / (most - least)) * (floor - EDGE.top)
  const place = (i: number, ratio: number) => `${x(effect.at[i]!).toFixed(1)} ${y(ratio).toFixed(1)}`
  const path = (values: readonly number[]) => `M${values.map((ratio, i) => place(i, ratio)).join('L')}`
  const back = lower
    .map((ratio, i) => place(i, ratio))
    .toReversed()
    .join('L')
  const shapes: Shape[] = []
  for (const tick of ticks)
    shapes.push(
      { kind: 'line', x1: EDGE.left, y1: y(tick), x2: right, y2: y(tick), tone: 'line' },
      {
        kind: 'text',
        x: EDGE.left - 6,
        y: y(tick) + 4,
        text: String(tick),
        anchor: 'end',
        tone: 'soft',
        size: 11,
      },
    )
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
    { kind: 'line', x1: EDGE.left, y1: y(1), x2: right, y2: y(1), tone: 'soft', dash: '3 3' },
    { kind: 'band', d: `${path(upper)}L${back}Z`, tone: 0 },
    { kind: 'path', d: path(line), tone: 0 },
  )
  if (reference >= first && reference <= last)
    shapes.push({
      kind: 'line',
      x1: x(reference),
      y1: EDGE.top,
      x2: x(reference),
      y2: floor,
      tone: 'soft',
      dash: '3 3',
    })
  const said = formatSignificant(reference, locale, 4)
  shapes.push(
    {
      kind: 'text',
      x: (EDGE.left + right) / 2,
      y: HEIGHT - 8,
      text: words.name,
      anchor: 'middle',
      tone: 'soft',
    },
    {
      kind: 'text',
      x: 14,
      y: (EDGE.top + floor) / 2,
      text: `${words.ratio} (${words.against(said)})`,
      anchor: 'middle',
      tone: 'soft',
      isUpright: true,
    },
  )
  // What somebody hears who does not see it: the ends, the quarters and the middle.
  const points = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const i = Math.round(share * (effect.at.length - 1))
    return `${formatSignificant(effect.at[i]!, locale, 4)}: ${ratioText(line[i]!, locale)} (${ratioText(lower[i]!, locale)}–${ratioText(upper[i]!, locale)})`
  })
  return {
    description: words.description(words.name, said, points.join('; ')),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}
