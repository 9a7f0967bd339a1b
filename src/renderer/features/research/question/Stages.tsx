/** The parts of a question, one below the other: each says itself in a line, opens its form, and says whether it was run as it stands. */
import { Accordion } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { judgedOn, type StudyDocument } from '../../../../shared/domain/study.ts'
import { CohortEditor } from '../../../parts/research/CohortEditor.tsx'
import { JudgedOn } from '../../../parts/research/JudgedOn.tsx'
import { STAGES, stageStates, type Stage, type StageState } from '../../../parts/research/study-stages.ts'
import { StepList } from '../../../parts/research/StepList.tsx'
import { withSteps } from '../../../parts/research/study-under-work.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { IntervalsEditor } from './IntervalsEditor.tsx'
import { ModelsEditor } from './ModelsEditor.tsx'
import { inARow, type StudySentences } from '../../../parts/research/study-sentence.ts'
import type { Found } from './found.ts'
import styles from './Question.module.css'

const ICONS = { 'not-yet': IconCircleDashed, fresh: IconCircleCheck, stale: IconAlertTriangle } as const

export function Stages({
  study,
  sentences,
  weighed,
  fitted,
  onChange,
}: {
  readonly study: StudyDocument
  readonly sentences: StudySentences
  readonly weighed: Found | null
  readonly fitted: Found | null
  onChange(study: StudyDocument): void
}) {
  const t = useWords().question
  const locale = useLocale()
  const [open, setOpen] = useState<string | null>('cohort')
  // Counting runs everything but the models.
  const states = {
    ...stageStates(study, weighed?.asked ?? null),
    models: stageStates(study, fitted?.asked ?? null).models,
  }
  const summaries: Record<Stage, string> = {
    cohort: inARow(sentences.cohort, locale),
    cleaning: sentences.cleaning,
    intervals: inARow([sentences.followUp, sentences.known], locale),
    models: inARow(sentences.models, locale),
  }
  const forms: Record<Stage, () => ReactNode> = {
    cohort: () => (
      <div className={styles.stack}>
        <CohortEditor definition={study.cohort} onChange={(cohort) => onChange({ ...study, cohort })} />
        {/* Without a cleaning there is nothing to choose. */}
        {study.cleaning !== null && (
          <JudgedOn
            value={study.cohortOn ?? 'written'}
            note={study.cohortOn === undefined ? undefined : t.model.judgedNote}
            onChange={(on) => onChange(judgedOn(study, on))}
          />
        )}
      </div>
    ),
    cleaning: () => (
      <StepList steps={study.cleaning?.steps ?? []} onChange={(steps) => onChange(withSteps(study, steps))} />
    ),
    intervals: () => <IntervalsEditor study={study} onChange={onChange} />,
    models: () => <ModelsEditor study={study} onChange={onChange} />,
  }
  return (
    <Accordion variant="separated" value={open} onChange={setOpen} order={2}>
      {STAGES.map((stage) => (
        <Accordion.Item key={stage} value={stage}>
          <Accordion.Control>
            <span className={styles.stage}>
              <strong>{t.stages[stage]}</strong>
              <span className={styles.summary} title={summaries[stage]}>
                {summaries[stage]}
              </span>
              <StateOf stage={stage} state={states[stage]} />
            </span>
          </Accordion.Control>
          {/* A closed form is not made: there may be many codes in it. */}
          <Accordion.Panel>{open === stage && forms[stage]()}</Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}

function StateOf({ stage, state }: { readonly stage: Stage; readonly state: StageState }) {
  const t = useWords().question
  const Icon = ICONS[state]
  return (
    <span className={styles.state} data-state={state} data-testid={`state-${stage}`}>
      <Icon size={14} aria-hidden />
      {t.states[state]}
    </span>
  )
}
