/** Asking who: the question as a form and as sentences, and the persons that are left while it changes. */
import { ActionIcon, Button, Group, Stack, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { useState } from 'react'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { AttritionPanel } from '../../../parts/research/AttritionPanel.tsx'
import { CohortEditor } from '../../../parts/research/CohortEditor.tsx'
import { readDefinition } from '../../../parts/research/cohort-form.ts'
import { cohortSentences } from '../../../parts/research/cohort-sentence.ts'
import { useCohort } from '../../../parts/research/study-under-work.ts'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { RecordsStanding } from '../../../parts/research/RecordsStanding.tsx'
import { TwinNote } from '../../../parts/research/TwinNote.tsx'
import { useIsTwin } from '../../../parts/research/use-is-twin.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { CodeSetsPanel } from './CodeSetsPanel.tsx'
import { ComparePanel } from './ComparePanel.tsx'
import { ShelfPanel } from './ShelfPanel.tsx'
import styles from './Cohorts.module.css'

export function Cohorts() {
  const t = useWords().cohorts
  const state = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.body}`}>
        <TwinNote />
        {state.failure !== undefined && state.value === undefined ? (
          <FailureNote code={state.failure} onRetry={state.again} />
        ) : state.value?.kind === 'no-records' ? (
          <EmptyState>{t.noRecords}</EmptyState>
        ) : (
          <>
            <RecordsStanding state={state.value} />
            <Question />
          </>
        )}
      </div>
    </div>
  )
}

function Question() {
  const words = useWords()
  const t = words.cohorts
  const isTwin = useIsTwin()
  const locale = useLocale()
  const { value: kept, canUndo, canRedo, change, undo, redo } = useCohort()
  const definition = kept.title === '' ? { ...kept, title: t.untitled } : kept
  const sentences = cohortSentences(definition, words, locale)
  return (
    <>
      <Panel
        title={t.question}
        side={
          <Group gap="xs">
            <ActionIcon variant="default" aria-label={t.undo} disabled={!canUndo} onClick={undo}>
              <IconArrowBackUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={t.redo} disabled={!canRedo} onClick={redo}>
              <IconArrowForwardUp size={16} aria-hidden />
            </ActionIcon>
          </Group>
        }
      >
        <div className={styles.said} data-testid="question">
          {sentences.map((sentence, i) => (
            <p key={i}>{sentence}</p>
          ))}
        </div>
        <p className="secondary">{isTwin ? t.honestTwin : t.honest}</p>
      </Panel>
      <div className={styles.columns}>
        <Stack gap="md">
          <CohortEditor definition={definition} onChange={change} />
          <CodeSetsPanel definition={definition} onChange={change} />
          <AsText definition={definition} onChange={change} />
        </Stack>
        <div className={styles.beside}>
          <Stack gap="md">
            <AttritionPanel definition={definition} sentences={sentences} />
            <ShelfPanel definition={definition} onOpen={change} />
          </Stack>
        </div>
      </div>
      <ComparePanel definition={definition} />
    </>
  )
}

interface PartProps {
  readonly definition: CohortDefinition
  onChange(definition: CohortDefinition): void
}

function AsText({ definition, onChange }: PartProps) {
  const t = useWords().cohorts
  const now = JSON.stringify(definition, null, 2)
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const take = () => {
    const read = readDefinition(typed ?? now)
    if (read.kind === 'wrong') return setWrong(read.where)
    setTyped(null)
    setWrong(null)
    onChange(read.definition)
  }
  return (
    <Panel title={t.asText}>
      <Stack gap="sm">
        <Textarea
          aria-label={t.asText}
          description={t.textHint}
          className={room.mono}
          autosize
          minRows={4}
          maxRows={16}
          value={typed ?? now}
          spellCheck={false}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        {wrong !== null && (
          <Callout tone="bad" isLive>
            {t.notADefinition(wrong)}
          </Callout>
        )}
        <Group justify="flex-end">
          <Button variant="default" disabled={typed === null} onClick={take}>
            {t.take}
          </Button>
        </Group>
      </Stack>
    </Panel>
  )
}
