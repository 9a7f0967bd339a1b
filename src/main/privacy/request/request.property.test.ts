import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalBytes, toHex } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../node/chain/codec.ts'
import { createNodeCrypto } from '../../node/crypto-node.ts'
import { OUTPUT_KINDS } from './outputs.ts'
import { sensitivitySquared, varianceOf } from './part.ts'
import { planOf, splitMicroRho } from './plan.ts'
import { canonicalRequest, problemsOfRequest, type ReleaseRequest } from './release-request.ts'
import { decodeRequest, encodeRequest, requestHash } from './request-bytes.ts'
import { anyPatient, anyRequest } from './request.test-kit.ts'
import { tabulate } from './tabulate.ts'

const crypto = createNodeCrypto()
const CHAIN = new Uint8Array(32).fill(1)
const HASH = new Uint8Array(32).fill(2)

describe('a request', () => {
  it('has its kind as a number that stays: it stands in bytes that are kept', () => {
    expect(OUTPUT_KINDS).toEqual([
      'count',
      'histogram',
      'table',
      'mean',
      'quantiles',
      'kaplan-meier',
      'cox',
      'poisson',
      'gamma',
      'monitor',
      'score',
      'cleaning-profile',
      'pathways',
    ])
  })

  it('has one form, which decodes to what it means', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(problemsOfRequest(request)).toEqual([])
        const bytes = encodeRequest(request)
        expect(decodeRequest(bytes)).toEqual(canonicalRequest(request))
        const { output } = request
        const turned: ReleaseRequest = {
          ...request,
          output:
            output.kind === 'table'
              ? { ...output, axes: [...output.axes].reverse() }
              : output.kind === 'quantiles'
                ? { ...output, perMille: [...output.perMille, ...output.perMille].reverse() }
                : output.kind === 'poisson' || output.kind === 'gamma'
                  ? { ...output, factors: [...output.factors].reverse() }
                  : output,
        }
        expect(toHex(encodeRequest(turned))).toBe(toHex(bytes))
      }),
      { numRuns: 150 },
    )
  })

  it('is refused in every other form: bits turned, lists turned, fields more or less', () => {
    fc.assert(
      fc.property(anyRequest, fc.nat(), fc.nat(7), (request, place, bit) => {
        const bytes = encodeRequest(request)
        const changed = bytes.slice()
        changed[place % bytes.length]! ^= 1 << bit
        const decoded = decodeRequest(changed)
        // Another hash, number or name is another request; nothing is the same request in another form.
        if (decoded !== null) {
          expect(equalBytes(encodeRequest(decoded), changed)).toBe(true)
          expect(toHex(requestHash(crypto, CHAIN, changed))).not.toBe(
            toHex(requestHash(crypto, CHAIN, bytes)),
          )
        }
        const fields = tryDecode(bytes) as Cbor[]
        expect(decodeRequest(encode([...fields, null]))).toBeNull()
        expect(decodeRequest(encode(fields.slice(0, -1)))).toBeNull()
        const output = fields[5] as Cbor[]
        if (request.output.kind === 'table') {
          const turned = [output[0]!, [...(output[1] as Cbor[])].reverse(), output[2]!]
          expect(decodeRequest(encode([...fields.slice(0, 5), turned, fields[6]!]))).toBeNull()
        }
      }),
      { numRuns: 150 },
    )
  })

  it('says what is wrong with it', () => {
    const problems = (
      output: ReleaseRequest['output'],
      microRho = 2_000,
      followUp: Uint8Array | null = null,
    ) => problemsOfRequest({ snapshot: HASH, cohort: HASH, cleaning: null, followUp, output, microRho })
    const age = { variable: 'age-years', edges: [40, 60] }
    const sex = { variable: 'sex', edges: [] }
    const counted = { unit: 'patients' } as const
    expect(problems({ kind: 'count' })).toEqual([])
    expect(problems({ kind: 'count' }, 99)).toEqual(['price'])
    expect(problems({ kind: 'count' }, 2_000, HASH)).toEqual(['follow-up'])
    expect(problems({ kind: 'kaplan-meier', timeEdges: [30, 60], by: null })).toEqual(['follow-up'])
    expect(problems({ kind: 'table', axes: [age, sex], counted })).toEqual([])
    expect(problems({ kind: 'table', axes: [age, age], counted })).toEqual(['variable-twice'])
    expect(problems({ kind: 'table', axes: [age], counted })).toEqual(['axes'])
    for (const edges of [[], [41], [60, 40], [40, 40], [0], [125]])
      expect(problems({ kind: 'table', axes: [sex, { variable: 'age-years', edges }], counted })).toContain(
        'edges',
      )
    expect(problems({ kind: 'table', axes: [age, { variable: 'sex', edges: [1] }], counted })).toEqual([
      'edges',
    ])
    expect(problems({ kind: 'table', axes: [age, { variable: 'name', edges: [] }], counted })).toEqual([
      'unknown-variable',
    ])
    const every5 = { variable: 'age-years', edges: Array.from({ length: 24 }, (_, i) => 5 * i + 5) }
    const chapters = { variable: 'diagnosis-chapter', edges: [] }
    expect(problems({ kind: 'table', axes: [every5, chapters], counted })).toEqual(['too-many-cells'])
    expect(
      problems({
        kind: 'table',
        axes: [age, sex],
        counted: { unit: 'visits', cellsMost: 101, perCellMost: 1 },
      }),
    ).toEqual(['bounds'])
    expect(problems({ kind: 'mean', variable: 'sex', least: 0, greatest: 1 })).toEqual(['no-number'])
    expect(problems({ kind: 'mean', variable: 'stay-days', least: 0, greatest: 61 })).toEqual(['range'])
    expect(problems({ kind: 'mean', variable: 'stay-days', least: 9, greatest: 9 })).toEqual(['range'])
    // The least and the greatest value belong to one patient.
    expect(problems({ kind: 'quantiles', axis: age, perMille: [0, 500] })).toEqual(['quantiles'])
    expect(problems({ kind: 'quantiles', axis: age, perMille: [500, 1_000] })).toEqual(['quantiles'])
  })

  it('has a hash of its own on each chain, pinned', () => {
    const request: ReleaseRequest = {
      snapshot: HASH,
      cohort: HASH,
      cleaning: null,
      followUp: null,
      output: {
        kind: 'histogram',
        axis: { variable: 'stay-days', edges: [1, 7] },
        counted: { unit: 'patients' },
      },
      microRho: 20_000,
    }
    const hash = toHex(requestHash(crypto, CHAIN, encodeRequest(request)))
    expect(hash).toBe('e95f5d4eb15cd8f54ebbb384429a07b4abd21c11a88ee58f1b881481324ac305')
    expect(toHex(requestHash(crypto, HASH, encodeRequest(request)))).not.toBe(hash)
    // Records that are cleaned otherwise are another question.
    const cleaned = encodeRequest({ ...request, cleaning: HASH })
    expect(toHex(requestHash(crypto, CHAIN, cleaned))).not.toBe(hash)
  })

  it('of version 1, which could not say how records are cleaned, is none any more', () => {
    const [, snapshot, cohort, , followUp, output, microRho] = tryDecode(
      encodeRequest({
        snapshot: HASH,
        cohort: HASH,
        cleaning: null,
        followUp: null,
        output: { kind: 'count' },
        microRho: 2_000,
      }),
    ) as Cbor[]
    const first = encode([1, snapshot!, cohort!, followUp!, output!, microRho!])
    expect(decodeRequest(first)).toBeNull()
  })
})

describe('the plan of a request', () => {
  it('bounds what any one patient can change, whoever else is there', () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.array(anyPatient, { maxLength: 5 }),
        anyPatient,
        (request, others, patient) => {
          for (const part of planOf(canonicalRequest(request))) {
            const without = tabulate(part, others)
            const withPatient = tabulate(part, [...others, patient])
            const moved = withPatient.reduce((sum, each, i) => sum + (each - without[i]!) ** 2n, 0n)
            expect(moved <= sensitivitySquared(part)).toBe(true)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('reaches its bound with a patient who has very much of everything', () => {
    const full = { claims: 9, 'exposure-days': 366, sex: 'male' }
    const [count, exposure, claims] = planOf({
      output: {
        kind: 'poisson',
        exposure: { variable: 'exposure-days', most: 366 },
        claims: { variable: 'claims', most: 5 },
        factors: [{ variable: 'sex', edges: [] }],
        cellsMost: 2,
      },
      microRho: 50_000,
    })
    const patient = [full, { ...full, sex: 'female' }, full, { ...full, sex: 'other' }]
    for (const part of [count!, exposure!, claims!]) {
      const moved = tabulate(part, [patient]).reduce((sum, each) => sum + each * each, 0n)
      expect(moved).toBe(sensitivitySquared(part))
    }
  })

  it('spends the price to the last millionth, and gives noise that is worth it', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const parts = planOf(request)
        expect(parts.reduce((sum, { microRho }) => sum + microRho, 0)).toBe(request.microRho)
        for (const part of parts) {
          expect(part.microRho).toBeGreaterThan(0)
          // rho = D² / 2σ², exactly: D² · 10^6 · denominator = 2 · numerator · microRho.
          const { numerator, denominator } = varianceOf(part)
          expect(sensitivitySquared(part) * 1_000_000n * denominator).toBe(
            2n * numerator * BigInt(part.microRho),
          )
        }
      }),
      { numRuns: 100 },
    )
    expect(splitMicroRho(101, [1, 2, 1])).toEqual([26, 50, 25])
  })
})
