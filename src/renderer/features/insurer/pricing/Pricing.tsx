/** Pricing a product from recorded results: what is priced, what came out, changes by hand, the premium, checks, and the tariff made of it. */
import { Button, Skeleton, Tabs, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk, useLookAgain } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { isPureOnly } from '../../../parts/insurer/build-up-table.ts'
import { whyNoTable } from '../../../parts/insurer/no-table.ts'
import { factorName, money, percent } from '../../../parts/insurer/pricing-names.ts'
import { PricingRefused } from '../../../parts/insurer/PricingRefused.tsx'
import { ProxyWarnings } from '../../../parts/insurer/ProxyWarnings.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ChecksPanel } from './ChecksPanel.tsx'
import { ElsewherePanel } from './ElsewherePanel.tsx'
import { IncidencePanel } from './IncidencePanel.tsx'
import { MakeTariff } from './MakeTariff.tsx'
import { PremiumPanel } from './PremiumPanel.tsx'
import styles from './Pricing.module.css'
import { RelativitiesPanel } from './RelativitiesPanel.tsx'
import { RulesPanel } from './RulesPanel.tsx'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import { WorkPanel } from './WorkPanel.tsx'

type Tab = 'relativities' | 'premium' | 'checks' | 'elsewhere' | 'incidence' | 'factors'
/** What needs nothing that was priced. */
const ALWAYS: readonly Tab[] = ['incidence', 'factors']

export function Pricing() {
  const words = useWords()
  const t = words.pricing
  const { sources, answer, problem, load } = usePricing()
  const [tab, setTab] = useState<Tab>('relativities')
  useEffect(() => {
    load().catch(tellFailure)
  }, [load])
  const isEmpty = sources?.results.length === 0
  const shown: Tab = answer === null && !ALWAYS.includes(tab) ? 'factors' : tab
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{t.title}</h1>
        <Button variant="default" onClick={() => go('tariffs')}>
          {t.goTariffs}
        </Button>
      </header>
      <div className={`room-body ${room.body} ${styles.body}`}>
        <Text size="sm">{t.honest}</Text>
        {isEmpty && <NoResult load={load} />}
        {sources !== null && sources.exposures.length === 0 && !isEmpty && (
          <Callout tone="warn">{t.noExposure}</Callout>
        )}
        {sources !== null && !isEmpty && <WorkPanel sources={sources} />}
        {problem !== null && <PricingRefused problem={problem} />}
        {answer !== null && <Headline />}
        {sources !== null && (
          <Tabs
            value={shown}
            onChange={(value) => setTab((value ?? 'relativities') as Tab)}
            keepMounted={false}
          >
            <Tabs.List>
              {(['relativities', 'premium', 'checks', 'elsewhere', 'incidence', 'factors'] as const).map(
                (each) => (
                  <Tabs.Tab key={each} value={each} disabled={answer === null && !ALWAYS.includes(each)}>
                    {t.tabs[each]}
                  </Tabs.Tab>
                ),
              )}
            </Tabs.List>
            <Tabs.Panel value="relativities" pt="md">
              {answer !== null && <RelativitiesPanel answer={answer} />}
            </Tabs.Panel>
            <Tabs.Panel value="premium" pt="md">
              {answer !== null && <PremiumPanel answer={answer} />}
            </Tabs.Panel>
            <Tabs.Panel value="checks" pt="md">
              {answer !== null && <ChecksPanel answer={answer} />}
            </Tabs.Panel>
            <Tabs.Panel value="elsewhere" pt="md">
              {answer !== null && <ElsewherePanel answer={answer} />}
            </Tabs.Panel>
            <Tabs.Panel value="incidence" pt="md">
              <IncidencePanel />
            </Tabs.Panel>
            <Tabs.Panel value="factors" pt="md">
              <RulesPanel />
            </Tabs.Panel>
          </Tabs>
        )}
        {answer !== null && <MakeTariff answer={answer} />}
      </div>
    </div>
  )
}

/** Which of three it is: whoever reads that there is none asks, and pays, once more. */
function NoResult({ load }: { load(): Promise<void> }) {
  const words = useWords()
  const t = words.pricing
  const asked = useAsk(
    async () => ({ tables: await node.monitor.tables(), requests: await node.requests.list() }),
    [],
    ['requests.changed', 'node.segmentFinal'],
  )
  const { value } = asked
  const isDemonstration = useOpenSession()?.demonstration !== undefined
  const why = value === undefined ? undefined : whyNoTable(value.tables, value.requests, isDemonstration)
  // No event tells of an answer's bytes, which are fetched by reading the sources.
  useEffect(() => {
    if (value !== undefined) load().catch(tellFailure)
  }, [value, load])
  useLookAgain(asked.again, why === 'being-answered')
  if (asked.failure !== undefined && value === undefined)
    return <FailureNote code={asked.failure} onRetry={asked.again} />
  switch (why) {
    case undefined:
      return <Skeleton height={120} />
    case 'to-be-asked':
      return (
        <EmptyState>
          <span role="status">{words.groups.noneOfDemonstration}</span>
        </EmptyState>
      )
    case 'being-answered':
      return (
        <EmptyState>
          <span role="status">{words.groups.beingAnswered}</span>
        </EmptyState>
      )
    case 'withheld':
      return <Callout tone="warn">{t.allWithheld}</Callout>
    case 'never-asked':
      return (
        <EmptyState action={words.groups.noneAction} onAction={() => go('groups', 'ask')}>
          {t.none}
        </EmptyState>
      )
  }
}

function Headline() {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const { answer, draft, sources } = usePricing()
  if (answer === null) return null
  const { average, cells } = answer
  const result = sources?.results.find(({ studyHash }) => studyHash === answer.work.source.studyHash)
  const amount = (minor: number): string => money(minor, draft.currency, locale)
  return (
    <Panel title={isPureOnly(average.buildUp) ? t.pureHeadline : t.headline}>
      <div className={room.close}>
        <p className={room.big} data-testid="gross">
          {amount(average.buildUp.gross)}
        </p>
        {average.lower !== null && average.upper !== null && (
          <Text size="sm">{t.interval(amount(average.lower), amount(average.upper))}</Text>
        )}
        {average.lower !== null && <span className="secondary">{t.intervalBeside}</span>}
        {isPureOnly(average.buildUp) && <span className="secondary">{t.pureOnly}</span>}
        <span className="secondary">
          {t.cellsLine(
            formatNumber(cells.count, locale),
            formatNumber(cells.exposure, locale),
            formatNumber(cells.claims, locale),
          )}
        </span>
        {result !== undefined && <span className="secondary">{t.cut(amount(result.costMost))}</span>}
        {cells.withheld > 0 && (
          <Callout tone="warn">
            {t.withheld(formatNumber(cells.withheld, locale), percent(cells.withheldShare, locale))}
          </Callout>
        )}
        {answer.ratios.map(({ factor, detail }) => (
          <Callout key={factor} tone="bad">
            {t.ratioBeyond(factorName(factor, words), detail)}
          </Callout>
        ))}
        <ProxyWarnings warnings={answer.warnings} />
      </div>
    </Panel>
  )
}
