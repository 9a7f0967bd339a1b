/** Counting who a question means among the hospital's own records, keeping questions under names, and two of them side by side. */
import type {
  CohortComparison,
  CohortShelf,
  cohorts as cohortsContract,
  Shelved,
} from '../../shared/contract/cohorts.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { codeSetText, type CodeSet } from '../../shared/domain/code-set.ts'
import { canonicalCohort, problemsOf, warningsOf, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { canonicalJson } from '../../shared/std/canonical-json.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure, type AnalysisHome } from '../analytics/analysis-home.ts'
import { cellOf } from '../analytics/pathways/protect.ts'
import { saidOf } from '../analytics/pathways/traverse.ts'
import { nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, type ServiceContext } from './context.ts'
import { createKeptShelf, type StoredShelf } from './kept-shelf.ts'

export function createCohortsService(context: ServiceContext): Handlers<typeof cohortsContract> {
  const { world, jobs } = context
  const kept = createKeptShelf(world, () => nodeOf(context))
  const hashOf = (text: string): string => toHex(world.crypto.sha256(utf8Encode(text)))
  const home = (): AnalysisHome => {
    const analysis = context.analysis()
    if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
    return analysis
  }
  const userKeyId = (): string => leaseOf(context).session.person.userKeyId

  const shown = ({ cohorts, codeSets }: StoredShelf): CohortShelf => ({
    cohorts: cohorts.map((each) => ({ ...each, hash: hashOf(canonicalCohort(each.definition)) })),
    codeSets: codeSets.map(({ name, versions }) => ({
      name,
      versions: versions.map((each) => ({ ...each, hash: hashOf(codeSetText(each.set)) })),
    })),
  })
  const change = async (next: (before: StoredShelf) => StoredShelf): Promise<Shelved> => {
    const changed = await kept.change(userKeyId(), next)
    return changed.kind === 'refused' ? changed : { kind: 'kept', shelf: shown(changed.shelf) }
  }
  /** Codes that are no longer those of the version that they name are nobody's version. */
  const withTrueVersions = (definition: CohortDefinition): CohortDefinition => ({
    ...definition,
    codeSets: Object.fromEntries(
      Object.entries(definition.codeSets).map(([id, set]) => [id, withTrueVersion(set)]),
    ),
  })
  const withTrueVersion = (set: CodeSet): CodeSet => {
    const { from, ...own } = set
    return from === undefined || from.hash !== hashOf(codeSetText(set)) ? own : { ...own, from }
  }

  return {
    state: async () => context.analysis()?.state() ?? { kind: 'no-records' },
    async count({ definition, upTo }) {
      const problems = problemsOf(definition)
      if (problems.length > 0) return { kind: 'refused', problems }
      const hash = hashOf(canonicalCohort(definition))
      nameSubject({ cohort: hash })
      const counted = await home().count(definition, upTo ?? null)
      const { visitCount, personCount } = counted.snapshot
      const { withEvent, withPriorDays, afterWashout, steps } = counted.attrition
      return {
        kind: 'counted',
        hash,
        isTwin: counted.of.isTwin,
        snapshot: { upTo: counted.of.upTo, visitCount, personCount },
        attrition: { withEvent, withPriorDays, afterWashout, steps: [...steps] },
        looksAhead: warningsOf(definition).map(({ step }) => step),
      }
    },
    shelf: async () => shown(await kept.load(userKeyId())),
    saveCohort: ({ name, definition }) =>
      change((before) => ({
        ...before,
        cohorts: [
          ...before.cohorts.filter((each) => each.name !== name),
          {
            name,
            definition: withTrueVersions(definition),
            savedAt: world.now(),
            counted: before.cohorts.find((each) => each.name === name)?.counted ?? null,
          },
        ].sort(byName),
      })),
    removeCohort: ({ name }) =>
      change((before) => ({
        ...before,
        cohorts: before.cohorts.filter((each) => each.name !== name),
      })),
    async countKept({ name }) {
      const mine = userKeyId()
      const cohort = (await kept.load(mine)).cohorts.find((each) => each.name === name)
      if (cohort === undefined || problemsOf(cohort.definition).length > 0)
        return { kind: 'refused', reason: 'unknown' }
      const hash = hashOf(canonicalCohort(cohort.definition))
      nameSubject({ cohort: hash })
      const { attrition, of } = await home().count(cohort.definition, null)
      const persons = saidOf(cellOf(attrition.steps.at(-1) ?? attrition.afterWashout))
      const counted = { hash, upTo: of.upTo, at: world.now(), persons }
      return change((before) => ({
        ...before,
        cohorts: before.cohorts.map((each) => (each.name === name ? { ...each, counted } : each)),
      }))
    },
    saveCodeSet: ({ name, set }) =>
      change((before) => {
        const { from: _, ...own } = { ...set, name }
        const versions = before.codeSets.find((each) => each.name === name)?.versions ?? []
        const newest = versions.at(-1)
        if (newest !== undefined && codeSetText(newest.set) === codeSetText(own)) return before
        const next = { version: (newest?.version ?? 0) + 1, set: own, savedAt: world.now() }
        return {
          ...before,
          codeSets: [
            ...before.codeSets.filter((each) => each.name !== name),
            { name, versions: [...versions, next] },
          ].sort(byName),
        }
      }),
    removeCodeSet: ({ name }) =>
      change((before) => ({
        ...before,
        codeSets: before.codeSets.filter((each) => each.name !== name),
      })),
    async compare({ cohorts }) {
      const problems = cohorts.flatMap(problemsOf)
      if (problems.length > 0) return { kind: 'refused', problems }
      const texts = cohorts.map(canonicalCohort)
      const hashes: [string, string] = [hashOf(texts[0]!), hashOf(texts[1]!)]
      nameSubject({ cohort: hashes[0], otherCohort: hashes[1] })
      const analysis = home()
      const { jobId } = jobs.start('compare', 'patients', async ({ signal, progress }) => {
        const { answer, of } = await analysis.compare(cohorts, { signal, onProgress: progress })
        const { chain, upTo, isTwin } = of
        const hash = hashOf(canonicalJson({ cohorts: texts, chain, upTo }))
        // Lists of the analysis are read-only; those of an answer are the caller's own.
        return structuredClone({ ...answer, hash, hashes, upTo, isTwin }) as CohortComparison
      })
      return { kind: 'started', jobId }
    },
    async comparison({ jobId }) {
      return jobs.result(jobId, 'compare') as CohortComparison | null
    },
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
