/** The first thing on the page: which groups changed, since when, how sure that is, and what to look at next. */
import { Button } from '@mantine/core'
import type { CauseBy, MonitorAlert, MonitorView } from '../../../../shared/contract/monitor.ts'
import { formatNumber, formatPercent } from '../../../lib/format.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { nameOf } from './figures.ts'
import styles from './Groups.module.css'

export function Alerts({
  view,
  onShow,
}: {
  readonly view: MonitorView
  onShow(label: string, by: CauseBy): void
}) {
  const t = useWords().groups
  const locale = useLocale()
  const isReadable = view.funnel.points.length > 0 || view.cusums.length > 0
  return (
    <Panel title={t.changed}>
      <div className={styles.alerts} data-testid="alerts">
        {view.alerts.length === 0 && (
          <Callout tone={isReadable ? 'good' : 'plain'}>
            {isReadable ? t.nothingChanged : t.nothingReadable}
          </Callout>
        )}
        {view.cusums.length > 0 && (
          <p className="secondary">
            {t.falseAlarms(
              formatNumber(
                view.cusums.reduce((sum, { falseAlarmsPerYear }) => sum + falseAlarmsPerYear, 0),
                locale,
                1,
              ),
              String(view.cusums.length),
            )}
          </p>
        )}
        {view.alerts.map((alert) => (
          <One key={`${alert.kind} ${alert.label}`} alert={alert} onShow={onShow} />
        ))}
      </div>
    </Panel>
  )
}

function One({ alert, onShow }: { readonly alert: MonitorAlert; onShow(label: string, by: CauseBy): void }) {
  const words = useWords()
  const t = words.groups
  const locale = useLocale()
  const { label, kind, since, ratio, falseAlarmsPerYear, next } = alert
  const text = (value: number) => formatNumber(value, locale, 2)
  const name = nameOf(label, t)
  const part =
    next === null ? '' : next.by === 'condition' ? (t.conditions[next.label] ?? next.label) : next.label
  return (
    <Callout
      tone="warn"
      title={
        kind === 'rise'
          ? t.alert.rise(name, since, text(ratio.ratio))
          : t.alert.level(name, text(ratio.ratio))
      }
      action={
        <Button size="compact-sm" variant="default" onClick={() => onShow(label, next?.by ?? 'ageBand')}>
          {t.alert.show}
        </Button>
      }
    >
      {t.alert.sure(text(ratio.lower), text(ratio.upper))}{' '}
      {kind === 'rise'
        ? `${t.alert.chosen} ${t.alert.falseAlarms(text(falseAlarmsPerYear))}`
        : t.alert.discovery}{' '}
      {next === null
        ? t.alert.noNext
        : t.alert.next(t.by[next.by].toLowerCase(), part, formatPercent(next.share, locale))}
    </Callout>
  )
}
