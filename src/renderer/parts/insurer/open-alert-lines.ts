/** Alerts of groups that nobody has looked into, a line each: the newest first, and how many more there are. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { MonitorNoted } from '../../../shared/contract/monitor.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import { ratioInBrackets } from '../research/ratio-text.ts'

type Words = Pick<AllWords, 'groups' | 'groupSeries'>
type Open = MonitorNoted['alerts'][number]

const LINES_MOST = 4

export function openAlertLine(alert: Open, { groups: t, groupSeries: w }: Words, locale: Locale): string {
  const { watched, label, kind, since, month } = alert
  // Under this label stand those that are too small.
  const named = label === 'other' ? (watched === 'plan' ? t.ofPlans.other : t.other) : label
  return w.open.line(
    watched === 'plan' ? t.planCalled(named) : named,
    t.noted.kinds[kind],
    month === null || month === since ? since : `${since}–${month}`,
    ratioInBrackets(alert, locale),
  )
}

export function openAlertLines(
  alerts: readonly Open[],
  words: Words,
  locale: Locale,
): readonly { readonly id: string; readonly text: string }[] {
  const lines = alerts
    .slice(0, LINES_MOST)
    .map((alert) => ({ id: alert.id, text: openAlertLine(alert, words, locale) }))
  const rest = alerts.length - lines.length
  return rest === 0
    ? lines
    : [...lines, { id: 'more', text: words.groupSeries.open.more(formatNumber(rest, locale)) }]
}
