/**
 * One part of a visit after its row was changed: what the row does not show stays as the source has it, unless the
 * change made it untrue. `before` is what the row said as it began, `after` what it says now. Pure.
 */
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type {
  Claim,
  ClaimLine,
  Diagnosis,
  Observation,
  Prescription,
  Procedure,
} from '../../../../shared/domain/visit.ts'
import type { Source } from './form.ts'
import { flagByItself, judged } from './result-range.ts'
import { sameValue } from './same-value.ts'

/** The source with every key that differs between before and after as it is after. */
export function carried<T extends object>(source: T, before: Partial<T>, after: Partial<T>): T {
  const next = { ...source } as Record<string, unknown>
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>]
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (sameValue(was[key], is[key])) continue
    if (is[key] === undefined) delete next[key]
    else next[key] = is[key]
  }
  return next as T
}

const without = <T extends object>(row: T, ...keys: (keyof T)[]): T => {
  const next = { ...row }
  for (const key of keys) delete next[key]
  return next
}

const isChanged = <T>(before: Partial<T>, after: T, ...keys: (keyof T)[]): boolean =>
  keys.some((key) => !sameValue(before[key], after[key]))

export function mergeObservation(
  source: Observation,
  before: Partial<Observation>,
  after: Observation,
): Observation {
  // Another test: what was said of how and beside what this one was measured is about something else.
  if (isChanged(before, after, 'code')) {
    const all = carried(source, before, after)
    const rest = without(all, 'refLow', 'refHigh', 'refText', 'flag', 'panel', 'method', 'note')
    return { ...rest, kind: after.kind, value: after.value, sourceCodings: [], ...judgementOf(after) }
  }
  const isOtherRange = isChanged(before, after, 'refLow', 'refHigh', 'refText')
  let next = carried(source, before, after)
  for (const key of ['specimenCollected', 'resultDate', 'effective'] as const) {
    const [was, is, own] = [before[key], after[key], source[key]]
    if (was !== undefined && is !== undefined && own !== undefined && was !== is)
      next = { ...next, [key]: inOffsetOf(own, was, is) }
  }
  // The words of the old range may have said it beside its numbers.
  if (isOtherRange && after.refText === undefined) next = without(next, 'refText')
  if (!isChanged(before, after, 'value')) return next
  const [was, is] = [before.value, after.value]
  if (was?.type !== 'decimal' || is.type !== 'decimal' || source.value.type !== 'decimal') {
    const rest = without(next, 'flag')
    return after.flag === undefined ? rest : { ...rest, flag: after.flag }
  }
  const value = carried(source.value, was, is)
  const isOtherUnit = was.unit !== is.unit
  if (isOtherUnit && is.unitSource === undefined) delete value.unitSource
  if (!isOtherUnit) {
    const flag = saidFlag(after) ?? flagOfSource({ ...next, value }, source)
    const rest = without({ ...next, value }, 'flag')
    return flag === undefined ? rest : { ...rest, flag }
  }
  // The laboratory's range was in the unit of the laboratory.
  const rest = without({ ...next, value }, 'refLow', 'refHigh', 'refText', 'flag')
  const test = labTestOf(after.code)
  const judgement = isOtherRange || test === null ? judgementOf(after) : judged(test, is)
  const flag = saidFlag(after)
  return { ...rest, ...judgement, ...(flag === undefined ? {} : { flag }) }
}

/** The mark of a result where a person says another one than its range. */
const saidFlag = (result: Observation): Observation['flag'] =>
  result.flag === flagByItself(result) ? undefined : result.flag

const judgementOf = ({ refLow, refHigh, refText, flag }: Observation) => ({
  ...(refLow === undefined ? {} : { refLow }),
  ...(refHigh === undefined ? {} : { refHigh }),
  ...(refText === undefined ? {} : { refText }),
  ...(flag === undefined ? {} : { flag }),
})

/** Judged by its own range; by the default one where it has none; not at all where nobody knows a range. */
function flagOfSource(result: Observation, source: Observation): Observation['flag'] {
  const { refLow, refHigh, refText, code } = result
  const inside = source.flag === undefined ? undefined : 'N'
  const isJudged = refLow !== undefined || refHigh !== undefined
  if (!isJudged && (refText !== undefined || labTestOf(code)?.reference == null)) return undefined
  return flagByItself(result) ?? inside
}

export function mergeDiagnosis(source: Diagnosis, before: Partial<Diagnosis>, after: Diagnosis): Diagnosis {
  // Lines of claims point to ranks, so a diagnosis keeps its own.
  const next = { ...carried(source, before, after), rank: source.rank }
  if (!isChanged(before, after, 'code')) return next
  const { unlisted } = after
  return { ...without(next, 'unlisted'), sourceCodings: [], ...(unlisted === undefined ? {} : { unlisted }) }
}

export function mergeProcedure(source: Procedure, before: Partial<Procedure>, after: Procedure): Procedure {
  let next = carried(source, before, after)
  if (isChanged(before, after, 'code')) next = { ...next, sourceCodings: [] }
  return isChanged(before, after, 'performed') ? without(next, 'performedEnd') : next
}

export function mergePrescription(
  source: Prescription,
  before: Partial<Prescription>,
  after: Prescription,
): Prescription {
  let next = carried(source, before, after)
  if (isChanged(before, after, 'code')) {
    next = { ...without(next, 'ingredientAtc'), sourceCodings: [] }
    if (after.ingredientAtc !== undefined) next.ingredientAtc = after.ingredientAtc
  }
  // “As needed” was said by a frequency of that name.
  return next.asNeeded !== true && isChanged(before, after, 'asNeeded') && /^prn$/i.test(next.frequency ?? '')
    ? without(next, 'frequency')
    : next
}

export function mergeClaim(source: Claim, before: Partial<Claim>, after: Claim): Claim {
  return { ...carried(source, { ...before, lines: [] }, { ...after, lines: [] }), claimId: source.claimId }
}

/**
 * The lines of a claim whose rows were changed.
 * @param places of the lines that are there now: where each stands in the source, null for a new one
 */
export function mergeLines(
  source: readonly ClaimLine[],
  before: readonly ClaimLine[],
  after: readonly ClaimLine[],
  places: readonly (number | null)[],
): ClaimLine[] {
  return after.map((line, i) => {
    const place = places[i] ?? null
    const own = place === null ? undefined : source[place]
    if (own === undefined) return line
    return carried(own, before[place!] ?? {}, line)
  })
}

type EncounterOf = Source['encounter']
const STAYS: readonly EncounterOf['class'][] = ['IMP', 'OBSENC', 'SS']

export function mergeEncounter(source: EncounterOf, before: EncounterOf, after: EncounterOf): EncounterOf {
  const next = carried(source, before, after)
  for (const key of ['admission', 'discharge'] as const) {
    const [was, is, own] = [before[key], after[key], source[key]]
    if (was === undefined || is === undefined || own === undefined || sameValue(was, is)) continue
    next[key] = { ...carried(own, was, is), at: inOffsetOf(own.at, was.at, is.at) }
  }
  if (!sameValue(before.payer, after.payer)) next.payer = carried(source.payer, before.payer, after.payer)
  if (isChanged(before, after, 'class')) delete next.type
  // A visit that is no stay ends on its day: its end is not shown, and on another day it is another one.
  const isMoved = isChanged(before, after, 'admission') && !isChanged(before, after, 'discharge')
  if (isMoved && !STAYS.includes(after.class)) delete next.discharge
  return next
}

/** Of one visit. */
const NOTES_MAX = 50

/** A wall time that was shown in the offset of the source is typed in it too. */
function inOffsetOf(own: string, was: string, is: string): string {
  const offset = (at: string) => /(Z|[+-][0-9]{2}:[0-9]{2})$/.exec(at.slice(10))?.[1]
  const theirs = offset(own)
  const ours = offset(is)
  return theirs === undefined || ours === undefined || theirs === offset(was)
    ? is
    : `${is.slice(0, -ours.length)}${theirs}`
}

/**
 * Notes as they stand in the form now. Those at the beginning and at the end that nobody touched stay as they were cut.
 * @param read the paragraphs of a text
 */
export function mergeNotes(
  source: readonly string[],
  before: string,
  after: string,
  read: (text: string) => string[],
): string[] {
  if (before === after) return [...source]
  const gap = '\n\n'
  const head: string[] = []
  const tail: string[] = []
  let rest = after
  for (const note of source) {
    if (rest !== note && !rest.startsWith(note + gap)) break
    head.push(note)
    rest = rest.slice(note.length + gap.length)
  }
  for (const note of source.slice(head.length).toReversed()) {
    if (rest !== note && !rest.endsWith(gap + note)) break
    tail.unshift(note)
    rest = rest.slice(0, Math.max(0, rest.length - note.length - gap.length))
  }
  const all = [...head, ...read(rest), ...tail]
  return all.length > NOTES_MAX ? read(after) : all
}
