/**
 * Names of attested numbers as a reader of the window has them. The signed name stays what it is, in the package and where numbers are
 * pasted; what is not known here stands as it was signed. Pure.
 */
import type { Locale } from '../../../../shared/contract/app.ts'
import { nameWithUnit, perUnitOf, valueText } from '../../../parts/research/request-axis.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'

type Words = Pick<AllWords, 'requests' | 'reviews'>

/** @param name parts apart by `; `, as in result.csv: `all shown; age-years below 40` */
export function cellWords(name: string, words: Words, locale: Locale): string {
  const { cells } = words.reviews
  return name
    .split('; ')
    .map((part) => cells.fixed[part] ?? numberWords(part, words) ?? levelWords(part, words, locale) ?? part)
    .join(cells.comma)
}

/** `model/0`, `mean of VARIABLE`, `250 per mille of VARIABLE`, `day 30`. */
function numberWords(part: string, words: Words): string | null {
  const { cells } = words.reviews
  const model = /^model\/(\d+)$/.exec(part)
  if (model !== null) return words.requests.answer.findings.model(String(Number(model[1]) + 1))
  const day = /^day (\d+)$/.exec(part)
  if (day !== null) return cells.day(day[1]!)
  const [, perMille, variable = ''] = /^(?:mean|(\d+) per mille) of ([a-z0-9-]+)( \(.*\))?$/.exec(part) ?? []
  // A number in smaller units than people use keeps the name that says so.
  if (words.requests.variables[variable] === undefined || perUnitOf(variable) !== 1) return null
  const said = nameWithUnit(variable, words)
  return perMille === undefined ? cells.mean(said) : cells.quantile(String(Number(perMille) / 10), said)
}

/** `VARIABLE LEVEL`, where the public dictionary knows the variable. */
function levelWords(part: string, words: Words, locale: Locale): string | null {
  const t = words.requests
  const [, variable = '', level = ''] = /^([a-z0-9-]+)(?: \([^)]*\))? (.+)$/.exec(part) ?? []
  if (t.variables[variable] === undefined) return null
  const said = (of: string) => words.reviews.cells.level(nameWithUnit(variable, words), of)
  const edge = (text: string) => valueText(variable, Number(text), locale)
  if (level === 'not known') return said(t.notKnown)
  const [, below, from, least, most] =
    /^(?:below (-?\d+)|(-?\d+) and above|(-?\d+) to below (-?\d+))$/.exec(level) ?? []
  if (below !== undefined) return said(t.below(edge(below)))
  if (from !== undefined) return said(t.from(edge(from)))
  if (least !== undefined && most !== undefined) return said(t.between(edge(least), edge(most)))
  const label = t.levels[`${variable}/${level}`]
  return label === undefined ? null : said(label)
}

/** What was found by a check, where its words are the program's own; others stand as they were said. */
export function detailWords(detail: string, words: Pick<AllWords, 'reviews'>): string {
  const t = words.reviews.details
  const [, decisions, voters] = /^decisions: (\d+), sets of voters: (\d+)$/.exec(detail) ?? []
  if (decisions !== undefined && voters !== undefined) return t.decisions(decisions, voters)
  const [, height, day] = /^up to height (\d+), declared (\S+)$/.exec(detail) ?? []
  return height !== undefined && day !== undefined ? t.snapshot(height, day) : detail
}
