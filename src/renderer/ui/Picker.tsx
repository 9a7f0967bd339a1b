/**
 * A field with a list under it, by the combobox pattern: typing searches, arrows move, Enter takes, Escape closes and
 * loses nothing, F2 opens. Enter that comes before the list goes on at once, and the field gets its value when the list
 * is there: fast typists are never held up.
 */
import { Popover, TextInput } from '@mantine/core'
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { answerFor, holdPick, type Wanted } from './picker-answer.ts'
import styles from './Picker.module.css'

export interface PickerOption<T> {
  readonly id: string
  readonly value: T
  readonly main: ReactNode
  readonly side?: ReactNode
  /** Second line. */
  readonly below?: ReactNode
}

interface Listed<T> {
  /** The text that these options answer. */
  readonly answers: string
  readonly options: readonly PickerOption<T>[]
  readonly active: number
}

interface Props<T> {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly placeholder?: string
  readonly description?: string | undefined
  readonly text: string
  readonly error?: ReactNode
  readonly field?: string
  readonly id?: string
  readonly words: { readonly nothing: string }
  readonly leftSection?: ReactNode
  readonly rightSection?: ReactNode
  /** Below the text field, when the list has nothing or at its end: an action such as registering. */
  readonly extra?: { readonly label: string; run(text: string): void } | undefined
  readonly inputRef?: Ref<HTMLInputElement>
  readonly isAutoFocused?: boolean
  /** Leaving the field takes the only exact match, e.g. a code that was typed whole. */
  isExact?(option: PickerOption<T>, text: string): boolean
  search(text: string): Promise<readonly PickerOption<T>[]>
  onText(text: string): void
  onPick(value: T): void
  /** After a choice by Enter, so that the form can go on. */
  onTaken?(): void
  onBlur?(): void
}

export function Picker<T>(props: Props<T>) {
  const { text, search, onText } = props
  // A list may arrive after the form has changed; what is done with it then knows the form of that moment.
  const latest = useRef(props)
  useLayoutEffect(() => {
    latest.current = props
  })
  const listId = useId()
  const [isOpen, setOpen] = useState(false)
  // A key between an answer and its drawing meets the answer: what keys do follows `list`, what is seen follows `drawn`.
  const list = useRef<Listed<T>>({ answers: '', options: [], active: -1 })
  const [drawn, setDrawn] = useState(list.current)
  const show = (next: Partial<Listed<T>>) => {
    list.current = { ...list.current, ...next }
    setDrawn(list.current)
  }
  const { options, active } = drawn
  const question = useRef(0)
  const waiting = useRef<Wanted>(null)
  const arriving = useRef(Promise.resolve())
  const ownRef = useRef<HTMLInputElement>(null)

  const ask = (wanted: string) => {
    const mine = ++question.current
    waiting.current = null
    arriving.current = search(wanted).then(
      (found) => {
        if (mine !== question.current) return
        // An empty field is not an answer: nothing is taken by Enter until somebody moved to it.
        show({ answers: wanted, options: found, active: wanted.trim() === '' ? -1 : 0 })
        settle(found, wanted)
      },
      () => {
        waiting.current = null
      },
    )
  }
  const take = (option: PickerOption<T>, goesOn: boolean) => {
    latest.current.onPick(option.value)
    close()
    if (goesOn) latest.current.onTaken?.()
  }
  const settle = (found: readonly PickerOption<T>[], typed: string) => {
    const { isExact, extra } = latest.current
    const answer = answerFor(
      waiting.current,
      found,
      extra !== undefined,
      (option) => isExact?.(option, typed) === true,
    )
    waiting.current = null
    if (answer.kind === 'take') take(answer.option, false)
    if (answer.kind === 'extra') {
      close()
      extra?.run(typed)
    }
  }
  const wait = (wanted: Wanted) => {
    waiting.current = wanted
    holdPick(arriving.current)
  }
  const close = () => {
    setOpen(false)
    question.current++
  }
  useEffect(() => () => void question.current++, [])

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { answers, options, active } = list.current
    const count = options.length + (props.extra ? 1 : 0)
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) {
        setOpen(true)
        ask(text)
      } else if (count > 0) {
        const step = event.key === 'ArrowDown' ? 1 : -1
        const next = active < 0 && step < 0 ? count - 1 : (active + step + count) % count
        show({ active: next })
        document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' })
      }
    } else if (event.key === 'F2') {
      event.preventDefault()
      setOpen(true)
      ask(text)
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      event.stopPropagation()
      close()
    } else if (event.key === 'Enter' && isOpen && !event.ctrlKey && !event.metaKey) {
      if (answers !== text) {
        event.preventDefault()
        wait('enter')
        props.onTaken?.()
      } else if (active === options.length && props.extra) {
        event.preventDefault()
        close()
        props.extra.run(text)
      } else if (options[active]) {
        event.preventDefault()
        take(options[active], true)
      } else close()
    }
  }

  const hasList = isOpen && (options.length > 0 || text.trim() !== '' || props.extra !== undefined)
  return (
    <Popover
      opened={hasList}
      position="bottom-start"
      width="target"
      middlewares={{ size: { padding: 8 }, flip: true, shift: true }}
      offset={2}
      trapFocus={false}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      closeOnEscape={false}
      withRoles={false}
      classNames={{ dropdown: styles.dropdown }}
    >
      <Popover.Target>
        <TextInput
          ref={mergeRefs(ownRef, props.inputRef)}
          id={props.id}
          label={props.isLabelHidden ? undefined : props.label}
          aria-label={props.isLabelHidden ? props.label : undefined}
          description={props.description}
          placeholder={props.placeholder}
          leftSection={props.leftSection}
          rightSection={props.rightSection}
          error={props.error}
          value={text}
          data-field={props.field}
          data-autofocus={props.isAutoFocused || undefined}
          autoFocus={props.isAutoFocused}
          role="combobox"
          aria-expanded={hasList}
          aria-controls={hasList ? listId : undefined}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-activedescendant={hasList && active >= 0 ? `${listId}-${active}` : undefined}
          spellCheck={false}
          onChange={(event) => {
            const typed = event.currentTarget.value
            onText(typed)
            setOpen(true)
            ask(typed)
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            if (isOpen && props.isExact && text.trim() !== '' && waiting.current === null) {
              wait('blur')
              if (list.current.answers === text) settle(list.current.options, text)
            }
            setOpen(false)
            props.onBlur?.()
          }}
        />
      </Popover.Target>
      <Popover.Dropdown p={4} role="presentation">
        <div
          role="listbox"
          id={listId}
          aria-label={props.label}
          className={styles.list}
          data-answers={drawn.answers}
        >
          {options.map((option, i) => (
            <div
              key={option.id}
              id={`${listId}-${i}`}
              role="option"
              aria-selected={i === active}
              className={styles.option}
              onMouseDown={(event) => {
                event.preventDefault()
                take(option, true)
              }}
            >
              <span className={styles.main}>{option.main}</span>
              {option.side && <span className={styles.side}>{option.side}</span>}
              {option.below && <span className={styles.below}>{option.below}</span>}
            </div>
          ))}
          {props.extra && (
            <div
              id={`${listId}-${options.length}`}
              role="option"
              aria-selected={active === options.length}
              className={styles.option}
              data-extra
              onMouseDown={(event) => {
                event.preventDefault()
                close()
                props.extra?.run(text)
              }}
            >
              <span className={styles.main}>{props.extra.label}</span>
            </div>
          )}
        </div>
        {options.length === 0 && drawn.answers === text && text.trim() !== '' && !props.extra && (
          <div className={styles.nothing}>{props.words.nothing}</div>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function mergeRefs<T>(...refs: (Ref<T> | undefined)[]) {
  return (value: T | null) => {
    for (const ref of refs) {
      if (typeof ref === 'function') ref(value)
      else if (ref) ref.current = value
    }
  }
}
