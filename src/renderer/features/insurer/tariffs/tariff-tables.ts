/** A tariff, a comparison and a group's price as tables. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type {
  GroupPriceView,
  OpenedTariff,
  TariffComparisonView,
  TariffRow,
} from '../../../../shared/contract/tariffs.ts'
import { formatNumber } from '../../../lib/format.ts'
import {
  baseLevelsSaid,
  factorName,
  levelName,
  minorUnits,
  money,
  percent,
  ratioOf,
  signedShare,
} from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import type { Words } from '../../../words/catalogue.ts'

export function relativityTable(opened: OpenedTariff, words: Words, locale: Locale): PaperTable {
  const t = words.tariffs
  const { row, factors, base } = opened
  const unrated = factors.flatMap(({ name, levels }) =>
    levels
      .filter(({ relativity }) => relativity === null)
      .map(({ level }) => words.pricing.baseLevel(factorName(name, words), levelName(name, level, words))),
  )
  return {
    title: t.relativityTable(t.full(row.name, row.version)),
    header: [t.term, t.relativity, t.exposure],
    rows: factors.flatMap(({ name, levels }) => [
      { cells: [factorName(name, words), '', ''], isHeading: true },
      ...levels.map(({ level, relativity, exposure, isInTable }) => ({
        cells: [
          levelName(name, level, words),
          relativity === null ? words.pricing.noData : ratioOf(relativity, locale),
          exposure !== 0
            ? formatNumber(exposure, locale, 0)
            : isInTable
              ? words.groups.withheld
              : words.pricing.noData,
        ],
        isIndented: true,
      })),
    ]),
    notes: [
      t.base(money(base, row.currency, locale)),
      baseLevelsSaid(factors, words),
      t.baseRateNote(row.currency, String(minorUnits(row.currency))),
      ...(unrated.length > 0 ? [t.noRelativity(unrated.join(words.groups.listComma))] : []),
      versionNote(row, words),
    ],
    // What the import of rates takes (docs/spec/pricing.md section 6): a level that has none stands in the notes.
    data: {
      header: [t.term, t.level, t.relativity, t.exposure],
      rows: [
        { cells: [t.baseRate, '', String(base), ''] },
        ...factors.flatMap(({ name, levels }) =>
          levels.flatMap(({ level, relativity, exposure }) =>
            relativity === null
              ? []
              : [
                  {
                    cells: [
                      factorName(name, words),
                      levelName(name, level, words),
                      String(relativity),
                      // Summed over cells: what is beyond twelve places is of the summing.
                      String(Number(exposure.toPrecision(12))),
                    ],
                  },
                ],
          ),
        ),
      ],
    },
  }
}

/** Which version a table is of and what became of it: it leaves the room with the table. */
export function versionNote({ name, version, state, hash }: TariffRow, words: Words): string {
  const t = words.tariffs
  return `${t.full(name, version)} · ${t.states[state]} · ${t.bindNames.tariff}: ${hash}`
}

export function stepsTable({ row, steps }: OpenedTariff, words: Words, locale: Locale): PaperTable {
  const t = words.tariffs
  return {
    title: t.steps,
    header: [words.pricing.line, words.pricing.stepValue, t.stepNote],
    textColumns: [2],
    rows: steps.map((step) => ({
      cells: [
        step.name,
        step.kind === 'factor'
          ? t.stepFactor(ratioOf(step.factor, locale))
          : step.kind === 'share'
            ? t.stepShare(percent(step.share, locale))
            : money(step.perMemberYear, row.currency, locale),
        step.note === undefined
          ? t.noStepNote
          : words.pricing.stepNoted(step.note.by, step.note.day, step.note.reason),
      ],
    })),
    notes: [versionNote(row, words)],
  }
}

export function comparisonTable(
  { relativities }: TariffComparisonView,
  title: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.tariffs
  const factors = [...new Set(relativities.map(({ factor }) => factor))]
  return {
    title,
    header: [t.level, t.before, t.after, t.change],
    rows: factors.flatMap((factor) => [
      { cells: [factorName(factor, words), '', '', ''], isHeading: true },
      ...relativities
        .filter((each) => each.factor === factor)
        .map(({ level, before, after }) => ({
          cells: [
            levelName(factor, level, words),
            ratioOf(before, locale),
            ratioOf(after, locale),
            before === null || after === null ? '–' : signedShare(after / before - 1, locale),
          ],
          isIndented: true,
        })),
    ]),
    notes: [],
  }
}

/** What a census has to say in each line: whatever the tariff charges by and is not chosen for the group as a whole, and how many. */
export const censusColumns = (factors: OpenedTariff['factors'], words: Words): string =>
  [
    ...factors.flatMap(({ name }) => (OF_THE_GROUP.has(name) ? [] : [factorName(name, words)])),
    words.tariffs.livesColumn,
  ].join(words.groups.listComma)

/** Factors that a group has as a whole: chosen beside the census, not in it. */
export const OF_THE_GROUP: ReadonlySet<string> = new Set(['group', 'plan'])

export function groupTable(
  { rows, currency }: Extract<GroupPriceView, { kind: 'priced' }>,
  factors: readonly string[],
  row: TariffRow,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.tariffs
  return {
    title: t.groupLines,
    header: [
      t.lineNumber,
      ...factors.map((factor) => factorName(factor, words)),
      t.exposure,
      words.groups.premium,
    ],
    // Levels are words.
    textColumns: factors.map((_, f) => f + 1),
    rows: addedUp(rows).map(({ line, levels, exposure, premium }) => ({
      cells: [
        String(line),
        ...levels.map((level, f) => levelName(factors[f] ?? '', level, words)),
        formatNumber(exposure, locale, 2),
        money(premium, currency, locale),
      ],
    })),
    notes: [versionNote(row, words)],
  }
}

type PricedRow = Extract<GroupPriceView, { kind: 'priced' }>['rows'][number]

/** Cells of a line that the tariff charges alike, such as women and men of one that has no sex, as one: their lives are added up. */
function addedUp(rows: readonly PricedRow[]): readonly PricedRow[] {
  const sums = new Map<string, PricedRow>()
  for (const row of rows) {
    const key = JSON.stringify([row.line, row.levels])
    const before = sums.get(key)
    sums.set(key, before === undefined ? row : { ...before, exposure: before.exposure + row.exposure })
  }
  return [...sums.values()]
}
