/** What of a person the linkage compares, made once for each row. Pure. */
import type { PatientInput } from '../../../shared/contract/patients.ts'
import { foldName } from './fold.ts'
import { readingOf, surnameKeys, type NameReading } from './name-reading.ts'

export interface Person {
  /** Folded names as written: in Chinese, in Latin letters. */
  readonly names: readonly string[]
  readonly reading: NameReading | null
  readonly surnames: readonly string[]
  readonly sex: PatientInput['sex']
  /** YYYY, YYYY-MM or YYYY-MM-DD; empty where unknown. */
  readonly birthDate: string
  readonly region: string
  /** Last six digits of the telephone: what survives country codes and zeros in front. */
  readonly mobileTail: string
  readonly recordNumber: string
  readonly nationalId: string
}

type Known = Partial<Omit<PatientInput, 'birthDate' | 'causeOfDeath'>> & {
  readonly birthDate?: string | undefined
  readonly residenceRegion?: string | undefined
}

const TAIL_DIGITS = 6

export function personOf(known: Known): Person {
  const names = [known.name, known.latinName]
    .map((name) => foldName(name ?? ''))
    .filter((name) => name !== '')
  const digits = (known.phone ?? '').normalize('NFKC').replace(/\D/g, '')
  return {
    names,
    reading: readingOf(known.name ?? '') ?? readingOf(known.latinName ?? ''),
    surnames: surnameKeys(...names),
    sex: known.sex ?? 'unknown',
    birthDate: known.birthDate ?? '',
    region: known.residenceRegion ?? '',
    mobileTail: digits.length >= TAIL_DIGITS ? digits.slice(-TAIL_DIGITS) : '',
    recordNumber: normaliseId(known.medicalRecordNumber ?? ''),
    nationalId: normaliseId(known.nationalId ?? ''),
  }
}

/** The same id typed with other spaces, dashes, widths or case is the same id. */
export function normaliseId(id: string): string {
  return id
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-.·]/g, '')
}

/**
 * Under which a person is looked for among all: the birth date; the year and the surname (with the years beside it, so
 * that a year mistyped by one is met); the end of the telephone; the record number.
 */
export function blocksOf(person: Person): string[] {
  const blocks: string[] = []
  const { birthDate, surnames, mobileTail, recordNumber } = person
  if (birthDate.length === 10) blocks.push(`d${birthDate}`)
  const year = birthDate.slice(0, 4)
  for (const surname of surnames) blocks.push(`y${year}${surname}`)
  if (mobileTail !== '') blocks.push(`m${mobileTail}`)
  if (recordNumber !== '') blocks.push(`r${recordNumber}`)
  return blocks
}

/** The blocks in which another entry of this person may lie. */
export function blocksToLookIn(person: Person): string[] {
  const year = Number(person.birthDate.slice(0, 4))
  const beside = year > 0 ? [year - 1, year + 1] : []
  return [
    ...blocksOf(person),
    ...beside.flatMap((each) => person.surnames.map((surname) => `y${each}${surname}`)),
  ]
}
