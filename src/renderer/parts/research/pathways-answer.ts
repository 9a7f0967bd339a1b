/** Pathways of all hospitals as a figure and two tables: every number with its interval, and what is too few to tell called so. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { NoisyAnswer } from '../../../shared/contract/answers.ts'
import { PATHWAY_BAND_DAYS, type AskedPathways } from '../../../shared/domain/pathways.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import { eventWords } from './cohort-sentence.ts'
import type { Figure, Tone } from './figure.ts'
import type { PaperRow, PaperTable } from './paper-table.ts'
import { sankeyFigure, type SankeyLink, type SankeyNode } from './sankey-figure.ts'

export type RealPathways = Extract<NoisyAnswer, { kind: 'pathways' }>
type Words = Pick<AllWords, 'clinical' | 'cohorts' | 'pathways'>
type Whole = RealPathways['total']

export interface PathwaysContext {
  /** Of the table of ways; the file is called so. */
  readonly title: string
  /** Of the events, in their order. */
  readonly names: readonly string[]
  readonly words: Words
  readonly locale: Locale
}

/** Of events and ends as an answer numbers them (`shared/contract/answers.ts`). */
const SEVERAL = -1
const NO_FURTHER = -2
const DEATH = -3
/** As the room's own persons are drawn. */
const TONES = 6
const TONE_OF_SEVERAL: Tone = 5

export function eventNames({ events, codeSets }: AskedPathways, words: Words, locale: Locale): string[] {
  return events.map((event) => eventWords(event, { words, locale, codeSets }))
}

/** Box of a step, its links from the step before; what is too few to tell is one hollow box of each step, without a number. */
export function realFigure(answer: RealPathways, context: PathwaysContext): Figure | null {
  const { words, locale } = context
  const t = words.pathways
  const nodes: SankeyNode[] = answer.places.map(({ step, state, count }) => ({
    step,
    name: nameOf(state, context),
    count: countText(count, context),
    size: count.value,
    half: count.halfWidth,
    tone: toneOf(state),
    isHollow: false,
  }))
  const placeOf = (step: number, state: number): number =>
    answer.places.findIndex((each) => each.step === step && each.state === state)
  const links: SankeyLink[] = answer.transitions.flatMap(({ step, from, to, count }) => {
    const source = from === null ? null : placeOf(step - 1, from)
    const target = placeOf(step, to)
    // Where noise hides one of its ends there is nothing to draw it to; the table has it.
    return source === -1 || target === -1 ? [] : [{ from: source, to: target, size: count.value }]
  })
  for (let step = 1; step <= lastStep(answer); step++) {
    const sources =
      step === 1
        ? [{ place: null, size: answer.total.value }]
        : answer.places.flatMap((each, place) =>
            each.step === step - 1 && each.state >= SEVERAL ? [{ place, size: each.count.value }] : [],
          )
    const rests = sources.flatMap(({ place, size }) => {
      const told = links
        .filter(({ from, to }) => from === place && nodes[to]?.step === step)
        .reduce((sum, link) => sum + link.size, 0)
      return size > told ? [{ from: place, size: size - told }] : []
    })
    const all = rests.reduce((sum, { size }) => sum + size, 0)
    if (all === 0) continue
    const to = nodes.length
    nodes.push({ step, name: t.real.few, count: '', size: all, tone: 'soft', isHollow: true })
    links.push(...rests.map((rest) => ({ ...rest, to })))
  }
  const described = answer.places
    .map(({ step, state, count }) => `${step}. ${nameOf(state, context)} ${countText(count, context)}`)
    .join('; ')
  return sankeyFigure({
    entry: { name: t.index, count: countText(answer.total, context), size: answer.total.value },
    nodes,
    links,
    description: t.sequenceOf(described === '' ? formatNumber(answer.total.value, locale) : described),
  })
}

export function realTable(answer: RealPathways, context: PathwaysContext): PaperTable {
  const { title, words } = context
  const t = words.pathways
  const rows: PaperRow[] = []
  let before: string | null = null
  for (const { step, from, to, count } of answer.transitions) {
    const key = `${step} ${from}`
    if (key !== before) {
      const heading =
        from === null
          ? t.atEntry(countText(answer.total, context))
          : t.after(`${step - 1}. ${nameOf(from, context)}`, placeText(answer, step - 1, from, context))
      rows.push({ isHeading: true, cells: [heading, '', ''] })
      before = key
    }
    rows.push({ isIndented: true, cells: [nameOf(to, context), ...countCells(count, context)] })
  }
  return {
    title,
    header: [t.columns.then, t.columns.persons, t.real.interval],
    rows,
    notes: [t.real.fewNote, t.real.intervalNote],
  }
}

/** How long each event of a step took, since the step before: persons by band. */
export function realWaits(answer: RealPathways, context: PathwaysContext): PaperTable {
  const t = context.words.pathways
  const rows: PaperRow[] = []
  for (let step = 1; step <= lastStep(answer); step++) {
    const events = answer.places.filter((each) => each.step === step && each.state >= SEVERAL)
    if (events.length === 0) continue
    rows.push({
      isHeading: true,
      cells: [t.real.step(String(step), step === 1), '', ...t.real.bands.map(() => '')],
    })
    for (const { state, count } of events)
      rows.push({
        isIndented: true,
        cells: [
          nameOf(state, context),
          countText(count, context),
          ...[0, ...PATHWAY_BAND_DAYS].map((_, band) => {
            const found = answer.waits.find(
              (each) => each.step === step && each.to === state && each.band === band,
            )
            return found === undefined ? t.real.few : countText(found.count, context)
          }),
        ],
      })
  }
  return {
    title: t.real.waits,
    header: [t.real.event, t.columns.persons, ...t.real.bands],
    rows,
    notes: [t.real.waitsNote, t.real.intervalNote],
  }
}

export function nameOf(state: number, { names, words }: PathwaysContext): string {
  const t = words.pathways
  switch (state) {
    case SEVERAL:
      return t.real.several
    case NO_FURTHER:
      return t.none
    case DEATH:
      return t.death
    default:
      return names[state] ?? t.eventNumber(String(state + 1))
  }
}

const lastStep = ({ places }: RealPathways): number => Math.max(0, ...places.map(({ step }) => step))

const toneOf = (state: number): Tone =>
  state === SEVERAL ? TONE_OF_SEVERAL : state < 0 ? 'soft' : ((state % TONES) as Tone)

function countText({ value, halfWidth }: Whole, { locale }: PathwaysContext): string {
  return `${formatNumber(value, locale)} ± ${formatNumber(halfWidth, locale)}`
}

function countCells({ value, halfWidth }: Whole, { locale }: PathwaysContext): string[] {
  return [
    formatNumber(value, locale),
    `${formatNumber(Math.max(0, value - halfWidth), locale)}–${formatNumber(value + halfWidth, locale)}`,
  ]
}

function placeText(answer: RealPathways, step: number, state: number, context: PathwaysContext): string {
  const found = answer.places.find((each) => each.step === step && each.state === state)
  return found === undefined ? context.words.pathways.real.few : countText(found.count, context)
}
