/** One condition of a question, with the conditions inside it. */
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import {
  RULE_DEPTH_MAX,
  type CohortDefinition,
  type CohortRule,
  type DayWindow,
} from '../../../shared/domain/cohort.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { todayAtFacility } from '../../lib/facility-clock.ts'
import { useWords } from '../../words/catalogue.ts'
import { readDay } from '../typed-date.ts'
import { newRule, RULE_KINDS, wholeNumber, type RuleKind } from './cohort-form.ts'
import { EventEditor } from './EventEditor.tsx'
import styles from './CohortEditor.module.css'

interface Props {
  readonly definition: CohortDefinition
  readonly rule: CohortRule
  readonly depth?: number
  onChange(rule: CohortRule, definition: CohortDefinition): void
}

export function RuleEditor({ definition, rule, depth = 1, onChange }: Props) {
  const t = useWords().cohorts
  const kinds = RULE_KINDS.filter((kind) => depth < RULE_DEPTH_MAX || !['all', 'any', 'not'].includes(kind))
  const same = (next: CohortRule) => onChange(next, definition)
  return (
    <div className={styles.rule}>
      <NativeSelect
        label={t.kind}
        value={rule.kind}
        data={[...new Set([...kinds, rule.kind])].map((value) => ({ value, label: t.kinds[value] }))}
        onChange={({ currentTarget }) => same(newRule(currentTarget.value as RuleKind))}
      />
      <Parts definition={definition} rule={rule} depth={depth} onChange={onChange} />
    </div>
  )
}

function Parts({ definition, rule, depth = 1, onChange }: Props) {
  const words = useWords()
  const t = words.cohorts
  const same = (next: CohortRule) => onChange(next, definition)
  switch (rule.kind) {
    case 'occurs':
      return <Occurs definition={definition} rule={rule} onChange={onChange} />
    case 'last':
      return (
        <>
          <EventEditor
            definition={definition}
            event={rule.event}
            label={t.eventKind}
            kinds={['coded-result', 'result']}
            onChange={(event, next) => onChange({ ...rule, event }, next)}
          />
          <div className={styles.row}>
            <WindowFields window={rule.window} onChange={(window) => same({ ...rule, window })} />
          </div>
        </>
      )
    case 'age':
      return (
        <div className={styles.row}>
          <Whole
            label={t.from}
            value={rule.atLeast}
            unit={t.years}
            max={130}
            onChange={(n) => same(pruned({ ...rule, atLeast: n }))}
          />
          <Whole
            label={t.to}
            value={rule.atMost}
            unit={t.years}
            max={130}
            error={(rule.atLeast ?? 0) > (rule.atMost ?? Infinity) ? t.limitsCrossed : undefined}
            onChange={(n) => same(pruned({ ...rule, atMost: n }))}
          />
        </div>
      )
    case 'observed':
      return (
        <div className={styles.row}>
          <Whole
            label={t.beforeDays}
            value={rule.beforeDays}
            onChange={(n) => same({ ...rule, beforeDays: n ?? 0 })}
          />
          <Whole
            label={t.afterDays}
            value={rule.afterDays}
            onChange={(n) => same({ ...rule, afterDays: n ?? 0 })}
          />
        </div>
      )
    case 'calendar':
      return (
        <div className={styles.row}>
          <Day label={t.from} value={rule.from} onChange={(day) => same(pruned({ ...rule, from: day }))} />
          <Day label={t.to} value={rule.to} onChange={(day) => same(pruned({ ...rule, to: day }))} />
        </div>
      )
    case 'sex':
      return (
        <Choices
          label={t.kinds.sex}
          all={['male', 'female', 'other', 'unknown'] as const}
          chosen={rule.anyOf}
          name={(each) => words.clinical.sex[each]}
          onChange={(anyOf) => same({ ...rule, anyOf })}
        />
      )
    case 'payer':
      return (
        <Choices
          label={t.kinds.payer}
          all={['NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN'] as const}
          chosen={rule.anyOf}
          name={(each) => words.clinical.payer[each]}
          onChange={(anyOf) => same({ ...rule, anyOf })}
        />
      )
    case 'hospital':
      return <p className="secondary">{rule.anyOf.join(', ')}</p>
    case 'not':
      return (
        <div className={styles.inner}>
          <RuleEditor
            definition={definition}
            rule={rule.rule}
            depth={depth + 1}
            onChange={(inner, next) => onChange({ ...rule, rule: inner }, next)}
          />
        </div>
      )
    case 'all':
    case 'any':
      return (
        <div className={styles.inner}>
          {rule.of.map((each, i) => (
            <div key={i} className={styles.one}>
              <RuleEditor
                definition={definition}
                rule={each}
                depth={depth + 1}
                onChange={(inner, next) => onChange({ ...rule, of: rule.of.with(i, inner) }, next)}
              />
              {rule.of.length > 1 && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => same({ ...rule, of: rule.of.toSpliced(i, 1) })}
                >
                  {t.removeInner}
                </Button>
              )}
            </div>
          ))}
          <Button
            size="compact-sm"
            variant="default"
            className={styles.add}
            onClick={() => same({ ...rule, of: [...rule.of, newRule('age')] })}
          >
            {t.addInner}
          </Button>
        </div>
      )
  }
}

type OccursRule = Extract<CohortRule, { kind: 'occurs' }>

function Occurs({
  definition,
  rule,
  onChange,
}: {
  readonly definition: CohortDefinition
  readonly rule: OccursRule
  onChange(rule: OccursRule, definition: CohortDefinition): void
}) {
  const t = useWords().cohorts
  const same = (next: OccursRule) => onChange(next, definition)
  return (
    <>
      <EventEditor
        definition={definition}
        event={rule.event}
        label={t.eventKind}
        onChange={(event, next) => onChange({ ...rule, event }, next)}
      />
      <div className={styles.row}>
        <Whole
          label={t.atLeast}
          max={1_000}
          value={rule.atLeast}
          onChange={(n) => same(plausible({ ...rule, atLeast: n ?? 0 }))}
        />
        {rule.withinDays === undefined && (
          <Whole
            label={t.atMost}
            max={1_000}
            value={rule.atMost}
            onChange={(n) => same(plausible({ ...rule, atMost: n }))}
          />
        )}
        {rule.atLeast >= 2 && rule.atMost === undefined && (
          <Whole
            label={t.within}
            value={rule.withinDays}
            onChange={(n) => same(plausible({ ...rule, withinDays: n }))}
          />
        )}
        <WindowFields window={rule.window} onChange={(window) => same({ ...rule, window })} />
      </div>
    </>
  )
}

function WindowFields({
  window,
  onChange,
}: {
  readonly window: DayWindow
  onChange(window: DayWindow): void
}) {
  const t = useWords().cohorts
  return (
    <>
      <Whole
        label={t.windowFrom}
        min={-36_525}
        value={window.from ?? undefined}
        onChange={(n) => onChange(plausibleWindow({ ...window, from: n ?? null }))}
      />
      <Whole
        label={t.windowTo}
        min={-36_525}
        value={window.to ?? undefined}
        onChange={(n) => onChange(plausibleWindow({ ...window, to: n ?? null }))}
      />
      <span className={`secondary ${styles.hint}`}>{t.windowHint}</span>
    </>
  )
}

const plausibleWindow = ({ from, to }: DayWindow): DayWindow =>
  from !== null && to !== null && from > to ? { from, to: from } : { from, to }

/** Numbers that contradict each other give way to the one that was typed last, so that the question can always be asked. */
function plausible(rule: OccursRule): OccursRule {
  const atMost = rule.atMost !== undefined && rule.atMost < rule.atLeast ? rule.atLeast : rule.atMost
  const withinDays = rule.atLeast >= 2 && atMost === undefined ? rule.withinDays : undefined
  return pruned({
    ...rule,
    atMost,
    withinDays: withinDays === undefined || withinDays < 1 ? undefined : withinDays,
  })
}

/** Without keys that have no value: a definition is compared and hashed as text. */
function pruned<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}

export function Whole({
  label,
  value,
  unit,
  min = 0,
  max = 36_525,
  error,
  onChange,
}: {
  readonly label: string
  readonly value: number | undefined
  readonly unit?: string
  readonly error?: string | undefined
  /** What is typed beyond is taken as the limit. */
  readonly min?: number
  readonly max?: number
  onChange(value: number | undefined): void
}) {
  const shown = value === undefined ? '' : String(value)
  const [text, setText] = useState(shown)
  useEffect(() => setText((typed) => (wholeNumber(typed) === value ? typed : shown)), [shown])
  return (
    <TextInput
      className={styles.number}
      label={label}
      inputMode="numeric"
      value={text}
      error={error}
      rightSection={unit === undefined ? undefined : <span className="secondary">{unit}</span>}
      rightSectionWidth={unit === undefined ? undefined : 48}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        const number = wholeNumber(currentTarget.value)
        if (number !== undefined) onChange(Math.min(max, Math.max(min, number)))
        else if (currentTarget.value.trim() === '') onChange(undefined)
      }}
    />
  )
}

export function Day({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string | undefined
  onChange(value: string | undefined): void
}) {
  const t = useWords().cohorts
  const [text, setText] = useState(value ?? '')
  const [isUnread, setUnread] = useState(false)
  useEffect(() => {
    setText(value ?? '')
    setUnread(false)
  }, [value])
  const take = (day: string): void => {
    setUnread(false)
    if (day !== (value ?? '')) onChange(day === '' ? undefined : day)
  }
  return (
    <TextInput
      className={styles.day}
      label={label}
      placeholder={t.dayForm}
      value={text}
      error={isUnread ? t.dayUnread : undefined}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        // A short form may still grow into another day: it is read when the field is left.
        if (currentTarget.value === '' || isWholeDay(currentTarget.value)) take(currentTarget.value)
      }}
      onBlur={() => {
        const day = readDay(text, todayAtFacility())
        if (day === null) return setUnread(true)
        setText(day)
        take(day)
      }}
    />
  )
}

const isWholeDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseDay(text) !== null

function Choices<T extends string>({
  label,
  all,
  chosen,
  name,
  onChange,
}: {
  readonly label: string
  readonly all: readonly T[]
  readonly chosen: readonly T[]
  name(each: T): string
  onChange(chosen: T[]): void
}) {
  return (
    <Checkbox.Group
      label={label}
      value={[...chosen]}
      onChange={(next) => next.length > 0 && onChange(all.filter((each) => next.includes(each)))}
    >
      <div className={styles.choices}>
        {all.map((each) => (
          <Checkbox key={each} value={each} label={name(each)} />
        ))}
      </div>
    </Checkbox.Group>
  )
}
