/** The benchmark as a table: all insurers together and one's own, over all months and month by month. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { MonitorRate, MonitorView } from '../../../../shared/contract/monitor.ts'
import { formatNumber } from '../../../lib/format.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { rateText } from './tables.ts'

type Words = Pick<AllWords, 'groups'>

/** Rates are said for so many person-months. */
const PER = 1_000

export function benchmarkTable(
  { insurers, own, market, months }: Extract<MonitorView['benchmark'], { kind: 'benchmark' }>,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.groups.benchmark
  const text = (rate: MonitorRate) => rateText(perThousand(rate), 'number', words, locale)
  const personMonths = (rate: MonitorRate) =>
    rate.kind === 'rate' ? formatNumber(rate.denominator, locale) : ''
  const row = (name: string, isHeading: boolean, of: { own: MonitorRate; market: MonitorRate }) => ({
    isHeading,
    cells: [name, text(of.own), personMonths(of.own), text(of.market), personMonths(of.market)],
  })
  return {
    title: t.title,
    header: [words.groups.month, t.own, t.personMonths, t.market, t.personMonths],
    rows: [
      row(t.allMonths, true, { own, market }),
      ...months.map(({ month, ...of }) => row(month, false, of)),
    ],
    notes: [t.note(String(insurers)), t.rule],
  }
}

function perThousand(rate: MonitorRate): MonitorRate {
  if (rate.kind !== 'rate') return rate
  return { ...rate, value: PER * rate.value, lower: PER * rate.lower, upper: PER * rate.upper }
}
