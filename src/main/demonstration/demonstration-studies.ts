/**
 * What a visitor finds in the rooms of research without having asked: a declared snapshot, a table that hospitals release for everybody, a
 * university's answered request, and one that waits for two checkers. Everything is asked, charged, computed and signed as by hand.
 */
import type { AllHandlers } from '../../shared/contract/index.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { StudyDocument } from '../../shared/domain/study.ts'

type Asking = Pick<AllHandlers, 'requests' | 'snapshots'>
export interface DemonstrationStudies {
  /** A hospital that proposes and publishes. */
  readonly hospital: Asking
  readonly university: Asking
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
}

const LOOK_MS = 500
/** Gateways read their records first: so long a snapshot and an answer are waited for. */
const LOOKS_MOST = 240

const EVERYBODY: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody with a visit',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}

/**
 * Who of those from fifty on is seen again within four months, by sex: among the few of a demonstration too, enough are and enough are not (rule
 * R5), and enough people are younger (R9).
 */
const SEEN_AGAIN: StudyDocument = {
  schema: 'study/3',
  title: 'Seen again within four months',
  cohort: {
    ...EVERYBODY,
    title: 'People from fifty on',
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
      title: 'By sex',
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
}

/** The price of a table under the demonstration's rules, which say that they are generous. */
const TABLE_MICRO_RHO = 200_000

/**
 * Ends early, with what there is by then, where the hospitals do not declare a snapshot (of very few patients) or the visitor stops.
 * @throws {RemoteFailure} where a node has gone
 */
export async function askDemonstrationStudies(of: DemonstrationStudies): Promise<void> {
  const { hospital, university } = of
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
  const table = (axis: { variable: string; edges: number[] }, isPublished: boolean) => ({
    lane: 'noise' as const,
    snapshot,
    cohort: EVERYBODY,
    cleaning: null,
    followUp: null,
    output: { kind: 'histogram' as const, axis, counted: { unit: 'patients' as const } },
    microRho: TABLE_MICRO_RHO,
    registration: null,
    isPublished,
  })
  await ask(hospital, 'Patients by sex', table({ variable: 'sex', edges: [] }, true))
  await ask(
    university,
    'Patients by age at the first visit',
    table({ variable: 'age-years', edges: [40, 50, 60, 70] }, false),
  )
  await ask(university, 'Seen again within four months, by sex', { lane: 'rule', snapshot, study: SEEN_AGAIN })
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
