import { describe, expect, it } from 'vitest'
import { createHash } from 'node:crypto'
import { dayOfCivil } from '../../shared/domain/dates.ts'
import { checkNationalId } from '../../shared/domain/national-id.ts'
import { checkVisit } from '../../shared/domain/visit-check.ts'
import { visitRecord } from '../../shared/domain/visit.ts'
import { ERROR_RATES } from './errors.ts'
import { generateLives, generatePatients } from './generate-patients.ts'
import { nationalIdOf } from './people.ts'
import { employerGroups } from './plans.ts'
import * as tables from './tables.ts'

const content = visitRecord.omit({ envelope: true })

describe('generatePatients', () => {
  it('gives visits that the schema takes and in which the form refuses nothing', () => {
    let asked = 0
    let visits = 0
    for (const patient of generatePatients({ patients: 120, seed: 'check' })) {
      for (const visit of patient.visits) {
        for (const draft of [visit.content, ...(visit.late === null ? [] : [visit.late.content])]) {
          const parsed = content.safeParse({
            ...draft,
            patient: { ...draft.patient, key: '0'.repeat(64), keyEpoch: 0 },
            encounter: { ...draft.encounter, facility: 'f' },
          })
          expect(parsed.error?.message).toBeUndefined()
          expect(JSON.stringify(draft).normalize('NFC')).toBe(JSON.stringify(draft))
          const findings = checkVisit(
            { ...draft, consent: draft.patient.consent },
            { mode: 'form', patient: draft.patient, today: dayOfCivil(2024, 6, 1), currency: 'TWD' },
          )
          expect(findings.filter((each) => each.severity === 'refuse')).toEqual([])
          asked += findings.length > 0 ? 1 : 0
          visits++
        }
      }
    }
    expect(visits).toBeGreaterThan(1000)
    // Clean values are rarely questioned.
    expect(asked / visits).toBeLessThan(0.05)
  })

  it('makes the same patient alone, in a range, and among many', () => {
    const many = [...generatePatients({ patients: 8, seed: 's', errors: true })]
    const range = [...generatePatients({ patients: 2, from: 5, seed: 's', errors: true })]
    expect(range).toEqual(many.slice(5, 7))
    expect([...generatePatients({ patients: 1, from: 5, seed: 't', errors: true })]).not.toEqual(
      many.slice(5, 6),
    )
  })

  it('keeps late results for a second version, after the visit', () => {
    let late = 0
    for (const patient of generatePatients({ patients: 200, seed: 'late' })) {
      for (const visit of patient.visits) {
        if (visit.late === null) continue
        late++
        expect(visit.content.observations.some((each) => each.kind === 'lab')).toBe(false)
        expect(
          visit.late.content.observations.some((each) => each.resultDate?.slice(0, 10) === visit.late!.day),
        ).toBe(true)
        expect(visit.late.day > visit.content.encounter.day).toBe(true)
      }
    }
    expect(late).toBeGreaterThan(30)
  })
})

describe('the patients of a clinic', () => {
  it('have diabetes at 40 and more, are lives of everybody, and the first are the same for every number', () => {
    const clinic = { seed: 'a', population: 'diabetes-clinic' as const }
    const lives = [...generateLives({ ...clinic, patients: 6 })]
    expect(lives).toHaveLength(6)
    for (const { course, visits } of lives) {
      expect(course.visits[0]!.isDiabetic).toBe(true)
      expect((course.entryDay - course.birthDay) / 365.25).toBeGreaterThanOrEqual(40)
      const [alone] = [...generateLives({ seed: 'a', from: course.index, patients: 1 })]
      expect(visits).toEqual(alone!.visits)
    }
    expect([...generateLives({ ...clinic, patients: 2 })]).toEqual(lives.slice(0, 2))
  })
})

describe('people', () => {
  it('have valid national ids of the unused letter, each its own', () => {
    const ids = new Set<string>()
    for (let index = 0; index < 20_000; index++) ids.add(nationalIdOf('1', index, 1))
    expect(ids.size).toBe(20_000)
    for (const id of [...ids].slice(0, 200)) {
      expect(checkNationalId(id)).toBe('valid')
      expect(id.startsWith('Y1')).toBe(true)
    }
  })
})

describe('the tables', () => {
  const build = (errors: boolean) => {
    const groups = employerGroups('pin')
    const files = {
      visits: tables.VISITS_HEADER,
      claims: tables.CLAIMS_HEADER,
      enrolment: tables.ENROLMENT_HEADER,
      truth: tables.TRUTH_CP_HEADER,
      cost: tables.TRUTH_COST_HEADER,
      ledger: tables.LEDGER_HEADER,
    }
    for (const life of generateLives({ patients: 300, seed: 'pin', errors })) {
      files.visits += tables.visitRows(life)
      files.claims += tables.claimRows(life)
      files.enrolment += tables.enrolmentRows('pin', life, groups)
      files.truth += tables.truthRows(life)
      files.cost += tables.truthCostRows(life)
      files.ledger += tables.ledgerRows(life)
    }
    return files
  }
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

  it('are the same bytes for the same seed on every machine', () => {
    const files = build(true)
    expect(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, hash(text)])))
      .toMatchInlineSnapshot(`
      {
        "claims": "e7b891bfb376b1ee",
        "cost": "3393189edea3c4a0",
        "enrolment": "555fcb20d4dc0c1d",
        "ledger": "5a281760991d31cf",
        "truth": "0f72e359ef8dd74c",
        "visits": "b2512b9ae73dbcdd",
      }
    `)
  })

  it('have as many cells in each row as in the header', () => {
    for (const [name, text] of Object.entries(build(true))) {
      const lines = text.trimEnd().split('\n')
      const cells = lines[0]!.split(',').length
      for (const line of lines) expect(line.split(',').length, `${name}: ${line}`).toBe(cells)
    }
  })

  it('differ from the clean ones in exactly the rows of the ledger', () => {
    const dirty = build(true)
    const clean = build(false)
    expect(clean.ledger).toBe(tables.LEDGER_HEADER)
    expect(clean.truth).toBe(dirty.truth)
    const rows = (text: string) =>
      new Map(
        text
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((line) => [line.slice(0, line.indexOf(',')), line]),
      )
    const before = rows(clean.visits)
    const changed = new Set<string>()
    for (const [id, line] of rows(dirty.visits)) if (before.get(id) !== line) changed.add(id)
    const listed = new Set(
      dirty.ledger
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.slice(0, line.indexOf(','))),
    )
    // An id typed wrong copies the visit with the errors that it had, and the copy is listed under its own name.
    for (const id of changed) expect(listed.has(id), id).toBe(true)
    for (const id of listed) expect(changed.has(id), id).toBe(true)
  })

  it('plant each error about as often as they say', () => {
    const counts = new Map<string, number>()
    let visits = 0
    for (const life of generateLives({ patients: 1500, seed: 'rates', errors: true })) {
      visits += life.visits.length
      for (const row of life.ledger) counts.set(row.error, (counts.get(row.error) ?? 0) + 1)
    }
    for (const error of Object.keys(ERROR_RATES)) expect(counts.has(error), error).toBe(true)
    expect(counts.get('unit-ldl')! / visits).toBeGreaterThan(0.012)
    expect(counts.get('unit-ldl')! / visits).toBeLessThan(0.03)
  })

  it('hold members who never visit, and premiums for all', () => {
    const roll = build(false)
      .enrolment.trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    expect(roll.filter((row) => row[0]!.startsWith('N')).length).toBeGreaterThan(80)
    for (const row of roll) {
      expect(Number(row[9])).toBeGreaterThan(0)
      expect(row[7]! <= row[8]!, row.join()).toBe(true)
    }
  })
})
