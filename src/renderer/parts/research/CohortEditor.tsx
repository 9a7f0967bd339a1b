/** Who enters and which conditions follow, as a form: wherever a cohort is asked. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  SegmentedControl,
  Stack,
  TextInput,
} from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { CohortDefinition, CohortEntry, CohortStep } from '../../../shared/domain/cohort.ts'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import { newRule, withOwnCodes } from './cohort-form.ts'
import { EventEditor } from './EventEditor.tsx'
import { RuleEditor, Whole } from './RuleEditor.tsx'
import styles from './CohortEditor.module.css'

interface PartProps {
  readonly definition: CohortDefinition
  onChange(definition: CohortDefinition): void
}

export function CohortEditor(props: PartProps) {
  return (
    <>
      <Entry {...props} />
      <Steps {...props} />
    </>
  )
}

function Entry({ definition, onChange }: PartProps) {
  const t = useWords().cohorts
  const { entry } = definition
  const withEntry = (next: CohortEntry, of = definition) => onChange({ ...of, entry: next })
  const { confirmedBy, washout, ...plain } = entry
  return (
    <Panel title={t.entry}>
      <Stack gap="sm">
        <TextInput
          label={t.name}
          value={definition.title}
          maxLength={200}
          onChange={({ currentTarget }) => onChange({ ...definition, title: currentTarget.value })}
        />
        <EventEditor
          definition={definition}
          event={entry.event}
          label={t.entryEvent}
          onChange={(event, of) => withEntry({ ...entry, event }, of)}
        />
        <div className={styles.row}>
          <NativeSelect
            className={styles.wide}
            label={t.which}
            value={entry.which}
            data={(['first', 'first-qualifying'] as const).map((value) => ({
              value,
              label: t.whichWords[value],
            }))}
            onChange={({ currentTarget }) =>
              withEntry({ ...entry, which: currentTarget.value as CohortEntry['which'] })
            }
          />
          <Whole
            label={t.priorDays}
            value={entry.priorDays}
            onChange={(n) => withEntry({ ...entry, priorDays: Math.max(0, n ?? 0) })}
          />
        </div>
        <Option
          label={t.confirmed}
          isOn={confirmedBy !== undefined}
          onToggle={(isOn) => {
            const rest = washout === undefined ? plain : { ...plain, washout }
            withEntry(isOn ? { ...rest, confirmedBy: { count: 2, withinDays: 365 } } : rest)
          }}
        >
          {confirmedBy !== undefined && (
            <div className={styles.row}>
              <Whole
                label={t.confirmedCount}
                value={confirmedBy.count}
                max={50}
                onChange={(n) =>
                  withEntry({ ...entry, confirmedBy: { ...confirmedBy, count: Math.max(2, n ?? 2) } })
                }
              />
              <Whole
                label={t.confirmedWithin}
                value={confirmedBy.withinDays}
                onChange={(n) =>
                  withEntry({ ...entry, confirmedBy: { ...confirmedBy, withinDays: Math.max(1, n ?? 1) } })
                }
              />
            </div>
          )}
        </Option>
        <Option
          label={t.washout}
          isOn={washout !== undefined}
          onToggle={(isOn) => {
            const rest = confirmedBy === undefined ? plain : { ...plain, confirmedBy }
            if (!isOn) return withEntry(rest)
            const copy = withOwnCodes(definition, entry.event)
            withEntry({ ...rest, washout: { event: copy.event, days: 365 } }, copy.definition)
          }}
        >
          {washout !== undefined && (
            <>
              <EventEditor
                definition={definition}
                event={washout.event}
                label={t.eventKind}
                onChange={(event, of) => withEntry({ ...entry, washout: { ...washout, event } }, of)}
              />
              <Whole
                label={t.washoutDays}
                value={washout.days}
                onChange={(n) => withEntry({ ...entry, washout: { ...washout, days: Math.max(1, n ?? 1) } })}
              />
            </>
          )}
        </Option>
      </Stack>
    </Panel>
  )
}

function Option({
  label,
  isOn,
  onToggle,
  children,
}: {
  readonly label: string
  readonly isOn: boolean
  onToggle(isOn: boolean): void
  readonly children: ReactNode
}) {
  return (
    <div className={styles.option} role="group" aria-label={label}>
      <Checkbox
        label={label}
        checked={isOn}
        onChange={({ currentTarget }) => onToggle(currentTarget.checked)}
      />
      {isOn && <div>{children}</div>}
    </div>
  )
}

function Steps({ definition, onChange }: PartProps) {
  const t = useWords().cohorts
  const { steps } = definition
  const withSteps = (next: CohortStep[], of = definition) => onChange({ ...of, steps: next })
  return (
    <Panel title={t.steps}>
      <Stack gap="md">
        {steps.length === 0 && <p className="secondary">{t.noSteps}</p>}
        {steps.map((step, i) => (
          <div key={i} className={styles.step} data-testid="cohort-step">
            <Group justify="space-between" gap="xs">
              <SegmentedControl
                size="xs"
                aria-label={`${t.kind} ${i + 1}`}
                value={step.use}
                data={[
                  { value: 'include', label: t.include },
                  { value: 'exclude', label: t.exclude },
                ]}
                onChange={(use) => withSteps(steps.with(i, { ...step, use: use as CohortStep['use'] }))}
              />
              <Group gap="xs">
                <ActionIcon
                  variant="subtle"
                  aria-label={t.moveUp}
                  disabled={i === 0}
                  onClick={() => withSteps(swapped(steps, i, i - 1))}
                >
                  <IconArrowUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  aria-label={t.moveDown}
                  disabled={i === steps.length - 1}
                  onClick={() => withSteps(swapped(steps, i, i + 1))}
                >
                  <IconArrowDown size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  aria-label={t.removeStep}
                  onClick={() => withSteps(steps.toSpliced(i, 1))}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
            </Group>
            <RuleEditor
              definition={definition}
              rule={step.rule}
              onChange={(rule, of) => withSteps(steps.with(i, { ...step, rule }), of)}
            />
          </div>
        ))}
        <Button
          variant="default"
          className={styles.add}
          onClick={() => withSteps([...steps, { use: 'include', rule: newRule('age') }])}
        >
          {t.addStep}
        </Button>
      </Stack>
    </Panel>
  )
}

function swapped<T>(list: readonly T[], i: number, j: number): T[] {
  return list.with(i, list[j]!).with(j, list[i]!)
}
