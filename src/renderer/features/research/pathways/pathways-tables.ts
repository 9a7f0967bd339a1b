/** The room's numbers as tables: what a figure shows, for whoever reads it by ear or takes it along. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type {
  ExemplarAnswer,
  PathwaysAnswer,
  SpreadAnswer,
  TrajectoryAnswer,
  WaitsAnswer,
} from '../../../../shared/contract/pathways.ts'
import type { PathwaysDefinition } from '../../../../shared/domain/pathways.ts'
import { formatNumber, formatPercent, formatSignificant } from '../../../lib/format.ts'
import type { PaperRow, PaperTable } from '../../../parts/research/paper-table.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import { exemplarName } from './exemplar-figure.ts'
import { binText, classesText, nodeText, testText, type Words } from './pathways-names.ts'

type Traversed = Extract<PathwaysAnswer, { kind: 'traversed' }>

export function sequenceTable(
  { sequences, persons }: Traversed,
  definition: PathwaysDefinition,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pathways
  const { nodes, links } = sequences
  const rows: PaperRow[] = []
  let before: number | null | undefined
  for (const { from, to, persons: said, days } of links) {
    if (from !== before) {
      const heading =
        from === null
          ? t.atEntry(formatNumber(persons, locale))
          : t.after(
              `${nodes[from]!.step}. ${nodeText(nodes[from]!.what, definition, words)}`,
              saidText(nodes[from]!.persons, words, locale),
            )
      rows.push({ isHeading: true, cells: [heading, '', ''] })
      before = from
    }
    rows.push({
      isIndented: true,
      cells: [
        nodeText(nodes[to]!.what, definition, words),
        saidText(said, words, locale),
        quartilesText(days, words, locale),
      ],
    })
  }
  return {
    title: t.sequence,
    header: [t.columns.then, t.columns.persons, t.columns.days],
    rows,
    notes: [t.sequenceNote],
  }
}

export function waitTable(waits: WaitsAnswer, title: string, words: Words, locale: Locale): PaperTable {
  const t = words.pathways
  const counted = (['persons', 'without', 'events', 'died', 'unseen', 'atEnd'] as const).map(
    (key): PaperRow => ({ cells: [t.waitRows[key], saidText(waits[key], words, locale)] }),
  )
  const quartiles = (['q1', 'median', 'q3'] as const).map((key): PaperRow => {
    const found = waits.quartiles[key]
    return {
      cells: [
        t.waitRows[key],
        found === null
          ? words.models.none
          : `${formatNumber(found.days, locale)} (${limitsText(found, words, locale)})`,
      ],
    }
  })
  return { title, header: [t.columns.what, t.columns.persons], rows: [...counted, ...quartiles], notes: [] }
}

/** The points of the curve. */
export function curveTable(waits: WaitsAnswer, title: string, words: Words, locale: Locale): PaperTable {
  const { columns, waitNote } = words.pathways
  return {
    title,
    header: [columns.day, columns.had, columns.limits, columns.waiting],
    rows: waits.points.map(({ day, had, lower, upper, waiting }) => ({
      cells: [
        formatNumber(day, locale),
        formatPercent(had, locale),
        `${formatPercent(lower, locale)}–${formatPercent(upper, locale)}`,
        formatNumber(waiting, locale),
      ],
    })),
    notes: [waitNote],
  }
}

export function limitsText(
  { lower, upper }: { readonly lower: number | null; readonly upper: number | null },
  words: Words,
  locale: Locale,
): string {
  const least = lower === null ? words.models.none : formatNumber(lower, locale)
  // The upper limit of the curve does not come down to it as far as anybody was seen.
  return `${least}–${upper === null ? '∞' : formatNumber(upper, locale)}`
}

export function trajectoryTable(
  { bins }: TrajectoryAnswer,
  { test, clock }: NonNullable<PathwaysDefinition['trajectory']>,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pathways
  const { name, unit } = testText(test, locale)
  return {
    title: t.trajectoryOf(unit === '' ? name : `${name} (${unit})`),
    header: [t.clocks[clock.kind], t.columns.persons, t.columns.median, t.columns.tails],
    rows: bins.map((bin) => ({
      cells: [
        binText(bin, clock, words),
        saidText(bin.persons, words, locale),
        quartilesText(bin.values, words, locale),
        bin.values === null || bin.values.p10 === null || bin.values.p90 === null
          ? words.models.none
          : `${formatSignificant(bin.values.p10, locale, 3)}–${formatSignificant(bin.values.p90, locale, 3)}`,
      ],
    })),
    notes: [t.trajectoryNote],
  }
}

export function exemplarTable(
  exemplars: readonly ExemplarAnswer[],
  definition: PathwaysDefinition,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pathways
  return {
    title: t.exemplars,
    header: [t.exemplars, t.sequence],
    rows: exemplars.map((exemplar) => ({
      cells: [
        exemplarName(exemplar, words),
        [
          ...exemplar.steps.map(({ day, classes }) =>
            t.stepOf(
              classes === null ? t.other : classesText(classes, definition, words),
              formatNumber(day, locale),
            ),
          ),
          t.endOf(t.ends[exemplar.end.kind], formatNumber(exemplar.end.day, locale)),
        ].join(' → '),
      ],
    })),
    notes: [t.exemplarsNote],
  }
}

function quartilesText(spread: SpreadAnswer | null, words: Words, locale: Locale): string {
  if (spread === null) return words.models.none
  const of = (value: number) => formatSignificant(value, locale, 4)
  return `${of(spread.median)} [${of(spread.q1)}, ${of(spread.q3)}]`
}
