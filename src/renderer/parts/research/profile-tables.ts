/** A cleaning profile of all hospitals as tables of a paper: people with their bands, shares, and beside them the same counted elsewhere. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { LabelledTable } from '../../../shared/contract/answers.ts'
import { OTHER_UNIT, type CleaningReason, type CleaningStep } from '../../../shared/domain/cleaning.ts'
import {
  NO_UNIT,
  pairOf,
  PROFILE_SORTS,
  stepOfReason,
  unitPair,
} from '../../../shared/domain/cleaning-profile.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import type { PaperRow, PaperTable } from './paper-table.ts'
import { shareBand, type NoisyCount, type ShareBand } from './share-band.ts'
import { countText } from './small-count.ts'
import { testName } from './test-name.ts'

type Words = Pick<AllWords, 'cleaning' | 'requests'>

export interface ProfileContext {
  readonly title: string
  /** Of the cleaning that was asked: whose step says which reason. */
  readonly steps: readonly Pick<CleaningStep, 'step'>[]
  /** The same tables without noise, of the twin or of one's own records; null: nothing stands beside. */
  readonly here: { readonly tables: readonly LabelledTable[]; readonly name: string } | null
  readonly words: Words
  readonly locale: Locale
}

/** Results and units, years, reasons; what the answer does not have is in no table. */
export function profileTables(tables: readonly LabelledTable[], context: ProfileContext): PaperTable[] {
  const real = readerOf(tables)
  const here = context.here === null ? null : readerOf(context.here.tables)
  const reasons = real.labels('reasons', 0)
  return [
    resultsTable(real, here, context),
    yearsTable(real, here, context),
    ...(reasons.length === 0 ? [] : [reasonsTable(real, here, context)]),
  ]
}

/** Most of the people of whom an answer is. */
export const peopleIn = (tables: readonly LabelledTable[]): NoisyCount | null => wholeOf(readerOf(tables))

interface Reader {
  labels(table: string, axis: number): readonly string[]
  /** Null where it is hidden, undefined where it is in no table. */
  cell(table: string, ...labels: readonly string[]): NoisyCount | null | undefined
  hiddenBelow(table: string): number
}

function readerOf(tables: readonly LabelledTable[]): Reader {
  const byName = new Map(tables.map((table) => [table.name, table]))
  return {
    labels: (name, axis) => byName.get(name)?.axes[axis] ?? [],
    cell(name, ...labels) {
      const table = byName.get(name)
      if (table === undefined || table.axes.length !== labels.length) return undefined
      let at = 0
      for (const [axis, label] of labels.entries()) {
        const level = table.axes[axis]!.indexOf(label)
        if (level < 0) return undefined
        at = at * table.axes[axis]!.length + level
      }
      const value = table.cells[at]
      return value === undefined || value === null ? value : { value, halfWidth: table.halfWidth }
    },
    hiddenBelow: (name) => {
      const table = byName.get(name)
      return table === undefined ? 0 : table.shownFrom + table.halfWidth
    },
  }
}

/** Everybody who is shown, whether or not a visit is left of them. */
function wholeOf(reader: Reader): NoisyCount | null {
  const shown = reader.labels('count', 0).flatMap((label) => reader.cell('count', label) ?? [])
  if (shown.length === 0) return null
  const halfWidth = shown[0]!.halfWidth
  return {
    value: shown.reduce((sum, { value }) => sum + value, 0),
    halfWidth: shown.length === 1 ? halfWidth : Math.ceil(halfWidth * Math.sqrt(shown.length)) + 1,
  }
}

function resultsTable(real: Reader, here: Reader | null, context: ProfileContext): PaperTable {
  const { words, locale, title } = context
  const t = words.cleaning.real
  const line = lineMaker(real, here, context)
  const whole = wholeOf(real)
  const hereWhole = here === null ? null : wholeOf(here)
  const rows: PaperRow[] = [
    ...real
      .labels('count', 0)
      .map((label) =>
        line(t.left[label as keyof typeof t.left] ?? label, ['count', label], whole, hereWhole),
      ),
  ]
  for (const test of real.labels('tested', 0)) {
    const tested = real.cell('tested', test) ?? null
    const hereTested = here?.cell('tested', test) ?? null
    rows.push({ isHeading: true, cells: [testName(test, locale), ...line.blank] })
    rows.push(line(t.withResult, ['tested', test], whole, hereWhole, true))
    for (const [table, said] of [
      ['written', t.asWritten],
      ['cleaned', t.afterSteps],
    ] as const)
      for (const sort of PROFILE_SORTS.toReversed())
        rows.push(line(said(t.sorts[sort]), [table, test, sort], tested, hereTested, true))
    for (const pair of real.labels('units', 0)) {
      const [of, unit] = pairOf(pair)
      if (of !== test) continue
      const name = unit === OTHER_UNIT ? t.otherUnit : unit === NO_UNIT ? t.noUnit : t.unit(unit)
      rows.push(line(name, ['units', unitPair(of, unit)], tested, hereTested, true))
    }
  }
  return {
    title,
    header: [t.what, ...line.header],
    rows,
    notes: [t.people, t.shares, here === null ? t.hidden : t.hiddenBelow],
  }
}

function yearsTable(
  real: Reader,
  here: Reader | null,
  { words, locale, here: beside }: ProfileContext,
): PaperTable {
  const t = words.cleaning.real
  const years = real.labels('seen', 0)
  const share = (reader: Reader, test: string, year: string): string => {
    const [known, seen] = [reader.cell('known', test, year), reader.cell('seen', year)]
    if (known === undefined || seen === undefined || known === null || seen === null) return t.few
    const band = shareBand(known, seen)
    if (band === null) return t.few
    return bandText(band, t, locale)
  }
  const exact = (reader: Reader, test: string, year: string): string => {
    const [known, seen] = [
      reader.cell('known', test, year)?.value ?? 0,
      reader.cell('seen', year)?.value ?? 0,
    ]
    return seen < SHOWN_FROM || (known > 0 && known < SHOWN_FROM)
      ? ''
      : t.percent(percentOf(known / seen, locale))
  }
  // A year a row: beside the steps ten of them side by side, each with its interval, are wider than any window.
  const rows = real.labels('known', 0).flatMap((test): PaperRow[] => [
    { isHeading: true, cells: [testName(test, locale), ...(here === null ? [''] : ['', ''])] },
    ...years.map((year) => ({
      isIndented: true,
      cells: [year, share(real, test, year), ...(here === null ? [] : [exact(here, test, year)])],
    })),
  ])
  const header = [t.testAndYear, t.shareColumn, ...(beside === null ? [] : [t.shareOf(beside.name)])]
  return { title: t.yearsTitle, header, rows, notes: [t.yearsHint] }
}

/** People in a year below which no exact share is said. */
const SHOWN_FROM = 11

function reasonsTable(real: Reader, here: Reader | null, context: ProfileContext): PaperTable {
  const { words, steps } = context
  const t = words.cleaning
  const line = lineMaker(real, here, context)
  const [whole, hereWhole] = [wholeOf(real), here === null ? null : wholeOf(here)]
  return {
    title: t.real.reasonsTitle,
    header: [t.whyOf.reason, ...line.header],
    rows: real.labels('reasons', 0).map((reason) => {
      const step = stepOfReason(reason as CleaningReason, steps)
      const said = t.reasons[reason as CleaningReason] ?? reason
      const name = step === null ? said : t.real.reasonOf(t.steps[step], said)
      return line(name, ['reasons', reason], whole, hereWhole)
    }),
    notes: [t.real.reasonsHint],
  }
}

/**
 * Rows of one table: people, their interval, the share with its own. Where something stands beside, for the screen, a number and its interval are one cell,
 * and so are what stands beside and its share.
 */
function lineMaker(real: Reader, here: Reader | null, { words, locale, here: beside }: ProfileContext) {
  const t = words.cleaning.real
  const text = (value: number): string => formatNumber(value, locale)
  const besideText = (exact: NoisyCount | null | undefined, whole: NoisyCount | null): string => {
    if (exact == null) return ''
    const count = countText(exact.value, words.cleaning.small, locale)
    const share = exactShare(exact, whole, t, locale)
    return share === '' ? count : t.withShare(count, share)
  }
  const line = (
    name: string,
    [table, ...labels]: readonly [table: string, ...labels: string[]],
    whole: NoisyCount | null,
    hereWhole: NoisyCount | null,
    isIndented = false,
  ): PaperRow => {
    const count = real.cell(table, ...labels)
    const band = count == null || whole === null ? null : shareBand(count, whole)
    const share = band === null ? '' : bandText(band, t, locale)
    const [said, interval] =
      count == null
        ? [t.few, t.below(text(real.hiddenBelow(table)))]
        : [text(count.value), `± ${text(count.halfWidth)}`]
    const cells =
      beside === null
        ? [name, said, interval, share]
        : [
            name,
            count == null ? interval : `${said} ${interval}`,
            share,
            besideText(here?.cell(table, ...labels), hereWhole),
          ]
    return { isIndented, cells }
  }
  const header =
    beside === null
      ? [t.peopleColumn, words.requests.answer.interval95, t.shareColumn]
      : [t.peopleColumn, t.shareColumn, t.peopleOf(beside.name)]
  return Object.assign(line, { header, blank: header.map(() => '') })
}

type RealWords = Words['cleaning']['real']

function exactShare({ value }: NoisyCount, whole: NoisyCount | null, t: RealWords, locale: Locale): string {
  if (whole === null || whole.value < SHOWN_FROM || (value > 0 && value < SHOWN_FROM)) return ''
  return t.percent(percentOf(value / whole.value, locale))
}

const bandText = ({ value, low, high }: ShareBand, t: RealWords, locale: Locale): string =>
  t.percentBand(percentOf(value, locale), percentOf(low, locale), percentOf(high, locale))

/** What cannot be is rare: one digit more than a whole per cent. */
const percentOf = (share: number, locale: Locale): string => formatNumber(100 * share, locale, 1)
