/** Each thing that was recomputed: green with a check, red with what was claimed and what came out. */
import { Button } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleMinus, IconCircleXFilled } from '@tabler/icons-react'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import type { VerifyStep } from './BlockPane.tsx'
import styles from './Chain.module.css'

/** Steps that need the record opened; the others are left out only where they need every block before. */
const OF_RECORD: ReadonlySet<VerifyStep['step']> = new Set([
  'key-box',
  'key-commitment',
  'merkle-root',
  'author',
])

interface Props {
  readonly isOk: boolean
  readonly isOpen: boolean
  onToggle(): void
  readonly steps: readonly VerifyStep[]
}

export function VerifySteps({ isOk, isOpen, onToggle, steps }: Props) {
  const t = useWords().chain
  const failed = steps.filter((step) => !step.isOk && !step.isSkipped).length
  const done = steps.filter((step) => !step.isSkipped).length
  return (
    <div className={styles.verify} data-testid="verify-block" data-ok={isOk}>
      <Callout
        tone={isOk ? 'good' : 'bad'}
        isLive
        title={
          <span className={styles.verifyTitle}>
            {isOk ? t.verified(done) : t.verifyFailed(failed)}
            <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={onToggle}>
              {isOpen ? t.hideSteps : t.showSteps}
            </Button>
          </span>
        }
      >
        <ul className={styles.steps} hidden={!isOpen}>
          {steps.map((step) => (
            <li key={step.step} data-state={step.isSkipped ? 'skipped' : step.isOk ? 'ok' : 'failed'}>
              {step.isSkipped ? (
                <IconCircleMinus size={15} aria-hidden />
              ) : step.isOk ? (
                <IconCircleCheckFilled size={15} aria-hidden />
              ) : (
                <IconCircleXFilled size={15} aria-hidden />
              )}
              <span>
                {t.step[step.step]}{' '}
                <span className="secondary">
                  {step.isSkipped
                    ? OF_RECORD.has(step.step)
                      ? t.skipped
                      : t.withChain
                    : step.isOk
                      ? t.ok
                      : t.failed}
                </span>
                {!step.isOk && !step.isSkipped && (
                  <span className={styles.why}>
                    {t.failedStep[step.step]}{' '}
                    {step.claimed !== undefined && (
                      <>
                        {t.claimed} <BlockHash hash={step.claimed} />{' '}
                      </>
                    )}
                    {step.computed !== undefined && (
                      <>
                        {t.computed} <BlockHash hash={step.computed} />
                      </>
                    )}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      </Callout>
    </div>
  )
}
