/** Answers of the gateways as a paper has them: a headline, a figure, a table, every number with its interval. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { NoisyAnswer } from '../../../shared/contract/answers.ts'
import type { CatalogVariable } from '../../../shared/contract/requests.ts'
import type { CleaningStep } from '../../../shared/domain/cleaning.ts'
import type { RequestAxis, RequestOutput } from '../../../shared/domain/request-output.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { formatNumber, formatSignificant } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import { curvesFigure } from './curves-figure.ts'
import type { Figure } from './figure.ts'
import { forestFigure } from './forest-figure.ts'
import type { Curve } from './fit-answer.ts'
import type { PaperRow, PaperTable } from './paper-table.ts'
import { eventNames, realFigure, realTable, realWaits } from './pathways-answer.ts'
import { ratioInBrackets, ratioWithLimits } from './ratio-text.ts'
import { peopleIn, profileTables } from './profile-tables.ts'
import { liftTable } from './lift-table.ts'
import { levelNames, nameWithUnit, perUnitOf, variableName, variableUnit } from './request-axis.ts'

type Words = Pick<AllWords, 'cleaning' | 'clinical' | 'cohorts' | 'models' | 'pathways' | 'requests'>

export interface ShownAnswer {
  /** The first thing that is read. */
  readonly headline: string | null
  readonly figure: Figure | null
  readonly table: PaperTable | null
  /** Further ones below it. */
  readonly more?: readonly PaperTable[]
}

interface Context {
  readonly title: string
  readonly output: RequestOutput
  readonly variables: readonly CatalogVariable[]
  readonly words: Words
  readonly locale: Locale
  /** Of the cleaning that was asked with it. */
  readonly steps?: readonly CleaningStep[]
}

const NOTHING: ShownAnswer = { headline: null, figure: null, table: null }

/** Of an answer with noise. What does not fit to the question it is said to be of shows nothing. */
export function shownAnswer(answer: NoisyAnswer, context: Context): ShownAnswer {
  switch (answer.kind) {
    case 'withheld':
      return NOTHING
    case 'count':
      return { ...NOTHING, headline: wholeText(answer.count, 'patients', context) }
    case 'table':
      return shownTable(answer, context)
    case 'mean':
      return shownMean(answer, context)
    case 'quantiles':
      return shownQuantiles(answer, context)
    case 'curves':
      return shownCurves(answer, context)
    case 'effects':
      return shownEffects(answer, context)
    case 'lift':
      return shownLift(answer, context)
    case 'tables':
      return shownProfile(answer, context)
    case 'monitor':
      return { ...NOTHING, headline: context.words.requests.answer.monitor }
    case 'pathways':
      return shownPathways(answer, context)
    default:
      return unreachable(answer)
  }
}

type Of<K extends NoisyAnswer['kind']> = Extract<NoisyAnswer, { kind: K }>
type Estimate = Of<'mean'>['mean']

function wholeText(
  { value, halfWidth }: { readonly value: number; readonly halfWidth: number },
  unit: 'patients' | 'visits',
  { words, locale }: Context,
): string {
  const t = words.requests.answer
  return t.headline(formatNumber(value, locale), formatNumber(halfWidth, locale), t[unit])
}

/** The sum is of the cells that are shown: of how many, where some are not. */
function shownText(
  total: Of<'count'>['count'],
  unit: 'patients' | 'visits',
  shown: number,
  cells: number,
  context: Context,
): string {
  const t = context.words.requests.answer
  if (shown === 0) return t.nothingShown
  const said = wholeText(total, unit, context)
  const text = (value: number) => formatNumber(value, context.locale)
  return shown === cells ? said : t.headlineShown(said, text(shown), text(cells))
}

function shownTable(answer: Of<'table'>, context: Context): ShownAnswer {
  const { output, words, locale, title } = context
  if (output.kind !== 'table' && output.kind !== 'histogram') return NOTHING
  const t = words.requests.answer
  const unit = output.counted.unit
  // As the request's bytes have them, and hence the cells: in order of their names.
  const axes = output.kind === 'table' ? inOrder(output.axes) : [output.axis]
  const names = axes.map((axis) => namesOf(axis, context))
  const cellCount = names.reduce((product, levels) => product * levels.length, 1)
  if (answer.cells.length !== cellCount) return NOTHING
  const text = (value: number | null) => (value === null ? t.hidden : formatNumber(value, locale))
  const half = formatNumber(answer.halfWidth, locale)
  const shown = answer.cells.filter((cell) => cell !== null).length
  const rows: PaperRow[] = answer.cells.map((cell, i) => ({
    cells: [...levelsOfCell(names, i), text(cell), cell === null ? '' : `± ${half}`],
  }))
  const total: PaperRow = {
    isHeading: true,
    cells: [
      t.total,
      ...names.slice(1).map(() => ''),
      ...(shown === 0
        ? [t.hidden, '']
        : [formatNumber(answer.total.value, locale), `± ${formatNumber(answer.total.halfWidth, locale)}`]),
    ],
  }
  return {
    headline: shownText(answer.total, unit, shown, cellCount, context),
    figure: null,
    table: {
      title,
      header: [...axes.map(({ variable }) => nameWithUnit(variable, words)), t[unit], t.interval95],
      rows: [...rows, total],
      notes: [...(answer.cells.includes(null) ? [t.hiddenNote] : []), t.interval],
    },
  }
}

function shownMean({ mean, count }: Of<'mean'>, context: Context): ShownAnswer {
  const { output, words, locale, title } = context
  if (output.kind !== 'mean') return NOTHING
  const t = words.requests.answer
  const { variable } = output
  const said = estimateText(mean, variable, context)
  return {
    headline: `${variableName(variable, words)}: ${said}`,
    figure: null,
    table: {
      title,
      header: ['', t.value, t.interval95],
      rows: [
        {
          cells: [
            words.requests.withUnit(t.mean, unitOf(variable, words)),
            ...estimateCells(mean, variable, locale),
          ],
        },
        {
          cells: [
            t.patients,
            formatNumber(count.value, locale),
            `± ${formatNumber(count.halfWidth, locale)}`,
          ],
        },
      ],
      notes: [t.population],
    },
  }
}

function shownProfile(
  { tables }: Of<'tables'>,
  { title, steps = [], words, locale, ...context }: Context,
): ShownAnswer {
  const [table, ...more] = profileTables(tables, { title, steps, here: null, words, locale })
  const people = peopleIn(tables)
  const headline =
    people === null ? null : wholeText(people, 'patients', { ...context, title, words, locale })
  return { headline, figure: null, table: table ?? null, more }
}

function shownLift(answer: Of<'lift'>, { output, words, locale, title }: Context): ShownAnswer {
  if (output.kind !== 'score') return NOTHING
  const { ratio } = answer
  const text = (value: number) => formatNumber(value, locale, 3)
  return {
    headline:
      ratio === null
        ? null
        : `${words.requests.formula.ratio}: ${text(ratio.value)} (${text(ratio.low)}–${text(ratio.high)})`,
    figure: null,
    table: liftTable(answer, output, title, words, locale),
  }
}

function shownQuantiles({ quantiles, count }: Of<'quantiles'>, context: Context): ShownAnswer {
  const { output, words, locale, title } = context
  if (output.kind !== 'quantiles') return NOTHING
  const t = words.requests.answer
  const { variable } = output.axis
  const asked = [...new Set(output.perMille)].sort((a, b) => a - b)
  const rows = quantiles.map((each, i): PaperRow => ({
    cells: [
      t.quantileOf(String((asked[i] ?? 0) / 10)),
      ...(each === null ? [t.hidden, ''] : estimateCells(each, variable, locale)),
    ],
  }))
  return {
    headline: wholeText(count, 'patients', context),
    figure: null,
    table: {
      title,
      header: [t.quantile, nameWithUnit(variable, words), t.interval95],
      rows,
      notes: [...(quantiles.includes(null) ? [t.hiddenNote] : []), t.population],
    },
  }
}

function shownCurves({ curves }: Of<'curves'>, context: Context): ShownAnswer {
  const { output, words, locale, title } = context
  if (output.kind !== 'kaplan-meier') return NOTHING
  const t = words.requests.answer
  const names = output.by === null ? [] : namesOf(output.by, context)
  const nameOf = (level: number | null) => (level === null ? t.everybody : (names[level] ?? t.everybody))
  const drawn = curves.map(({ level, steps }): Curve => ({
    stratum: nameOf(level),
    time: steps.map(({ untilDay }) => untilDay),
    atRisk: steps.map(({ atRisk }) => atRisk),
    events: [],
    estimate: steps.map(({ survival }) => survival.value),
    stdErr: [],
    lower: steps.map(({ survival }) => survival.low),
    upper: steps.map(({ survival }) => survival.high),
  }))
  const figure = curvesFigure(
    drawn,
    {
      time: t.days,
      probability: t.survival,
      nameOf: ({ stratum }) => stratum ?? t.everybody,
      description: t.curvesOf,
    },
    locale,
  )
  return {
    headline: null,
    figure,
    table: {
      title,
      header: [t.level, t.until, t.survival, t.interval95, t.atRisk],
      rows: curves.flatMap(({ level, steps }) =>
        steps.map(({ untilDay, survival, atRisk }): PaperRow => ({
          cells: [
            nameOf(level),
            formatNumber(untilDay, locale),
            formatSignificant(survival.value, locale, 3),
            rangeText(survival.low, survival.high, (value) => formatSignificant(value, locale, 3)),
            formatNumber(atRisk, locale),
          ],
        })),
      ),
      notes: [t.population],
    },
  }
}

function shownEffects({ effects, count }: Of<'effects'>, context: Context): ShownAnswer {
  const { output, words, locale, title } = context
  if (output.kind !== 'cox' && output.kind !== 'poisson' && output.kind !== 'gamma') return NOTHING
  const t = words.requests.answer
  const axes = output.kind === 'cox' ? output.covariates : output.factors
  const rows = effects.map(({ variable, level, logRatio }) => {
    const axis = axes.find((each) => each.variable === variable)
    const levelName = axis === undefined ? String(level) : (namesOf(axis, context)[level] ?? String(level))
    return {
      name: variable,
      label: `${nameWithUnit(variable, words)}: ${levelName}`,
      coefficient: logRatio.value,
      stdErr: null,
      p: null,
      ratio: Math.exp(logRatio.value),
      lower: Math.exp(logRatio.low),
      upper: Math.exp(logRatio.high),
    }
  })
  const ratio = t.ratio[output.kind]
  const [first] = rows
  return {
    headline: first === undefined ? null : `${ratio} ${ratioInBrackets(first, locale)}, ${first.label}`,
    figure: forestFigure(
      rows,
      { ratio, limits: t.interval95, description: t.forestOf, more: t.forestMore },
      locale,
    ),
    table: {
      title,
      header: [t.term, ratio, t.interval95],
      rows: rows.map((row): PaperRow => {
        const said = ratioWithLimits(row, locale)
        return { cells: [row.label, said.ratio, said.limits] }
      }),
      notes: [t.patientsAbout(formatNumber(count.value, locale)), t.population],
    },
  }
}

function shownPathways(answer: Of<'pathways'>, context: Context): ShownAnswer {
  const { output, words, locale } = context
  if (output.kind !== 'pathways') return NOTHING
  const of = {
    title: words.pathways.real.sequence,
    names: eventNames(output, words, locale),
    words,
    locale,
  }
  return {
    headline: wholeText(answer.total, 'patients', context),
    figure: realFigure(answer, of),
    table: realTable(answer, of),
    more: [realWaits(answer, of)],
  }
}

const inOrder = (axes: readonly RequestAxis[]): RequestAxis[] =>
  [...axes].sort((a, b) => (a.variable < b.variable ? -1 : a.variable > b.variable ? 1 : 0))

function namesOf(axis: RequestAxis, { variables, words, locale }: Context): string[] {
  return levelNames(
    axis,
    variables.find(({ name }) => name === axis.variable),
    words,
    locale,
  )
}

/** The names of a cell's levels: the last axis runs fastest. */
function levelsOfCell(names: readonly (readonly string[])[], cell: number): string[] {
  const levels: string[] = []
  let rest = cell
  for (const each of names.toReversed()) {
    levels.unshift(each[rest % each.length]!)
    rest = Math.floor(rest / each.length)
  }
  return levels
}

function unitOf(variable: string, words: Words): string {
  return variableUnit(variable, words)
}

function estimateText({ value, low, high }: Estimate, variable: string, { words, locale }: Context): string {
  const text = (each: number) => formatSignificant(each / perUnitOf(variable), locale, 4)
  return words.requests.answer.estimate(text(value), text(low), text(high), unitOf(variable, words))
}

function estimateCells({ value, low, high }: Estimate, variable: string, locale: Locale): string[] {
  const text = (each: number) => formatSignificant(each / perUnitOf(variable), locale, 4)
  return [text(value), rangeText(low, high, text)]
}

const rangeText = (low: number, high: number, text: (value: number) => string): string =>
  `${text(low)} – ${text(high)}`
