/**
 * How complete a variable is, from tables that were published for everybody: the level “not known” of a histogram or a table over all
 * patients, or over those who were first seen in one year. Nothing else is known of it without asking. Pure.
 */
import type { NoisyAnswer } from '../../shared/contract/answers.ts'
import type { Catalog, RequestQuestion } from '../../shared/contract/requests.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { axesOf } from '../privacy/request/release-request.ts'

type Coverage = Catalog['coverage'][number]

export interface PublishedTable {
  readonly studyHash: string
  readonly question: RequestQuestion
  readonly answer: NoisyAnswer
  /** From so many on, with noise, a level was shown; null where levels are sums of cells. */
  readonly shownFrom: number | null
}

/** One for each variable of each table that says something of everybody; the first table of a variable and year counts. */
export function coverageOf(tables: readonly PublishedTable[]): Coverage[] {
  const found = new Map<string, Coverage>()
  for (const { studyHash, question, answer, shownFrom } of tables) {
    const covered = coveredBy(question)
    if (covered === null || answer.kind !== 'table') continue
    const { year } = covered
    for (const [axis, variable] of covered.variables.entries()) {
      const levels = answer.margins[axis] ?? []
      const last = levels.at(-1)
      const known = levels.slice(0, -1)
      if (last === undefined) continue
      const name = `${variable}/${year}`
      if (found.has(name)) continue
      found.set(name, {
        studyHash,
        variable,
        year,
        known: {
          value: known.reduce((sum, { value }) => sum + value, 0),
          // The sum of several margins has less noise than that: what is said is on the safe side.
          halfWidth: known.reduce((sum, { halfWidth }) => sum + halfWidth, 0),
        },
        // A level of which nothing is shown may hold some, or nobody.
        missing: last.value > 0 ? last : null,
        hidden:
          shownFrom === null
            ? null
            : {
                known: known.filter(({ value }) => value === 0).length * (shownFrom + answer.halfWidth),
                missing: last.value > 0 ? 0 : shownFrom + answer.halfWidth,
              },
      })
    }
  }
  return [...found.values()]
}

/** Of which variables a request would say how complete they are, in the order of its axes; null where of none. `year` as in what is published. */
export function coveredBy(
  question: RequestQuestion,
): { readonly variables: readonly string[]; readonly year: string | null } | null {
  if (question.lane !== 'noise' || !MARGINS.has(question.output.kind)) return null
  const year = yearOf(question.cohort)
  if (year === undefined || countsVisits(question.output)) return null
  return { variables: axesOf(question.output).map(({ variable }) => variable), year }
}

/** Answers that have a margin for each axis. */
const MARGINS: ReadonlySet<string> = new Set(['histogram', 'table'])

function countsVisits(output: (RequestQuestion & { lane: 'noise' })['output']): boolean {
  return 'counted' in output && output.counted.unit === 'visits'
}

/** Null: everybody with a visit; undefined: a cohort of some people, which says nothing of all. */
function yearOf(cohort: CohortDefinition): string | null | undefined {
  const everybody: CohortDefinition = {
    schema: 'cohort/1',
    title: cohort.title,
    codeSets: {},
    entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
    steps: [],
  }
  if (canonicalCohort(cohort) === canonicalCohort(everybody)) return null
  const [step, ...more] = cohort.steps
  if (step === undefined || more.length > 0 || step.use !== 'include' || step.rule.kind !== 'calendar')
    return undefined
  const { from, to } = step.rule
  const year = from?.slice(0, 4)
  if (year === undefined || from !== `${year}-01-01` || to !== `${year}-12-31`) return undefined
  // Who was first seen in that year: the day of the entry is the very first visit, however the entry is chosen.
  const entry = { ...everybody.entry, which: cohort.entry.which }
  const meant = canonicalCohort({ ...everybody, entry, steps: [step] })
  return canonicalCohort(cohort) === meant ? year : undefined
}
