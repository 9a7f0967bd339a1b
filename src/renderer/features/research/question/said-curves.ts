/**
 * Curves of records as they are shown and leave (docs/spec/study.md section 5): no step is of fewer than 11 events, no curve goes on where
 * fewer than 11 persons are left, and the numbers at risk are to tens. Whoever reads the picture learns nobody's day. Pure.
 */
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import { roundValues, type Curve } from '../../../parts/research/fit-answer.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { countText } from '../../../parts/research/small-count.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { SMALL } from './suppression.ts'

type Words = Pick<AllWords, 'cohorts' | 'question'>

const TIMES_MOST = 7

/** Null where nothing of it may be shown. */
export function saidCurve(curve: Curve): Curve | null {
  const { time, atRisk, events } = curve
  const said: number[] = []
  let since = 0
  for (let k = 0; k < time.length; k++) {
    since += events[k]!
    // Those who are at risk at the next time: whoever had the event or was last seen now is not among them.
    if (since < SMALL || (atRisk[k + 1] ?? 0) < SMALL) continue
    said.push(k)
    since = 0
  }
  if (said.length === 0) return null
  const at = <T>(values: readonly T[]): T[] => said.map((k) => values[k]!)
  return {
    ...curve,
    time: at(time),
    atRisk: at(atRisk),
    events: at(events),
    estimate: at(curve.estimate),
    stdErr: at(curve.stdErr),
    lower: at(curve.lower),
    upper: at(curve.upper),
  }
}

/** Who is still at risk at round times, of each curve. Null without a curve. */
export function riskTable(
  curves: readonly Curve[],
  nameOf: (curve: Curve) => string,
  words: Words,
  locale: Locale,
): PaperTable | null {
  const t = words.question
  const last = Math.max(0, ...curves.map((curve) => saidCurve(curve)?.time.at(-1) ?? 0))
  if (last === 0) return null
  const times = roundValues(0, last, TIMES_MOST)
  return {
    title: t.atRisk,
    header: [t.time, ...times.map((time) => formatSignificant(time, locale, 6))],
    rows: curves.map((curve) => ({
      cells: [nameOf(curve), ...times.map((time) => riskText(curve, time, words, locale))],
    })),
    notes: [t.atRiskNote],
  }
}

function riskText({ time, atRisk }: Curve, at: number, words: Words, locale: Locale): string {
  const k = time.findIndex((each) => each >= at)
  const count = k === -1 ? 0 : atRisk[k]!
  // Nobody left and a few left are one answer: the step from one to the other is somebody's day.
  if (count < SMALL) return countText(1, words.cohorts.small, locale)
  return formatNumber(10 * Math.round(count / 10), locale)
}
