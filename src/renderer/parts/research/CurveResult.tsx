/** Curves as a picture, a line of facts for each, and all their points. */
import { Table } from '@mantine/core'
import { useMemo } from 'react'
import { formatNumber, formatSignificant } from '../../lib/format.ts'
import { DataTable, type TableColumn } from '../../ui/DataTable.tsx'
import { useLocale, useWords, type Words } from '../../words/catalogue.ts'
import { type Curve, errorOf, roundValues, stepsOf } from './fit-answer.ts'
import styles from './Results.module.css'

/** More lines than that nobody can tell apart; the tables have them all. */
const DRAWN_MOST = 8
const WIDTH = 720
const HEIGHT = 260
const EDGE = { left: 60, right: 12, top: 8, bottom: 42 }
const TIMES_MOST = 7

function nameOf(curve: Curve, t: Words['models']): string {
  const group = curve.stratum ?? curve.point ?? t.curve.everyone
  if (curve.point !== undefined && curve.stratum !== null) return `${curve.point} · ${curve.stratum}`
  if (curve.state === undefined) return group
  const state = curve.state === 0 ? t.curve.noEvent : `${t.curve.state} ${curve.state}`
  return curve.stratum === null ? state : `${group} · ${state}`
}

interface Point {
  readonly id: string
  readonly curve: string
  readonly time: number
  readonly atRisk: number
  readonly events: number
  readonly estimate: number | null
  readonly stdErr: number | null
  readonly lower: number | null
  readonly upper: number | null
}

interface Props {
  readonly curves: readonly Curve[]
  /** The column that holds the times: they are in its unit. */
  readonly timeName: string
}

export function CurveResult({ curves, timeName }: Props) {
  const words = useWords()
  const t = words.models
  const locale = useLocale()
  const points = useMemo(
    () =>
      curves.flatMap((curve, c) =>
        curve.time.map((time, i): Point => ({
          id: `${c}.${i}`,
          curve: nameOf(curve, t),
          time,
          atRisk: curve.atRisk[i]!,
          events: curve.events[i]!,
          estimate: curve.estimate[i] ?? null,
          stdErr: errorOf(curve, i),
          lower: curve.lower[i] ?? null,
          upper: curve.upper[i] ?? null,
        })),
      ),
    [curves, t],
  )
  const columns = useMemo((): readonly TableColumn<Point>[] => {
    const number = (id: 'time' | 'atRisk' | 'events' | 'estimate' | 'stdErr' | 'lower' | 'upper') => ({
      id,
      header: t.curve[id],
      width: 'minmax(5.5rem, 1fr)',
      isNumeric: true,
      value: (point: Point) => point[id],
      cell: (point: Point) => {
        const value = point[id]
        return value === null ? t.none : formatSignificant(value, locale, 5)
      },
    })
    return [
      {
        id: 'curve',
        header: t.curve.stratum,
        width: 'minmax(8rem, 1.5fr)',
        value: (point) => point.curve,
      },
      ...(['time', 'atRisk', 'events', 'estimate', 'stdErr', 'lower', 'upper'] as const).map(number),
    ]
  }, [t, locale])
  const pair = (value: number | null | undefined, ...beside: (number | null | undefined)[]) => {
    const write = (each: number | null | undefined) =>
      each === null || each === undefined ? t.none : formatSignificant(each, locale)
    return value === null || value === undefined
      ? t.none
      : `${write(value)} (${beside.map(write).join(' – ')})`
  }
  const hasMedians = curves.some(({ median }) => median !== undefined)
  return (
    <section aria-label={t.curves} className={styles.curves}>
      <h3 className={styles.heading}>{t.curves}</h3>
      <Picture curves={curves} timeName={timeName} />
      {hasMedians && (
        <div className={styles.wide}>
          <Table aria-label={t.curves} className={styles.numbers}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t.curve.stratum}</Table.Th>
                <Table.Th scope="col">{t.curve.events}</Table.Th>
                <Table.Th scope="col">{t.curve.median}</Table.Th>
                <Table.Th scope="col">{t.curve.restrictedMean}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {curves.map((curve) => (
                <Table.Tr key={nameOf(curve, t)}>
                  <Table.Th scope="row">{nameOf(curve, t)}</Table.Th>
                  <Table.Td>
                    {formatNumber(
                      curve.events.reduce((sum, each) => sum + each, 0),
                      locale,
                      2,
                    )}
                  </Table.Td>
                  <Table.Td>{pair(curve.median, curve.medianLower, curve.medianUpper)}</Table.Td>
                  <Table.Td>{pair(curve.restrictedMean, curve.restrictedMeanStdErr)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <div className={styles.points}>
        <DataTable<Point>
          label={t.curve.points}
          columns={columns}
          rows={points}
          rowId={({ id }) => id}
          words={words.shell.table}
        />
      </div>
    </section>
  )
}

/** Steps from 1 (or from 0, for the states of competing risks) at the first time or 0. */
function Picture({ curves, timeName }: Props) {
  const t = useWords().models
  const locale = useLocale()
  const drawn = curves.slice(0, DRAWN_MOST)
  const first = Math.min(0, ...drawn.map(({ time }) => time[0] ?? 0))
  const last = Math.max(first + 1e-9, ...drawn.map(({ time }) => time.at(-1) ?? 0))
  const x = (time: number) => EDGE.left + ((time - first) / (last - first)) * (WIDTH - EDGE.left - EDGE.right)
  const y = (estimate: number) => EDGE.top + (1 - estimate) * (HEIGHT - EDGE.top - EDGE.bottom)
  const pathOf = (curve: Curve) => {
    const start = curve.state !== undefined && curve.state > 0 ? 0 : 1
    const steps = stepsOf(curve).map(
      ({ time, estimate }) => `H${x(time).toFixed(1)}V${y(estimate).toFixed(1)}`,
    )
    return `M${x(first).toFixed(1)} ${y(start).toFixed(1)}${steps.join('')}H${x(curve.time.at(-1) ?? first).toFixed(1)}`
  }
  const names = drawn.map((curve) => nameOf(curve, t))
  return (
    <figure className={styles.figure}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.curve.picture(names.join(', '))}>
        {[0, 0.25, 0.5, 0.75, 1].map((level) => (
          <g key={level}>
            <line
              x1={EDGE.left}
              x2={WIDTH - EDGE.right}
              y1={y(level)}
              y2={y(level)}
              className={styles.grid}
            />
            <text x={EDGE.left - 6} y={y(level) + 4} textAnchor="end" className={styles.tick}>
              {formatNumber(level, locale, 2)}
            </text>
          </g>
        ))}
        {roundValues(first, last, TIMES_MOST).map((time) => (
          <text key={time} x={x(time)} y={HEIGHT - 26} textAnchor="middle" className={styles.tick}>
            {formatSignificant(time, locale, 6)}
          </text>
        ))}
        <text
          x={(EDGE.left + WIDTH - EDGE.right) / 2}
          y={HEIGHT - 6}
          textAnchor="middle"
          className={styles.axis}
        >
          {t.curve.timeOf(timeName)}
        </text>
        <text
          transform={`translate(14 ${(EDGE.top + HEIGHT - EDGE.bottom) / 2}) rotate(-90)`}
          textAnchor="middle"
          className={styles.axis}
        >
          {t.curve.probability}
        </text>
        {drawn.map((curve, i) => (
          <path key={names[i]} d={pathOf(curve)} className={styles.line} data-line={i} />
        ))}
      </svg>
      <figcaption className={styles.legend}>
        {names.map((name, i) => (
          <span key={name}>
            <svg viewBox="0 0 24 8" aria-hidden className={styles.sample}>
              <path d="M0 4H24" className={styles.line} data-line={i} />
            </svg>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
