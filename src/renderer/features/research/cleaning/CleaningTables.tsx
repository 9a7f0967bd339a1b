/** Who and what is left after each step, and why rows were changed, marked or left out. */
import { Table } from '@mantine/core'
import type { CleaningPreview } from '../../../../shared/contract/cleaning.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { countText } from '../../../parts/research/small-count.ts'
import styles from './Cleaning.module.css'

export function AttritionTable({ preview }: { readonly preview: CleaningPreview }) {
  const t = useWords().cleaning
  const locale = useLocale()
  const said = (count: number): string => countText(count, t.small, locale)
  return (
    <div className={styles.wide} tabIndex={0} role="region" aria-label={t.left}>
      <Table aria-label={t.left} className={styles.numbers}>
        <Table.Thead>
          <Table.Tr>
            {(['step', 'persons', 'events', 'rows', 'changed', 'flagged'] as const).map((name) => (
              <Table.Th key={name} scope="col">
                {t.leftOf[name]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">{t.start}</Table.Th>
            <Table.Td>{said(preview.start.persons)}</Table.Td>
            <Table.Td>{said(preview.start.events)}</Table.Td>
            <Table.Td>{said(preview.start.rows)}</Table.Td>
            <Table.Td />
            <Table.Td />
          </Table.Tr>
          {preview.steps.map(({ step, left, rowsChanged, rowsFlagged, finding }, i) => (
            <Table.Tr key={i}>
              <Table.Th scope="row">
                {i + 1}. {t.steps[step.step]}
                {finding.kind === 'links' && (
                  <div className="secondary">
                    {t.links(said(finding.links.linked), said(finding.links.forReview))}
                  </div>
                )}
                {finding.kind === 'duplicates' && (
                  <div className="secondary">
                    {t.duplicates(
                      said(finding.duplicates.exact),
                      said(finding.duplicates.near),
                      said(finding.duplicates.suspected),
                      said(finding.duplicates.transfers),
                    )}
                  </div>
                )}
                {finding.kind === 'groups' &&
                  finding.groups.map(({ list, scores }) => (
                    <div key={list} className="secondary">
                      {t.scores(t.lists[list], scoreText(scores, said))}
                    </div>
                  ))}
              </Table.Th>
              <Table.Td>{said(left.persons)}</Table.Td>
              <Table.Td>{said(left.events)}</Table.Td>
              <Table.Td>{said(left.rows)}</Table.Td>
              <Table.Td>{said(rowsChanged)}</Table.Td>
              <Table.Td>{said(rowsFlagged)}</Table.Td>
            </Table.Tr>
          ))}
          {preview.judged !== null && (
            <Table.Tr>
              <Table.Th scope="row">{t.inAfter}</Table.Th>
              <Table.Td>{said(preview.judged.persons)}</Table.Td>
              <Table.Td>{said(preview.judged.events)}</Table.Td>
              <Table.Td>{said(preview.judged.rows)}</Table.Td>
              <Table.Td />
              <Table.Td />
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Scores that visits have; the last one stands for it and above. */
function scoreText(scores: readonly number[], said: (count: number) => string): string {
  return scores
    .flatMap((count, score) =>
      count === 0 ? [] : [`${score === scores.length - 1 ? `≥${score}` : score}: ${said(count)}`],
    )
    .join(' · ')
}

export function ReasonTable({ preview }: { readonly preview: CleaningPreview }) {
  const t = useWords().cleaning
  const locale = useLocale()
  const rows = preview.steps.flatMap(({ step, reasons }, i) =>
    reasons.map((reason) => ({ ...reason, name: `${i + 1}. ${t.steps[step.step]}` })),
  )
  if (rows.length === 0) return <p className="secondary">{t.nothingDone}</p>
  return (
    <div className={styles.wide} tabIndex={0} role="region" aria-label={t.why}>
      <Table aria-label={t.why} className={styles.reasons}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.leftOf.step}</Table.Th>
            <Table.Th scope="col">{t.whyOf.reason}</Table.Th>
            <Table.Th scope="col">{t.whyOf.where}</Table.Th>
            <Table.Th scope="col">{t.whyOf.what}</Table.Th>
            <Table.Th scope="col">{t.whyOf.rows}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, act, reason, table, rows: count }, i) => (
            <Table.Tr key={i}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{t.reasons[reason]}</Table.Td>
              <Table.Td>{t.tables[table]}</Table.Td>
              <Table.Td>{t.acts[act]}</Table.Td>
              <Table.Td>{countText(count, t.small, locale)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
