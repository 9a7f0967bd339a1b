/** The price, what noise it buys, which limit binds and what remains: in plain words, before anything is asked. */
import { Button, NumberInput, SegmentedControl, Skeleton } from '@mantine/core'
import type { Locale } from '../../../../shared/contract/app.ts'
import type { Budget, Price, Priced } from '../../../../shared/contract/requests.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import { formatNumber, formatRho, formatSignificant } from '../../../lib/format.ts'
import { RhoInput } from '../../../parts/RhoInput.tsx'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { problemWords, remainingWords } from '../../../parts/research/price-words.ts'
import { perUnitOf, variableUnit } from '../../../parts/research/request-axis.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { isModel, pricedKindOf, usualPrice, type Draft } from './draft.ts'
import styles from './Requests.module.css'

/** Shares of what one request may cost at most. */
const PRESETS = { coarse: 0.05, usual: null, fine: 1 } as const
const PRICE_LEAST = 100

interface Props {
  readonly draft: Draft
  readonly price: Price | null | undefined
  readonly failure: string | undefined
  readonly most: Budget['chargeMost'] | null
  readonly wished: number | null
  onWished(wished: number | null): void
  onPrice(microRho: number | null): void
  onRetry(): void
  onOpen(studyHash: string): void
}

export function PricePanel(props: Props) {
  const words = useWords()
  const t = words.requests
  const { draft, price, failure, most } = props
  return (
    <Panel title={t.price.title}>
      <div className={room.small} aria-live="polite" data-testid="price">
        {draft.lane === 'rule' ? (
          <p>{t.price.rule}</p>
        ) : (
          most !== null && <PriceForm {...props} most={most} />
        )}
        {failure !== undefined && price === undefined ? (
          <FailureNote code={failure} onRetry={props.onRetry} />
        ) : price === undefined ? (
          <Skeleton height={96} aria-label={t.price.waiting} />
        ) : price === null ? null : price.kind === 'problems' ? (
          <Callout tone="warn" title={t.compose.problems}>
            <ul className={styles.list}>
              {[...new Set(price.problems.map((each) => problemWords(each, words)))].map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </Callout>
        ) : (
          <What priced={price} draft={draft} onOpen={props.onOpen} />
        )}
      </div>
    </Panel>
  )
}

function PriceForm({
  draft,
  most,
  wished,
  price,
  onWished,
  onPrice,
}: Props & { readonly most: Budget['chargeMost'] }) {
  const { price: t, withUnit } = useWords().requests
  const locale = useLocale()
  const kind = pricedKindOf(draft)
  const limit = most[kind]
  const usual = usualPrice(kind, limit)
  const now = draft.microRho ?? usual
  const preset = (name: keyof typeof PRESETS): number => {
    const share = PRESETS[name]
    return share === null ? usual : Math.max(PRICE_LEAST, Math.floor(limit * share))
  }
  const names = (Object.keys(PRESETS) as (keyof typeof PRESETS)[]).filter(
    (name) => name === 'usual' || preset(name) !== usual,
  )
  const chosen = names.find((name) => preset(name) === now) ?? ''
  const wishedPrice = price?.kind === 'priced' ? price.wishedMicroRho : null
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={t.title}
        value={chosen}
        data={names.map((value) => ({ value, label: t.presets[value] }))}
        onChange={(name) => onPrice(preset(name as keyof typeof PRESETS))}
      />
      <div className={`${room.row} ${room.top}`}>
        <RhoInput
          className={styles.wide}
          label={withUnit(t.price, t.unit)}
          description={`${t.most(formatRho(limit, locale))} · ${t.epsilon(formatSignificant(epsilonOf(now), locale, 2))}`}
          microRho={now}
          least={PRICE_LEAST}
          most={limit}
          onMicroRho={onPrice}
        />
        <NumberInput
          className={styles.wide}
          label={withUnit(t.wished, t.wishedUnit)}
          value={wished ?? ''}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          onChange={(value) => onWished(typeof value === 'number' && value >= 1 ? Math.floor(value) : null)}
        />
      </div>
      {wished !== null && price?.kind === 'priced' && wishedPrice !== now && (
        <div className={room.row}>
          {wishedPrice === null ? (
            <span className="secondary">{t.wishedNone}</span>
          ) : (
            <Button size="compact-sm" variant="default" onClick={() => onPrice(wishedPrice)}>
              {t.take(formatRho(wishedPrice, locale))}
            </Button>
          )}
        </div>
      )}
    </>
  )
}

function What({
  priced,
  draft,
  onOpen,
}: {
  readonly priced: Priced
  readonly draft: Draft
  onOpen(hash: string): void
}) {
  const words = useWords()
  const t = words.requests
  const locale = useLocale()
  const { same, binding, noise } = priced
  return (
    <>
      {noise.length > 0 && (
        <ul className={styles.list} data-testid="noise">
          {noiseSentences(priced, draft, words, locale).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {same !== null ? (
        <Callout
          tone="good"
          action={
            <Button size="compact-sm" variant="default" onClick={() => onOpen(same.studyHash)}>
              {t.price.openSame}
            </Button>
          }
        >
          {t.price.same(same.title)}
        </Callout>
      ) : binding === null ? null : binding.times === 0 ? (
        <Callout tone="bad">
          {t.budget.none[binding.limit] ?? t.budget.more[binding.limit]?.('0', '') ?? ''}
        </Callout>
      ) : (
        <p data-testid="remaining">{remainingWords(priced, words, (value) => formatNumber(value, locale))}</p>
      )}
    </>
  )
}

/** Patients of whom it is said by how much noise moves their mean. */
const MEAN_OF = 1_000

function noiseSentences(
  { noise }: Priced,
  { output }: Pick<Draft, 'output'>,
  words: Words,
  locale: Locale,
): string[] {
  const text = (value: number): string => formatNumber(value, locale)
  const t = words.requests.price
  const sentences: string[] = []
  for (const { name, cells, halfWidth, totalHalfWidth, shownFrom } of noise) {
    const half = text(halfWidth)
    if (name === 'count') {
      sentences.push(cells === 1 ? t.one(half) : t.cell(half, text(cells)))
      if (cells > 1) sentences.push(t.total(text(totalHalfWidth)))
      if (shownFrom !== null)
        sentences.push(cells === 1 ? t.shownOne(text(shownFrom)) : t.shown(text(shownFrom)))
    }
    if (name === 'visits') sentences.push(t.cellVisits(half, text(cells)))
    if (name === 'sum' && output.kind === 'mean')
      // What is added up is twice each value (docs/spec/privacy.md Q3).
      sentences.push(
        t.sum(
          formatSignificant(halfWidth / (2 * MEAN_OF * perUnitOf(output.variable)), locale, 2),
          variableUnit(output.variable, words),
        ),
      )
  }
  if (isModel(output)) sentences.push(t.model)
  return sentences
}
