/** Below the form: the draft's state, what is left to confirm, and the button that saves. */
import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { CONFIRMED_KINDS, kindOfConfirmed } from '../../../../shared/domain/confirmed-kinds.ts'
import { clockAtFacility } from '../../../lib/facility-clock.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Keys } from '../../../ui/Kbd.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { questionCount } from './entry-problems.ts'
import { problemSentence } from './ProblemText.tsx'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function SaveBar({ onSave }: { onSave(isConfirming: boolean): void }) {
  const t = useWords()
  const draft = useEntry((entry) => entry.draft)
  const saving = useEntry((entry) => entry.saving)
  const refused = useEntry((entry) => entry.refused)
  const failure = useEntry((entry) => entry.failure)
  const change = useEntry((entry) => entry.change)
  const hasPatient = useEntry((entry) => entry.patient !== null)
  const isTried = useEntry((entry) => entry.isTried)
  const problems = useEntry((entry) => entry.problems)
  const wrongCount = problems.filter((each) => each.severity === 'refuse').length
  const askedCount = useEntry(({ form, problems: found, confirmations, isTried: isShown }) =>
    isShown ? questionCount(form, found, confirmations) : 0,
  )
  return (
    <div className={styles.save}>
      <Asked onSave={onSave} />
      {refused && (
        <Callout tone="bad" isLive title={t.entry.refusedTitle}>
          {t.entry.refused[refused]}
        </Callout>
      )}
      {failure !== null && <FailureNote code={failure} />}
      <div className={styles.saveLine}>
        <span className={styles.draft} data-state={draft.state} role="status">
          {draft.state === 'failed'
            ? t.entry.draftNotSaved
            : draft.savedAt === null
              ? ''
              : t.entry.draftSaved(clockAtFacility(draft.savedAt))}
        </span>
        <span className={styles.keys}>{t.entry.review}</span>
        {isTried && wrongCount > 0 && (
          <span className={styles.refuse}>{t.entry.problemCount(wrongCount)}</span>
        )}
        {askedCount > 0 && <span className={styles.unusual}>{t.entry.askedCount(askedCount)}</span>}
        <Button
          loading={saving === 'saving'}
          disabled={!hasPatient}
          onClick={() => onSave(false)}
          rightSection={<Keys of="Ctrl Enter" />}
        >
          {change ? t.entry.saveCorrection : t.entry.save}
        </Button>
      </div>
    </div>
  )
}

/** What is to be confirmed, by its kind, all at once with one key. */
function Asked({ onSave }: { onSave(isConfirming: boolean): void }) {
  const t = useWords()
  const asked = useEntry((entry) => entry.asked)
  const stopAsking = useEntry((entry) => entry.stopAsking)
  const button = useRef<HTMLButtonElement>(null)
  const before = useRef<Element | null>(null)
  useEffect(() => {
    if (asked) {
      before.current = document.activeElement
      button.current?.focus()
    }
  }, [asked !== null])
  if (!asked) return null
  const back = () => {
    stopAsking()
    if (before.current instanceof HTMLElement) before.current.focus()
  }
  return (
    <div
      role="alertdialog"
      aria-label={t.entry.confirmTitle}
      aria-describedby="asked-list"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation()
          back()
        }
      }}
    >
      <Callout
        tone="warn"
        title={t.entry.confirmTitle}
        action={
          <span className={styles.askedButtons}>
            <Button variant="default" onClick={back} rightSection={<Keys of="Esc" />}>
              {t.entry.confirmBack}
            </Button>
            <Button ref={button} onClick={() => onSave(true)} rightSection={<Keys of="Enter" />}>
              {t.entry.confirmNow}
            </Button>
          </span>
        }
      >
        {/* A long list scrolls, by keyboard too. */}
        <div id="asked-list" className={styles.askedList} tabIndex={0}>
          {t.entry.confirmBody}
          {CONFIRMED_KINDS.map((kind) => {
            const those = asked.filter(({ rule }) => kindOfConfirmed(rule) === kind)
            return those.length === 0 ? null : (
              <section key={kind}>
                <h3 className={styles.askedKind}>{t.entry.confirmKinds[kind]}</h3>
                <ul>
                  {those.map((problem, i) => (
                    <li key={i}>{problemSentence(problem, t)}</li>
                  ))}
                </ul>
              </section>
            )
          })}
        </div>
      </Callout>
    </div>
  )
}
