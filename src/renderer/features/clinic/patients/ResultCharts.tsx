/** Results over time: a small chart for each test, its reference range as a band, the newest value in words. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { formatCivilDate, formatNumber } from '../../../lib/format.ts'
import { useSettings } from '../../../lib/session.ts'
import { showUnit } from '../../../parts/units.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { extremesOf, momentOf, seriesOf, type DatedRecord, type Series, type SeriesPoint } from './series.ts'
import styles from './History.module.css'

const WIDTH = 260
const HEIGHT = 72
const PAD = 6

export function ResultCharts({ records }: { readonly records: readonly DatedRecord[] }) {
  const words = useWords()
  const t = words.history.charts
  const [isTable, setTable] = useState(false)
  const all = seriesOf(records)
  if (all.length === 0) return <EmptyState>{t.empty}</EmptyState>
  return (
    <>
      <div className={styles.toolbar}>
        <Button variant="subtle" size="compact-sm" onClick={() => setTable(!isTable)}>
          {isTable ? t.chart : t.table}
        </Button>
      </div>
      <div className={isTable ? styles.tables : styles.charts}>
        {all.map((series) => (
          <OneTest key={`${series.code.system}|${series.code.code}`} series={series} isTable={isTable} />
        ))}
      </div>
    </>
  )
}

function OneTest({ series, isTable }: { readonly series: Series; readonly isTable: boolean }) {
  const words = useWords()
  const t = words.history.charts
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const test = labTestOf(series.code)
  const name = test ? (locale === 'zh-Hant' ? test.zh : test.en) : (series.code.display ?? series.code.code)
  const { points } = series
  const day = (at: number) => formatCivilDate(formatDay(at), calendar)
  // Of several results of one day people need the time too.
  const when = (point: SeriesPoint) => {
    const isAlone = points.filter((each) => each.day === point.day).length === 1
    return isAlone ? day(point.day) : `${day(point.day)} ${point.clock}`.trim()
  }
  const newest = points.at(-1)!
  const unit = showUnit(series.unit)
  const flag =
    newest.flag === null ? '' : ` ${newest.flag === 'high' ? '↑' : '↓'} ${words.clinical.flag[newest.flag]}`
  const range = rangeText(series)
  return (
    <figure className={styles.chart} data-testid="result-chart">
      <figcaption className={styles.chartHead}>
        <strong>{name}</strong>
        <span className="secondary">{unit}</span>
      </figcaption>
      {isTable || points.length === 1 ? null : (
        <Sparkline series={series} name={name} unit={unit} when={when} range={range} />
      )}
      <div className={styles.latest} data-flag={newest.flag ?? undefined}>
        {t.latest(`${newest.text} ${unit}${flag}`, when(newest))}
      </div>
      <div className="secondary">
        {[
          range === '' ? undefined : t.reference(range),
          points.length > 1 ? t.points(formatNumber(points.length, locale)) : undefined,
          series.otherUnitCount > 0 ? t.otherUnits(formatNumber(series.otherUnitCount, locale)) : undefined,
        ]
          .filter(Boolean)
          .join(' · ')}
      </div>
      {isTable && (
        <ul className={styles.values}>
          {[...points].reverse().map((point, i) => (
            <li key={i}>
              <span className="secondary">{when(point)}</span> {point.text}
              {point.flag && ` ${point.flag === 'high' ? '↑' : '↓'}`}
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}

function Sparkline({
  series,
  name,
  unit,
  when,
  range,
}: {
  readonly series: Series
  readonly name: string
  readonly unit: string
  when(point: SeriesPoint): string
  readonly range: string
}) {
  const t = useWords().history.charts
  const locale = useLocale()
  const { points, low, high } = series
  const of = extremesOf(series)
  const said = (point: SeriesPoint): string => `${point.text} ${unit}`.trim()
  const valueOn = (point: SeriesPoint): string => t.latest(said(point), when(point))
  const label = [
    t.describe(name, formatNumber(points.length, locale)),
    t.first(valueOn(points[0]!)),
    t.last(valueOn(points.at(-1)!)),
    t.least(valueOn(of.least)),
    t.most(valueOn(of.most)),
    ...(range === '' ? [] : [t.reference(`${range} ${unit}`.trim())]),
  ].join(t.join)
  const values = [...points.map(({ value }) => value), ...[low, high].filter((each) => each !== null)]
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || 1
  const [first, last] = [momentOf(points[0]!), momentOf(points.at(-1)!)]
  const x = (point: SeriesPoint) =>
    PAD + ((momentOf(point) - first) / (last - first || 1)) * (WIDTH - 2 * PAD)
  const y = (value: number) => HEIGHT - PAD - ((value - least) / span) * (HEIGHT - 2 * PAD)
  const [mostAt, leastAt] = apart(y(of.most.value), y(of.least.value))
  const top = high === null ? 0 : y(high)
  const bottom = low === null ? HEIGHT : y(low)
  const days = [...new Set([points[0]!, points.at(-1)!].map(when))]
  return (
    <div className={styles.plot} role="img" aria-label={label} data-testid="result-plot">
      {/* Beside the stretched picture, which would stretch letters too. */}
      <div className={styles.scale} aria-hidden>
        <span style={{ insetBlockStart: mostAt }}>{said(of.most)}</span>
        {of.least !== of.most && <span style={{ insetBlockStart: leastAt }}>{said(of.least)}</span>}
        {/* Takes the room that the longer of the two needs. */}
        <span className={styles.room}>
          {said(of.most).length > said(of.least).length ? said(of.most) : said(of.least)}
        </span>
      </div>
      <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden preserveAspectRatio="none">
        {(low !== null || high !== null) && (
          <rect x={0} width={WIDTH} y={top} height={Math.max(0, bottom - top)} className={styles.band} />
        )}
        <polyline
          points={points.map((point) => `${x(point)},${y(point.value)}`).join(' ')}
          className={styles.line}
        />
        {points.map((point, i) => (
          <circle
            key={i}
            cx={x(point)}
            cy={y(point.value)}
            r={i === points.length - 1 ? 3.5 : 2.5}
            className={styles.dot}
            data-flag={point.flag ?? undefined}
          />
        ))}
      </svg>
      <div className={styles.days} aria-hidden>
        {days.map((day) => (
          <span key={day}>{day}</span>
        ))}
      </div>
    </div>
  )
}

/** Middles of two lines of small letters that do not stand on each other, within the picture. */
function apart(upper: number, lower: number): [number, number] {
  const LINE = 14
  const short = Math.max(0, LINE - (lower - upper)) / 2
  const shift = Math.min(0, HEIGHT - LINE / 2 - (lower + short)) + Math.max(0, LINE / 2 - (upper - short))
  return [upper - short + shift, lower + short + shift]
}

function rangeText({ low, high }: Series): string {
  if (low === null && high === null) return ''
  return low === null ? `≤ ${high}` : high === null ? `≥ ${low}` : `${low}–${high}`
}
