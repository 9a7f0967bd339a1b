/** Kept models side by side: whether they ask the same, how well each fits, and each ratio beside the others. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { canonicalCleaning } from '../../../../shared/domain/cleaning.ts'
import { canonicalCohort } from '../../../../shared/domain/cohort.ts'
import { canonicalIntervals, withCompeting } from '../../../../shared/domain/intervals.ts'
import { isCurve, type StudyDocument, type StudyModel } from '../../../../shared/domain/study.ts'
import { formatNumber, formatP, formatPercent, shortHash } from '../../../lib/format.ts'
import {
  coefficientRows,
  covariateRows,
  ratioKind,
  type FitAnswer,
} from '../../../parts/research/fit-answer.ts'
import type { PaperRow, PaperTable } from '../../../parts/research/paper-table.ts'
import { countText } from '../../../parts/research/small-count.ts'
import { inARow, studySentences } from '../../../parts/research/study-sentence.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { ratioCell } from './cleaning-table.ts'
import type { Found } from './found.ts'
import { isFit } from './study-answer.ts'
import { termWords } from '../../../parts/research/term-words.ts'
import { SMALL } from './suppression.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question' | 'models' | 'modelComparison'>

/** A fitted model with the question that it is of. */
export interface KeptModel {
  /** Hash of the result and the model's place in it: the same model is kept once. */
  readonly id: string
  readonly study: StudyDocument
  readonly m: number
  readonly persons: number
  readonly events: number
  readonly hash: string
  readonly resultHash: string
  readonly fit: FitAnswer
}

/** Null for curves, and where the data gave no answer: there is nothing to compare. */
export function keptModelOf({ pinned, answer, ran }: Found, m: number): KeptModel | null {
  const { before, result } = answer.models[m] ?? {}
  const model = pinned.models[m]
  if (model === undefined || before === undefined || isCurve(model.family) || !isFit(result)) return null
  const { curves: _, ...fit } = result
  const { persons, events } = before
  const { hash, resultHash } = ran
  return { id: `${resultHash} ${m}`, study: pinned, m, persons, events, hash, resultHash, fit }
}

export const modelOf = ({ study, m }: KeptModel): StudyModel => study.models[m]!

/**
 * -2 log L + 2 parameters; of a Cox model with its partial likelihood, as R's `AIC(coxph)`. Null where there is no likelihood: that of
 * Fine and Gray's model is of weighted rows, and of results of an older engine too.
 */
export function aicOf({ aic, logLikelihood, df, family }: FitAnswer): number | null {
  if (family === 'finegray') return null
  if (aic !== undefined) return aic
  const reached = logLikelihood?.at(-1) ?? null
  return family !== 'cox' || reached === null || df === undefined ? null : 2 * df - 2 * reached
}

/** What is asked in each part; names and titles say nothing. Covariates are compared term by term. */
const PARTS = {
  who: ({ cohort }) => canonicalCohort(cohort),
  records: ({ snapshot }) => JSON.stringify(snapshot),
  engine: ({ engine }) => engine ?? '',
  cleaning: ({ cleaning, cohortOn }) =>
    cleaning === null ? '' : `${cohortOn ?? ''} ${canonicalCleaning(cleaning)}`,
  following: ({ intervals }) => canonicalIntervals({ ...intervals, covariates: [] }),
} as const satisfies Record<string, (study: StudyDocument) => string>
type Part = keyof typeof PARTS

export function comparisonTable(kept: readonly KeptModel[], words: Words, locale: Locale): PaperTable {
  const t = words.modelComparison
  const columns = kept.map((each, k) => t.column(String(k + 1), modelOf(each).title))
  const notes: string[] = []
  const heading = (text: string): PaperRow => ({ cells: [text, ...kept.map(() => '')], isHeading: true })
  const row = (name: string, cells: readonly string[]): PaperRow => ({
    cells: [name, ...cells],
    isIndented: true,
  })
  const counts = { persons: kept.map(({ persons }) => persons), events: kept.map(({ events }) => events) }
  const isAbout = Object.values(counts).some(areClose)
  const said = (all: readonly number[]): string[] =>
    all.map((count) =>
      isAbout && count >= SMALL
        ? t.about(formatNumber(10 * Math.round(count / 10), locale))
        : countText(count, words.cohorts.small, locale),
    )
  const limits = new Set(
    kept.map(({ fit, study, m }) => fit.conf ?? study.models[m]!.confidencePercent / 100),
  )
  const [confidence] = limits
  const rows = [
    heading(t.definitions),
    ...(['who', 'records', 'engine', 'cleaning', 'following'] as const).map((part) =>
      row(t[part], partCells(kept, part, notes, words, locale)),
    ),
    row(
      t.family,
      kept.map((each) => words.question.families[modelOf(each).family]),
    ),
    ...(kept.some((each) => modelOf(each).timeFrom !== undefined)
      ? [
          row(
            t.time,
            kept.map((each) => (modelOf(each).timeFrom === undefined ? t.timeOfTable : t.timeOfPiece)),
          ),
        ]
      : []),
    ...(kept.some((each) => modelOf(each).imputation !== undefined)
      ? [
          row(
            t.gaps,
            kept.map((each) => {
              const { imputation } = modelOf(each)
              return imputation === undefined ? t.leftOut : t.filledIn(String(imputation.sets))
            }),
          ),
        ]
      : []),
    heading(t.fit),
    row(t.persons, said(counts.persons)),
    row(t.events, said(counts.events)),
    row(
      t.parameters,
      kept.map(({ fit }) =>
        String(fit.df ?? coefficientRows(fit).filter(({ ratio }) => ratio !== null).length),
      ),
    ),
    row(
      t.aic,
      kept.map(({ fit }) => numberText(aicOf(fit), 1, words, locale)),
    ),
    row(
      t.concordance,
      kept.map(({ fit: { concordance } }) => {
        const value = numberText(concordance?.concordance ?? null, 3, words, locale)
        const error = concordance?.std ?? null
        return error === null ? value : `${value} (${formatNumber(error, locale, 3)})`
      }),
    ),
    row(
      t.proportional,
      kept.map(({ fit }) => {
        const p = fit.zph?.globalP ?? null
        return p === null ? words.models.none : formatP(p, locale)
      }),
    ),
    heading(
      limits.size === 1
        ? t.ratios(words.models.columns.limits(formatPercent(confidence!, locale)))
        : t.confidences,
    ),
    ...termRows(kept, notes, words, locale).map(({ name, cells }) => row(name, cells)),
  ]
  if (isAbout) notes.push(t.aboutNote)
  notes.push(isAicComparable(kept) ? t.aicHolds : t.aicDoesNot)
  for (const [k, { hash, resultHash }] of kept.entries())
    notes.push(t.hashes(columns[k]!, shortHash(hash), shortHash(resultHash)))
  return { title: t.title, header: ['', ...columns], rows, notes }
}

/** “same in all”, or a letter for each way, whose sentence is in a note. */
function partCells(
  kept: readonly KeptModel[],
  part: Part,
  notes: string[],
  words: Words,
  locale: Locale,
): string[] {
  const t = words.modelComparison
  if (part === 'records') return recordCells(kept, words, locale)
  const texts = kept.map(({ study }) => PARTS[part](study))
  const ways = [...new Set(texts)]
  if (ways.length === 1) return texts.map(() => t.same)
  if (part === 'engine') return texts.map((text) => (text === '' ? words.models.none : text))
  for (const [w, way] of ways.entries()) {
    const { study } = kept[texts.indexOf(way)]!
    const { cohort, cleaning, followUp } = studySentences(study, words, locale)
    const sentence = { who: inARow(cohort, locale), cleaning, following: followUp }[part]
    notes.push(t.definedAs(t[part], letter(w, words), sentence))
  }
  return texts.map((text) => letter(ways.indexOf(text), words))
}

/** The last block; of several chains, which one too. */
function recordCells(kept: readonly KeptModel[], words: Words, locale: Locale): string[] {
  const chains = new Set(kept.map(({ study }) => study.snapshot?.chain))
  return kept.map(({ study: { snapshot } }) => {
    if (snapshot === null) return words.models.none
    const block = formatNumber(snapshot.upTo, locale)
    return chains.size === 1 ? block : `${block} (${shortHash(snapshot.chain)})`
  })
}

const letter = (w: number, words: Words): string => words.modelComparison.letters.charAt(w)

/** Terms of all models, in the order in which they are met; what is called the same and defined otherwise is another term. */
function termRows(
  kept: readonly KeptModel[],
  notes: string[],
  words: Words,
  locale: Locale,
): { name: string; cells: string[] }[] {
  const terms = new Map<string, { label: string; cells: string[] }>()
  for (const [k, each] of kept.entries()) {
    const kind = words.models.ratios[ratioKind(each.fit.family)]
    const areMixed = new Set(kept.map(({ fit }) => ratioKind(fit.family))).size > 1
    for (const term of covariateRows(each.fit)) {
      const name = termWords(term.name, each.study, each.m, words, locale)
      const label = areMixed ? `${name}, ${kind}` : name
      const key = JSON.stringify([label, definitionOf(term.name, each)])
      const cells = terms.get(key)?.cells ?? kept.map(() => words.models.none)
      cells[k] = ratioCell(term, words, locale)
      terms.set(key, { label, cells })
    }
  }
  const rows = [...terms.values()]
  const twice = new Set(
    rows
      .filter(({ label }, i) => rows.findIndex((other) => other.label === label) !== i)
      .map(({ label }) => label),
  )
  for (const label of twice) notes.push(words.modelComparison.otherwise(label))
  const ways = new Map<string, number>()
  return rows.map(({ label, cells }) => {
    if (!twice.has(label)) return { name: label, cells }
    const w = ways.get(label) ?? 0
    ways.set(label, w + 1)
    return { name: `${label} (${letter(w, words)})`, cells }
  })
}

/** How the columns of a term are defined, with their codes and the shape that they have in the model; what they are called says nothing. */
function definitionOf(term: string, { study, m }: KeptModel): string {
  const { intervals } = study
  const { splines } = study.models[m]!
  const names = term.split(':').map((part) => columnOf(part, study.models[m]!))
  return JSON.stringify(
    names.map((name) => [
      canonicalIntervals({
        ...withCompeting(intervals, null),
        // Only what a covariate is: whom it is known of, and until when, stands in the parts above.
        followUp: { ...withCompeting(intervals, null).followUp, event: { kind: 'visit' } },
        clock: 'index',
        cuts: [],
        rows: name === 'period' ? intervals.rows : { kind: 'changes' },
        covariates: intervals.covariates
          .filter((each) => each.name === name)
          .map((each) => ({ ...each, name: 'x' })),
      }),
      splines.filter((each) => each.name === name).map(({ name: _, ...shape }) => shape),
    ]),
  )
}

/** The column that a term is of: `sexmale` is a level of `sex`, `age''` a bend of `age`. */
function columnOf(term: string, { factors, splines }: StudyModel): string {
  const plain = term.replace(/'+$/, '')
  if (splines.some(({ name }) => name === plain)) return plain
  const [factor] = factors
    .filter((each) => term.startsWith(each) && term !== each)
    .sort((x, y) => y.length - x.length)
  return factor ?? term
}

/** One likelihood of the same people and events: kind, strata, ties, records and all that comes before the models. */
function isAicComparable(kept: readonly KeptModel[]): boolean {
  if (kept.some(({ fit }) => aicOf(fit) === null)) return false
  const asked = kept.map((each) => {
    const { family, strata, ties } = modelOf(each)
    const { persons, events, fit } = each
    return JSON.stringify([
      family,
      [...strata].sort(),
      ties,
      persons,
      events,
      fit.events,
      ...Object.values(PARTS).map((of) => of(each.study)),
    ])
  })
  return new Set(asked).size === 1
}

/** Whether fewer than 11 lie between two of them: side by side they would say a small number. */
function areClose(counts: readonly number[]): boolean {
  const sorted = [...counts].sort((a, b) => a - b)
  return sorted.some((count, i) => i > 0 && count > sorted[i - 1]! && count - sorted[i - 1]! < SMALL)
}

function numberText(value: number | null, digits: number, words: Words, locale: Locale): string {
  return value === null ? words.models.none : formatNumber(value, locale, digits)
}
