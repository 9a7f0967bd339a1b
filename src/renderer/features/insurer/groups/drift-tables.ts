/** What moved between two recorded tables, as two tables of numbers: mixes with their index, and numbers with their limits. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { MonitorDrift, MonitorMixDrift, MonitorMoved } from '../../../../shared/contract/monitor.ts'
import { formatFixed, formatNumber } from '../../../lib/format.ts'
import { signed, wholePercent } from '../../../parts/insurer/pricing-names.ts'
import type { PaperRow, PaperTable } from '../../../parts/research/paper-table.ts'
import { ratioInBrackets } from '../../../parts/research/ratio-text.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'

type Words = Pick<AllWords, 'groups' | 'groupSeries' | 'pricing'>

const MOVED_SAID = 3

/** `65+ female` in words; a group or plan as it is called. */
function binName({ of }: Pick<MonitorMixDrift, 'of'>, label: string, { groups: t, pricing }: Words): string {
  if (of === 'group' || of === 'plan')
    return label === 'other' ? (of === 'plan' ? t.ofPlans.other : t.other) : label
  const at = label.lastIndexOf(' ')
  const sex = label.slice(at + 1)
  return `${label.slice(0, at)} ${pricing.levelNames[sex] ?? sex}`
}

/** Null where there is nothing to hold against each other. */
export function mixTable(
  { mix }: Pick<MonitorDrift, 'mix'>,
  words: Words,
  locale: Locale,
): PaperTable | null {
  const { groups: t, groupSeries } = words
  const w = groupSeries.drift
  if (mix.length === 0) return null
  const index = (value: number) => formatFixed(value, locale, 3)
  const isSample = mix.some(({ of }) => of === 'patients')
  return {
    title: w.mix,
    header: [w.what, w.before, w.after, w.index, w.byChance, w.corrected, w.verdict, w.mostMoved],
    textColumns: [1, 2, 6, 7],
    rows: mix.map((each) => ({
      cells: [
        w.of[each.of],
        w.period(each.before.first, each.before.last),
        w.period(each.after.first, each.after.last),
        index(each.index),
        each.of === 'patients' ? `${index(each.expected)} (${index(each.upper)})` : w.fileIsExact,
        index(each.corrected),
        w.verdicts[each.verdict],
        each.moved
          .slice(0, MOVED_SAID)
          .map(({ label, before, after }) =>
            w.shareMoved(
              binName(each, label, words),
              wholePercent(before, locale),
              wholePercent(after, locale),
            ),
          )
          .join(t.listSemicolon),
      ],
    })),
    notes: [w.indexNote, ...(isSample ? [w.patientsNote] : [])],
  }
}

type Kind = 'number' | 'share'

/** Null where one table alone is looked at. */
export function numbersTable(drift: MonitorDrift, words: Words, locale: Locale): PaperTable | null {
  const { groups: t, groupSeries } = words
  const w = groupSeries.drift
  if (drift.earlier === null) return null
  const { actual } = drift
  const whyNone = drift.earlier.months === drift.later.months ? t.withheld : w.otherLength
  const none = (name: string, why: string): PaperRow => ({ cells: [name, '', '', why, ''] })
  const row = (name: string, moved: MonitorMoved, kind: Kind): PaperRow => {
    const text = (value: number) =>
      kind === 'share' ? formatFixed(100 * value, locale, 1) : formatFixed(value, locale, 2)
    const change = (value: number) =>
      signed(kind === 'share' ? 100 * value : value, locale, kind === 'share' ? 1 : 2)
    const unit = kind === 'share' ? ' %' : ''
    const of = ({ value, lower, upper }: MonitorMoved['before']) =>
      `${text(value)}${unit} (${text(lower)}–${text(upper)})`
    const { difference: d } = moved
    return {
      cells: [
        name,
        of(moved.before),
        of(moved.after),
        `${change(d.value)} (${change(d.lower)}…${change(d.upper)})`,
        moved.isMoved ? t.yes : t.no,
      ],
    }
  }
  return {
    title: w.numbers,
    header: [w.what, drift.earlier.lastMonth, drift.later.lastMonth, w.difference, w.more],
    rows: [
      actual.kind === 'none'
        ? none(w.actual, w.actualNone[actual.reason])
        : {
            cells: [
              w.actual,
              formatNumber(actual.expected, locale),
              formatNumber(actual.observed, locale),
              ratioInBrackets({ ratio: actual.value, lower: actual.lower, upper: actual.upper }, locale),
              actual.lower > 1 || actual.upper < 1 ? t.yes : t.no,
            ],
          },
      drift.conditions === null ? none(w.conditions, whyNone) : row(w.conditions, drift.conditions, 'number'),
      drift.charlson === null ? none(w.charlson, whyNone) : row(w.charlson, drift.charlson, 'number'),
      ...drift.unknown.map(({ of, share }) =>
        share.kind === 'withheld'
          ? none(w.unknown(w.unknownOf[of]), w.tooFew)
          : row(w.unknown(w.unknownOf[of]), share, 'share'),
      ),
      ...drift.late.map(({ months, ...moved }) => row(w.late(formatNumber(months, locale)), moved, 'share')),
    ],
    notes: [w.numbersNote, ...(drift.late.length === 0 ? [w.noLate] : [])],
  }
}
