/** How people are followed, as a form: until what, who leaves, which clock, and what is known of them on the way. */
import { ActionIcon, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { ASKED_TESTS } from '../../../../shared/domain/asked-tests.ts'
import {
  changesWithTime,
  COMORBIDITY_WEIGHTS,
  USUAL_LEFT,
  withCompeting,
  type Covariate,
  type FollowUp,
  type IntervalDefinition,
} from '../../../../shared/domain/intervals.ts'
import { RESULT_CODES } from '../../../../shared/domain/result-codes.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { withEventKind } from '../../../parts/research/cohort-form.ts'
import { CodedTest } from '../../../parts/research/CodedTest.tsx'
import { EventEditor } from '../../../parts/research/EventEditor.tsx'
import { ResultCodes } from '../../../parts/research/ResultCodes.tsx'
import { Day, Whole } from '../../../parts/research/RuleEditor.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import {
  COVARIATE_KINDS,
  cutsFromText,
  newColumnName,
  withColumnNamed,
  withCovariateAdded,
} from './interval-form.ts'
import styles from './Question.module.css'

interface Props {
  readonly study: StudyDocument
  onChange(study: StudyDocument): void
}

export function IntervalsEditor({ study, onChange }: Props) {
  const t = useWords().question.follow
  const { intervals } = study
  const { followUp, covariates, clock, rows } = intervals
  const change = (next: IntervalDefinition) => onChange({ ...study, intervals: next })
  const follow = (next: FollowUp, of = intervals) => change({ ...of, followUp: next })
  return (
    <Stack gap="sm">
      <EventEditor
        definition={intervals}
        event={followUp.event}
        label={t.event}
        onChange={(event, of) => follow({ ...of.followUp, event }, of)}
      />
      <Checkbox
        label={t.competes}
        checked={followUp.competing !== undefined}
        onChange={({ currentTarget }) => {
          const { event, definition: of } = withEventKind(intervals, 'diagnosis')
          change(currentTarget.checked ? withCompeting(of, event) : withCompeting(intervals, null))
        }}
      />
      {followUp.competing !== undefined && (
        <EventEditor
          definition={intervals}
          event={followUp.competing}
          label={t.competing}
          onChange={(event, of) => change(withCompeting(of, event))}
        />
      )}
      <div className={styles.row}>
        <NativeSelect
          label={t.earlier}
          value={followUp.earlierEvents}
          data={(['leave-out', 'keep'] as const).map((value) => ({ value, label: t.earlierWords[value] }))}
          onChange={({ currentTarget }) =>
            follow({ ...followUp, earlierEvents: currentTarget.value as FollowUp['earlierEvents'] })
          }
        />
        <Whole
          label={t.startAfter}
          value={followUp.startAfterDays}
          onChange={(n) => follow({ ...followUp, startAfterDays: n ?? 0 })}
        />
        <Whole
          label={t.atMost}
          value={followUp.atMostDays ?? undefined}
          min={1}
          onChange={(n) => follow({ ...followUp, atMostDays: n ?? null })}
        />
        <Day
          label={t.until}
          value={followUp.until ?? undefined}
          onChange={(day) => follow({ ...followUp, until: day ?? null })}
        />
        <Whole
          label={t.atLeast}
          value={followUp.atLeastDays}
          min={1}
          onChange={(n) => follow({ ...followUp, atLeastDays: Math.max(1, n ?? 1) })}
        />
      </div>
      <Checkbox
        label={t.leaves}
        checked={followUp.left !== null}
        onChange={({ currentTarget }) =>
          follow({
            ...followUp,
            left: currentTarget.checked ? USUAL_LEFT : null,
          })
        }
      />
      {followUp.left !== null && (
        <div className={styles.row}>
          <Whole
            label={t.withoutVisit}
            value={followUp.left.withoutVisitDays}
            min={1}
            onChange={(n) =>
              follow({ ...followUp, left: { ...followUp.left!, withoutVisitDays: Math.max(1, n ?? 1) } })
            }
          />
          <Whole
            label={t.counted}
            value={followUp.left.countedDays}
            onChange={(n) => follow({ ...followUp, left: { ...followUp.left!, countedDays: n ?? 0 } })}
          />
        </div>
      )}
      <div className={styles.row}>
        <NativeSelect
          label={t.clock}
          value={clock}
          data={(['index', 'age', 'calendar'] as const).map((value) => ({ value, label: t.clocks[value] }))}
          onChange={({ currentTarget }) =>
            change({ ...intervals, clock: currentTarget.value as IntervalDefinition['clock'] })
          }
        />
        <NativeSelect
          label={t.rows}
          value={rows.kind}
          data={(['changes', 'every'] as const).map((value) => ({ value, label: t.rowWords[value] }))}
          onChange={({ currentTarget }) =>
            change({
              ...intervals,
              rows: currentTarget.value === 'every' ? { kind: 'every', days: 180 } : { kind: 'changes' },
            })
          }
        />
        {rows.kind === 'every' && (
          <Whole
            label={t.every}
            value={rows.days}
            min={1}
            onChange={(n) => change({ ...intervals, rows: { kind: 'every', days: Math.max(1, n ?? 1) } })}
          />
        )}
        <Cuts cuts={intervals.cuts} onChange={(cuts) => change({ ...intervals, cuts })} />
      </div>
      <h3 className={styles.heading}>{t.known}</h3>
      {covariates.length === 0 && <p className="secondary">{t.noneKnown}</p>}
      <ul className={styles.covariates}>
        {covariates.map((covariate, i) => (
          <li key={i} className={styles.covariate} data-testid="known">
            <CovariateEditor
              covariate={covariate}
              definition={intervals}
              onChange={(next, of) => {
                const renamed =
                  next.name === covariate.name ? study : withColumnNamed(study, covariate.name, next.name)
                onChange({
                  ...renamed,
                  intervals: { ...of, covariates: of.covariates.with(i, next) },
                })
              }}
            />
            <ActionIcon
              variant="subtle"
              aria-label={`${t.remove}: ${covariate.name}`}
              onClick={() =>
                onChange({
                  ...withColumnNamed(study, covariate.name, null),
                  intervals: { ...intervals, covariates: covariates.toSpliced(i, 1) },
                })
              }
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Group>
        <NativeSelect
          label={t.add}
          value=""
          data={[
            { value: '', label: '–' },
            ...COVARIATE_KINDS.map((value) => ({ value, label: t.kinds[value] })),
          ]}
          onChange={({ currentTarget }) =>
            currentTarget.value !== '' &&
            onChange(withCovariateAdded(study, currentTarget.value as Covariate['kind']))
          }
        />
      </Group>
    </Stack>
  )
}

function CovariateEditor({
  covariate,
  definition,
  onChange,
}: {
  readonly covariate: Covariate
  readonly definition: IntervalDefinition
  onChange(covariate: Covariate, definition: IntervalDefinition): void
}) {
  const t = useWords().question.follow
  const same = (next: Covariate) => onChange(next, definition)
  return (
    <div className={styles.one}>
      <div className={styles.row}>
        <ColumnName
          name={covariate.name}
          definition={definition}
          onChange={(name) => same({ ...covariate, name })}
        />
        <span className={styles.what}>
          {t.kinds[covariate.kind]}
          {changesWithTime(covariate) && <span className="secondary"> · {t.changesHint}</span>}
        </span>
      </div>
      {'event' in covariate && (
        <EventEditor
          definition={definition}
          event={covariate.event}
          label={t.kind}
          onChange={(event, of) => onChange({ ...covariate, event }, of)}
        />
      )}
      <div className={styles.row}>
        {'categories' in covariate ? (
          <>
            <CodedTest
              test={covariate.test}
              onChange={(test) =>
                same({ ...covariate, test, categories: [...(RESULT_CODES[test] ?? covariate.categories)] })
              }
            />
            <ResultCodes
              test={covariate.test}
              label={t.categories}
              chosen={covariate.categories}
              onChange={(categories) => same({ ...covariate, categories })}
            />
          </>
        ) : (
          'test' in covariate && (
            <Test test={covariate.test} onChange={(test) => same({ ...covariate, test })} />
          )
        )}
        {'weights' in covariate && (
          <NativeSelect
            label={t.weights}
            value={covariate.weights}
            data={Object.values(COMORBIDITY_WEIGHTS)
              .flat()
              .map((value) => ({ value, label: t.weightWords[value] }))}
            onChange={({ currentTarget }) =>
              same({ ...covariate, weights: currentTarget.value as typeof covariate.weights })
            }
          />
        )}
        {'window' in covariate && (
          <>
            <Whole
              label={t.from}
              min={-36_525}
              value={covariate.window.from ?? undefined}
              onChange={(n) => same({ ...covariate, window: { ...covariate.window, from: n ?? null } })}
            />
            <Whole
              label={t.to}
              min={-36_525}
              value={covariate.window.to ?? undefined}
              onChange={(n) => same({ ...covariate, window: { ...covariate.window, to: n ?? null } })}
            />
          </>
        )}
        {covariate.kind === 'before' && (
          <NativeSelect
            label={t.as}
            value={covariate.as}
            data={(['any', 'count'] as const).map((value) => ({ value, label: t.asWords[value] }))}
            onChange={({ currentTarget }) =>
              same({ ...covariate, as: currentTarget.value as typeof covariate.as })
            }
          />
        )}
        {covariate.kind === 'result-before' && (
          <NativeSelect
            label={t.as}
            value={covariate.as}
            data={(['last', 'mean', 'least', 'most', 'slope'] as const).map((value) => ({
              value,
              label: t.asWords[value],
            }))}
            onChange={({ currentTarget }) =>
              same({ ...covariate, as: currentTarget.value as typeof covariate.as })
            }
          />
        )}
        {(covariate.kind === 'result' || covariate.kind === 'coded') && (
          <Whole
            label={t.oldest}
            min={1}
            value={covariate.oldestDays ?? undefined}
            onChange={(n) => same({ ...covariate, oldestDays: n ?? null })}
          />
        )}
        {covariate.kind === 'score' && (
          <Whole
            label={t.lookBack}
            min={1}
            value={covariate.lookBackDays ?? undefined}
            onChange={(n) => same({ ...covariate, lookBackDays: n ?? null })}
          />
        )}
        {covariate.kind === 'slope' && (
          <Whole
            label={t.overDays}
            min={1}
            value={covariate.overDays}
            onChange={(n) => same({ ...covariate, overDays: Math.max(1, n ?? 1) })}
          />
        )}
        {'delayDays' in covariate && (
          <Whole
            label={t.delay}
            value={covariate.delayDays}
            onChange={(n) => same({ ...covariate, delayDays: n ?? 0 })}
          />
        )}
      </div>
    </div>
  )
}

function Test({ test, onChange }: { readonly test: string; onChange(test: string): void }) {
  const t = useWords().cohorts
  const locale = useLocale()
  return (
    <NativeSelect
      label={t.test}
      value={test}
      data={ASKED_TESTS.filter(({ unit }) => unit !== '').map((each) => ({
        value: each.key,
        label: locale === 'en' ? each.en : each.zh,
      }))}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

/** A name is taken when the field is left: in between it may be none, or that of another column. */
function ColumnName({
  name,
  definition,
  onChange,
}: {
  readonly name: string
  readonly definition: IntervalDefinition
  onChange(name: string): void
}) {
  const t = useWords().question.follow
  const [text, setText] = useState(name)
  useEffect(() => setText(name), [name])
  const read = newColumnName(text, name, definition)
  return (
    <TextInput
      className={styles.columnName}
      label={t.column}
      value={text}
      maxLength={40}
      error={read === null ? t.columnWrong : undefined}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={() => {
        if (read === null) setText(name)
        else if (read !== name) onChange(read)
      }}
    />
  )
}

function Cuts({ cuts, onChange }: { readonly cuts: readonly number[]; onChange(cuts: number[]): void }) {
  const t = useWords().question.follow
  const shown = cuts.join(', ')
  const [text, setText] = useState(shown)
  useEffect(() => setText((typed) => (cutsFromText(typed)?.join(', ') === shown ? typed : shown)), [shown])
  const read = cutsFromText(text)
  return (
    <TextInput
      label={t.cuts}
      value={text}
      error={read === null ? t.cutsWrong : undefined}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        const next = cutsFromText(currentTarget.value)
        if (next !== null) onChange(next)
      }}
    />
  )
}
