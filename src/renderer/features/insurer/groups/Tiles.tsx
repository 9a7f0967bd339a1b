/** The measures of one group, each with its band, its denominator, and what makes the band as wide as it is. */
import type { ReactNode } from 'react'
import type { MonitorGroupView, MonitorRate, MonitorUnits } from '../../../../shared/contract/monitor.ts'
import { formatNumber } from '../../../lib/format.ts'
import { money, wholePercent } from '../../../parts/insurer/pricing-names.ts'
import { ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import styles from './Groups.module.css'
import { isOwnMeasure, valueText, widthText, type RateKind } from './tables.ts'

/** A condition's share stands in a table of its own; the tile has the most frequent one. */
const RATES = [
  ['visits', 'number'],
  ['claims', 'number'],
  ['severity', 'money'],
  ['purePremium', 'money'],
  ['lossRatio', 'share'],
] as const satisfies readonly (readonly [keyof MonitorGroupView, RateKind])[]

export function Tiles({
  group,
  units,
  ownMeasure,
}: {
  readonly group: MonitorGroupView
  readonly units: Pick<MonitorUnits, 'isCompared'>
  /** Why what everything is measured by has no ratio of its own. */
  readonly ownMeasure: string
}) {
  const words = useWords()
  const t = words.groups
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  const most = group.prevalence.reduce<(typeof group.prevalence)[number] | null>(
    (best, each) => (valueOf(each.rate) > (best === null ? -1 : valueOf(best.rate)) ? each : best),
    null,
  )
  const { caseMix, actualToExpected } = group
  const two = (value: number) => formatNumber(value, locale, 2)
  return (
    <dl className={styles.tiles} data-testid="tiles">
      <Tile name={t.measures.exposure}>
        {group.exposure === null ? (
          <span className={styles.withheld}>{t.claimsOnly}</span>
        ) : (
          <>
            <div className={styles.value}>{formatNumber(group.exposure, locale)}</div>
            <div className="secondary">
              {t.lives}: {formatNumber(group.lives ?? 0, locale)}
            </div>
            <div className="secondary">
              {t.premium}: {money(group.premium ?? 0, currency, locale)}
            </div>
          </>
        )}
      </Tile>
      {RATES.map(([name, kind]) => (
        <Rate key={name} name={t.measures[name]} measure={name} rate={group[name]} kind={kind} />
      ))}
      {most !== null && (
        <Rate
          name={`${t.measures.prevalence}: ${t.conditions[most.condition] ?? most.condition}`}
          measure="prevalence"
          rate={most.rate}
          kind="share"
        />
      )}
      <Tile name={t.measures.caseMix}>
        {caseMix === null ? (
          <span className={styles.withheld}>{t.withheld}</span>
        ) : (
          <>
            <div className={styles.value}>{two(caseMix.points)}</div>
            <div className="secondary">
              {two(caseMix.lower)}–{two(caseMix.upper)}
            </div>
            <div className="secondary">{t.denominators.caseMix(formatNumber(caseMix.persons, locale))}</div>
          </>
        )}
      </Tile>
      <Tile name={t.measures.ratio}>
        {isOwnMeasure(group, units) ? (
          <>
            <div className={styles.value}>–</div>
            <div className="secondary">{ownMeasure}</div>
          </>
        ) : actualToExpected === null ? (
          <span className={styles.withheld}>{t.notReadable}</span>
        ) : (
          <>
            <div className={styles.value}>{ratioWithLimits(actualToExpected, locale).ratio}</div>
            <div className="secondary">{ratioWithLimits(actualToExpected, locale).limits}</div>
            <div className="secondary">
              {t.denominators.ratio(formatNumber(actualToExpected.expected, locale))} ·{' '}
              {t.counted(formatNumber(actualToExpected.observed, locale))}
            </div>
          </>
        )}
      </Tile>
    </dl>
  )
}

const valueOf = (rate: MonitorRate): number => (rate.kind === 'rate' ? rate.value : -1)

function Tile({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.tile}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Rate({
  name,
  measure,
  rate,
  kind,
}: {
  readonly name: string
  readonly measure: 'prevalence' | (typeof RATES)[number][0]
  readonly rate: MonitorRate
  readonly kind: RateKind
}) {
  const words = useWords()
  const t = words.groups
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  if (rate.kind === 'withheld')
    return (
      <Tile name={name}>
        <span className={styles.withheld}>{t.withheld}</span>
      </Tile>
    )
  if (rate.kind === 'too-noisy')
    return (
      <Tile name={name}>
        <span className={styles.withheld}>{t.tooNoisy}</span>
      </Tile>
    )
  if (rate.kind === 'claims-only')
    return (
      <Tile name={name}>
        <div>{t.claimsOnly}</div>
        <div className="secondary">{t.counted(formatNumber(rate.counted, locale))}</div>
      </Tile>
    )
  return (
    <Tile name={name}>
      <div className={styles.value}>{valueText(rate.value, kind, locale, currency)}</div>
      <div className="secondary">
        {[rate.lower, rate.upper]
          .map((limit) => valueText(limit, kind, locale, currency, rate.value))
          .join('–')}
      </div>
      <div className="secondary">
        {t.denominators[measure](
          // Of a loss ratio it is money, which comes in minor units.
          measure === 'lossRatio'
            ? money(rate.denominator, currency, locale)
            : formatNumber(rate.denominator, locale),
        )}
      </div>
      <div className="secondary">
        {t.width(widthText(rate, words, locale))}
        {rate.completion < 0.995 && ` · ${t.completion(wholePercent(rate.completion, locale))}`}
      </div>
    </Tile>
  )
}
