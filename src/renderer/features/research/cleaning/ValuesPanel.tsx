/** Values of one test before and after the steps: how many lie where, in which units, and what cannot be. */
import { NativeSelect, Table } from '@mantine/core'
import { useState } from 'react'
import type { CleaningPreview, CleaningProfile } from '../../../../shared/contract/cleaning.ts'
import { OTHER_UNIT } from '../../../../shared/domain/cleaning.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { countText } from '../../../parts/research/small-count.ts'
import styles from './Cleaning.module.css'

type TestProfile = CleaningProfile['tests'][number]

const WIDTH = 560
const HEIGHT = 200
const EDGE = { left: 48, right: 8, top: 8, bottom: 38 }
/** The first test that is shown: where units are mixed most often. */
const FIRST = 'hba1c'

export function ValuesPanel({ preview }: { readonly preview: CleaningPreview }) {
  const t = useWords().cleaning
  const locale = useLocale()
  const tests = preview.before.tests
  const [chosen, setChosen] = useState(FIRST)
  const before = tests.find(({ test }) => test === chosen) ?? tests[0]
  if (before === undefined)
    return (
      <Panel title={t.values}>
        <p className="secondary">{t.noValues}</p>
      </Panel>
    )
  const after = preview.after.tests.find(({ test }) => test === before.test)
  const nameOf = (key: string): string => {
    const test = labTestByKey(key)
    return test === null ? key : locale === 'en' ? test.en : test.zh
  }
  return (
    <Panel
      title={t.values}
      side={
        <NativeSelect
          aria-label={t.test}
          value={before.test}
          data={tests.map(({ test }) => ({ value: test, label: nameOf(test) }))}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
      }
    >
      <Picture name={nameOf(before.test)} before={before} after={after} />
      <div className={styles.wide} tabIndex={0} role="region" aria-label={t.values}>
        <Facts before={before} after={after} />
      </div>
    </Panel>
  )
}

function Picture({
  name,
  before,
  after,
}: {
  readonly name: string
  readonly before: TestProfile
  readonly after: TestProfile | undefined
}) {
  const t = useWords().cleaning
  const locale = useLocale()
  const unit = labTestByKey(before.test)?.unit ?? ''
  const { from, to, counts, below, above } = before.histogram
  const afterCounts = after?.histogram.counts ?? counts.map(() => 0)
  const most = Math.max(1, ...counts, ...afterCounts)
  const width = (WIDTH - EDGE.left - EDGE.right) / counts.length
  const y = (count: number) => EDGE.top + (1 - count / most) * (HEIGHT - EDGE.top - EDGE.bottom)
  const floor = HEIGHT - EDGE.bottom
  const outline = counts
    .map(
      (count, i) =>
        `${i === 0 ? `M${EDGE.left} ${floor}` : ''}V${y(count).toFixed(1)}H${(EDGE.left + (i + 1) * width).toFixed(1)}`,
    )
    .join('')
  return (
    <figure className={styles.figure}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.chart(name, unit)}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line
              x1={EDGE.left}
              x2={WIDTH - EDGE.right}
              y1={y(share * most)}
              y2={y(share * most)}
              className={styles.grid}
            />
            <text x={EDGE.left - 6} y={y(share * most) + 4} textAnchor="end" className={styles.tick}>
              {formatNumber(Math.round(share * most), locale)}
            </text>
          </g>
        ))}
        {afterCounts.map((count, i) => (
          <rect
            key={i}
            x={EDGE.left + i * width + 1}
            y={y(count)}
            width={Math.max(1, width - 2)}
            height={floor - y(count)}
            className={styles.after}
          />
        ))}
        <path d={`${outline}V${floor}`} className={styles.before} />
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text
            key={share}
            x={EDGE.left + share * (WIDTH - EDGE.left - EDGE.right)}
            y={floor + 14}
            textAnchor={share === 1 ? 'end' : 'middle'}
            className={styles.tick}
          >
            {formatSignificant(from + share * (to - from), locale, 3)}
          </text>
        ))}
        <text
          x={(EDGE.left + WIDTH - EDGE.right) / 2}
          y={HEIGHT - 6}
          textAnchor="middle"
          className={styles.axis}
        >
          {`${name} · ${unit}`}
        </text>
      </svg>
      <figcaption className={styles.legend}>
        <span>
          <svg viewBox="0 0 24 10" aria-hidden className={styles.sample}>
            <path d="M1 9V2H23V9" className={styles.before} />
          </svg>
          {t.before}
        </span>
        <span>
          <svg viewBox="0 0 24 10" aria-hidden className={styles.sample}>
            <rect x="1" y="1" width="22" height="8" className={styles.after} />
          </svg>
          {t.after}
        </span>
        {below + above > 0 && (
          <span className="secondary">
            {t.before}: {t.beyond(countText(below, t.small, locale), countText(above, t.small, locale))}
          </span>
        )}
      </figcaption>
    </figure>
  )
}

function Facts({ before, after }: { readonly before: TestProfile; readonly after: TestProfile | undefined }) {
  const t = useWords().cleaning
  const locale = useLocale()
  const said = (count: number): string => countText(count, t.small, locale)
  const units = (profile: TestProfile): string =>
    profile.units
      .map(({ unit, rows }) => `${unit === OTHER_UNIT ? t.otherUnit : (unit ?? t.noUnit)} ${said(rows)}`)
      .join(', ')
  return (
    <Table aria-label={t.values} className={styles.numbers}>
      <Table.Thead>
        <Table.Tr>
          <Table.Td />
          {(['rows', 'values', 'impossible', 'unusual'] as const).map((name) => (
            <Table.Th key={name} scope="col">
              {t.facts[name]}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {[
          { name: t.before, profile: before },
          ...(after === undefined ? [] : [{ name: t.after, profile: after }]),
        ].map(({ name, profile }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td>{said(profile.rows)}</Table.Td>
            <Table.Td>{said(profile.values)}</Table.Td>
            <Table.Td>{said(profile.impossible)}</Table.Td>
            <Table.Td>{said(profile.unusual)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
      <Table.Caption>
        {t.facts.units}: {units(before)}
      </Table.Caption>
    </Table>
  )
}
