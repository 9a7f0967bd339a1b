/**
 * What a visitor finds in the rooms of research and of the insurer without having asked: a declared snapshot, a table that hospitals release for
 * everybody, a university's answered request, one that waits for two checkers, and of the insurer a monitoring table beside its synthetic exposure, and the incidence of a
 * first claim and of an onset over three years. Everything is asked, charged, computed and signed as by hand.
 */
import type { Locale } from '../../shared/contract/app.ts'
import type { AllHandlers } from '../../shared/contract/index.ts'
import { asked as askedShape } from '../../shared/contract/requests.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import type { IntervalDefinition } from '../../shared/domain/intervals.ts'
import type { RequestOutput } from '../../shared/domain/request-output.ts'
import type { StudyDocument } from '../../shared/domain/study.ts'
import { YEAR_PATIENTS_LEAST } from '../requests/coverage-tables.ts'
import { DEMONSTRATION_TITLES, type DemonstrationTitles } from './demonstration-titles.ts'

type Asking = Pick<AllHandlers, 'requests' | 'snapshots'>
type InsurerAsking = Asking & Pick<AllHandlers, 'exposures' | 'monitor'>
export interface DemonstrationStudies {
  /** Synthetic patients of all hospitals. */
  readonly patientCount: number
  /** A hospital that proposes and publishes. */
  readonly hospital: Asking & Pick<AllHandlers, 'jobs'>
  readonly university: Asking
  readonly insurer: InsurerAsking | null
  /** Writes the insurer's synthetic exposure. @returns its path */
  readonly exposureFile: () => Promise<string>
  /** In which the visitor reads what it asks. */
  readonly locale: Locale
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
}

/** Years in which the demonstration's people are first seen, an eighth of them in each: how complete their records are is published for these, beside everybody. */
const COVERAGE_YEARS = ['2020', '2019'] as const

const LOOK_MS = 500
/** Gateways read their records first: so long a snapshot and an answer are waited for. */
const LOOKS_MOST = 240

/**
 * Who of those from fifty on is seen again within four months, by sex: among the few of a demonstration too, enough are and enough are not (rule
 * R5), and enough people are younger (R9).
 */
export const seenAgain = (t: DemonstrationTitles): StudyDocument => ({
  schema: 'study/3',
  title: t.seenAgain,
  cohort: {
    ...EVERYBODY,
    title: t.fromFifty,
    steps: [{ use: 'include', rule: { kind: 'age', atLeast: 50 } }],
  },
  cleaning: null,
  intervals: {
    schema: 'intervals/1',
    codeSets: {},
    followUp: {
      startAfterDays: 0,
      event: { kind: 'visit' },
      earlierEvents: 'keep',
      left: null,
      atMostDays: 120,
      until: null,
      atLeastDays: 1,
    },
    covariates: [{ kind: 'sex', name: 'sex' }],
    clock: 'index',
    cuts: [],
    rows: { kind: 'changes' },
  },
  models: [
    {
      title: t.bySex,
      family: 'cox',
      covariates: ['sex'],
      factors: ['sex'],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: false,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
  ],
  baselineBy: null,
  snapshot: null,
  seed: '1',
  engine: null,
})

/** Of the year's allowance a quarter: the visitor may ask again. */
const TABLES_PER_YEAR = 4
const PURPOSE = 'group-monitoring'
/** The prices of a table and of a model under the demonstration's rules, which say that they are generous. */
const TABLE_MICRO_RHO = 200_000
const MODEL_MICRO_RHO = 500_000

/** What yearly rates of an insurer are made of (docs/spec/pricing.md P14), from the day after the first visit on. */
const followed = (
  { intervals }: StudyDocument,
  event: IntervalDefinition['followUp']['event'],
  rest: Pick<IntervalDefinition, 'codeSets'> & Pick<IntervalDefinition['followUp'], 'earlierEvents'>,
): IntervalDefinition => ({
  ...intervals,
  codeSets: rest.codeSets,
  followUp: { ...intervals.followUp, event, earlierEvents: rest.earlierEvents, atMostDays: 1_080 },
  covariates: [],
})
/** The first visit may have a claim of its own: it is the first one after that counts. */
const firstClaim = (study: StudyDocument): IntervalDefinition =>
  followed(study, { kind: 'claim' }, { codeSets: {}, earlierEvents: 'keep' })
/** Whoever has the condition at the first visit cannot get it any more. */
const onset = (study: StudyDocument, name: string): IntervalDefinition =>
  followed(
    study,
    { kind: 'diagnosis', codes: 'hypertension' },
    {
      codeSets: {
        hypertension: {
          kind: 'diagnosis',
          name,
          include: ['I10*', 'I11*', 'I12*', 'I13*', 'I15*'],
          exclude: [],
        },
      },
      earlierEvents: 'leave-out',
    },
  )
const YEARS = [360, 720, 1_080]
const BY_SEX = { variable: 'sex', edges: [] }

/**
 * Ends early, with what there is by then, where the hospitals do not declare a snapshot (of very few patients) or the visitor stops.
 * @throws {RemoteFailure} where a node has gone
 */
export async function askDemonstrationStudies(of: DemonstrationStudies): Promise<void> {
  const { university } = of
  const t = DEMONSTRATION_TITLES[of.locale]
  const study = seenAgain(t)
  const snapshot = await declared(of)
  if (snapshot === null) return
  const ask = async (
    at: Asking,
    title: string,
    asked: Parameters<Asking['requests']['submit']>[0]['asked'],
  ) => {
    const shown = await at.requests.price({ asked, wished: null })
    if (shown.kind === 'priced')
      await at.requests.submit({ asked, title, purpose: 'research', studyId: null, shown })
  }
  const table = (axis: { variable: string; edges: number[] }) => ({
    lane: 'noise' as const,
    snapshot,
    cohort: EVERYBODY,
    cleaning: null,
    followUp: null,
    output: { kind: 'histogram' as const, axis, counted: { unit: 'patients' as const } },
    microRho: TABLE_MICRO_RHO,
    registration: null,
    isPublished: false,
  })
  await ask(university, t.patientsByAge, table({ variable: 'age-years', edges: [40, 50, 60, 70] }))
  await ask(university, t.seenAgainBySex, {
    lane: 'rule',
    snapshot,
    study,
  })
  await askMonitoring(of, snapshot)
  if (of.insurer !== null) await askIncidence(of.insurer)
  await publish(of)

  /** A curve and a Cox model of the same people, from which the room “Pricing” makes yearly rates. */
  async function askIncidence(insurer: InsurerAsking) {
    for (const [title, hazardTitle, followUp] of [
      [t.firstClaim, t.firstClaimHazard, firstClaim(study)],
      [t.onset, t.onsetHazard, onset(study, t.hypertension)],
    ] as const) {
      const asked = (output: Extract<RequestOutput, { kind: 'kaplan-meier' | 'cox' }>, microRho: number) => ({
        ...table(BY_SEX),
        followUp,
        output,
        microRho,
      })
      await ask(
        insurer,
        title,
        asked({ kind: 'kaplan-meier', timeEdges: YEARS, by: BY_SEX }, TABLE_MICRO_RHO),
      )
      await ask(
        insurer,
        hazardTitle,
        asked({ kind: 'cox', timeEdges: YEARS, covariates: [BY_SEX] }, MODEL_MICRO_RHO),
      )
    }
  }
}

/** As a hospital's researcher would by hand, after what people wait for: how complete all variables are. */
async function publish({ hospital, patientCount, locale, sleep, signal }: DemonstrationStudies) {
  const { requests, jobs } = hospital
  const years = patientCount < YEAR_PATIENTS_LEAST ? [] : [...COVERAGE_YEARS]
  const plan = await requests.coveragePlan({ years })
  if (plan.kind !== 'plan' || plan.tables.length === 0) return
  const { snapshot, microRho, tables } = plan
  const started = await requests.publishCoverage({
    years,
    locale,
    shown: { snapshot, tableCount: tables.length, microRho },
  })
  if (started.kind !== 'started') return
  for (;;) {
    const job = (await jobs.list(undefined)).find(({ jobId }) => jobId === started.jobId)
    if (job?.state !== 'running') return
    if (signal.aborted) return void (await jobs.cancel({ jobId: started.jobId }))
    await sleep(LOOK_MS)
  }
}

/** As an analyst would by hand: imports the file, registers the protocol, asks the table that the product plans. */
async function askMonitoring(
  { insurer, exposureFile, locale, sleep, signal }: DemonstrationStudies,
  snapshot: string,
): Promise<void> {
  if (insurer === null) return
  const t = DEMONSTRATION_TITLES[locale]
  const path = await exposureFile()
  const looked = await insurer.exposures.check({ path })
  if (looked.kind !== 'read') return
  const { hash: exposure } = looked.summary
  await insurer.exposures.take({ path, hash: exposure, broughtBy: 'demonstration' })
  const planned = { exposure, snapshot, perYear: TABLES_PER_YEAR }
  let plan = await insurer.monitor.plan({ ...planned, registration: null })
  // Its node may not have come to the snapshot yet; a demonstration of very few has nothing to ask.
  for (let look = 0; plan.kind === 'no-snapshot' && look < LOOKS_MOST && !signal.aborted; look++) {
    await sleep(LOOK_MS)
    plan = await insurer.monitor.plan({ ...planned, registration: null })
  }
  if (plan.kind !== 'plan') return
  const registered = await insurer.requests.register({
    title: t.monitoring,
    text: t.monitoringText,
    asked: askedShape.parse(plan.asked),
    purpose: PURPOSE,
  })
  if (registered.kind !== 'registered') return
  for (let look = 0; look < LOOKS_MOST && !signal.aborted; look++) {
    const list = await insurer.requests.registrations(undefined)
    if (list.some(({ hash }) => hash === registered.hash)) break
    await sleep(LOOK_MS)
  }
  const ready = await insurer.monitor.plan({ ...planned, registration: registered.hash })
  if (ready.kind !== 'plan') return
  const asked = askedShape.parse(ready.asked)
  const shown = await insurer.requests.price({ asked, wished: null })
  if (shown.kind !== 'priced') return
  await insurer.requests.submit({
    asked,
    title: t.monitoringTable,
    purpose: PURPOSE,
    studyId: null,
    shown,
  })
}

/** The snapshot once the university knows of it; null where none is declared in time. */
async function declared({
  hospital,
  university,
  sleep,
  signal,
}: DemonstrationStudies): Promise<string | null> {
  let proposed: string | null = null
  for (let look = 0; look < LOOKS_MOST && !signal.aborted; look++) {
    if (proposed === null) {
      const answer = await hospital.snapshots.propose(undefined)
      if (answer.kind === 'proposed') proposed = answer.hash
      // Too few of them is said by the records; gateways that are not ready yet are asked again.
      else if (answer.reason !== 'too-few-gateways') return null
    } else {
      const { snapshots } = await university.requests.catalog(undefined)
      if (snapshots.some(({ hash }) => hash === proposed)) return proposed
    }
    await sleep(LOOK_MS)
  }
  return null
}
