/** A room's own question to all hospitals: how precise, what that costs, what remains, and the button that asks. Nothing is asked before it is pressed. */
import { Button, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { Asked, Catalog, Priced } from '../../../shared/contract/requests.ts'
import { epsilonOf } from '../../../shared/domain/epsilon.ts'
import { formatInstant, formatNumber, formatRho, formatSignificant } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { Callout } from '../../ui/Callout.tsx'
import room from '../../ui/Room.module.css'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { FailureNote, tellFailure } from '../FailureNote.tsx'
import { NoSnapshot } from './NoSnapshot.tsx'
import { problemWords, remainingWords } from './price-words.ts'
import { usePrice } from './use-price.ts'

/** Hundredths of what one table may cost at most. */
const PRICES = { coarse: 5, usual: 25, fine: 100 } as const
type Precision = keyof typeof PRICES
const PRICE_LEAST = 100

interface Props {
  readonly catalog: Catalog
  readonly button: string
  /** Of the request: gateways read it. */
  readonly title: string
  /** Null: something is missing, which the room says. */
  askedAt(snapshot: Catalog['snapshots'][number], microRho: number): Asked | null
  /** What the price buys, in sentences. */
  says(priced: Priced): readonly string[]
}

export function AskAllHospitals({ catalog, button, title, askedAt, says }: Props) {
  const words = useWords()
  const t = words.requests
  const locale = useLocale()
  const [chosen, setChosen] = useState<string | null>(null)
  const [precision, setPrecision] = useState<Precision>('usual')
  const [isAsking, setAsking] = useState(false)
  const snapshot = catalog.snapshots.find(({ hash }) => hash === chosen) ?? catalog.snapshots[0]
  const budget = useAsk(
    async () =>
      snapshot === undefined ? null : node.requests.budget({ snapshot: snapshot.hash, isPublished: false }),
    [snapshot?.hash],
    ['requests.changed'],
  )
  const most = budget.value?.chargeMost.table
  const microRho =
    most === undefined ? 0 : Math.max(PRICE_LEAST, Math.floor((most * PRICES[precision]) / 100))
  const asked = snapshot === undefined || most === undefined ? null : askedAt(snapshot, microRho)
  const price = usePrice(asked, null)
  if (snapshot === undefined) return <NoSnapshot />
  const shown = price.isOfThis && price.value?.kind === 'priced' ? price.value : null
  const isTooDear = shown !== null && shown.same === null && shown.binding?.times === 0
  const canAsk = shown !== null && shown.same === null && !isTooDear && !isAsking
  const text = (value: number): string => formatNumber(value, locale)

  const submit = async (): Promise<void> => {
    if (!canAsk || asked === null || shown === null) return
    setAsking(true)
    try {
      const { requestHash, microRho: due } = shown
      const answer = await node.requests.submit({
        asked,
        title,
        purpose: 'research',
        studyId: null,
        shown: { requestHash, microRho: due },
      })
      if (answer.kind === 'submitted') notifications.show({ message: t.asked.done(answer.heldBy.length) })
      else if (answer.kind === 'known') notifications.show({ message: t.asked.known })
      else if (answer.kind === 'refused') {
        const limit = answer.limit === undefined ? '' : ` ${t.budget.none[answer.limit] ?? ''}`
        notifications.show({
          color: 'red',
          message: `${t.asked.refused[answer.reason]}${limit}`,
          autoClose: 10_000,
        })
        budget.again()
      }
      price.again()
    } catch (error) {
      tellFailure(error)
    } finally {
      setAsking(false)
    }
  }

  return (
    <div className={room.small} data-testid="ask-all">
      <div className={room.row}>
        <SegmentedControl
          aria-label={t.price.title}
          value={precision}
          data={(Object.keys(PRICES) as Precision[]).map((value) => ({
            value,
            label: t.price.presets[value],
          }))}
          onChange={(value) => setPrecision(value as Precision)}
        />
        {catalog.snapshots.length > 1 && (
          <NativeSelect
            aria-label={t.compose.snapshot}
            value={snapshot.hash}
            data={catalog.snapshots.map(({ hash, height, stateAt }) => ({
              value: hash,
              label: t.catalogue.snapshot(
                text(height),
                stateAt === null ? '—' : formatInstant(stateAt).slice(0, 10),
              ),
            }))}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          />
        )}
      </div>
      <div aria-live="polite">
        {price.failure !== undefined && price.value === undefined ? (
          <FailureNote code={price.failure} onRetry={price.again} />
        ) : price.value === undefined || most === undefined ? (
          <Skeleton height={72} aria-label={t.price.waiting} />
        ) : price.value === null ? null : price.value.kind === 'problems' ? (
          <Callout tone="warn" title={t.compose.problems}>
            {[...new Set(price.value.problems.map((each) => problemWords(each, words)))].map((sentence) => (
              <p key={sentence} className={room.said}>
                {sentence}
              </p>
            ))}
          </Callout>
        ) : (
          <div className={room.small}>
            <p className={room.said} data-testid="price">
              {price.value.same === null
                ? t.askAll.price(
                    formatRho(price.value.microRho, locale),
                    formatRho(most, locale),
                    formatSignificant(epsilonOf(price.value.microRho), locale, 2),
                  )
                : t.askAll.same}
            </p>
            {says(price.value).map((sentence) => (
              <p key={sentence} className={room.said}>
                {sentence}
              </p>
            ))}
            {price.value.same === null &&
              (price.value.binding?.times === 0 ? (
                <Callout tone="bad">
                  {t.budget.none[price.value.binding.limit] ??
                    t.budget.more[price.value.binding.limit]?.('0', '') ??
                    ''}
                </Callout>
              ) : (
                <p className={room.said} data-testid="remaining">
                  {remainingWords(price.value, words, text)}
                </p>
              ))}
          </div>
        )}
      </div>
      <div className={room.row}>
        <Button disabled={!canAsk} loading={isAsking} onClick={() => void submit()}>
          {button}
        </Button>
        <span className="secondary">{t.compose.chargedOnce}</span>
      </div>
    </div>
  )
}
