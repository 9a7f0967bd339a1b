/**
 * A study of all hospitals' records as the rules of release see it: findings, the cohort as a bitmap beside those of earlier studies, and
 * what would leave. Exact numbers live within this call, in the thread of the analysis; what is answered are comparisons, rounded bytes and
 * bitmaps for the gateway's own sealed store (docs/spec/release-rules.md section 5).
 */
import { canonicalCleaning, type CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import { canonicalCohort, type CohortDefinition } from '../../../shared/domain/cohort.ts'
import { canonicalIntervals, type IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { isCurve, judgedOn, type StudyDocument } from '../../../shared/domain/study.ts'
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { present } from '../../../shared/std/assert.ts'
import { judgeProposal, type Before } from '../../privacy/lane-b.ts'
import { encodeByRule, findingOf, readByRule } from '../../privacy/rules/by-rule-bytes.ts'
import { bitsOf, type CohortBits, type SinceThen } from '../../privacy/rules/overlap.ts'
import type { HospitalPart, Purpose } from '../../privacy/rules/people.ts'
import { eachOnce, must, type RuleCheck } from '../../privacy/rules/rule-check.ts'
import type { RulePolicy } from '../../privacy/rules/rule-policy.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { fitModel, type FitHooks, type FitResult } from '../../stats/model/fit-model.ts'
import { findingsOf, personsIn, personsWithEvent } from '../gated/study-findings.ts'
import { columnsOfRows, derivedColumns, rowsFor, type IntervalRows } from '../intervals/interval-table.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { hospitalOn } from '../persons/person-says.ts'
import type { Snapshot, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'
import { prepareStudy, type SamePerson, type StudyControl } from './prepare-study.ts'
import { groupCountOf } from './readiness.ts'
import { GROUPS_MAX, STUDY_ENGINE } from './run-study.ts'
import { changedPeople, isFoundFor, sinceOf, wordsHere, type AskedThen } from './since-then.ts'
import { specOf } from '../models/study-spec.ts'

/** Who is in, how records are cleaned and how people are followed: what decides whose numbers a study gives. */
export interface PeopleOfStudy {
  readonly cohort: CohortDefinition
  readonly cohortOn?: StudyDocument['cohortOn']
  readonly cleaning: CleaningPipeline | null
  readonly intervals: IntervalDefinition
}

/** An earlier study of the audit of differences. */
export interface EarlierCohort {
  readonly people: PeopleOfStudy
  /** Asked by the same member. */
  readonly isOwn: boolean
  /** Its bitmap at this very snapshot; null where it has to be made. */
  readonly words: Uint32Array | null
  /** The other snapshot that it was asked of; null where it was of this very one. */
  readonly then: AskedThen | null
}

export interface ReleaseQuestion {
  readonly chainId: Bytes
  readonly study: StudyDocument
  /** All hospitals' records at the snapshot. */
  readonly scope: SnapshotScope
  /** Who was one person at the height of each other snapshot that an earlier study was asked of. */
  readonly samePersonAt: ReadonlyMap<number, SamePerson>
  readonly purpose: Purpose
  readonly requester: { readonly isInsurer: boolean; readonly hasRegisteredPlan: boolean }
  /** In the order of the chain. */
  readonly earlier: readonly EarlierCohort[]
  readonly recentRefusals: number
  /** Models of this study on this cohort in earlier requests. */
  readonly earlierModels: number
  readonly policy: RulePolicy
}

export type ReleaseProposal = {
  /** Every comparison once: a rule with its number and limit (no exact cell, no row). */
  readonly checks: readonly RuleCheck[]
  /** The bitmap of the asked cohort, and those of the earlier ones in their order. */
  readonly words: Uint32Array
  readonly earlierWords: readonly Uint32Array[]
  /** What was found of each one's own snapshot; null where nothing had to be. */
  readonly thenWords: readonly (Uint32Array | null)[]
} & (
  | { readonly kind: 'to-be-checked'; readonly answer: Bytes }
  | { readonly kind: 'refused'; readonly needsPerson: boolean }
)

export interface ReleaseControl {
  readonly hooks: FitHooks
  isCancelled(): boolean
}

/** Names the people: another name for the same people is refused by R9. */
export function nameOfPeople({ cohort, cohortOn, cleaning, intervals }: PeopleOfStudy): string {
  return JSON.stringify([
    canonicalCohort(cohort),
    cleaning === null ? null : canonicalCleaning(cleaning),
    canonicalIntervals(intervals),
    ...(cohortOn === undefined ? [] : [cohortOn]),
  ])
}

/** @throws {StatsFailure} `cancelled` */
export async function proposeRelease(
  warehouse: Warehouse,
  question: ReleaseQuestion,
  control: ReleaseControl,
): Promise<ReleaseProposal> {
  const { study, earlier, policy } = question
  const hospitals = new Map<number, string>()
  const prepared = await tableOf(warehouse, question, study, question.scope, {
    ...control,
    onMembers(members) {
      for (const { index, facts } of members) {
        const hospital = hospitalOf(facts, index)
        if (hospital !== null) hospitals.set(facts.person, hospital)
      }
    },
  })
  const everybody = prepared.snapshot.personCount
  const { words } = prepared.bits
  const earlierBits: CohortBits[] = []
  const thenWords: (Uint32Array | null)[] = []
  const since: SinceThen[] = []
  /** Of this call: the same may have been asked of one snapshot more than once. */
  const foundBefore = new Map<string, Uint32Array>()
  for (const each of earlier) {
    const definition = nameOfPeople(each.people)
    const isSame = definition === prepared.bits.definition
    const { cohortOn } = each.people
    // Of the earlier study, also where only one of the two is judged after its cleaning.
    const asked = judgedOn({ ...study, ...each.people }, cohortOn ?? 'written')
    const known = isSame ? words : each.words
    if (known !== null && known.length === words.length) earlierBits.push({ definition, words: known })
    else {
      const made = await tableOf(warehouse, question, asked, question.scope, control)
      earlierBits.push({ definition, words: made.bits.words })
    }
    const found = each.then?.kind === 'kept' ? await foundThen(each.then, asked, earlierBits.at(-1)!) : null
    thenWords.push(found)
    if (each.then !== null) since.push(sinceOf(each.then, found, words, isSame))
  }

  async function foundThen(
    then: Extract<AskedThen, { kind: 'kept' }>,
    asked: StudyDocument,
    here: CohortBits,
  ): Promise<Uint32Array> {
    const isSame = here.definition === prepared.bits.definition
    if (then.words !== null && isFoundFor(then.words, isSame, words.length)) return then.words
    const { upTo, consentDay, samePerson: linked } = question.scope
    // By the links of its own height: who became one person since then, or is no more, had other rows in what left.
    const samePerson = present(
      question.samePersonAt.get(then.height),
      'links of each other snapshot are given',
    )
    // The same records of the same people by another name.
    if (
      then.upTo === upTo &&
      then.day === consentDay &&
      JSON.stringify(samePerson) === JSON.stringify(linked)
    )
      return isSame ? Uint32Array.of(0) : Uint32Array.from([...here.words, 0])
    const name = JSON.stringify([here.definition, then.upTo, then.height, then.day])
    const before = foundBefore.get(name)
    if (before !== undefined) return before
    const scope = { ...question.scope, upTo: then.upTo, consentDay: then.day, samePerson }
    const made = await tableOf(warehouse, question, asked, scope, control)
    const people = await warehouse.peopleOf(prepared.snapshot, made.snapshot)
    const found = isSame
      ? Uint32Array.of(changedPeople(prepared.rows, made.rows, people))
      : wordsHere(made.rows, people)
    foundBefore.set(name, found)
    return found
  }

  const shared = { words, earlierWords: earlierBits.map((each) => each.words), thenWords }
  const findings = findingsOf(
    study,
    prepared.rows,
    (model) => fitOrNull(prepared.rows, model, control.hooks),
    question.earlierModels,
    policy,
  )
  if (findings === null)
    return { kind: 'refused', checks: [must('R5', 'has-an-answer', false)], needsPerson: false, ...shared }
  const before: Before = {
    released: earlierBits,
    own: earlierBits.filter((_, i) => earlier[i]!.isOwn),
    everybody: bitsOf('everybody', upTo(everybody), everybody),
    since,
  }
  const parts = hospitalParts(prepared.rows, hospitals)
  const judged = findings.map(({ finding }) =>
    judgeProposal(
      {
        finding,
        hospitals: parts,
        cohort: prepared.bits,
        purpose: question.purpose,
        requester: question.requester,
        recentRefusals: question.recentRefusals,
      },
      before,
      policy,
    ),
  )
  const checks = eachOnce(judged.map((each) => each.checks))
  const leaving = judged.map((each, i) =>
    each.kind === 'refused' ? null : findingOf(findings[i]!.name, each.rounded, findings[i]!.axes),
  )
  if (leaving.some((each) => each === null)) {
    const needsPerson = judged.some((each) => each.kind === 'refused' && each.needsPerson)
    return { kind: 'refused', checks, needsPerson, ...shared }
  }
  const answer = encodeByRule(leaving.filter((each) => each !== null))
  // What nobody could hand over or read would wait for ever.
  if (readByRule(answer) === null)
    return {
      kind: 'refused',
      checks: [...checks, must('R6', 'can-be-handed-over', false)],
      needsPerson: false,
      ...shared,
    }
  return { kind: 'to-be-checked', checks, answer, ...shared }
}

/** The table of these people at that state of the records, and who is in it. */
async function tableOf(
  warehouse: Warehouse,
  { chainId }: ReleaseQuestion,
  study: StudyDocument,
  scope: SnapshotScope,
  control: Pick<StudyControl, 'hooks' | 'isCancelled' | 'onMembers'>,
): Promise<{ rows: IntervalRows; bits: CohortBits; snapshot: Snapshot }> {
  const { rows, snapshot } = await prepareStudy(
    warehouse,
    {
      study: {
        ...study,
        snapshot: { chain: toHex(chainId), upTo: scope.upTo, height: 0, hospitals: [] },
        engine: STUDY_ENGINE,
      },
      hash: '',
      samePerson: scope.samePerson,
      scope,
    },
    control,
  )
  return { rows, bits: bitsOf(nameOfPeople(study), personsIn(rows), snapshot.personCount), snapshot }
}

function fitOrNull(
  rows: IntervalRows,
  model: StudyDocument['models'][number],
  hooks: FitHooks,
): FitResult | null {
  try {
    if (isCurve(model.family) && groupCountOf(rows, model) > GROUPS_MAX) return null
    return fitModel(
      columnsOfRows(rowsFor(model.family, rows), derivedColumns(model)),
      specOf({ ...model, curvesOf: null }, rows),
      { ...hooks, withoutDiagnostics: true },
    )
  } catch (error) {
    if (!(error instanceof StatsFailure) || error.detail.code === 'cancelled') throw error
    return null
  }
}

/** That at which the index day was; a result may be known, or a medicine begun, before the first visit: then that of this visit. */
export function hospitalOf(facts: PersonFacts, index: number): string | null {
  const before = hospitalOn(facts, index)
  if (before !== null) return before
  const days = facts.visit.flatMap(({ day, hospital }) => (day === null || hospital === null ? [] : [day]))
  return days.length === 0 ? null : hospitalOn(facts, Math.min(...days))
}

/** A patient is that hospital's at which the study's time began. Whose hospital nobody knows is with the largest one: they stand for no hospital of their own. */
export function hospitalParts(
  rows: Pick<IntervalRows, 'rowCount' | 'id' | 'event'>,
  hospitals: ReadonlyMap<number, string>,
): readonly HospitalPart[] {
  const withEvent = personsWithEvent(rows)
  const parts = new Map<string, { patients: number; events: number }>()
  const unknown = { patients: 0, events: 0 }
  for (const person of personsIn(rows)) {
    const hospital = hospitals.get(person)
    const part = hospital === undefined ? unknown : (parts.get(hospital) ?? { patients: 0, events: 0 })
    part.patients++
    if (withEvent.has(person)) part.events++
    if (hospital !== undefined) parts.set(hospital, part)
  }
  if (unknown.patients > 0) {
    const [largest = ''] = [...parts].sort(([, a], [, b]) => b.patients - a.patients)[0] ?? []
    const { patients, events } = parts.get(largest) ?? { patients: 0, events: 0 }
    parts.set(largest, { patients: patients + unknown.patients, events: events + unknown.events })
  }
  return [...parts].map(([hospital, part]) => ({ hospital, ...part }))
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i)
}
