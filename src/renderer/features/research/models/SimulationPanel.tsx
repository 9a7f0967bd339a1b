/** The comparison of the built-in study on simulated cohorts: its design, its run, and what it found. */
import { Button, Group, NativeSelect, NumberInput, Skeleton, Stack, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { PAPER_BOUNDS, paperDesign, USUAL_PAPER_DESIGN } from '../../../../shared/domain/paper-design.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, failureIsKnown, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { biasFigure, parseSimulation, scenarioName, scenarioTable } from './simulation-tables.ts'
import { useSimulation } from './use-simulation.ts'
import styles from './Models.module.css'

const NUMBERS = ['subjects', 'exams', 'gapYears', 'replicates'] as const
const LISTS = ['shapes', 'eventRates'] as const

export function SimulationPanel() {
  const t = useWords().models.simulation
  const { jobId, back } = useSimulation()
  const job = useJob(jobId)
  return (
    <Panel
      title={t.title}
      side={
        job !== undefined &&
        job.state !== 'running' && (
          <Button size="compact-sm" variant="default" onClick={back}>
            {t.again}
          </Button>
        )
      }
    >
      <Stack gap="sm" data-testid="simulation">
        <p className="secondary">{t.honest}</p>
        {job === undefined && <DesignForm />}
        {job?.state === 'running' && <JobProgress job={job} cancelLabel={t.cancel} />}
        {job?.state === 'cancelled' && (
          <Callout tone="plain" isLive>
            {t.cancelled}
          </Callout>
        )}
        {job?.state === 'failed' && <Failed code={job.error?.code ?? ''} />}
        {job?.state === 'done' && <Result jobId={job.jobId} />}
      </Stack>
    </Panel>
  )
}

function Failed({ code }: { readonly code: string }) {
  const words = useWords()
  return failureIsKnown(code, words) ? (
    <FailureNote code={code} />
  ) : (
    <Callout tone="bad" isLive>
      {words.models.simulation.noAnswer}
    </Callout>
  )
}

function DesignForm() {
  const t = useWords().models.simulation
  const locale = useLocale()
  const { design, change, start } = useSimulation()
  const [isBusy, setIsBusy] = useState(false)
  const parsed = paperDesign.safeParse(design)
  const isValid = parsed.success
  const wrong = new Set(parsed.error?.issues.flatMap(({ path }) => path.map(String)))
  /** The range stands where somebody has left it. */
  const rangeOf = (name: string, bounds: readonly [number, number], say: typeof t.range): string | null =>
    wrong.has(name) ? say(formatNumber(bounds[0], locale, 2), formatNumber(bounds[1], locale, 2)) : null
  const begin = () => {
    setIsBusy(true)
    start()
      .catch(tellFailure)
      .finally(() => setIsBusy(false))
  }
  return (
    <>
      <div className={styles.fields}>
        {NUMBERS.map((name) => (
          <NumberInput
            key={name}
            label={t.fields[name]}
            allowDecimal={name === 'gapYears'}
            error={rangeOf(name, PAPER_BOUNDS[name], t.range)}
            value={design[name]}
            onChange={(value) => change({ ...design, [name]: value === '' ? NaN : Number(value) })}
          />
        ))}
        {LISTS.map((name) => (
          <NumberList
            key={name}
            label={t.fields[name]}
            error={rangeOf(name, PAPER_BOUNDS[name], t.rangeOfList)}
            value={design[name]}
            onChange={(values) => change({ ...design, [name]: values })}
          />
        ))}
        {(['sex', 'age', 'marker'] as const).map((name) => (
          <NumberInput
            key={name}
            label={t.fields[name]}
            decimalScale={4}
            error={rangeOf(name, PAPER_BOUNDS.effect, t.range)}
            step={0.05}
            value={design.effects[name]}
            onChange={(value) =>
              change({
                ...design,
                effects: { ...design.effects, [name]: value === '' ? NaN : Number(value) },
              })
            }
          />
        ))}
        <TextInput
          label={t.fields.seed}
          maxLength={64}
          error={wrong.has('seed') ? t.seedRange : null}
          value={design.seed}
          onChange={({ currentTarget }) => change({ ...design, seed: currentTarget.value })}
        />
      </div>
      <Group justify="flex-end" gap="md">
        {!isValid && <span className="secondary">{t.invalid}</span>}
        <Button variant="default" onClick={() => change(USUAL_PAPER_DESIGN)}>
          {t.usual}
        </Button>
        <Button disabled={!isValid} loading={isBusy} onClick={begin}>
          {t.run}
        </Button>
      </Group>
    </>
  )
}

/** Numbers apart by commas; what is none leaves an empty list, which the design does not take. */
function NumberList({
  label,
  error,
  value,
  onChange,
}: {
  readonly label: string
  readonly error: string | null
  readonly value: readonly number[]
  onChange(values: number[]): void
}) {
  const [text, setText] = useState(value.join(', '))
  return (
    <TextInput
      label={label}
      error={error}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        const parts = currentTarget.value
          .normalize('NFKC')
          .split(/[\s,、]+/)
          .filter((part) => part !== '')
        const values = parts.map(Number)
        onChange(values.every((each) => !Number.isNaN(each)) ? values : [])
      }}
    />
  )
}

function Result({ jobId }: { readonly jobId: string }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.models.simulation
  const asked = useAsk(() => node.models.simulation({ jobId }), [jobId])
  const line = asked.value?.line
  const answer = useMemo(() => (line === undefined ? null : parseSimulation(line)), [line])
  const [chosen, setChosen] = useState(0)
  const scenario = answer?.scenarios[chosen] ?? answer?.scenarios[0]
  const shown = useMemo(
    () =>
      answer === null || scenario === undefined
        ? null
        : {
            table: scenarioTable(answer, scenario, words, locale),
            figure: biasFigure(scenario, words, locale),
          },
    [answer, scenario, words, locale],
  )
  if (asked.failure !== undefined) return <FailureNote code={asked.failure} onRetry={asked.again} />
  if (answer === null || scenario === undefined || shown === null) return <Skeleton height={120} />
  const name = scenarioName(scenario, words, locale)
  return (
    <Stack gap="md" data-testid="simulation-result">
      <NativeSelect
        label={t.which}
        value={String(chosen)}
        data={answer.scenarios.map((each, s) => ({
          value: String(s),
          label: scenarioName(each, words, locale),
        }))}
        onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}
      />
      <figure className={styles.figure}>
        <Group justify="space-between">
          <h3 className={styles.heading}>{t.figure(name)}</h3>
          <ReleaseMenu what={{ kind: 'figure', name: t.figure(name), figure: shown.figure }} of={{ jobId }} />
        </Group>
        <FigureView figure={shown.figure} />
        <figcaption className="secondary">{t.figureNote}</figcaption>
      </figure>
      <div>
        <Group justify="space-between">
          <h3 className={styles.heading}>{shown.table.title}</h3>
          <ReleaseMenu what={{ kind: 'table', name: shown.table.title, table: shown.table }} of={{ jobId }} />
        </Group>
        <PaperTableView table={shown.table} />
      </div>
    </Stack>
  )
}
