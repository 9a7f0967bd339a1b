/** One event of a question: what kind, which codes or test, and in which visits. */
import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { ASKED_TESTS, askedTest } from '../../../shared/domain/asked-tests.ts'
import { groupsOfCodes } from '../../../shared/domain/code-groups.ts'
import { isUnnamed } from '../../../shared/domain/code-set.ts'
import type { EventFilter, ValueRange } from '../../../shared/domain/cohort.ts'
import { levelsEn, levelsZhHant } from '../../../shared/domain/variable-words.ts'
import { useLocale, useWords } from '../../words/catalogue.ts'
import {
  codeKindOf,
  codesFromText,
  doubtsOfCodes,
  EVENT_KINDS,
  newCodedResult,
  textOfCodes,
  withFoundCode,
  withCodeSet,
  withEventKind,
  type CodeSetHolder,
  type EventKind,
} from './cohort-form.ts'
import { CodedTest } from './CodedTest.tsx'
import { FindCode } from './FindCode.tsx'
import { ResultCodes } from './ResultCodes.tsx'
import styles from './CohortEditor.module.css'

interface Props<T extends CodeSetHolder> {
  readonly definition: T
  readonly event: EventFilter
  readonly label: string
  /** Only these where not every event makes sense. */
  readonly kinds?: readonly EventKind[]
  /** The event in its place, and the definition with its code sets. */
  onChange(event: EventFilter, definition: T): void
}

export function EventEditor<T extends CodeSetHolder>({
  definition,
  event,
  label,
  kinds = EVENT_KINDS,
  onChange,
}: Props<T>) {
  const t = useWords().cohorts
  return (
    <div className={styles.row}>
      <NativeSelect
        label={label}
        value={event.kind}
        data={kinds.map((value) => ({ value, label: t.eventKinds[value] }))}
        onChange={({ currentTarget }) => {
          const next = withEventKind(definition, currentTarget.value as EventKind)
          onChange(next.event, next.definition)
        }}
      />
      {'codes' in event && (
        <Codes
          key={event.codes}
          definition={definition}
          id={event.codes}
          kind={event.kind}
          onChange={(next) => onChange(event, next)}
        />
      )}
      {event.kind === 'result' && (
        <TestAndValue event={event} onChange={(next) => onChange(next, definition)} />
      )}
      {event.kind === 'coded-result' && (
        <>
          <CodedTest test={event.test} onChange={(test) => onChange(newCodedResult(test), definition)} />
          <ResultCodes
            test={event.test}
            label={t.resultIs}
            chosen={event.anyOf}
            onChange={(anyOf) => onChange({ ...event, anyOf }, definition)}
          />
        </>
      )}
      {(event.kind === 'diagnosis' || event.kind === 'visit') && (
        <Classes
          classes={event.classes}
          onChange={(classes) => {
            const { classes: _before, ...rest } = event
            onChange(classes === undefined ? rest : { ...rest, classes }, definition)
          }}
        />
      )}
      {event.kind === 'diagnosis' && (
        <Checkbox
          className={styles.check}
          label={t.isPrincipal}
          checked={event.isPrincipal === true}
          onChange={({ currentTarget }) => {
            const { isPrincipal: _before, ...rest } = event
            onChange(currentTarget.checked ? { ...rest, isPrincipal: true } : rest, definition)
          }}
        />
      )}
    </div>
  )
}

function Codes<T extends CodeSetHolder>({
  definition,
  id,
  kind,
  onChange,
}: {
  readonly definition: T
  readonly id: string
  readonly kind: EventKind
  onChange(definition: T): void
}) {
  const t = useWords().cohorts
  const locale = useLocale()
  const groups = groupsOfCodes(codeKindOf(kind)!)
  const chapters = locale === 'en' ? levelsEn : levelsZhHant
  const groupName = (key: string): string =>
    kind === 'diagnosis' ? chapters[`diagnosis-chapter/${key}`]! : t.atc[key as keyof typeof t.atc]
  const found = kind === 'prescription' ? 'medicine' : kind === 'procedure' ? 'procedure' : 'diagnosis'
  const set = definition.codeSets[id]
  const [text, setText] = useState(set === undefined ? '' : textOfCodes(set))
  // A name that nobody gave follows the codes.
  const [name, setName] = useState(set === undefined || isUnnamed(set) ? '' : set.name)
  const meant = set === undefined ? '' : textOfCodes(set)
  // An undo changes the set under the field; what is being typed stays as it is as long as it means the same.
  useEffect(() => {
    setText((typed) => {
      const own = codesFromText(codeKindOf(kind)!, name, typed).set
      return own !== null && textOfCodes(own) === meant ? typed : meant
    })
  }, [meant])
  const { wrong, set: typedSet } = codesFromText(codeKindOf(kind)!, name, text)
  const { unlike, alone } = doubtsOfCodes(codeKindOf(kind)!, typedSet)
  const doubt =
    unlike.length > 0
      ? t.codesUnlike(unlike.join(', '))
      : alone.length > 0
        ? t.codesAlone(alone[0]!, `${alone[0]!}*`)
        : null
  const take = (typed: string, called: string) =>
    onChange(withCodeSet(definition, id, codesFromText(codeKindOf(kind)!, called, typed).set))
  return (
    <>
      <TextInput
        className={styles.wide}
        label={t.codes}
        description={doubt === null ? t.codesHint : <span className={styles.doubt}>{doubt}</span>}
        value={text}
        error={wrong.length > 0 ? t.codesWrong(wrong.join(' ')) : set === undefined ? t.codesNone : undefined}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          take(currentTarget.value, name)
        }}
      />
      <FindCode
        list={found}
        onFound={(code) => {
          const typed = withFoundCode(text, found, code)
          setText(typed)
          take(typed, name)
        }}
      />
      <TextInput
        label={t.codesName}
        maxLength={120}
        value={name}
        onChange={({ currentTarget }) => {
          setName(currentTarget.value)
          take(text, currentTarget.value)
        }}
      />
      {groups.length > 0 && (
        <NativeSelect
          label={t.codeGroup[kind === 'diagnosis' ? 'diagnosis' : 'medicine']}
          value=""
          data={[
            { value: '', label: '–' },
            ...groups.map(({ key }) => ({ value: key, label: groupName(key) })),
          ]}
          onChange={({ currentTarget: { value } }) => {
            const group = groups.find(({ key }) => key === value)
            if (group === undefined) return
            // What was typed stays: chapters can be taken together, and codes left out of them.
            const typed = [...(text.trim() === '' ? [] : [text.trim()]), ...group.patterns].join(', ')
            const called = name === '' ? groupName(group.key) : name
            setText(typed)
            setName(called)
            take(typed, called)
          }}
        />
      )}
    </>
  )
}

type ResultEvent = Extract<EventFilter, { kind: 'result' }>
const LIMITS = ['atLeast', 'above', 'atMost', 'below'] as const

function TestAndValue({
  event,
  onChange,
}: {
  readonly event: ResultEvent
  onChange(event: ResultEvent): void
}) {
  const t = useWords().cohorts
  const locale = useLocale()
  const limit = LIMITS.find((each) => event.value?.[each] !== undefined)
  const stored = limit === undefined ? '' : event.value![limit]!
  const [text, setText] = useState(stored)
  useEffect(() => setText((typed) => (decimalOf(typed) === stored ? typed : stored)), [stored])
  const unit = askedTest(event.test)?.unit ?? ''
  const withValue = (value: ValueRange | undefined): ResultEvent => {
    const { value: _before, ...rest } = event
    return value === undefined ? rest : { ...rest, value }
  }
  return (
    <>
      <NativeSelect
        label={t.test}
        value={event.test}
        data={ASKED_TESTS.map((test) => ({ value: test.key, label: locale === 'en' ? test.en : test.zh }))}
        onChange={({ currentTarget }) => onChange({ kind: 'result', test: currentTarget.value })}
      />
      {unit !== '' && (
        <NativeSelect
          label={t.value}
          value={limit ?? 'any'}
          data={(['any', ...LIMITS] as const).map((value) => ({ value, label: t.valueWords[value] }))}
          onChange={({ currentTarget }) => {
            const next = LIMITS.find((each) => each === currentTarget.value)
            onChange(withValue(next === undefined ? undefined : { [next]: stored === '' ? '0' : stored }))
          }}
        />
      )}
      {limit !== undefined && (
        <TextInput
          className={styles.number}
          label={unit}
          inputMode="decimal"
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value)
            const decimal = decimalOf(currentTarget.value)
            if (decimal !== null) onChange(withValue({ [limit]: decimal }))
          }}
        />
      )}
    </>
  )
}

/** Decimal text as definitions hold it, or null. */
const decimalOf = (typed: string): string | null => {
  const folded = typed.normalize('NFKC').trim()
  return /^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?$/.test(folded) ? folded : null
}

type VisitClass = NonNullable<Extract<EventFilter, { kind: 'visit' }>['classes']>[number]
const CLASSES: readonly VisitClass[] = ['AMB', 'EMER', 'IMP', 'OBSENC', 'HH', 'VR', 'SS']

function Classes({
  classes,
  onChange,
}: {
  readonly classes: VisitClass[] | undefined
  onChange(classes: VisitClass[] | undefined): void
}) {
  const words = useWords()
  const t = words.cohorts
  // One class or all: a file may name several, which stay together as one choice.
  const several = classes !== undefined && classes.length > 1 ? classes.join(' ') : null
  return (
    <NativeSelect
      label={t.classes}
      value={classes === undefined ? '' : classes.join(' ')}
      data={[
        { value: '', label: t.anyClass },
        ...(several === null
          ? []
          : [
              {
                value: several,
                label: several
                  .split(' ')
                  .map((each) => words.clinical.class[each as VisitClass])
                  .join(t.sentence.or),
              },
            ]),
        ...CLASSES.map((value) => ({ value: value as string, label: words.clinical.class[value] })),
      ]}
      onChange={({ currentTarget: { value } }) =>
        onChange(value === '' ? undefined : (value.split(' ') as VisitClass[]))
      }
    />
  )
}
