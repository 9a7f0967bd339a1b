/** What a simulated comparison found, as a table and a picture of each scenario (docs/spec/statistics.md S9). Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PaperDesign } from '../../../../shared/domain/paper-design.ts'
import { formatFixed, formatNumber, formatPercent, formatSignificant } from '../../../lib/format.ts'
import { roundValues } from '../../../parts/research/fit-answer.ts'
import type { Figure, Shape } from '../../../parts/research/figure.ts'
import type { PaperRow, PaperTable } from '../../../parts/research/paper-table.ts'
import type { Words } from '../../../words/catalogue.ts'

type Effect = 'sex' | 'age' | 'marker'

export interface SimulationLine {
  readonly estimator: string
  readonly effect: Effect
  readonly truth: number
  readonly mean: number
  /** Of the truth: null where that is zero. */
  readonly percentBias: number | null
  readonly empiricalStdErr: number
  readonly meanStdErr: number
  readonly stdErrRatio: number
  readonly meanSquaredError: number
  readonly coverage: number
  readonly monteCarlo: {
    readonly percentBias: number | null
    readonly stdErrRatio: number
    readonly coverage: number
  }
}

export interface Scenario {
  readonly shape: number
  readonly eventRate: number
  readonly replications: number
  readonly unanswered: number
  readonly lines: readonly SimulationLine[]
}

export interface SimulationAnswer {
  readonly engine: string
  readonly design: PaperDesign
  readonly scenarios: readonly Scenario[]
}

export const parseSimulation = (line: string): SimulationAnswer => JSON.parse(line) as SimulationAnswer

const EFFECTS: readonly Effect[] = ['sex', 'age', 'marker']

export function scenarioName(
  { shape, eventRate }: Scenario,
  { models: { simulation: t } }: Pick<Words, 'models'>,
  locale: Locale,
): string {
  return t.scenario(formatNumber(shape, locale, 1), formatPercent(eventRate, locale))
}

export function scenarioTable(
  { design, engine }: SimulationAnswer,
  scenario: Scenario,
  words: Pick<Words, 'models'>,
  locale: Locale,
): PaperTable {
  const t = words.models.simulation
  const { lines, replications, unanswered } = scenario
  const beside = (value: string, error: string): string => `${value} (${error})`
  const estimators = [...new Set(lines.map(({ estimator }) => estimator))]
  const rows = estimators.flatMap((estimator): PaperRow[] => [
    { cells: [t.estimators[estimator] ?? estimator, '', '', '', '', '', ''], isHeading: true },
    ...lines
      .filter((line) => line.estimator === estimator)
      .map((line): PaperRow => ({
        isIndented: true,
        cells: [
          t.effects[line.effect],
          formatSignificant(line.truth, locale, 3),
          formatSignificant(line.mean, locale, 4),
          hasBias(line)
            ? beside(
                formatFixed(line.percentBias, locale, 1),
                formatFixed(line.monteCarlo.percentBias, locale, 1),
              )
            : words.models.none,
          beside(
            formatFixed(100 * line.coverage, locale, 1),
            formatFixed(100 * line.monteCarlo.coverage, locale, 1),
          ),
          beside(
            formatFixed(line.stdErrRatio, locale, 3),
            formatFixed(line.monteCarlo.stdErrRatio, locale, 3),
          ),
          formatSignificant(line.meanSquaredError, locale, 3),
        ],
      })),
  ])
  return {
    title: t.table(scenarioName(scenario, words, locale)),
    header: [t.effect, t.truth, t.mean, t.bias, t.coverage, t.ratio, t.squared],
    rows,
    notes: [
      t.made(
        formatNumber(replications, locale),
        formatNumber(design.subjects, locale),
        formatNumber(design.exams, locale),
        formatNumber(design.gapYears, locale, 2),
        design.seed,
        engine,
      ),
      ...(unanswered > 0 ? [t.unanswered(formatNumber(unanswered, locale))] : []),
      ...(lines.every(hasBias) ? [] : [t.noBias]),
      t.note,
    ],
  }
}

type WithBias = SimulationLine & {
  readonly percentBias: number
  readonly monteCarlo: { readonly percentBias: number }
}

/** There is no percentage of nothing: an effect of zero has a mean and a coverage, and no bias in percent of it. */
const hasBias = (line: SimulationLine): line is WithBias => line.truth !== 0 && line.percentBias !== null

const WIDTH = 760
const TOP = 40
const ROW = 16
const GAP = 14
const BOTTOM = 46
const NAMES = 290
const BOX = 7
/** Normal limits of a mean over replicates. */
const LIMIT = 1.959963984540054

/** Bias of each estimator's mean in percent of the true effect, with the limits that the number of replicates leaves. */
export function biasFigure(scenario: Scenario, words: Pick<Words, 'models'>, locale: Locale): Figure {
  const t = words.models.simulation
  const lines = scenario.lines.filter(hasBias)
  const estimators = [...new Set(scenario.lines.map(({ estimator }) => estimator))]
  const left = NAMES
  const right = WIDTH - 24
  const limits = lines.flatMap(({ percentBias, monteCarlo }) => [
    percentBias - LIMIT * monteCarlo.percentBias,
    percentBias + LIMIT * monteCarlo.percentBias,
  ])
  const [least, most] = [Math.min(-1, ...limits), Math.max(1, ...limits)]
  const pad = 0.04 * (most - least)
  const [from, to] = [least - pad, most + pad]
  const x = (value: number): number => left + ((value - from) / (to - from)) * (right - left)
  const block = EFFECTS.length * ROW + GAP
  const floor = TOP + estimators.length * block
  const shapes: Shape[] = [
    ...EFFECTS.filter((effect) => lines.some((line) => line.effect === effect)).flatMap(
      (effect, at): Shape[] => [
        {
          kind: 'box',
          x: left + at * 140,
          y: 12,
          width: BOX,
          height: BOX,
          tone: toneOf(EFFECTS.indexOf(effect)),
        },
        { kind: 'text', x: left + at * 140 + 12, y: 20, text: t.effects[effect], size: 11 },
      ],
    ),
    ...roundValues(from, to, 8).flatMap((tick): Shape[] => [
      { kind: 'line', x1: x(tick), y1: TOP - 6, x2: x(tick), y2: floor, tone: 'line' },
      {
        kind: 'text',
        x: x(tick),
        y: floor + 16,
        text: formatNumber(tick, locale),
        anchor: 'middle',
        tone: 'soft',
        size: 11,
      },
    ]),
    { kind: 'line', x1: x(0), y1: TOP - 6, x2: x(0), y2: floor, tone: 'ink' },
    { kind: 'line', x1: left, y1: floor, x2: right, y2: floor, tone: 'ink' },
    {
      kind: 'text',
      x: (left + right) / 2,
      y: floor + BOTTOM - 10,
      text: t.axis,
      anchor: 'middle',
      tone: 'soft',
    },
  ]
  for (const [i, estimator] of estimators.entries()) {
    const top = TOP + i * block
    shapes.push({
      kind: 'text',
      x: 8,
      y: top + (EFFECTS.length * ROW) / 2 + 4,
      text: t.estimators[estimator] ?? estimator,
    })
    for (const [e, effect] of EFFECTS.entries()) {
      const line = lines.find((each) => each.estimator === estimator && each.effect === effect)
      if (line === undefined) continue
      const y = top + e * ROW + ROW / 2
      const half = LIMIT * line.monteCarlo.percentBias
      shapes.push(
        {
          kind: 'line',
          x1: x(line.percentBias - half),
          y1: y,
          x2: x(line.percentBias + half),
          y2: y,
          tone: toneOf(e),
          width: 1.75,
        },
        {
          kind: 'box',
          x: x(line.percentBias) - BOX / 2,
          y: y - BOX / 2,
          width: BOX,
          height: BOX,
          tone: toneOf(e),
        },
      )
    }
  }
  return {
    description: t.figureOf(
      lines
        .map(
          ({ estimator, effect, percentBias }) =>
            `${t.estimators[estimator] ?? estimator}, ${t.effects[effect]} ${formatNumber(percentBias, locale, 1)} %`,
        )
        .join('; '),
    ),
    width: WIDTH,
    height: floor + BOTTOM,
    shapes,
  }
}

const toneOf = (e: number): 0 | 1 | 2 => (e === 0 ? 0 : e === 1 ? 1 : 2)
