/** Models that were kept, side by side: whether they ask the same, how they fit, and their ratios. */
import { Button, Group } from '@mantine/core'
import { IconAlertTriangle, IconX } from '@tabler/icons-react'
import { useMemo } from 'react'
import { KEPT_MODELS_MAX } from '../../../../shared/contract/study-history.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { Found } from './found.ts'
import { comparisonTable, keptModelOf, modelOf } from './model-comparison.ts'
import { standingName, standingOfModel, standingText } from './standing.ts'
import { useHere } from './use-here.ts'
import { useKeptModels } from './use-kept-models.ts'
import styles from './Question.module.css'

export function ComparisonPanel({ study }: { readonly study: StudyDocument }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.modelComparison
  const { kept, isOnNode, remove, clear } = useKeptModels()
  const here = useHere()
  const table = useMemo(() => comparisonTable(kept, words, locale), [kept, words, locale])
  if (kept.length === 0) return null
  return (
    <Panel
      title={t.title}
      // Of several studies at once: which ones stands below the table.
      side={kept.length > 1 && <ReleaseMenu what={{ kind: 'table', name: t.title, table }} of={null} />}
    >
      <div className={styles.stack} data-testid="model-comparison">
        {kept.length === 1 ? <p role="status">{t.one}</p> : <PaperTableView table={table} />}
        <Group gap="xs">
          {kept.map((each, k) => {
            const name = t.column(String(k + 1), modelOf(each).title)
            const now = standingOfModel(each, study, here)
            const isCurrent = now.length === 0
            const said = standingText(now, words)
            return (
              <Button
                key={each.id}
                data-standing={standingName(now)}
                color={isCurrent ? undefined : 'yellow'}
                leftSection={isCurrent ? undefined : <IconAlertTriangle size={14} aria-hidden />}
                title={said}
                size="compact-sm"
                variant="default"
                aria-label={t.remove(name)}
                rightSection={<IconX size={14} aria-hidden />}
                onClick={() => remove(each.id)}
              >
                {isCurrent ? name : t.stale(name, said)}
              </Button>
            )
          })}
          {kept.length > 1 && (
            <Button size="compact-sm" variant="subtle" onClick={clear}>
              {t.clear}
            </Button>
          )}
        </Group>
        <p className="secondary">{isOnNode ? t.untilRemoved : t.untilClosed}</p>
      </div>
    </Panel>
  )
}

/** All models of one question side by side, where it has several with effects. */
export function ModelsBeside({ found }: { readonly found: Found }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.modelComparison
  const table = useMemo(() => {
    const models = found.pinned.models.flatMap((_, m) => keptModelOf(found, m) ?? [])
    return models.length < 2 ? null : { ...comparisonTable(models, words, locale), title: t.ofQuestion }
  }, [found, words, locale, t])
  if (table === null) return null
  return (
    <Panel
      title={t.ofQuestion}
      side={<ReleaseMenu what={{ kind: 'table', name: t.ofQuestion, table }} of={{ jobId: found.jobId }} />}
    >
      <div data-testid="models-beside">
        <PaperTableView table={table} />
      </div>
    </Panel>
  )
}

/** Nothing where there is no model to keep. */
export function KeepModel({ found, m }: { readonly found: Found; readonly m: number }) {
  const t = useWords().modelComparison
  const { kept, keep } = useKeptModels()
  const model = useMemo(() => keptModelOf(found, m), [found, m])
  if (model === null) return null
  const isKept = kept.some(({ id }) => id === model.id)
  const isFull = kept.length >= KEPT_MODELS_MAX
  return (
    <Button
      size="compact-sm"
      variant="default"
      disabled={isKept || isFull}
      title={isFull && !isKept ? t.full(String(KEPT_MODELS_MAX)) : undefined}
      onClick={() => keep(model)}
    >
      {isKept ? t.kept : t.keep}
    </Button>
  )
}
