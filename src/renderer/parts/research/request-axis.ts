/** Variables of the public dictionary in a form and in a table: names of levels, bins as people type them, and which bins to begin with. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { CatalogVariable } from '../../../shared/contract/requests.ts'
import type { RequestAxis } from '../../../shared/domain/request-output.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'

type Words = Pick<AllWords, 'requests'>

/** Whole numbers of the dictionary for one unit that people use. */
const PER_UNIT: Readonly<Record<string, number>> = { 'hba1c-tenths': 10 }
const DIGITS_MAX = 4
/** Bins that a form begins with. */
const BINS_WISHED = 5

export const perUnitOf = (variable: string): number => PER_UNIT[variable] ?? 1

export const variableName = (name: string, words: Words): string =>
  words.requests.variables[name]?.name ?? name

export const variableUnit = (name: string, words: Words): string => words.requests.variables[name]?.unit ?? ''

/** “Age (years)”. */
export const nameWithUnit = (name: string, words: Words): string =>
  words.requests.withUnit(variableName(name, words), variableUnit(name, words))

/** A whole number of the dictionary as people read it, without its unit. */
export function valueText(variable: string, value: number, locale: Locale): string {
  return formatNumber(value / perUnitOf(variable), locale, DIGITS_MAX)
}

/** The levels of an axis in their order; the last one is “not known”. */
export function levelNames(
  axis: RequestAxis,
  variable: CatalogVariable | undefined,
  words: Words,
  locale: Locale,
): string[] {
  const t = words.requests
  const labels =
    variable?.kind === 'label'
      ? variable.levels.map((level) => t.levels[`${axis.variable}/${level}`] ?? level)
      : binNames(axis, words, locale)
  return [...labels, t.notKnown]
}

function binNames({ variable, edges }: RequestAxis, words: Words, locale: Locale): string[] {
  const t = words.requests
  const text = (value: number) => valueText(variable, value, locale)
  return Array.from({ length: edges.length + 1 }, (_, bin) => {
    const [least, most] = [edges[bin - 1], edges[bin]]
    if (least === undefined) return most === undefined ? t.answer.everybody : t.below(text(most))
    return most === undefined ? t.from(text(least)) : t.between(text(least), text(most))
  })
}

/** `40, 65` → edges in the dictionary's whole numbers; null where a piece is no number, or lies between two whole ones. */
export function edgesFromText(variable: string, text: string): number[] | null {
  const pieces = text
    .normalize('NFKC')
    .split(/[\s,;、]+/)
    .filter((piece) => piece !== '')
  const edges = pieces.map((piece) =>
    /^-?[0-9]{1,10}(\.[0-9]{1,4})?$/.test(piece)
      ? Math.round(Number(piece) * perUnitOf(variable) * 1e4) / 1e4
      : NaN,
  )
  return edges.every((edge) => Number.isSafeInteger(edge)) ? edges : null
}

export const textOfEdges = (variable: string, edges: readonly number[]): string =>
  edges.map((edge) => String(edge / perUnitOf(variable))).join(', ')

/** A few bins of equal width on the variable's steps; none for labels. */
export function firstEdges(variable: CatalogVariable): number[] {
  if (variable.kind === 'label') return []
  const { least, greatest, step } = variable
  const stepCount = Math.floor((greatest - least) / step)
  const width = Math.max(1, Math.round(stepCount / BINS_WISHED)) * step
  const edges: number[] = []
  for (let edge = Math.floor(least / step) * step + width; edge < greatest; edge += width)
    if (edge > least) edges.push(edge)
  return edges
}

/** Every `step` days up to `most`, it too. */
export function timeEdgesOf(step: number, most: number): number[] {
  const edges: number[] = []
  if (step < 1) return edges
  for (let edge = step; edge <= most && edges.length < TIME_EDGES_MAX; edge += step) edges.push(edge)
  return edges
}
const TIME_EDGES_MAX = 100
