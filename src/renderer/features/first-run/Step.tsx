/** The card of one page of the wizard: title, where in it, the form, back. */
import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../../words/catalogue.ts'
import styles from './FirstRun.module.css'

interface Props {
  readonly title: string
  readonly steps?: readonly string[]
  readonly step?: number
  onBack?(): void
  readonly children: ReactNode
}

export function Step({ title, steps, step, onBack, children }: Props) {
  const t = useWords()
  return (
    <section className={`card ${styles.card}`}>
      <header className={styles.head}>
        <h1>{title}</h1>
        {onBack && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconArrowLeft size={15} aria-hidden />}
            onClick={onBack}
          >
            {t.shell.back}
          </Button>
        )}
      </header>
      {steps && step !== undefined && (
        <ol className={styles.steps} aria-label={t.firstRun.stepOf(step + 1, steps.length)}>
          {steps.map((name, i) => (
            <li key={name} aria-current={i === step ? 'step' : undefined}>
              {i + 1}. {name}
            </li>
          ))}
        </ol>
      )}
      {children}
    </section>
  )
}
