/**
 * R9: the differencing audit. Two cohorts that differ by a few patients give two answers whose difference is about these few, and so do a
 * cohort and what two others make together. Bitmaps of patients: 125 kB for a million.
 */
import { atLeast, must, type RuleCheck } from './rule-check.ts'
import type { RulePolicy } from './rule-policy.ts'

/** Bit i of the words is patient i of the snapshot's numbering. */
export type CohortBits = { readonly definition: string; readonly words: Uint32Array }

/** How an earlier study of another snapshot, as it was there, compares with the asked one. */
export type SinceThen =
  /**
   * Of the same definition: people who came, left or have other rows. `hasLost`: a record of that snapshot was erased since, so that whoever it was is not
   * found to have changed.
   */
  | { readonly kind: 'changed'; readonly patients: number; readonly hasLost: boolean }
  /** Of another definition: people who are in one and not in the other. */
  | { readonly kind: 'differs'; readonly patients: number }
  /** Nobody can find any more who was in it. */
  | { readonly kind: 'not-comparable' }

export function bitsOf(definition: string, patients: Iterable<number>, patientCount: number): CohortBits {
  const words = new Uint32Array((patientCount + 31) >> 5)
  for (const patient of patients) words[patient >> 5] = words[patient >> 5]! | (1 << (patient & 31))
  return { definition, words }
}

/**
 * The least distance of the asked cohort to anything that released ones can make: each of them, and of the requester's own last ones and
 * everybody each union and difference of two and each union of the last few. The same definition is the same question. Another definition of the
 * very same people is refused as well: if it were let through, a refusal would say that the few are in it.
 */
export function checkOverlap(
  asked: CohortBits,
  released: readonly CohortBits[],
  own: readonly CohortBits[],
  everybody: CohortBits,
  policy: RulePolicy,
): readonly RuleCheck[] {
  let least = Infinity
  const look = (distance: number): void => {
    if (distance < least) least = distance
  }
  const others = [everybody, ...released].filter(({ definition }) => definition !== asked.definition)
  for (const { words } of others) look(distanceTo(asked.words, words, words, first))
  const last = own.filter(({ definition }) => definition !== asked.definition).slice(-policy.lastOwnCohorts)
  const pieces = [everybody, ...last]
  for (const [i, a] of pieces.entries())
    for (const b of pieces.slice(i + 1)) {
      look(distanceTo(asked.words, a.words, b.words, without))
      look(distanceTo(asked.words, b.words, a.words, without))
      if (i > 0) look(distanceTo(asked.words, a.words, b.words, either))
    }
  const union = new Uint32Array(asked.words.length)
  for (const { words } of last.toReversed()) {
    for (let i = 0; i < union.length; i++) union[i] = union[i]! | words[i]!
    look(distanceTo(asked.words, union, union, first))
  }
  return [atLeast(policy, 'R9', 'least-difference', least, policy.overlapLeast)]
}

/**
 * What the same definition gives twice tells of those who changed between, so these are none or enough; another definition is held to what it would be
 * held to at one snapshot.
 */
export function checkSince(since: readonly SinceThen[], policy: RulePolicy): readonly RuleCheck[] {
  let changed = Infinity
  let differing = Infinity
  for (const each of since) {
    if (each.kind === 'changed' && (each.patients > 0 || each.hasLost))
      changed = Math.min(changed, each.patients)
    if (each.kind === 'differs') differing = Math.min(differing, each.patients)
  }
  return [
    ...(changed === Infinity ? [] : [atLeast(policy, 'R9', 'changed-since', changed, policy.overlapLeast)]),
    ...(differing === Infinity
      ? []
      : [atLeast(policy, 'R9', 'differs-from-then', differing, policy.overlapLeast)]),
    ...(since.some(({ kind }) => kind === 'not-comparable') ? [must('R9', 'can-be-compared', false)] : []),
  ]
}

const first = (a: number): number => a
const either = (a: number, b: number): number => a | b
const without = (a: number, b: number): number => a & ~b

/** Patients in one and not in the other. */
export function differing(asked: Uint32Array, other: Uint32Array): number {
  return distanceTo(asked, other, other, first)
}

/** Patients in one and not in the other, of the asked cohort and what two released ones make. */
function distanceTo(
  asked: Uint32Array,
  a: Uint32Array,
  b: Uint32Array,
  made: (a: number, b: number) => number,
): number {
  let count = 0
  for (let i = 0; i < asked.length; i++) count += bitCount(asked[i]! ^ made(a[i]!, b[i]!))
  return count
}

/** Ones of a 32-bit word. */
function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555)
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333)
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
