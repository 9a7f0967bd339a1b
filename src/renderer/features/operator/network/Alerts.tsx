/** What needs a person, worst first, each in one sentence. Nothing is shown where nothing is wrong. */
import type { AlertView } from '../../../../shared/contract/governance.ts'
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatBytes, formatInstant, formatNumber } from '../../../lib/format.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import styles from './Network.module.css'

const ORDER = { bad: 0, warn: 1, plain: 2 }
const SHOWN_MAX = 6

export function Alerts({ alerts }: { readonly alerts: readonly AlertView[] }) {
  const t = useWords().network
  const locale = useLocale()
  const sorted = [...alerts].sort((a, b) => ORDER[a.tone] - ORDER[b.tone])
  if (sorted.length === 0) return null
  return (
    <section className={styles.alerts} aria-label={t.alerts.title}>
      {sorted.slice(0, SHOWN_MAX).map((alert) => (
        <Callout key={alert.alertId} tone={alert.tone}>
          {alertSentence(alert, t.alerts, locale)}
          {alert.at !== null && alert.kind !== 'invitation-expires' && (
            <span className="secondary"> {formatInstant(alert.at)}</span>
          )}
        </Callout>
      ))}
    </section>
  )
}

export function alertSentence(
  { kind, memberName, amount, detail, at }: AlertView,
  t: Words['network']['alerts'],
  locale: Locale,
): string {
  const name = memberName ?? ''
  const number = formatNumber(amount ?? 0, locale)
  switch (kind) {
    case 'below-quorum':
      return t['below-quorum'](amount ?? 0)
    case 'member-away':
    case 'evidence':
    case 'offence':
    case 'forged-record':
    case 'proposal-waits':
      return t[kind](name)
    case 'member-behind':
      return t['member-behind'](name, number)
    case 'suspended':
      return t.suspended(name, detail ?? '')
    case 'clock':
      return t.clock(formatNumber(Math.abs(amount ?? 0) / 1000, locale, 1))
    case 'disk':
      return t.disk(formatBytes(amount ?? 0, locale))
    case 'invitation-expires':
      return t['invitation-expires'](name, at === null ? '' : formatInstant(at))
    case 'no-spare':
    case 'halted':
    case 'observing':
    case 'other-chain':
    case 'outdated':
    case 'keys-replaced':
    case 'keys-refused':
      return t[kind]
    case 'keys-old':
      return t[kind](amount ?? 1)
    case 'version-ahead':
      return t[kind](number)
  }
}
