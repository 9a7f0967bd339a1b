/** What needs a person, worst first, each in one sentence. Nothing is shown where nothing is wrong. */
import { Button } from '@mantine/core'
import type { AlertView } from '../../../../shared/contract/governance.ts'
import { formatInstant } from '../../../lib/format.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { alertSentence } from './sentences.ts'
import styles from './Network.module.css'

const ORDER = { bad: 0, warn: 1, plain: 2 }
const SHOWN_MAX = 6

interface Props {
  readonly alerts: readonly AlertView[]
  /** Leads to where something can be decided about a member; null for whoever decides nothing. */
  readonly onOpen: ((memberId: string) => void) | null
}

export function Alerts({ alerts, onOpen }: Props) {
  const t = useWords().network
  const locale = useLocale()
  const sorted = [...alerts].sort((a, b) => ORDER[a.tone] - ORDER[b.tone])
  if (sorted.length === 0) return null
  return (
    <section className={styles.alerts} aria-label={t.alerts.title}>
      {sorted.slice(0, SHOWN_MAX).map((alert) => (
        <Callout
          key={alert.alertId}
          tone={alert.tone}
          action={
            onOpen !== null &&
            alert.memberId !== undefined && (
              <Button size="compact-sm" variant="default" onClick={() => onOpen(alert.memberId!)}>
                {t.alerts.decide}
              </Button>
            )
          }
        >
          {alertSentence(alert, t, locale)}
          {alert.at !== null && alert.kind !== 'invitation-expires' && (
            <span className="secondary"> {formatInstant(alert.at)}</span>
          )}
        </Callout>
      ))}
    </section>
  )
}
