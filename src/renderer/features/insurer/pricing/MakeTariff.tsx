/** A version of a tariff out of what is shown, which then waits for another person. */
import { Button, Select, TextInput } from '@mantine/core'
import { useEffect, useId, useState } from 'react'
import type { PricedAnswer, PricingProblem } from '../../../../shared/contract/pricing.ts'
import type { TariffRow } from '../../../../shared/contract/tariffs.ts'
import { formatList } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { PricingRefused } from '../../../parts/insurer/PricingRefused.tsx'
import { Day } from '../../../parts/research/RuleEditor.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { lacksForVersion } from './lacks-for-version.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'

type Said = { readonly hash: string; readonly isNew: boolean }

export function MakeTariff({ answer }: { readonly answer: PricedAnswer }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const lacksId = useId()
  const currency = usePricing(({ draft }) => draft.currency)
  const [name, setName] = useState(answer.work.product)
  const [validFrom, setValidFrom] = useState('')
  const [previous, setPrevious] = useState<string | null>(null)
  const [others, setOthers] = useState<readonly TariffRow[]>([])
  const [said, setSaid] = useState<Said | null>(null)
  const [problem, setProblem] = useState<PricingProblem | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  useEffect(() => {
    node.tariffs.list().then(setOthers).catch(tellFailure)
  }, [said])
  // What was said is of the answer before.
  useEffect(() => {
    setSaid(null)
    setProblem(null)
  }, [answer])
  const lacks = lacksForVersion({ name, validFrom, currency })
  const unnoted = answer.work.steps.filter(({ note }) => note === undefined)
  const make = async (): Promise<void> => {
    setIsBusy(true)
    try {
      const made = await node.tariffs.make({
        work: answer.work,
        header: { name: name.trim(), currency, validFrom },
        previous,
      })
      setProblem(made.kind === 'not-priced' ? made.problem : null)
      setSaid(made.kind === 'not-priced' ? null : { hash: made.hash, isNew: made.kind === 'made' })
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <Panel title={t.make}>
      <div className={room.close}>
        <span className="secondary">{t.makeHint}</span>
        <div className={room.row}>
          <TextInput
            className={room.wide}
            label={t.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Day
            label={t.validFrom}
            value={validFrom === '' ? undefined : validFrom}
            onChange={(day) => setValidFrom(day ?? '')}
          />
          <Select
            label={t.previous}
            data={others
              .filter(
                (each) =>
                  each.product === answer.work.product && each.jurisdiction === answer.work.jurisdiction,
              )
              .map((each) => ({ value: each.hash, label: words.tariffs.full(each.name, each.version) }))}
            value={previous}
            placeholder={t.noPrevious}
            clearable
            onChange={setPrevious}
          />
          <Button
            loading={isBusy}
            disabled={lacks.length > 0}
            aria-describedby={lacks.length > 0 ? lacksId : undefined}
            onClick={() => void make().catch(tellFailure)}
          >
            {t.doMake}
          </Button>
        </div>
        {lacks.length > 0 && (
          <span id={lacksId} className="secondary">
            {t.makeLacks(
              formatList(
                lacks.map((each) => t.lacks[each]),
                locale,
              ),
            )}
          </span>
        )}
        {unnoted.length > 0 && (
          <Callout tone="warn">
            {t.stepsUnnoted(unnoted.map((step) => step.name).join(words.groups.listComma))}
          </Callout>
        )}
        {problem !== null && <PricingRefused problem={problem} />}
        {said !== null && (
          <Callout
            tone={said.isNew ? 'good' : 'plain'}
            isLive
            action={
              <Button size="compact-sm" variant="default" onClick={() => go('tariffs', said.hash)}>
                {t.goTariffs}
              </Button>
            }
          >
            {said.isNew ? t.made(name) : t.knownTariff}
          </Callout>
        )}
      </div>
    </Panel>
  )
}
