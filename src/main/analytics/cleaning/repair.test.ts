import { describe, expect, it } from 'vitest'
import { presetSteps } from '../../../shared/domain/cleaning.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'
import { clean } from './clean.ts'
import type { CleanRow } from './cleaned.ts'
import { syntheticPersons } from './cleaning.test-kit.ts'
import { factCode } from '../facts/fact-tables.ts'

const STEPS = presetSteps('careful').filter(({ step }) => step !== 'missingness' && step !== 'group-codes')

/** What the planted errors were before, against what the steps made of them; nothing here reads a suffix of an id. */
function scored(patients: number, seed: string) {
  const { persons, lives, blockOf } = syntheticPersons(patients, seed)
  const after = clean(persons, { steps: STEPS }).persons
  const results = new Map<string, CleanRow<'observation'>>()
  const visits = new Map<number, CleanRow<'visit'>>()
  for (const person of after) {
    for (const row of person.observation) results.set(`${row.source.block} ${row.source.code}`, row)
    for (const row of person.visit) visits.set(row.source.block!, row)
  }
  const ledger = lives.flatMap((life) => life.ledger)
  return { lives, blockOf, after, results, visits, ledger }
}

const { lives, blockOf, after, results, visits, ledger } = scored(700, 'repair')

describe('the steps on planted errors', () => {
  const KEYS = { hba1c: 'hba1c', ldl: 'ldlD', creat: 'creat', sbp: 'sbp', bmi: 'bmi' } as const

  it('bring values in the wrong unit back to what was measured, and guess hardly anything else', () => {
    let planted = 0
    let repaired = 0
    let wronglyLabelled = 0
    const guessed = new Set<CleanRow<'observation'>>()
    const meant = new Set<CleanRow<'observation'>>()
    for (const { visitId, error, field, before, after: typed } of ledger) {
      if (!error.startsWith('unit-')) continue
      const row = results.get(
        `${blockOf.get(visitId)} ${labTestByKey(KEYS[field as keyof typeof KEYS])!.loinc}`,
      )!
      const truth = Number(before.split(' ')[0])
      planted++
      if (before.split(' ')[1] === typed.split(' ')[1]) {
        wronglyLabelled++
        meant.add(row)
      }
      // What was written is rounded to its unit's digits.
      if (row.now.canonical !== null && Math.abs(row.now.canonical / truth - 1) < 0.03) repaired++
    }
    for (const person of after)
      for (const row of person.observation)
        if (
          row.isKept &&
          row.source.unit !== null &&
          row.flags.some(({ reason }) => reason === 'unit-guessed')
        )
          guessed.add(row)
    const right = [...guessed].filter((row) => meant.has(row)).length
    expect(wronglyLabelled).toBeGreaterThan(30)
    expect(repaired / planted).toBeGreaterThan(0.98)
    expect(right / guessed.size).toBeGreaterThan(0.95)
  })

  it('leave out what a decimal point made impossible, and no value that was typed right', () => {
    const shifted = new Set(
      ledger
        .filter(({ error }) => error.startsWith('shift-'))
        .map(
          ({ visitId, field }) =>
            `${blockOf.get(visitId)} ${labTestByKey(KEYS[field as keyof typeof KEYS])!.loinc}`,
        ),
    )
    let missed = 0
    for (const name of shifted) if (results.get(name)!.now.canonical !== null) missed++
    const lost = [...results].filter(
      ([name, { source, now, flags }]) =>
        source.canonical !== null &&
        now.canonical === null &&
        !shifted.has(name) &&
        flags.some(({ reason }) => reason === 'impossible'),
    )
    expect(lost).toEqual([])
    expect(shifted.size).toBeGreaterThan(3)
    expect(missed).toBe(0)
  })

  it('find visits that were written down twice, under another key too, and no others', () => {
    const copies = new Set(
      ledger
        .filter(({ error }) => error === 'exact-duplicate' || error === 'wrong-patient')
        .map(({ visitId }) => blockOf.get(visitId)!),
    )
    // Of two equal visits the chain's first stays, whichever of them was the copy.
    const gone = [...visits.values()].filter(({ flags }) =>
      flags.some(({ reason }) => reason === 'exact-duplicate' || reason === 'near-duplicate'),
    )
    expect(copies.size).toBeGreaterThan(20)
    expect(Math.abs(gone.length - copies.size)).toBeLessThanOrEqual(Math.ceil(0.1 * copies.size))
  })

  it('repair sex, dates and codes of nearly every visit', () => {
    let planted = 0
    let repaired = 0
    for (const { visitId, error, before } of ledger) {
      const visit = visits.get(blockOf.get(visitId)!)!
      if (error === 'sex' || error === 'birth-date-swapped' || error === 'discharge-before-admission') {
        planted++
        const life = lives.find(({ visits: all }) => all.some((each) => each.visitId === visitId))!
        if (error === 'sex' && visit.now.sex === factCode('sex', before as 'male' | 'female')) repaired++
        else if (error === 'birth-date-swapped' && visit.now.birth === life.course.birthDay) repaired++
        else if (error === 'discharge-before-admission' && visit.now.discharge === null) repaired++
      }
    }
    expect(repaired / planted).toBeGreaterThan(0.85)
  })
})
