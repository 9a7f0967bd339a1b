/** The steps in order: what each does, its parameters, and where it stands. */
import { ActionIcon, Group, NativeSelect } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import {
  CLEANING_PRESETS,
  CLEANING_STEPS,
  presetSteps,
  usualStep,
  type CleaningPreset,
  type CleaningStep,
  type CleaningStepName,
} from '../../../shared/domain/cleaning.ts'
import { useWords } from '../../words/catalogue.ts'
import { StepFields } from './StepFields.tsx'
import styles from './StepList.module.css'

interface Props {
  readonly steps: readonly CleaningStep[]
  onChange(steps: readonly CleaningStep[]): void
}

export function StepList({ steps, onChange }: Props) {
  const t = useWords().cleaning
  const text = JSON.stringify(steps)
  const preset = CLEANING_PRESETS.find((each) => JSON.stringify(presetSteps(each)) === text)
  return (
    <div className={styles.stack}>
      <Group gap="md" align="flex-end">
        <NativeSelect
          label={t.presets}
          value={preset ?? ''}
          data={[
            ...(preset === undefined ? [{ value: '', label: '–' }] : []),
            ...CLEANING_PRESETS.map((value) => ({ value, label: t.presetWords[value] })),
          ]}
          onChange={({ currentTarget }) =>
            currentTarget.value !== '' && onChange(presetSteps(currentTarget.value as CleaningPreset))
          }
        />
        <NativeSelect
          label={t.addStep}
          value=""
          data={[
            { value: '', label: '–' },
            ...CLEANING_STEPS.map((value) => ({ value, label: t.steps[value] })),
          ]}
          onChange={({ currentTarget }) =>
            currentTarget.value !== '' && onChange(withStep(steps, currentTarget.value as CleaningStepName))
          }
        />
      </Group>
      {steps.length === 0 && <p className="secondary">{t.noSteps}</p>}
      <ol className={styles.steps}>
        {steps.map((step, i) => (
          <li key={`${i} ${step.step}`} className={styles.step} data-testid="cleaning-step">
            <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
              <div>
                <h3 className={styles.name}>
                  {i + 1}. {t.steps[step.step]}
                </h3>
                <p className="secondary">{t.does[step.step]}</p>
              </div>
              <Group gap={4} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  aria-label={`${t.moveUp}: ${t.steps[step.step]}`}
                  disabled={i === 0}
                  onClick={() => onChange(steps.with(i, steps[i - 1]!).with(i - 1, step))}
                >
                  <IconArrowUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  aria-label={`${t.moveDown}: ${t.steps[step.step]}`}
                  disabled={i === steps.length - 1}
                  onClick={() => onChange(steps.with(i, steps[i + 1]!).with(i + 1, step))}
                >
                  <IconArrowDown size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  aria-label={`${t.removeStep}: ${t.steps[step.step]}`}
                  onClick={() => onChange(steps.toSpliced(i, 1))}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
            </Group>
            <StepFields step={step} onChange={(changed) => onChange(steps.with(i, changed))} />
          </li>
        ))}
      </ol>
    </div>
  )
}

/** Where it usually stands: before the first step that comes after it. */
function withStep(steps: readonly CleaningStep[], name: CleaningStepName): readonly CleaningStep[] {
  const place = CLEANING_STEPS.indexOf(name)
  const at = steps.findIndex(({ step }) => CLEANING_STEPS.indexOf(step) > place)
  return steps.toSpliced(at < 0 ? steps.length : at, 0, usualStep(name))
}
