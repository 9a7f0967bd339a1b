/** Alerts that nobody has looked into, each with the button that says somebody has: until then they stand on Home. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { openAlertLine } from '../../../parts/insurer/open-alert-lines.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Groups.module.css'

/**
 * @param shown how many alerts the page knows of: with another number they are asked for again
 * @param onLooked the page says when: it is to be asked for anew
 */
export function OpenAlerts({ shown, onLooked }: { readonly shown: number; onLooked(): void }) {
  const words = useWords()
  const t = words.groupSeries.open
  const locale = useLocale()
  const session = useOpenSession()
  const mayLook = session !== undefined && mayCall('monitor.look', session.person.roles)
  const noted = useAsk(() => node.monitor.noted(), [shown], ['app.sessionChanged'])
  const [isFailed, setFailed] = useState(false)
  const [isSending, setSending] = useState(false)
  const alerts = noted.value?.alerts ?? []
  if (alerts.length === 0) return null
  const look = (ids: string[]) => {
    setSending(true)
    node.monitor
      .look({ ids })
      .then(
        () => {
          setFailed(false)
          noted.again()
          onLooked()
        },
        () => setFailed(true),
      )
      .finally(() => setSending(false))
  }
  return (
    <section
      className={styles.alerts}
      data-testid="open-alerts"
      aria-label={t.title(formatNumber(alerts.length, locale))}
    >
      <strong>{t.title(formatNumber(alerts.length, locale))}</strong>
      <ul className={styles.plain}>
        {alerts.map((alert) => (
          <li key={alert.id} className={styles.version}>
            <span>{openAlertLine(alert, words, locale)}</span>
            <Button
              size="compact-sm"
              variant="default"
              disabled={!mayLook || isSending}
              onClick={() => look([alert.id])}
            >
              {t.looked}
            </Button>
          </li>
        ))}
      </ul>
      {alerts.length > 1 && (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!mayLook || isSending}
            onClick={() => look(alerts.map(({ id }) => id))}
          >
            {t.lookedAll}
          </Button>
        </div>
      )}
      {isFailed && (
        <Callout tone="bad" isLive>
          {t.failed}
        </Callout>
      )}
      <p className="secondary">{t.note}</p>
    </section>
  )
}
