import { describe, expect, it } from 'vitest'
import { PROFILE_TESTS, unitsOfTest } from '../../../shared/domain/cleaning-profile.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../node/chain/codec.ts'
import { sensitivitySquared, varianceOf } from './part.ts'
import { planOf } from './plan.ts'
import { noiseOf } from './price.ts'
import type { ProfileOutput } from './profile-output.ts'
import { chargeKindOf, problemsOfRequest, type ReleaseRequest } from './release-request.ts'
import { OUTPUT_KINDS } from './outputs.ts'
import { decodeRequest, encodeRequest } from './request-bytes.ts'
import { RELEASE_DEFAULTS } from '../answers/answer-policy.ts'

const output: ProfileOutput = {
  kind: 'cleaning-profile',
  tests: [
    { test: 'creat', units: ['mg/dL', 'umol/L'] },
    { test: 'hba1c', units: ['%', 'mmol/mol'] },
  ],
  reasons: ['impossible', 'unit-guessed'],
  lastYear: 2024,
  years: 10,
}
const HASH = new Uint8Array(32).fill(3)
const request = (
  changed: Partial<ProfileOutput> = {},
  cleaning: Uint8Array | null = HASH,
): ReleaseRequest => ({
  snapshot: new Uint8Array(32).fill(1),
  cohort: new Uint8Array(32).fill(2),
  cleaning,
  followUp: null,
  output: { ...output, ...changed },
  microRho: 20_000,
})
const problems = (changed: Partial<ProfileOutput>, cleaning: Uint8Array | null = HASH) =>
  problemsOfRequest(request(changed, cleaning))

describe('a cleaning profile in a request', () => {
  it('has one form in bytes, with a number of its own, and comes back from it', () => {
    expect(problems({})).toEqual([])
    const bytes = encodeRequest(request())
    expect(decodeRequest(bytes)).toEqual(request())
    expect((tryDecode(bytes) as Cbor[])[5]).toEqual([
      11,
      [
        ['creat', ['mg/dL', 'umol/L']],
        ['hba1c', ['%', 'mmol/mol']],
      ],
      ['impossible', 'unit-guessed'],
      2024,
      10,
    ])
    expect(OUTPUT_KINDS[11]).toBe('cleaning-profile')
    const turned = request({
      tests: output.tests.map(({ test, units }) => ({ test, units: units.toReversed() })).toReversed(),
      reasons: output.reasons.toReversed(),
    })
    expect(equalBytes(encodeRequest(turned), bytes)).toBe(true)
  })
  it('is none in another form: tests, units or reasons in another order, or with more in it', () => {
    const fields = tryDecode(encodeRequest(request())) as Cbor[]
    const [kind, tests, reasons, lastYear, years] = fields[5] as [number, Cbor[], Cbor[], number, number]
    const decoded = (slots: Cbor[]) => decodeRequest(encode([...fields.slice(0, 5), slots, fields[6]!]))
    expect(decoded([kind, tests, reasons, lastYear, years])).not.toBeNull()
    expect(decoded([kind, tests.toReversed(), reasons, lastYear, years])).toBeNull()
    expect(decoded([kind, [['creat', ['umol/L', 'mg/dL']], tests[1]!], reasons, lastYear, years])).toBeNull()
    expect(decoded([kind, tests, reasons.toReversed(), lastYear, years])).toBeNull()
    expect(decoded([kind, tests, reasons, lastYear, years, null])).toBeNull()
    expect(decoded([kind, tests, reasons, lastYear])).toBeNull()
    expect(decoded([kind, [['creat']], reasons, lastYear, years])).toBeNull()
    expect(decoded([kind, tests, [1], lastYear, years])).toBeNull()
    expect(decoded([kind, tests, null, lastYear, years])).toBeNull()
  })
  it('names tests of the table that have a number, each once, with units of theirs', () => {
    const of = (...keys: string[]) => ({ tests: keys.map((test) => ({ test, units: [] })) })
    expect(problems(of())).toEqual(['profile'])
    expect(problems(of('nobody'))).toEqual(['profile'])
    // Smoking has a code and no number.
    expect(problems(of('smoking'))).toEqual(['profile'])
    expect(problems(of('hba1c', 'hba1c'))).toEqual(['profile'])
    expect(problems(of(...PROFILE_TESTS.slice(0, 8)))).toEqual([])
    expect(problems(of(...PROFILE_TESTS.slice(0, 9)))).toEqual(['profile'])
    expect(problems({ tests: [{ test: 'hba1c', units: ['mg/dL'] }] })).toEqual(['profile'])
    expect(problems({ tests: [{ test: 'hba1c', units: ['%', '%'] }] })).toEqual(['profile'])
    // Whatever the table has can be asked, all units of eight tests too.
    for (const test of PROFILE_TESTS)
      expect(problems({ tests: [{ test, units: unitsOfTest(test)! }] }), test).toEqual([])
  })
  it('names reasons that one person’s records can have, and none where nothing is cleaned', () => {
    expect(problems({ reasons: ['outlier'] })).toEqual(['profile'])
    expect(problems({ reasons: ['same-person'] })).toEqual(['profile'])
    expect(problems({ reasons: ['anything'] })).toEqual(['profile'])
    expect(problems({ reasons: ['unusual', 'unusual'] })).toEqual(['profile'])
    expect(problems({}, null)).toEqual(['profile'])
    expect(problems({ reasons: [] }, null)).toEqual([])
  })
  it('is of one to twelve years', () => {
    for (const years of [0, 13, 1.5]) expect(problems({ years })).toEqual(['profile'])
    for (const lastYear of [1899, 2201]) expect(problems({ lastYear })).toEqual(['profile'])
    expect(problems({ years: 12 })).toEqual([])
  })
  it('has no follow-up, and costs what a table costs', () => {
    expect(problemsOfRequest({ ...request(), followUp: HASH })).toEqual(['follow-up'])
    expect(chargeKindOf(output, false)).toBe('table')
    expect(chargeKindOf(output, true)).toBe('table')
  })
})

describe('the noise of a cleaning profile', () => {
  it('is that of people who are in two cells a test, four years and eight reasons at most', () => {
    const squares = (changed: Partial<ProfileOutput>) =>
      Object.fromEntries(
        planOf(request(changed)).map((part) => [part.name, Number(sensitivitySquared(part))] as const),
      )
    expect(squares({})).toEqual({
      count: 1,
      tested: 2,
      written: 4,
      cleaned: 4,
      units: 4,
      seen: 4,
      known: 8,
      reasons: 2,
    })
    expect(squares({ years: 2, reasons: [] })).toEqual({
      count: 1,
      tested: 2,
      written: 4,
      cleaned: 4,
      units: 4,
      seen: 2,
      known: 4,
    })
  })
  it('costs what the request says: ρ of all tables together, to the millionth', () => {
    const parts = planOf(request())
    // ρ = D² / 2σ², table by table.
    const spent = parts.reduce((sum, part) => {
      const { numerator, denominator } = varianceOf(part)
      return sum + (Number(sensitivitySquared(part)) * Number(denominator)) / (2 * Number(numerator))
    }, 0)
    expect(spent).toBeCloseTo(0.02, 12)
    expect(parts.reduce((sum, { microRho }) => sum + microRho, 0)).toBe(20_000)
  })
  it('is said before the click, with what a number of people must reach', () => {
    const noise = noiseOf(request(), RELEASE_DEFAULTS)
    expect(noise.map(({ name }) => name)).toEqual(planOf(request()).map(({ name }) => name))
    for (const { halfWidth, shownFrom } of noise) {
      expect(halfWidth).toBeLessThan(100)
      expect(shownFrom).toBeGreaterThan(11)
      expect(shownFrom).toBeLessThan(11 + halfWidth)
    }
  })
})
