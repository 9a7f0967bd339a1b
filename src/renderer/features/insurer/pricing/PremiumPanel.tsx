/** From the pure premium to the gross one: the steps, what each adds, and the pool for large claims. */
import { Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { PooledAnswer, PricedAnswer } from '../../../../shared/contract/pricing.ts'
import { formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { buildUpTable } from '../../../parts/insurer/build-up-table.ts'
import { minorUnits, money } from '../../../parts/insurer/pricing-names.ts'
import { PricingRefused } from '../../../parts/insurer/PricingRefused.tsx'
import { ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { equalisationTable, transferTotal } from './equalisation-table.ts'
import { indicationTable, tailTable } from './pricing-tables.ts'
import { altered, inOrder, numberOf, type Step } from './steps-order.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import styles from './Pricing.module.css'

export function PremiumPanel({ answer }: { readonly answer: PricedAnswer }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const { draft, jobId, change, price } = usePricing()
  const minor = minorUnits(draft.currency)
  // What was altered meanwhile is not there any more, and nobody has said why of what is.
  const put = (before: Step, after: Step): void =>
    change({ steps: altered(usePricing.getState().draft.steps, before, after) })
  // Whoever noted it spoke of what it was.
  const alter = (before: Step, { note: _, ...after }: Step): void => put(before, after)
  return (
    <div className={room.columns}>
      <div className={room.close}>
        <Panel title={t.steps}>
          <div className={room.close}>
            {draft.steps.map((step) => (
              <div key={numberOf(step)} className={room.row}>
                <TextInput
                  className={room.wide}
                  label={t.stepName}
                  value={step.name}
                  onChange={(event) => alter(step, { ...step, name: event.currentTarget.value })}
                />
                <Select
                  className={styles.kind}
                  label={t.stepKind}
                  data={(['factor', 'add', 'share'] as const).map((value) => ({
                    value,
                    label: t.stepKinds[value],
                  }))}
                  value={step.kind}
                  allowDeselect={false}
                  onChange={(kind) => alter(step, newStep((kind ?? 'factor') as Step['kind'], step.name))}
                />
                <NumberInput
                  className={room.number}
                  label={t.stepValue}
                  value={valueOf(step, minor)}
                  suffix={step.kind === 'share' ? ' %' : ''}
                  decimalScale={4}
                  onChange={(value) => alter(step, withValue(step, Number(value), minor))}
                />
                <Button
                  variant="default"
                  onClick={() => change({ steps: draft.steps.filter((each) => each !== step) })}
                >
                  {t.remove}
                </Button>
                <StepNote step={step} onNoted={(after) => put(step, after)} />
              </div>
            ))}
            <div className={room.row}>
              <Button
                variant="default"
                onClick={() =>
                  change({ steps: inOrder([...draft.steps, newStep('factor', t.stepKinds.factor)]) })
                }
              >
                {t.addStep}
              </Button>
              <Button loading={jobId !== null} onClick={() => void price().catch(tellFailure)}>
                {t.pricedAgain}
              </Button>
            </div>
          </div>
        </Panel>
        <Pool answer={answer} />
        <Equalised answer={answer} />
      </div>
      <div className={room.close}>
        <ReleasedTable
          table={buildUpTable(answer.average.buildUp, t.lines, draft.currency, words, locale)}
          studyHash={answer.work.source.studyHash}
        />
        <Panel title={answer.indication === null ? t.indication : undefined}>
          {answer.indication === null ? (
            <span className="secondary">{t.noIndication}</span>
          ) : (
            <ReleasedTable
              table={indicationTable(answer.indication, draft.currency, words, locale)}
              studyHash={answer.work.source.studyHash}
            />
          )}
        </Panel>
      </div>
    </div>
  )
}

/** Who put a step there and why; or a place to say why, which the node notes with the name and the day. */
function StepNote({ step, onNoted }: { readonly step: Step; readonly onNoted: (step: Step) => void }) {
  const t = useWords().pricing
  const [reason, setReason] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  if (step.note !== undefined)
    return <span className="secondary">{t.stepNoted(step.note.by, step.note.day, step.note.reason)}</span>
  const note = async (): Promise<void> => {
    setIsBusy(true)
    try {
      onNoted(await node.pricing.noteStep({ step, reason: reason.trim() }))
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <>
      <TextInput
        className={room.wide}
        label={t.stepWhy}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button
        variant="default"
        loading={isBusy}
        disabled={reason.trim() === '' || step.name.trim() === ''}
        onClick={() => void note().catch(tellFailure)}
      >
        {t.noteStep}
      </Button>
    </>
  )
}

/** Nothing where the product is priced by risk, or one group alone is shown. */
function Equalised({ answer }: { readonly answer: PricedAnswer }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  const { equalisation } = answer
  if (equalisation === null) return null
  return (
    <Panel title={t.equalisation}>
      <div className={room.close}>
        <span>
          {t.equalisationSaid(money(transferTotal(equalisation), currency, locale), equalisation.unit)}
        </span>
        <ReleasedTable
          table={equalisationTable(equalisation, currency, words, locale)}
          studyHash={answer.work.source.studyHash}
        />
      </div>
    </Panel>
  )
}

function Pool({ answer }: { readonly answer: PricedAnswer }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const { draft, sources, change } = usePricing()
  const result = sources?.results.find(({ studyHash }) => studyHash === answer.work.source.studyHash)
  const [amounts, setAmounts] = useState('')
  const [spread, setSpread] = useState<'flat' | 'proportional'>('flat')
  const [pooled, setPooled] = useState<PooledAnswer | null>(null)
  const ask = async (): Promise<void> => {
    const inMinor = amounts
      .split('\n')
      .map((line) => {
        const plain = line.trim().replace(/(?<=[0-9]),(?=[0-9]{3}\b)/g, '')
        return plain === '' || !(Number(plain) >= 0)
          ? plain
          : String(Math.round(Number(plain) * minorUnits(draft.currency)))
      })
      .join('\n')
    setPooled(
      await node.pricing.pool({
        amounts: inMinor,
        spread,
        source: answer.work.source,
        factors: [...answer.work.model.factors],
      }),
    )
  }
  const use = (load: number): void => {
    const step: Step =
      spread === 'flat'
        ? { kind: 'add', name: t.poolStep, perMemberYear: load }
        : { kind: 'factor', name: t.poolStep, factor: load, logVariance: 0 }
    change({ steps: inOrder([...draft.steps.filter(({ name }) => name !== t.poolStep), step]) })
  }
  return (
    <Panel title={t.pool}>
      <div className={room.close}>
        {result !== undefined && (
          <span className="secondary">
            {t.poolHint(result.from, result.to, money(result.costMost, draft.currency, locale))}
          </span>
        )}
        <div className={room.row}>
          <Textarea
            className={room.wide}
            label={t.amounts}
            autosize
            minRows={2}
            maxRows={6}
            value={amounts}
            onChange={(event) => setAmounts(event.currentTarget.value)}
          />
          <Select
            label={t.spread}
            data={(['flat', 'proportional'] as const).map((value) => ({ value, label: t.spreads[value] }))}
            value={spread}
            allowDeselect={false}
            onChange={(value) => {
              setSpread((value ?? 'flat') as 'flat')
              setPooled(null)
            }}
          />
          <Button variant="default" onClick={() => void ask().catch(tellFailure)}>
            {t.doPool}
          </Button>
        </div>
        {pooled?.kind === 'refused' && (
          <Callout tone="bad" isLive>
            {t.poolWrong(pooled.lines.join(', '))}
          </Callout>
        )}
        {pooled?.kind === 'not-priced' && <PricingRefused problem={pooled.problem} />}
        {pooled?.kind === 'pooled' && (
          <div className={room.row}>
            <span>
              {t.pooled(
                formatNumber(pooled.excessCount, locale),
                money(pooled.excessTotal, draft.currency, locale),
              )}
            </span>
            <Button size="compact-sm" variant="default" onClick={() => use(pooled.load)}>
              {t.usePool}
            </Button>
          </div>
        )}
        {pooled?.kind === 'pooled' && (
          <ReleasedTable
            table={tailTable(pooled.tail, draft.currency, words, locale)}
            studyHash={answer.work.source.studyHash}
          />
        )}
      </div>
    </Panel>
  )
}

function newStep(kind: Step['kind'], name: string): Step {
  switch (kind) {
    case 'factor':
      return { kind, name, factor: 1, logVariance: 0 }
    case 'add':
      return { kind, name, perMemberYear: 0 }
    case 'share':
      return { kind, name, share: 0.1 }
  }
}

/** Amounts in units of money, shares in per cent, as people type them. */
function valueOf(step: Step, minor: number): number {
  switch (step.kind) {
    case 'factor':
      return step.factor
    case 'add':
      return step.perMemberYear / minor
    case 'share':
      return Number((step.share * 100).toFixed(4))
  }
}

function withValue(step: Step, value: number, minor: number): Step {
  switch (step.kind) {
    case 'factor':
      return { ...step, factor: value }
    case 'add':
      return { ...step, perMemberYear: value * minor }
    case 'share':
      return { ...step, share: value / 100 }
  }
}
