/** One action with which a hospital says how complete all variables are: what it asks and costs first, then how far it is and what was refused. */
import { Button, Checkbox, Skeleton } from '@mantine/core'
import { useState } from 'react'
import type { CoveragePlan, PublishedCoverage } from '../../../../shared/contract/requests.ts'
import { formatNumber, formatRho } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { followJob, useJobs } from '../../../parts/jobs.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'

type Plan = CoveragePlan & { kind: 'plan' }

export function PublishCoverage() {
  const t = useWords().requests.publish
  const [years, setYears] = useState<readonly string[]>([])
  // Found again by whoever comes back to the room.
  const job = [...useJobs().values()].filter(({ kind }) => kind === 'publish').at(-1)
  const isRunning = job?.state === 'running'
  const plan = useAsk(
    async () => (isRunning ? null : node.requests.coveragePlan({ years: [...years] })),
    [years.join(), isRunning],
    ['requests.changed'],
  )
  const ended = useAsk(
    async () =>
      job === undefined || isRunning ? null : node.requests.publishedCoverage({ jobId: job.jobId }),
    [job?.jobId, isRunning],
    [],
  )
  return (
    <Panel title={t.title}>
      <div className={room.small} data-testid="publish-coverage">
        <p className="secondary">{t.intro}</p>
        {isRunning ? (
          <JobProgress job={job} cancelLabel={t.cancel} />
        ) : plan.failure !== undefined && plan.value === undefined ? (
          <FailureNote code={plan.failure} onRetry={plan.again} />
        ) : plan.value?.kind === 'plan' ? (
          <Planned plan={plan.value} years={years} onYears={setYears} />
        ) : plan.value == null ? (
          <Skeleton height={96} />
        ) : (
          <p>{t.refused[plan.value.reason]}</p>
        )}
        {job?.state === 'failed' && <FailureNote code={job.error?.code ?? 'unexpected'} />}
        {!isRunning && ended.value != null && <Ended of={ended.value} />}
      </div>
    </Panel>
  )
}

function Planned({
  plan,
  years,
  onYears,
}: {
  readonly plan: Plan
  readonly years: readonly string[]
  onYears(years: readonly string[]): void
}) {
  const words = useWords()
  const t = words.requests.publish
  const locale = useLocale()
  const [refused, setRefused] = useState<keyof typeof t.refused | null>(null)
  const text = (value: number) => formatNumber(value, locale)
  const { tables, microRho, binding, snapshot } = plan
  const count = tables.length
  const fits = Math.min(count, binding.times)
  const start = async () => {
    setRefused(null)
    const answer = await node.requests.publishCoverage({
      years: [...years],
      locale,
      shown: { snapshot, tableCount: count, microRho },
    })
    if (answer.kind === 'refused') setRefused(answer.reason)
    else await followJob()
  }
  return (
    <>
      {plan.publishedCount > 0 && <p>{t.published(text(plan.publishedCount))}</p>}
      {plan.years.offered.length > 0 && (
        <Checkbox
          label={t.years(plan.years.offered.join(words.requests.listComma))}
          description={t.yearsHint}
          checked={years.length > 0}
          disabled={!plan.years.areEnough && years.length === 0}
          onChange={({ currentTarget }) => onYears(currentTarget.checked ? plan.years.offered : [])}
        />
      )}
      {count === 0 ? (
        <p>{t.nothingLeft}</p>
      ) : (
        <>
          <p>{t.price(text(count), formatRho(microRho, locale), formatRho(microRho * count, locale))}</p>
          <p>{t.room(formatRho(binding.room, locale), words.requests.budget.limits[binding.limit])}</p>
          {fits < count && <Callout tone="warn">{t.fits(text(fits), text(count))}</Callout>}
          <Button variant="default" disabled={fits === 0} onClick={() => start().catch(tellFailure)}>
            {t.start}
          </Button>
        </>
      )}
      {refused !== null && (
        <Callout tone="warn" isLive>
          {t.refused[refused]}
        </Callout>
      )}
    </>
  )
}

function Ended({ of }: { readonly of: PublishedCoverage }) {
  const words = useWords()
  const t = words.requests.publish
  const locale = useLocale()
  const text = (value: number) => formatNumber(value, locale)
  const { asked, known, left, refused } = of
  return (
    <Callout tone={left > 0 ? 'warn' : 'good'} isLive>
      {t.asked(text(asked))} {known > 0 && t.known(text(known))} {left > 0 && t.left(text(left))}{' '}
      {refused !== null && t.why[refused.reason]}
      {refused?.limit !== undefined && ` ${t.limit(words.requests.budget.limits[refused.limit])}`}
    </Callout>
  )
}
