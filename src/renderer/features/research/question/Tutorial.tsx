/** The tutorial above the real page: which steps are done, what is next, and what was found. */
import { Button, Group } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import { useStudy } from '../../../parts/research/study-under-work.ts'
import { countText } from '../../../parts/research/small-count.ts'
import { formatNumber } from '../../../lib/format.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ratioText } from '../../../parts/research/ratio-text.ts'
import {
  EVENTS_WANTED,
  isStepDone,
  ratioOf,
  stepNow,
  TRUE_RATIO,
  TUTORIAL_STEPS,
  withStep,
  type Ratio,
  type TutorialState,
} from './tutorial-steps.ts'
import { useQuestion } from './use-question.ts'
import { titlesOf } from './own-copy.ts'
import { useTutorial } from './use-tutorial.ts'
import styles from './Tutorial.module.css'

/** A ratio within this of 1 shows nearly nothing. */
const NEARLY = 1.05

export function Tutorial() {
  const words = useWords()
  const t = words.tutorial
  const locale = useLocale()
  const { study, keeping, change } = useStudy()
  const { fitted, asWritten, isRunning, run } = useQuestion()
  const { setOpen } = useTutorial()
  const state: TutorialState = { study, fitted, asWritten, isKept: keeping === 'kept' }
  const now = stepNow(state)
  const count = TUTORIAL_STEPS.filter((step) => isStepDone(step, state)).length
  const number = (n: number): string => formatNumber(n, locale)
  const doIt = () => {
    if (now === null) return
    const next = withStep(now, study, titlesOf('tutorial', words))
    change(next)
    if (now === 'as-written' || now === 'cleaned') void run(next, 'fit')
  }
  return (
    <Panel
      title={t.title}
      side={
        <Group gap="sm">
          <span className="secondary">{t.progress(number(count), number(TUTORIAL_STEPS.length))}</span>
          <Button size="compact-sm" variant="default" onClick={() => setOpen(false)}>
            {t.stop}
          </Button>
        </Group>
      }
    >
      <div className={styles.columns} data-testid="tutorial" data-now={now ?? 'all'}>
        <ol className={styles.steps}>
          {TUTORIAL_STEPS.map((step) => {
            const isDone = isStepDone(step, state)
            const Icon = isDone ? IconCircleCheck : IconCircleDashed
            return (
              <li
                key={step}
                data-state={isDone ? 'done' : 'open'}
                data-step={step}
                aria-current={step === now ? 'step' : undefined}
              >
                <Icon size={16} aria-hidden />
                <span>{t.steps[step]}</span>
                <span className="visually-hidden">{isDone ? t.done : t.open}</span>
              </li>
            )
          })}
        </ol>
        <div className={styles.now} role="status">
          {now === null ? (
            <p>{t.all}</p>
          ) : (
            <>
              <h3 className={styles.heading}>{t.steps[now]}</h3>
              <p>{t.say[now]}</p>
              {now !== 'own' && (
                <Group>
                  <Button variant="default" disabled={isRunning} onClick={doIt}>
                    {t.doIt}
                  </Button>
                </Group>
              )}
            </>
          )}
          <p className="secondary">{t.synthetic}</p>
          <Findings state={state} />
        </div>
      </div>
    </Panel>
  )
}

function Findings({ state }: { readonly state: TutorialState }) {
  const words = useWords()
  const t = words.tutorial
  const locale = useLocale()
  const plain = isStepDone('as-written', state) && state.asWritten !== null ? ratioOf(state.asWritten) : null
  const cleaned = isStepDone('cleaned', state) && state.fitted !== null ? ratioOf(state.fitted) : null
  const said = ({ ratio, lower, upper, events }: Ratio): string =>
    t.found(
      ratioText(ratio, locale),
      `${ratioText(lower, locale)}–${ratioText(upper, locale)}`,
      countText(events, words.cohorts.small, locale),
    )
  const truth = ratioText(TRUE_RATIO, locale)
  return (
    <>
      {plain !== null && (
        <Callout tone="warn" title={words.tutorial.compare.asWritten}>
          <p data-testid="tutorial-as-written">{said(plain)}</p>
          <p>{plain.ratio < NEARLY && plain.ratio > 1 / NEARLY ? t.nearlyNothing : t.notNothing}</p>
        </Callout>
      )}
      {cleaned !== null && (
        <Callout tone={cleaned.lower > 1 ? 'good' : 'warn'} title={words.tutorial.compare.cleaned}>
          <p data-testid="tutorial-cleaned">{said(cleaned)}</p>
          <p>
            {cleaned.events < EVENTS_WANTED
              ? t.fewEvents(countText(cleaned.events, words.cohorts.small, locale), String(EVENTS_WANTED))
              : cleaned.lower <= 1
                ? t.tellsNothing(truth)
                : cleaned.lower < TRUE_RATIO && TRUE_RATIO < cleaned.upper
                  ? t.truthInside(truth)
                  : t.excludesOne(truth)}
          </p>
        </Callout>
      )}
    </>
  )
}
