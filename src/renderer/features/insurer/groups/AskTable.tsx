/** The next monitoring table: what it is of, what it costs and leaves, and the click that registers its protocol and asks. */
import { Button, NativeSelect, NumberInput, Skeleton } from '@mantine/core'
import { useState } from 'react'
import type { ExposureVersion } from '../../../../shared/contract/exposures.ts'
import type { MonitorPlanView } from '../../../../shared/contract/monitor.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import { formatInstant, formatNumber, formatRho, formatSignificant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { isOpenTable } from '../../../parts/insurer/no-table.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { nameOf } from './figures.ts'
import styles from './Groups.module.css'
import { registeredBy, wait } from './registration.ts'
import { wordsFor } from './words-for.ts'

interface Props {
  readonly files: readonly ExposureVersion[]
  onFile(): void
  onOpen(): void
}

const PER_YEAR = 2

export function AskTable({ files, onFile, onOpen }: Props) {
  const words = useWords().groups
  const t = words.ask
  const catalog = useAsk(() => node.requests.catalog(), [], ['requests.changed', 'node.segmentFinal'])
  const [chosen, setChosen] = useState<string | null>(null)
  const [file] = files
  if (catalog.failure !== undefined && catalog.value === undefined)
    return <FailureNote code={catalog.failure} onRetry={catalog.again} />
  if (catalog.value === undefined) return <Skeleton height={240} />
  const { snapshots } = catalog.value
  const snapshot = snapshots.find(({ hash }) => hash === chosen) ?? snapshots[0]
  return (
    <div className={`${room.stack} ${styles.page}`}>
      <Panel title={t.title}>
        <div className={room.small}>
          <p className="secondary">{t.intro}</p>
          {file === undefined ? (
            <EmptyState action={t.toFile} onAction={onFile}>
              {t.needsFile}
            </EmptyState>
          ) : snapshot === undefined ? (
            <Callout tone="warn">{t.noSnapshot}</Callout>
          ) : (
            <>
              <NativeSelect
                className={styles.select}
                label={t.snapshot}
                value={snapshot.hash}
                data={snapshots.map(({ hash, height, stateAt }) => ({
                  value: hash,
                  label: words.snapshotOf(
                    String(height),
                    stateAt === null ? '–' : formatInstant(stateAt).slice(0, 10),
                  ),
                }))}
                onChange={({ currentTarget }) => setChosen(currentTarget.value)}
              />
              <Planned exposure={file.hash} snapshot={snapshot.hash} onOpen={onOpen} />
            </>
          )}
        </div>
      </Panel>
      <Waiting />
    </div>
  )
}

function Planned({
  exposure,
  snapshot,
  onOpen,
}: {
  readonly exposure: string
  readonly snapshot: string
  onOpen(): void
}) {
  const words = useWords()
  const t = words.groups.ask
  const refusals = words.requests.asked.refused
  const locale = useLocale()
  const [perYear, setPerYear] = useState(PER_YEAR)
  const [step, setStep] = useState<'idle' | 'registering' | 'sent'>('idle')
  /** Why it was not asked, as a sentence. */
  const [refused, setRefused] = useState<string | null>(null)
  const registrations = useAsk(
    () => node.requests.registrations(),
    [],
    ['requests.changed', 'node.segmentFinal'],
  )
  const registered = registeredBy(registrations.value ?? [])
  // Before the click the price is that of a registered protocol, which is what will be asked.
  const registration = registered?.hash ?? '0'.repeat(64)
  const plan = useAsk(
    () => node.monitor.plan({ exposure, snapshot, perYear, registration }),
    [exposure, snapshot, perYear, registration],
    ['requests.changed'],
  )
  const asked = plan.value?.kind === 'plan' ? plan.value.asked : null
  const price = useAsk(
    async () => (asked === null ? null : node.requests.price({ asked, wished: null })),
    [JSON.stringify(asked)],
    ['requests.changed'],
  )
  const budget = useAsk(
    () => node.requests.budget({ snapshot, isPublished: false }),
    [snapshot],
    ['requests.changed'],
  )

  const submit = async (): Promise<void> => {
    if (plan.value?.kind !== 'plan' || price.value?.kind !== 'priced') return
    setRefused(null)
    setStep('registering')
    try {
      const hash = registered?.hash ?? (await register(plan.value, words))
      if (hash === null) return setRefused(refusals['not-taken'])
      const ready = await node.monitor.plan({ exposure, snapshot, perYear, registration: hash })
      if (ready.kind !== 'plan') return setRefused(stopWords(ready, words))
      if (ready.asked.lane !== 'noise' || ready.asked.output.kind !== 'monitor') return setRefused(t.refused)
      // The protocol's hash is part of the question from here on; its price may not have grown by it.
      const shown = await node.requests.price({ asked: ready.asked, wished: null })
      if (shown.kind !== 'priced' || shown.microRho > price.value.microRho)
        return setRefused(refusals['price-changed'])
      const answer = await node.requests.submit({
        asked: ready.asked,
        shown,
        title: t.requestTitle(ready.asked.output.lastMonth),
        purpose: 'group-monitoring',
        studyId: null,
      })
      if (answer.kind === 'submitted' || answer.kind === 'known') return setStep('sent')
      if (answer.kind === 'problems') return setRefused(t.refused)
      const limit = answer.limit === undefined ? undefined : words.requests.budget.none[answer.limit]
      setRefused([refusals[answer.reason], limit].filter((part) => part !== undefined).join(' '))
    } catch (error) {
      tellFailure(error)
    } finally {
      setStep((now) => (now === 'registering' ? 'idle' : now))
    }
  }

  if (plan.failure !== undefined && plan.value === undefined)
    return <FailureNote code={plan.failure} onRetry={plan.again} />
  if (plan.value === undefined) return <Skeleton height={160} />
  if (plan.value.kind !== 'plan') return <Callout tone="warn">{stopWords(plan.value, words)}</Callout>
  const { groups, plans, plansLeftOut, merged, leftOut, benchmarkOf, personsLeast, claimsLeast, ofPlan } =
    plan.value
  const priced = price.value?.kind === 'priced' ? price.value : null
  const allowance = budget.value?.limits.find(({ limit }) => limit === 'requester')
  const micro = asked?.lane === 'noise' ? asked.microRho : 0
  const isTooDear = priced !== null && priced.same === null && priced.binding?.times === 0
  return (
    <>
      <NumberInput
        className={styles.select}
        label={t.perYear}
        description={t.perYearHint}
        value={perYear}
        min={1}
        max={12}
        allowDecimal={false}
        onChange={(value) => typeof value === 'number' && setPerYear(Math.min(12, Math.max(1, value)))}
      />
      <p className={room.said}>
        {asked?.lane === 'noise' &&
          asked.output.kind === 'monitor' &&
          `${t.months(String(asked.output.months), asked.output.lastMonth)} `}
        {t.groups(String(groups.length), String(merged))}{' '}
        {plans.length === 0 ? t.noPlans : t.plans(String(plans.length))}{' '}
        {benchmarkOf === null ? t.noBenchmark : t.benchmark(String(benchmarkOf))}
      </p>
      {groups.length === 1 && plans.length < 2 && <Callout tone="warn">{t.oneLine}</Callout>}
      {leftOut.groups > 0 && (
        <Callout tone="warn">
          {t.leftOut(String(leftOut.groups), formatNumber(leftOut.lives, locale))}
        </Callout>
      )}
      {plansLeftOut > 0 && <Callout tone="warn">{t.plansLeftOut(String(plansLeftOut))}</Callout>}
      <p className={room.said}>
        {t.least(formatNumber(personsLeast, locale), formatNumber(claimsLeast, locale))}{' '}
        {ofPlan !== null &&
          t.leastOfPlan(formatNumber(ofPlan.personsLeast, locale), formatNumber(ofPlan.claimsLeast, locale))}
      </p>
      <p className={room.said} data-testid="price">
        {t.price(formatRho(micro, locale), formatSignificant(epsilonOf(micro), locale, 2))}{' '}
        {allowance !== undefined &&
          t.remains(formatRho(allowance.room, locale), formatRho(allowance.whole, locale))}
      </p>
      <p className="secondary">{registered === null ? t.willRegister : t.isRegistered}</p>
      {isTooDear && <Callout tone="bad">{t.tooDear}</Callout>}
      {priced?.same != null && (
        <Callout
          tone="good"
          action={
            <Button size="compact-sm" variant="default" onClick={onOpen}>
              {t.open}
            </Button>
          }
        >
          {t.same}
        </Callout>
      )}
      {refused !== null && (
        <Callout tone="bad" isLive>
          {refused}
        </Callout>
      )}
      {step === 'registering' && (
        <Callout tone="plain" isLive>
          {t.registering}
        </Callout>
      )}
      {step === 'sent' && (
        <Callout tone="good" isLive>
          {t.sent}
        </Callout>
      )}
      <div className={room.row}>
        <Button
          disabled={priced === null || isTooDear || step === 'sent'}
          loading={step === 'registering'}
          onClick={() => void submit()}
        >
          {registered === null ? t.submit : t.submitAgain}
        </Button>
      </div>
      {plans.length > 0 && (
        <PaperTableView
          table={groupsOf(plans, wordsFor(words, 'plan'), (value) => formatNumber(value, locale))}
        />
      )}
      <PaperTableView table={groupsOf(groups, words, (value) => formatNumber(value, locale))} />
    </>
  )
}

/** Registers the protocol and waits until the chain has it; null where it did not take it. */
async function register(
  plan: Extract<MonitorPlanView, { kind: 'plan' }>,
  words: Words,
): Promise<string | null> {
  const t = words.groups.ask
  const answer = await node.requests.register({
    title: t.protocolTitle,
    text: t.protocol,
    asked: plan.asked.lane === 'noise' ? { ...plan.asked, registration: null } : plan.asked,
    purpose: 'group-monitoring',
  })
  if (answer.kind !== 'registered') return null
  return (await wait(async () =>
    (await node.requests.registrations()).some(({ hash }) => hash === answer.hash),
  ))
    ? answer.hash
    : null
}

function groupsOf(
  groups: Extract<MonitorPlanView, { kind: 'plan' }>['groups'],
  { groups: t }: Words,
  text: (value: number) => string,
): PaperTable {
  return {
    title: t.ask.tableTitle(t.group),
    header: [t.group, t.lives],
    rows: groups.map(({ label, lives }) => ({ cells: [nameOf(label, t), text(lives)] })),
    notes: [],
  }
}

function stopWords(plan: Exclude<MonitorPlanView, { kind: 'plan' }>, { groups }: Words): string {
  const t = groups.ask.problem
  switch (plan.kind) {
    case 'too-few-months':
      return t['too-few-months'](String(plan.months))
    case 'unclear-bands':
      return t['unclear-bands'](plan.labels.join(', '))
    default:
      return t[plan.kind]
  }
}

/** Tables that were asked and have no answer yet. */
function Waiting() {
  const t = useWords().groups.ask
  const list = useAsk(() => node.requests.list(), [], ['requests.changed', 'node.segmentFinal'])
  const open = (list.value ?? []).filter(isOpenTable)
  if (open.length === 0) return null
  return (
    <Panel title={t.waiting}>
      <ul className={styles.plain}>
        {open.map(({ studyHash, title, attestedBy, attestationsNeeded }) => (
          <li key={studyHash}>
            {title} · {attestedBy.length} / {attestationsNeeded}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
