/** The first thing on the page: which groups changed, since when, how sure that is, and what to look at next. */
import { Button } from '@mantine/core'
import type { CauseBy, MonitorAlert, MonitorView } from '../../../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../../../shared/domain/group-alert.ts'
import { formatNumber } from '../../../lib/format.ts'
import { wholePercent } from '../../../parts/insurer/pricing-names.ts'
import { ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Groups.module.css'
import { notedSaid, notedTogether, type NotedTogether } from './noted.ts'
import { OpenAlerts } from './OpenAlerts.tsx'
import { falseAlarmsSaid } from './tables.ts'
import { calledOf, wordsFor } from './words-for.ts'

export function Alerts({
  view,
  onShow,
  areOpenShown,
  onLooked,
}: {
  readonly view: MonitorView
  /** Asked for when the page stands: it is not what the page is opened for. */
  readonly areOpenShown: boolean
  onLooked(): void
  onShow(watched: WatchLevel, label: string, by: CauseBy): void
}) {
  const words = useWords()
  const t = words.groups
  const locale = useLocale()
  const cusums = [...view.cusums, ...(view.plans?.cusums ?? [])]
  // What is measured by itself alone is compared with nothing, whatever its chart shows.
  const isCompared = view.isCompared || view.plans?.isCompared === true
  const isReadable =
    view.funnel.points.length > 0 || cusums.length > 0 || (view.plans?.funnel.points.length ?? 0) > 0
  return (
    <Panel title={t.changed}>
      <div className={styles.alerts} data-testid="alerts">
        {view.alerts.length === 0 && (
          <Callout tone={isReadable && isCompared ? 'good' : 'plain'}>
            {!isReadable ? t.nothingReadable : isCompared ? t.nothingChanged : t.oneAlone}
          </Callout>
        )}
        {cusums.length > 0 && <p className="secondary">{falseAlarmsSaid(view, words, locale)}</p>}
        {view.alerts.map((alert) => (
          <One
            key={`${alert.watched} ${alert.kind} ${alert.label} ${alert.month ?? ''}`}
            alert={alert}
            newestMonth={view.source.lastMonth}
            noted={notedOf(alert, view)}
            onShow={onShow}
          />
        ))}
        {areOpenShown && view.noted.length > 0 && (
          <OpenAlerts shown={view.noted.length} onLooked={onLooked} />
        )}
      </div>
    </Panel>
  )
}

function notedOf({ ratio: { ratio, lower, upper }, ...alert }: MonitorAlert, view: MonitorView) {
  const { studyHash } = view.source
  return notedTogether(view.noted, { ...alert, studyHash, ratio, lower, upper })
}

function One({
  alert,
  newestMonth,
  noted,
  onShow,
}: {
  readonly alert: MonitorAlert
  readonly newestMonth: string
  readonly noted: NotedTogether | null
  onShow(watched: WatchLevel, label: string, by: CauseBy): void
}) {
  const words = wordsFor(useWords(), alert.watched)
  const t = words.groups
  const locale = useLocale()
  const { watched, label, kind, month, since, ratio, falseAlarmsPerYear, next } = alert
  const said = ratioWithLimits(ratio, locale)
  const name = calledOf(alert, words)
  // What gives no signal in the newest month has ended, as far as the table tells.
  const until = month === newestMonth ? null : month
  const part =
    next === null ? '' : next.by === 'condition' ? (t.conditions[next.label] ?? next.label) : next.label
  return (
    <Callout
      tone="warn"
      title={kind === 'rise' ? t.alert.rise(name, since, until, said.ratio) : t.alert.level(name, said.ratio)}
      action={
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onShow(watched, label, next?.by ?? 'ageBand')}
        >
          {t.alert.show}
        </Button>
      }
    >
      {month !== null && `${t.alert.lastSignal(month)} `}
      {t.alert.sure(said.limits)}{' '}
      {kind === 'rise'
        ? `${t.alert.chosen} ${t.alert.falseAlarms(formatNumber(falseAlarmsPerYear, locale, 2))}`
        : `${t.alert.discovery} ${t.alert.falseLevels(formatNumber(falseAlarmsPerYear, locale, 2))}`}{' '}
      {next === null
        ? t.alert.noNext
        : t.alert.next(t.by[next.by].toLowerCase(), part, wholePercent(next.share, locale))}{' '}
      {noted !== null && notedSaid(noted, words)}
    </Callout>
  )
}
