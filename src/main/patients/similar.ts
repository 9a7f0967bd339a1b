/** Is this new person already in the table? A plain score with reasons, which a person can judge; pure. */
import type { PatientInput } from '../../shared/contract/patients.ts'
import { normaliseId, type PatientRow } from './patient-row.ts'
import { foldName } from './patient-search.ts'

export interface Similarity {
  /** 0 … 1; 0.6 and more is worth a look. */
  readonly score: number
  readonly reasons: readonly string[]
}

export const WORTH_A_LOOK = 0.6

export function similarityOf(input: PatientInput, row: PatientRow): Similarity {
  const reasons: string[] = []
  let score = 0
  const add = (weight: number, reason: string): void => {
    score += weight
    reasons.push(reason)
  }
  const names = [input.name, input.latinName ?? ''].map(foldName).filter(Boolean)
  const known = [row.name, row.latinName ?? ''].map(foldName).filter(Boolean)
  const name = Math.max(0, ...names.flatMap((a) => known.map((b) => nameSimilarity(a, b))))
  if (name >= 0.999) add(0.4, 'same-name')
  else if (name >= 0.85) add(0.3, 'similar-name')
  const birth = birthSimilarity(input.birthDate, row.birthDate)
  if (birth === 'same') add(0.35, 'same-birth-date')
  else if (birth === 'swapped') add(0.25, 'swapped-birth-date')
  else if (birth === 'near') add(0.15, 'similar-birth-date')
  if (input.sex === row.sex && input.sex !== 'unknown') score += 0.05
  if (same(input.medicalRecordNumber, row.medicalRecordNumber)) add(0.5, 'same-record-number')
  if (same(input.phone, row.phone)) add(0.2, 'same-phone')
  if (input.nationalId && row.nationalId) {
    if (isOneDigitOff(normaliseId(input.nationalId), normaliseId(row.nationalId)))
      add(0.3, 'similar-national-id')
    else score -= 0.25 // two people with two different ids
  }
  return { score: Math.max(0, Math.min(1, score)), reasons }
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== '' && normaliseId(a) === normaliseId(b)
}

function birthSimilarity(a: string | undefined, b: string | undefined): 'same' | 'swapped' | 'near' | 'none' {
  if (a === undefined || b === undefined) return 'none'
  if (a === b) return a.length === 10 ? 'same' : 'near'
  if (a.length < 10 || b.length < 10) return a.startsWith(b) || b.startsWith(a) ? 'near' : 'none'
  const [year, month, day] = a.split('-')
  if (b === `${year}-${day}-${month}`) return 'swapped'
  return differingPlaces(a, b) === 1 ? 'near' : 'none'
}

function isOneDigitOff(a: string, b: string): boolean {
  return a.length === b.length && (differingPlaces(a, b) === 1 || isTransposition(a, b))
}

function differingPlaces(a: string, b: string): number {
  let count = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++
  return count
}

function isTransposition(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i])
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

/** 1 for the same words in any order, else Jaro-Winkler over the sorted words. */
export function nameSimilarity(a: string, b: string): number {
  const sorted = (name: string): string =>
    name
      .split(' ')
      .sort((x, y) => (x < y ? -1 : 1))
      .join(' ')
  const [one, other] = [sorted(a), sorted(b)]
  return one === other ? 1 : Math.max(jaroWinkler(one, other), jaroWinkler(a, b))
}

/** Winkler (1990): share of common letters and transpositions, with a bonus for a common beginning. */
export function jaroWinkler(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Array<boolean>(b.length).fill(false)
  const common: string[] = []
  for (let i = 0; i < a.length; i++)
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++)
      if (!taken[j] && a[i] === b[j]) {
        taken[j] = true
        common.push(a[i]!)
        break
      }
  if (common.length === 0) return 0
  let swaps = 0
  let next = 0
  for (let j = 0; j < b.length; j++) if (taken[j] && b[j] !== common[next++]) swaps++
  const m = common.length
  const jaro = (m / a.length + m / b.length + (m - swaps / 2) / m) / 3
  let start = 0
  while (start < 4 && start < a.length && a[start] === b[start]) start++
  return jaro + start * 0.1 * (1 - jaro)
}
