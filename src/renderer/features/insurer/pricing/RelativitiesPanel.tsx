/** Relativities of one factor, drawn and as a table, and the changes that people make of them. */
import { Button, NumberInput, SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { PricedAnswer, RelativityFactorView } from '../../../../shared/contract/pricing.ts'
import type { ManualChange } from '../../../../shared/domain/pricing-work.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import {
  baseLevelsSaid,
  factorName,
  levelName,
  money,
  ratioOf,
} from '../../../parts/insurer/pricing-names.ts'
import { ReleasedFigure, ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { relativitiesTable, type Shown } from './pricing-tables.ts'
import styles from './Pricing.module.css'
import { relativityFigure } from './level-figure.ts'
import { rulesFor } from './rules-text.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'

export function RelativitiesPanel({ answer }: { readonly answer: PricedAnswer }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  const names = answer.tariff.factors.map(({ factor }) => factor)
  const [wanted, setWanted] = useState(names[0] ?? '')
  const [shown, setShown] = useState<Shown>('tariff')
  const factor = names.includes(wanted) ? wanted : (names[0] ?? '')
  const rates = shown === 'tariff' ? null : answer.rates.find(({ measure }) => measure === shown)
  const factors = shown === 'tariff' ? answer.tariff.factors : (rates?.factors ?? [])
  const found = factors.find((each) => each.factor === factor)
  if (found === undefined) return <Text size="sm">{t.noData}</Text>
  const measures = (['tariff', 'frequency', 'severity', 'pure-premium'] as const).filter(
    (each) => each === 'tariff' || answer.rates.some(({ measure }) => measure === each),
  )
  const figure = relativityFigure(found, words, locale)
  const { studyHash } = answer.work.source
  const base = rates?.base ?? answer.tariff.base
  return (
    <div className={room.close}>
      <div className={room.row}>
        <SegmentedControl
          aria-label={t.factor}
          data={names.map((value) => ({ value, label: factorName(value, words) }))}
          value={factor}
          onChange={setWanted}
        />
        <SegmentedControl
          aria-label={t.show}
          data={measures.map((value) => ({ value, label: t.measures[value] }))}
          value={shown}
          onChange={(value) => setShown(value as Shown)}
        />
      </div>
      <Text size="sm">
        {t.base(
          shown === 'frequency'
            ? t.perYear(ratioOf(base, locale))
            : shown === 'severity'
              ? t.perClaim(money(base, currency, locale))
              : t.perYear(money(base, currency, locale)),
        )}
      </Text>
      <Text size="sm" data-testid="base-levels">
        {baseLevelsSaid(
          factors.map(({ factor: name, rows }) => ({ name, levels: rows })),
          words,
        )}
      </Text>
      {answer.folds
        .filter((fold) => fold.factor === factor)
        .map(({ levels }) => (
          <Text key={levels.join()} size="sm" data-testid="folded">
            {t.folded(levels.map((level) => levelName(factor, level, words)).join(words.groups.listComma))}
          </Text>
        ))}
      <div className={room.columns}>
        {figure !== null && (
          <ReleasedFigure
            figure={figure}
            name={t.tableTitle(t.measures[shown], factorName(factor, words))}
            studyHash={studyHash}
          />
        )}
        <ReleasedTable
          table={relativitiesTable(found, shown, currency, words, locale)}
          studyHash={studyHash}
        />
      </div>
      <Changes
        answer={answer}
        shown={answer.tariff.factors.find((each) => each.factor === factor) ?? found}
      />
    </div>
  )
}

type Kind = ManualChange['kind']

function Changes({ answer, shown }: { readonly answer: PricedAnswer; readonly shown: RelativityFactorView }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const { draft, sources, jobId, change, note, price } = usePricing()
  const isCommunityRated = rulesFor(sources?.rules ?? [], answer.work)?.communityRating !== undefined
  const { factor } = shown
  const result = sources?.results.find(({ studyHash }) => studyHash === answer.work.source.studyHash)
  const isOrdered = result?.factors.find(({ name }) => name === factor)?.isOrdered ?? false
  const kinds: Kind[] = isOrdered ? ['smooth', 'monotone', 'cap', 'ratio', 'set'] : ['set', 'cap', 'ratio']
  const [wanted, setKind] = useState<Kind>('set')
  const [level, setLevel] = useState<string | null>(null)
  const [numbers, setNumbers] = useState({ relativity: 1, least: 0.5, most: 2, knots: 3 })
  const [direction, setDirection] = useState<'rising' | 'falling'>('rising')
  const [reason, setReason] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const kind = kinds.includes(wanted) ? wanted : 'set'
  const levels = shown.rows.map((row) => row.level)
  const chosen = level !== null && levels.includes(level) ? level : (levels[0] ?? '')
  const number = (name: keyof typeof numbers, label: string) => (
    <NumberInput
      className={room.number}
      label={label}
      value={numbers[name]}
      min={0}
      decimalScale={3}
      onChange={(value) => setNumbers({ ...numbers, [name]: Number(value) })}
    />
  )
  const made = (): ManualChange => {
    switch (kind) {
      case 'smooth':
        return { kind, factor, middles: levels.map((each, i) => middleOf(each, i)), knots: numbers.knots }
      case 'monotone':
        return { kind, factor, direction }
      case 'cap':
        return { kind, factor, least: numbers.least, most: numbers.most }
      case 'ratio':
        return { kind, factor, most: numbers.most }
      case 'set':
        return { kind, factor, level: chosen, relativity: numbers.relativity }
    }
  }
  const submit = (): void => {
    setIsBusy(true)
    note(made(), reason.trim())
      .then(() => setReason(''))
      .catch(tellFailure)
      .finally(() => setIsBusy(false))
  }
  const takeBack = (place: number): void => {
    change({ adjustments: draft.adjustments.filter((_, i) => i !== place) })
    price().catch(tellFailure)
  }
  return (
    <Panel title={t.changes}>
      <div className={room.close}>
        <div className={room.row}>
          <Select
            label={t.change}
            data={kinds.map((value) => ({ value, label: t.kinds[value]! }))}
            value={kind}
            allowDeselect={false}
            onChange={(value) => setKind((value ?? 'set') as Kind)}
          />
          {kind === 'set' && (
            <Select
              label={t.level}
              data={levels.map((value) => ({ value, label: levelName(factor, value, words) }))}
              value={chosen}
              allowDeselect={false}
              onChange={setLevel}
            />
          )}
          {kind === 'set' && number('relativity', t.relativity)}
          {kind === 'cap' && number('least', t.least)}
          {(kind === 'cap' || kind === 'ratio') && number('most', t.most)}
          {kind === 'smooth' && number('knots', t.knots)}
          {kind === 'monotone' && (
            <Select
              label={t.direction}
              data={(['rising', 'falling'] as const).map((value) => ({ value, label: t.directions[value] }))}
              value={direction}
              allowDeselect={false}
              onChange={(value) => setDirection((value ?? 'rising') as 'rising')}
            />
          )}
          <TextInput
            className={room.wide}
            label={t.reason}
            description={t.reasonNeeded}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button loading={isBusy || jobId !== null} disabled={reason.trim() === ''} onClick={submit}>
            {t.note}
          </Button>
        </div>
        {isCommunityRated && <Callout tone="plain">{t.communityFolds}</Callout>}
        {draft.adjustments.length === 0 ? (
          <span className="secondary">{t.noChanges}</span>
        ) : (
          <ul className={styles.list} data-testid="changes">
            {draft.adjustments.map((each, place) => (
              <li key={`${place}/${each.reason}`}>
                <strong>
                  {t.changed(
                    t.kinds[each.change.kind] ?? each.change.kind,
                    factorName(each.change.factor, words),
                    each.by,
                    each.day,
                  )}
                </strong>
                <span>{each.reason}</span>
                {answer.tariff.audit
                  .filter(({ step }) => step === place)
                  .map((entry) => (
                    <span key={entry.level} className="secondary">
                      {t.moved(
                        levelName(entry.factor, entry.level, words),
                        ratioOf(entry.before, locale),
                        ratioOf(entry.after, locale),
                      )}
                    </span>
                  ))}
                <Button size="compact-xs" variant="default" onClick={() => takeBack(place)}>
                  {t.remove}
                </Button>
              </li>
            ))}
          </ul>
        )}
        <span className="secondary">{t.offBalance(ratioOf(answer.tariff.offBalance, locale))}</span>
      </div>
    </Panel>
  )
}

/** Middle of a band of ages; the place where the label has no numbers. */
function middleOf(level: string, place: number): number {
  const [from, to] = [...level.matchAll(/[0-9]+/g)].map(([digits]) => Number(digits))
  if (from === undefined) return place
  return to === undefined ? from + 5 : (from + to) / 2
}
