/** A model from elsewhere, as a table of rates or as a formula, beside the tariff on the same portfolio. */
import { Button, FileButton, SegmentedControl, Select, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { ChallengedAnswer, PricedAnswer, RulesView } from '../../../../shared/contract/pricing.ts'
import { RATES_TEXT_MOST } from '../../../../shared/domain/pricing-work.ts'
import { formatNumber } from '../../../lib/format.ts'
import { pricedBy } from '../../../../shared/domain/group-alert.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { impactFigure } from '../../../parts/insurer/impact-figure.ts'
import { impactTable } from '../../../parts/insurer/impact-table.ts'
import { minorUnits, ratioOf, signedShare } from '../../../parts/insurer/pricing-names.ts'
import { PricingRefused } from '../../../parts/insurer/PricingRefused.tsx'
import { ReleasedFigure, ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { liftFigure } from './lift-figure.ts'
import { type LookupText, readLookups } from './lookup-text.ts'
import { LookupTables } from './LookupTables.tsx'
import { liftTable } from './pricing-tables.ts'
import styles from './Pricing.module.css'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'

/** UTF-8 takes four bytes a character at most: a larger file is too long for certain, and is not read to count it. */
const BYTES_A_CHARACTER = 4

/** Factors of the cells that are priced, as far as the kept list allows them: cells by group have no plan, and those by plan no group. */
function namesOf(
  factors: readonly { readonly name: string }[],
  { product, jurisdiction, model }: PricedAnswer['work'],
  rules: readonly RulesView[],
): string[] {
  const other = pricedBy(model.factors) === 'plan' ? 'group' : 'plan'
  const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
  const kept = rules.find((each) => isSame(each.product, product) && isSame(each.jurisdiction, jurisdiction))
  return factors
    .map(({ name }) => name)
    .filter((name) => name !== other && (kept?.allowed.some(({ factor }) => factor === name) ?? true))
}

export function ElsewherePanel({ answer }: { readonly answer: PricedAnswer }) {
  const t = useWords().pricing
  const locale = useLocale()
  const sources = usePricing((state) => state.sources)
  const currency = usePricing(({ draft }) => draft.currency)
  const [kind, setKind] = useState<'rates' | 'formula'>('formula')
  const [format, setFormat] = useState<'csv' | 'json'>('csv')
  const [text, setText] = useState({ rates: '', formula: '' })
  const [lookups, setLookups] = useState<readonly LookupText[]>([])
  const readTables = readLookups(lookups)
  const [found, setFound] = useState<ChallengedAnswer | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const result = sources?.results.find(({ studyHash }) => studyHash === answer.work.source.studyHash)
  const isTooLong = kind === 'rates' && text.rates.length > RATES_TEXT_MOST
  const compare = async (): Promise<void> => {
    setIsBusy(true)
    try {
      const challenger =
        kind === 'rates'
          ? ({ kind, text: text.rates, format } as const)
          : { kind, source: text.formula, tables: readTables.kind === 'read' ? readTables.tables : [] }
      setFound(await node.pricing.challenge({ work: answer.work, challenger }))
    } finally {
      setIsBusy(false)
    }
  }
  const read = async (file: File | null): Promise<void> => {
    if (file === null) return
    const rates = file.size > BYTES_A_CHARACTER * RATES_TEXT_MOST ? null : await file.text()
    if (rates === null || rates.length > RATES_TEXT_MOST) {
      notifications.show({ color: 'red', message: t.ratesTooLarge(file.name) })
      return
    }
    setFormat(/\.json$/i.test(file.name) ? 'json' : 'csv')
    setText((before) => ({ ...before, rates }))
  }
  return (
    <div className={room.close}>
      <Text size="sm">{t.elsewhereHint}</Text>
      <div className={room.row}>
        <SegmentedControl
          aria-label={t.elsewhereHint}
          data={[
            { value: 'formula', label: t.asFormula },
            { value: 'rates', label: t.asTable },
          ]}
          value={kind}
          onChange={(value) => setKind(value as 'rates')}
        />
        {kind === 'rates' && (
          <Select
            aria-label={t.format}
            data={[
              { value: 'csv', label: 'CSV' },
              { value: 'json', label: 'JSON' },
            ]}
            value={format}
            allowDeselect={false}
            onChange={(value) => setFormat((value ?? 'csv') as 'csv')}
          />
        )}
        {kind === 'rates' && (
          <FileButton accept=".csv,.tsv,.txt,.json" onChange={(file) => void read(file).catch(tellFailure)}>
            {(props) => (
              <Button variant="default" {...props}>
                {t.chooseRates}
              </Button>
            )}
          </FileButton>
        )}
      </div>
      <Textarea
        className={room.mono}
        label={kind === 'rates' ? t.ratesText : t.formula}
        description={
          kind === 'formula'
            ? `${t.formulaNames(
                namesOf(result?.factors ?? [], answer.work, sources?.rules ?? []).join(', '),
                currency,
                String(minorUnits(currency)),
              )} ${t.formulaFunctions}`
            : t.ratesHint(currency, String(minorUnits(currency)))
        }
        autosize
        minRows={4}
        maxRows={14}
        value={text[kind]}
        error={isTooLong ? t.ratesTooLong(formatNumber(text.rates.length, locale)) : null}
        onChange={(event) => setText({ ...text, [kind]: event.currentTarget.value })}
      />
      {kind === 'formula' && <LookupTables tables={lookups} onChange={setLookups} read={readTables} />}
      <div>
        <Button
          loading={isBusy}
          disabled={
            text[kind].trim() === '' || isTooLong || (kind === 'formula' && readTables.kind === 'wrong')
          }
          onClick={() => void compare().catch(tellFailure)}
        >
          {t.compare}
        </Button>
      </div>
      {found !== null && <Found found={found} studyHash={answer.work.source.studyHash} />}
      {found?.kind === 'challenged' &&
        (found.rates !== null ? (
          <PriceByThem rates={found.rates} />
        ) : (
          <Callout tone="warn">{t.formulaNoVersion}</Callout>
        ))}
    </div>
  )
}

/** The same rates as the model of a tariff: priced, built up, and made a version like any other. */
function PriceByThem({ rates }: { readonly rates: NonNullable<Challenged['rates']> }) {
  const t = useWords().pricing
  const { change, price } = usePricing()
  return (
    <div>
      <Button
        variant="default"
        onClick={() => {
          change({ model: { kind: 'imported', ...rates, factors: [...rates.factors] }, adjustments: [] })
          price().catch(tellFailure)
        }}
      >
        {t.priceByThem}
      </Button>
    </div>
  )
}

type Challenged = Extract<ChallengedAnswer, { kind: 'challenged' }>

function Found({ found, studyHash }: { readonly found: ChallengedAnswer; readonly studyHash: string }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  switch (found.kind) {
    case 'not-priced':
      return <PricingRefused problem={found.problem} />
    case 'problem': {
      const near = found.hint?.['kind'] === 'did-you-mean' ? found.hint['name'] : null
      return (
        <Callout tone="bad" isLive>
          {t.problemAt(String(found.line), String(found.column), found.found, found.expected.join(', '))}{' '}
          {typeof near === 'string' && t.didYouMean(near)}
        </Callout>
      )
    }
    case 'refused':
      return (
        <Callout tone="bad" isLive title={t.fileErrors(formatNumber(found.errorCount, locale))}>
          <ul className={styles.list}>
            {found.errors.map((error, i) => (
              <li key={`${i}/${error.place}`}>
                {t.fileError(error.place, error.found, error.expected)}
                {error.didYouMean !== null && <span>{t.didYouMean(error.didYouMean)}</span>}
              </li>
            ))}
          </ul>
        </Callout>
      )
    case 'challenged': {
      const moved = impactFigure(found.impact, words, locale)
      const lift = liftFigure(found.doubleLift, t.doubleLift, currency, words, locale)
      return (
        <div className={room.columns}>
          <div className={room.close}>
            {found.on.isLater ? (
              <Text size="sm">{t.comparedLater(found.on.from, found.on.to)}</Text>
            ) : (
              <Callout tone="warn">{t.comparedSeen(found.on.from, found.on.to)}</Callout>
            )}
            <Text size="sm">
              {t.gap(signedShare(found.championGap, locale), signedShare(found.challengerGap, locale))}
            </Text>
            <Text size="sm">
              {t.giniDifference(
                ratioOf(found.giniDifference.value, locale),
                ratioOf(found.giniDifference.lower, locale),
                ratioOf(found.giniDifference.upper, locale),
              )}
            </Text>
            {found.noValue.map(({ reason, line, column, count }) => (
              <Callout key={`${reason}/${line}/${column}`} tone="warn">
                {t.noValueAt(
                  t.noValues[reason] ?? reason,
                  String(line),
                  String(column),
                  formatNumber(count, locale),
                )}
              </Callout>
            ))}
            {lift !== null && <ReleasedFigure figure={lift} name={t.doubleLift} studyHash={studyHash} />}
            <ReleasedTable
              table={liftTable(found.doubleLift, t.doubleLift, currency, words, locale)}
              studyHash={studyHash}
            />
          </div>
          <div className={room.close}>
            {moved !== null && <ReleasedFigure figure={moved} name={t.impactFigure} studyHash={studyHash} />}
            <ReleasedTable table={impactTable(found.impact, t.impact, words, locale)} studyHash={studyHash} />
          </div>
        </div>
      )
    }
  }
}
