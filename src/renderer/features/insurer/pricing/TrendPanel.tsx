/** The trend of the claim frequency, carried to the months of cover that are priced. */
import { Button, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { PricedAnswer } from '../../../../shared/contract/pricing.ts'
import { formatNumber } from '../../../lib/format.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { ratioOf, signedShare } from '../../../parts/insurer/pricing-names.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { Step } from './steps-order.ts'

interface Props {
  readonly answer: PricedAnswer
  use(step: Step): void
}

export function TrendPanel({ answer: { trend, work }, use }: Props) {
  const t = useWords().pricing
  const locale = useLocale()
  const { sources, change, price } = usePricing()
  const [typed, setTyped] = useState<string | null>(null)
  const seen = sources?.results.find(({ studyHash }) => studyHash === work.source.studyHash)
  if (trend === null)
    return (
      <Panel title={t.trend}>
        <span className="secondary">{t.noTrend}</span>
      </Panel>
    )
  const { carried, yearly } = trend
  const isTooEarly = (month: string): boolean => seen !== undefined && month <= seen.to
  const carryTo = (ratingFrom: string): void => {
    setTyped(ratingFrom)
    if (!/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(ratingFrom) || isTooEarly(ratingFrom)) return
    change({ ratingFrom })
    price()
      // Another month may have been typed meanwhile.
      .then(() => setTyped((now) => (now === ratingFrom ? null : now)))
      .catch(tellFailure)
  }
  return (
    <Panel title={t.trend}>
      <div className={room.close}>
        <Text size="sm">
          {t.trendSaid(
            signedShare(yearly.value, locale),
            signedShare(yearly.lower, locale),
            signedShare(yearly.upper, locale),
          )}
        </Text>
        <span className="secondary">{t.trendSeason}</span>
        <div className={room.row}>
          <TextInput
            type="month"
            label={t.coverFrom}
            value={typed ?? carried.from}
            error={
              typed !== null && typed !== '' && isTooEarly(typed) ? t.coverTooEarly(seen?.to ?? '') : null
            }
            onChange={(event) => carryTo(event.currentTarget.value)}
          />
          <Button
            variant="default"
            onClick={() =>
              use({
                kind: 'factor',
                name: t.trendStep,
                factor: carried.factor,
                logVariance: carried.logVariance,
              })
            }
          >
            {t.useTrend}
          </Button>
        </div>
        {seen !== undefined && (
          <Text size="sm">
            {t.trendCarried(
              seen.from,
              seen.to,
              carried.from,
              formatNumber(carried.years, locale, 2),
              ratioOf(carried.factor, locale),
            )}
          </Text>
        )}
      </div>
    </Panel>
  )
}
