/** What of a cohort is followed, as a form: events, until when, steps, a wait, a trajectory, invented persons. */
import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { USUAL_LEFT } from '../../../../shared/domain/intervals.ts'
import { ASKED_TESTS } from '../../../../shared/domain/asked-tests.ts'
import {
  EXEMPLARS_MAX,
  PATHWAY_CLASSES_MAX,
  PATHWAY_STEPS_MAX,
  type PathwaysDefinition,
  type TrajectoryClock,
} from '../../../../shared/domain/pathways.ts'
import { EventEditor } from '../../../parts/research/EventEditor.tsx'
import { Day, Whole } from '../../../parts/research/RuleEditor.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { newClock, withNewClass, withoutClass } from './pathways-form.ts'
import { namedNow } from './pathways-under-work.ts'
import styles from './Pathways.module.css'

interface Props {
  readonly definition: PathwaysDefinition
  onChange(definition: PathwaysDefinition): void
}

export function PathwaysEditor(props: Props) {
  return (
    <div className={styles.parts}>
      <div className={room.stack}>
        <Events {...props} />
        <Exemplars {...props} />
      </div>
      <div className={room.stack}>
        <Following {...props} />
        <Wait {...props} />
        <Trajectory {...props} />
      </div>
    </div>
  )
}

function Events({ definition, onChange }: Props) {
  const t = useWords().pathways
  const { classes } = definition
  const names = namedNow(definition).classes.map(({ name }) => name)
  return (
    <Panel title={t.events}>
      <div className={room.stack}>
        <ul className={styles.events}>
          {classes.map((each, place) => (
            <li key={place} className={styles.event} data-testid="pathway-event">
              <div className={`${styles.what} ${room.stack}`} style={{ gap: '0.5rem' }}>
                <TextInput
                  label={`${t.eventNumber(String(place + 1))} · ${t.eventName}`}
                  maxLength={60}
                  placeholder={names[place]}
                  value={each.name}
                  onChange={({ currentTarget }) =>
                    onChange({
                      ...definition,
                      classes: classes.with(place, { ...each, name: currentTarget.value }),
                    })
                  }
                />
                <EventEditor
                  definition={definition}
                  event={each.event}
                  label={t.eventNumber(String(place + 1))}
                  onChange={(event, of) =>
                    onChange({ ...of, classes: of.classes.with(place, { ...each, event }) })
                  }
                />
              </div>
              <ActionIcon
                className={styles.remove}
                variant="subtle"
                aria-label={`${t.removeEvent}: ${names[place]}`}
                disabled={classes.length === 1}
                onClick={() => onChange(withoutClass(definition, place))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
        <div>
          <Button
            variant="default"
            disabled={classes.length >= PATHWAY_CLASSES_MAX}
            onClick={() => onChange(withNewClass(definition))}
          >
            {t.addEvent}
          </Button>
        </div>
      </div>
    </Panel>
  )
}

function Following({ definition, onChange }: Props) {
  const t = useWords().pathways
  const { watch, sequence } = definition
  const withWatch = (next: Partial<typeof watch>) => onChange({ ...definition, watch: { ...watch, ...next } })
  const withSequence = (next: Partial<typeof sequence>) =>
    onChange({ ...definition, sequence: { ...sequence, ...next } })
  return (
    <Panel title={t.watch}>
      <div className={room.stack}>
        <div className={`${room.row} ${room.top}`}>
          <NativeSelect
            label={t.which}
            value={sequence.which}
            data={(['first', 'all'] as const).map((value) => ({ value, label: t.whichWords[value] }))}
            onChange={({ currentTarget }) =>
              withSequence({ which: currentTarget.value as typeof sequence.which })
            }
          />
          <Whole
            label={t.collapse}
            value={sequence.collapseDays}
            max={3_650}
            onChange={(n) => withSequence({ collapseDays: n ?? 0 })}
          />
          <NativeSelect
            label={t.steps}
            value={String(sequence.stepsMost)}
            data={Array.from({ length: PATHWAY_STEPS_MAX }, (_, i) => String(i + 1))}
            onChange={({ currentTarget }) => withSequence({ stepsMost: Number(currentTarget.value) })}
          />
        </div>
        <div className={`${room.row} ${room.top}`}>
          <Whole
            label={t.atMost}
            value={watch.atMostDays ?? undefined}
            min={1}
            onChange={(n) => withWatch({ atMostDays: n ?? null })}
          />
          <Day
            label={t.until}
            value={watch.until ?? undefined}
            onChange={(day) => withWatch({ until: day ?? null })}
          />
        </div>
        <Checkbox
          label={t.leaves}
          checked={watch.left !== null}
          onChange={({ currentTarget }) => withWatch({ left: currentTarget.checked ? USUAL_LEFT : null })}
        />
        {watch.left !== null && (
          <div className={`${room.row} ${room.top}`}>
            <Whole
              label={t.withoutVisit}
              value={watch.left.withoutVisitDays}
              min={1}
              onChange={(n) => withWatch({ left: { ...watch.left!, withoutVisitDays: Math.max(1, n ?? 1) } })}
            />
            <Whole
              label={t.counted}
              value={watch.left.countedDays}
              onChange={(n) => withWatch({ left: { ...watch.left!, countedDays: n ?? 0 } })}
            />
          </div>
        )}
      </div>
    </Panel>
  )
}

function Wait({ definition, onChange }: Props) {
  const t = useWords().pathways
  const { wait, classes } = definition
  const names = namedNow(definition).classes.map(({ name }, place) => ({
    value: String(place),
    label: `${place + 1}. ${name}`,
  }))
  return (
    <Panel title={t.wait}>
      <div className={room.stack}>
        <Checkbox
          label={t.hasWait}
          checked={wait !== null}
          onChange={({ currentTarget }) =>
            onChange({
              ...definition,
              wait: currentTarget.checked ? { from: null, to: classes.length - 1 } : null,
            })
          }
        />
        {wait !== null && (
          <div className={`${room.row} ${room.top}`}>
            <NativeSelect
              label={t.waitFrom}
              value={wait.from === null ? '' : String(wait.from)}
              data={[{ value: '', label: t.fromIndex }, ...names]}
              onChange={({ currentTarget: { value } }) =>
                onChange({ ...definition, wait: { ...wait, from: value === '' ? null : Number(value) } })
              }
            />
            <NativeSelect
              label={t.waitTo}
              value={String(wait.to)}
              data={names}
              onChange={({ currentTarget }) =>
                onChange({ ...definition, wait: { ...wait, to: Number(currentTarget.value) } })
              }
            />
          </div>
        )}
      </div>
    </Panel>
  )
}

function Trajectory({ definition, onChange }: Props) {
  const t = useWords().pathways
  const { test: testLabel } = useWords().cohorts
  const locale = useLocale()
  const { trajectory } = definition
  const change = (next: PathwaysDefinition['trajectory']) => onChange({ ...definition, trajectory: next })
  return (
    <Panel title={t.trajectory}>
      <div className={room.stack}>
        <Checkbox
          label={t.hasTrajectory}
          checked={trajectory !== null}
          onChange={({ currentTarget }) =>
            change(currentTarget.checked ? { test: 'hba1c', clock: newClock('index') } : null)
          }
        />
        {trajectory !== null && (
          <>
            <div className={`${room.row} ${room.top}`}>
              <NativeSelect
                label={testLabel}
                value={trajectory.test}
                data={ASKED_TESTS.filter(({ unit }) => unit !== '').map((test) => ({
                  value: test.key,
                  label: locale === 'en' ? test.en : test.zh,
                }))}
                onChange={({ currentTarget }) => change({ ...trajectory, test: currentTarget.value })}
              />
              <NativeSelect
                label={t.clock}
                value={trajectory.clock.kind}
                data={(['index', 'age', 'calendar'] as const).map((value) => ({
                  value,
                  label: t.clocks[value],
                }))}
                onChange={({ currentTarget }) =>
                  change({
                    ...trajectory,
                    clock: newClock(currentTarget.value as TrajectoryClock['kind']),
                  })
                }
              />
            </div>
            <Bins clock={trajectory.clock} onChange={(clock) => change({ ...trajectory, clock })} />
          </>
        )}
      </div>
    </Panel>
  )
}

function Bins({
  clock,
  onChange,
}: {
  readonly clock: TrajectoryClock
  onChange(clock: TrajectoryClock): void
}) {
  const t = useWords().pathways
  const { kind } = clock
  const least = kind === 'index' ? -36_525 : 0
  return (
    <div className={`${room.row} ${room.top}`}>
      <Whole
        label={t.from[kind]}
        min={least}
        value={clock.from}
        onChange={(n) => onChange({ ...clock, from: n ?? 0 })}
      />
      <Whole
        label={t.to[kind]}
        min={least}
        value={clock.to}
        onChange={(n) => onChange({ ...clock, to: n ?? 0 })}
      />
      {clock.kind === 'calendar' ? (
        <NativeSelect
          label={t.each.calendar}
          value={String(clock.each)}
          data={([1, 3, 6, 12] as const).map((value) => ({ value: String(value), label: t.months[value] }))}
          onChange={({ currentTarget }) =>
            onChange({ ...clock, each: Number(currentTarget.value) as typeof clock.each })
          }
        />
      ) : (
        <Whole
          label={t.each[clock.kind]}
          min={1}
          value={clock.each}
          onChange={(n) => onChange({ ...clock, each: n ?? 1 })}
        />
      )}
    </div>
  )
}

function Exemplars({ definition, onChange }: Props) {
  const t = useWords().pathways
  const { exemplars } = definition
  return (
    <Panel title={t.exemplars}>
      <div className={`${room.row} ${room.top}`}>
        <Whole
          label={t.exemplarCount}
          value={exemplars.count}
          max={EXEMPLARS_MAX}
          onChange={(n) => onChange({ ...definition, exemplars: { ...exemplars, count: n ?? 0 } })}
        />
        <TextInput
          label={t.seed}
          maxLength={64}
          value={exemplars.seed}
          onChange={({ currentTarget }) =>
            onChange({ ...definition, exemplars: { ...exemplars, seed: currentTarget.value } })
          }
        />
      </div>
    </Panel>
  )
}
