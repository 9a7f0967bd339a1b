/** What lasts over tables, in sentences. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { MonitorSeries, PersistingAlert } from '../../../../shared/contract/monitor.ts'
import { PERSISTING_TABLES } from '../../../../shared/domain/group-alert.ts'
import { formatNumber, formatP, formatSignificant } from '../../../lib/format.ts'
import { wholePercent } from '../../../parts/insurer/pricing-names.ts'
import { ratioInBrackets, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { calledOf } from './words-for.ts'

type Words = Pick<AllWords, 'groups' | 'groupSeries'>

/** Fewer alarms than that a year are said with significant digits. */
const SMALL = 0.01

export interface SaidAlert {
  readonly title: string
  /** What changed, how sure, false alarms, where to look, whether it goes on. */
  readonly sentences: readonly string[]
}

export function persistingSaid(alert: PersistingAlert, words: Words, locale: Locale): SaidAlert {
  const { groups: t, groupSeries: w } = words
  const { tables, since, month, ratio, next, isOn } = alert
  const { ratio: ratioText, limits } = ratioWithLimits(ratio, locale)
  const part =
    next === null ? '' : next.by === 'condition' ? (t.conditions[next.label] ?? next.label) : next.label
  return {
    title: w.persisting.alert(
      calledOf(alert, words),
      since,
      isOn ? null : month,
      formatNumber(tables.length, locale),
      ratioText,
    ),
    sentences: [
      w.persisting.changed(
        tables
          .map((each) => w.persisting.oneOf(each.lastMonth, ratioInBrackets(each, locale)))
          .join(t.listSemicolon),
      ),
      w.persisting.sure(limits, formatP(ratio.p, locale)),
      w.persisting.falseAlarms(alarmsText(alert.falseAlarmsPerYear, locale)),
      next === null
        ? t.alert.noNext
        : t.alert.next(t.by[next.by].toLowerCase(), part, wholePercent(next.share, locale)),
      ...(isOn ? [] : [w.persisting.ended]),
    ],
  }
}

/** Why there is none, or how many are to be expected where nothing differs. */
export function persistingNote(
  { tables, persisting, watchedForPersisting: { labels, falseAlarmsPerYear } }: MonitorSeries,
  { groupSeries: { persisting: w } }: Words,
  locale: Locale,
): string {
  const used = new Set(
    tables
      .filter(({ mismatch, isWithheld }) => mismatch === null && !isWithheld)
      .map(({ source }) => source.lastMonth),
  ).size
  const count = alarmsText(falseAlarmsPerYear, locale)
  const watched = formatNumber(labels, locale)
  if (persisting.length > 0) return w.all(watched, count)
  if (used < PERSISTING_TABLES) return w.tooFew(formatNumber(used, locale))
  return labels === 0 ? w.unreadable : w.none(watched, count)
}

const alarmsText = (count: number, locale: Locale): string =>
  count > 0 && count < SMALL ? formatSignificant(count, locale, 1) : formatNumber(count, locale, 2)
