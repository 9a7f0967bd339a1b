/** What is missing after the steps, by test and year; Little's test; and what will be known at a visit. */
import { Table } from '@mantine/core'
import type { CSSProperties } from 'react'
import type { CleaningPreview } from '../../../../shared/contract/cleaning.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { formatNumber, formatP, formatPercent } from '../../../lib/format.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { countText } from '../../../parts/research/small-count.ts'
import styles from './Cleaning.module.css'

/** Of p-values: below it chance explains the pattern badly. */
const LEVEL = 0.05
/** Fewer visits than this say no share. */
const VISITS_MIN = 11

/** How dark a cell is. */
const shade = (share: number | null): CSSProperties =>
  (share === null ? {} : { '--share': `${Math.round(100 * share)}%` }) as CSSProperties

export function MissingPanel({ preview }: { readonly preview: CleaningPreview }) {
  const t = useWords().cleaning
  const locale = useLocale()
  const cells = preview.after.years
  const years = [...new Set(cells.map(({ year }) => year))].sort((a, b) => a - b)
  const tests = [...new Set(cells.map(({ test }) => test))]
  const nameOf = (key: string): string => {
    const test = labTestByKey(key)
    return test === null ? key : locale === 'en' ? test.en : test.zh
  }
  const finding = preview.steps.flatMap(({ finding: each }) =>
    each.kind === 'missing' && each.missing.random !== null ? [each.missing.random] : [],
  )
  const carried = preview.steps.flatMap(({ finding: each }) => (each.kind === 'carry' ? each.carry : []))
  return (
    <Panel title={t.map}>
      <div className={styles.stack}>
        <p className="secondary">{t.mapHint}</p>
        <div className={styles.wide} tabIndex={0} role="region" aria-label={t.map}>
          <table className={styles.map} aria-label={t.map}>
            <thead>
              <tr>
                <td />
                {years.map((year) => (
                  <th key={year} scope="col">
                    {year}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tests.map((test) => (
                <tr key={test}>
                  <th scope="row">{nameOf(test)}</th>
                  {years.map((year) => {
                    const cell = cells.find((each) => each.test === test && each.year === year)
                    const share =
                      cell === undefined || cell.visits < VISITS_MIN ? null : 1 - cell.withValue / cell.visits
                    return (
                      <td key={year} style={shade(share)}>
                        {share === null ? '' : formatPercent(share, locale)}
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {finding.map(({ statistic, df, p, isConverged }, i) =>
          p === null ? (
            <Callout key={i} tone="plain">
              {t.notTested}
            </Callout>
          ) : (
            <Callout key={i} tone={p < LEVEL || !isConverged ? 'warn' : 'plain'}>
              {t.random(formatNumber(statistic, locale, 1), formatNumber(df, locale), formatP(p, locale))}{' '}
              {p < LEVEL ? t.notRandom : t.maybeRandom} {isConverged ? '' : t.notSettled}
            </Callout>
          ),
        )}
        {carried.length > 0 && (
          <div className={styles.wide} tabIndex={0} role="region" aria-label={t.carry}>
            <Table aria-label={t.carry} className={styles.numbers}>
              <Table.Thead>
                <Table.Tr>
                  {(['test', 'gap', 'sameDay', 'carried', 'tooOld', 'never'] as const).map((name) => (
                    <Table.Th key={name} scope="col">
                      {t.carryOf[name]}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {carried.map((row) => (
                  <Table.Tr key={row.test}>
                    <Table.Th scope="row">{nameOf(row.test)}</Table.Th>
                    <Table.Td>{formatNumber(row.maxGapDays, locale)}</Table.Td>
                    {(['sameDay', 'carried', 'tooOld', 'never'] as const).map((name) => (
                      <Table.Td key={name}>{countText(row[name], t.small, locale)}</Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
              <Table.Caption>{t.carry}</Table.Caption>
            </Table>
          </div>
        )}
      </div>
    </Panel>
  )
}
