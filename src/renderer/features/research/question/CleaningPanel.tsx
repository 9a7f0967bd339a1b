/** What the cleaning changed: the same question on the records as they were written, beside the result. */
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { isSameButCleaning } from '../../../parts/research/study-stages.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { cleaningDifference } from './cleaning-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import type { Found } from './found.ts'
import { useQuestion } from './use-question.ts'
import styles from './Question.module.css'

export function CleaningPanel({ found }: { readonly found: Found }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.tutorial.compare
  const { asWritten, isRunning, runAsWritten } = useQuestion()
  const other = asWritten !== null && isSameButCleaning(asWritten.asked, found.asked) ? asWritten : null
  const difference = useMemo(
    () => (other === null ? null : cleaningDifference(found, other, words, locale)),
    [found, other, words, locale],
  )
  if (found.pinned.cleaning === null) return null
  return (
    <Panel
      title={t.title}
      side={
        difference === null ? (
          <Button
            size="compact-sm"
            variant="default"
            disabled={isRunning}
            onClick={() => void runAsWritten()}
          >
            {t.run}
          </Button>
        ) : (
          <ReleaseMenu
            what={{ kind: 'table', name: t.title, table: difference.table }}
            of={{ jobId: found.jobId }}
          />
        )
      }
    >
      <div className={styles.stack} data-testid="cleaning-difference">
        <p className="secondary">{t.body}</p>
        {difference !== null && (
          <>
            <PaperTableView table={difference.table} />
            <p role="status">
              {difference.hidden.length === 0 ? t.same : t.hides(difference.hidden.join(t.listComma))}
            </p>
            {difference.reasons.length > 0 && <p>{t.why(difference.reasons.join(t.listComma))}</p>}
          </>
        )}
      </div>
    </Panel>
  )
}
