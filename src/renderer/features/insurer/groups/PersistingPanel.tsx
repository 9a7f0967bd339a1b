/** Groups and plans that stay above what is expected over three tables and more: what changed, since when, how sure, and where to look. */
import { Button } from '@mantine/core'
import type { MonitorSeries } from '../../../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../../../shared/domain/group-alert.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Groups.module.css'
import { notedSaid, notedTogether } from './noted.ts'
import { OpenAlerts } from './OpenAlerts.tsx'
import { persistingNote, persistingSaid } from './persisting.ts'

export function PersistingPanel({
  series,
  onShow,
  onLooked,
}: {
  readonly series: MonitorSeries
  onShow(watched: WatchLevel, label: string): void
  onLooked(): void
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.groupSeries.persisting
  return (
    <Panel title={t.title}>
      <div className={styles.alerts} data-testid="persisting">
        {series.persisting.map((alert) => {
          const { title, sentences } = persistingSaid(alert, words, locale)
          const { ratio, lower, upper } = alert.ratio
          const noted = notedTogether(series.noted, { ...alert, ratio, lower, upper })
          return (
            <Callout
              key={`${alert.watched} ${alert.label} ${alert.since}`}
              tone="warn"
              title={title}
              action={
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onShow(alert.watched, alert.label)}
                >
                  {t.show}
                </Button>
              }
            >
              {sentences.join(' ')} {noted !== null && notedSaid(noted, words)}
            </Callout>
          )
        })}
        <p className="secondary">{persistingNote(series, words, locale)}</p>
        <OpenAlerts shown={series.noted.length} onLooked={onLooked} />
      </div>
    </Panel>
  )
}
