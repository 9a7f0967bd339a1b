/** A made-up portfolio: groups of known sizes and rates, as an exposure file and as patients of a monitoring table. */
import { createNodeCrypto } from '../node/crypto-node.ts'
import { answerRequest } from '../privacy/answers/answer.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../privacy/answers/answer-policy.ts'
import { keyedNoise } from '../privacy/answers/noisy-tables.ts'
import { encodeRelease, type Release } from '../privacy/answers/release.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import { monthsUpTo, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import type { ReleaseRequest } from '../privacy/request/release-request.ts'
import { decodeRequest, encodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import type { Patient, Row } from '../privacy/request/tabulate.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { stream } from '../stats/fixtures/random.test-kit.ts'

export interface MadeGroup {
  readonly name: string
  readonly lives: number
  /** Claims of a member in a month, by the month's place among those that are made. */
  readonly rate: (month: number) => number
  readonly plan?: string
  /** Times the rate, of one in ten members, who claim again and again, the others less in turn: the group claims as much as without. */
  readonly frailty?: number
}

export const LAST_MONTH = '2024-12'
export const MONTHS = monthsUpTo(LAST_MONTH, 12)
const AGES = [25, 40, 55, 70] as const
const BANDS = ['18-34', '35-49', '50-64', '65+'] as const

/** Lives stand in equal parts in four age bands and two sexes. */
export function madeExposure(
  groups: readonly MadeGroup[],
  months: readonly string[] = MONTHS,
): ExposureRow[] {
  return groups.flatMap(({ name, lives, plan = 'P' }) =>
    months.flatMap((month) =>
      BANDS.flatMap((ageBand) =>
        ['female', 'male'].map((sex) => ({
          key: { plan, group: name, ageBand, sex, month },
          memberMonths: lives / 8,
          premiumMinor: (lives / 8) * 400,
        })),
      ),
    ),
  )
}

const FRAIL = 0.1

/** Members without a claim are no patients; costs are 100 to 1,900 in minor units. */
export function madePatients(
  groups: readonly MadeGroup[],
  labelOf: (name: string) => string,
  planLabelOf: (plan: string) => string | null = () => null,
  { seed = 5, months = MONTHS }: { readonly seed?: number; readonly months?: readonly string[] } = {},
): Patient[] {
  const uniform = stream(seed)
  const patients: Patient[] = []
  for (const { name, lives, rate, plan = 'P', frailty } of groups) {
    const place = { 'watched-group': labelOf(name), 'watched-plan': planLabelOf(plan) }
    for (let i = 0; i < lives; i++) {
      const age = AGES[i % 4]!
      const sex = Math.floor(i / 4) % 2 === 0 ? 'female' : 'male'
      const rows: Row[] = []
      // The dice of everybody else fall as they did.
      const own =
        frailty === undefined ? 1 : uniform() < FRAIL ? frailty : (1 - FRAIL * frailty) / (1 - FRAIL)
      for (const [m, month] of months.entries()) {
        if (uniform() >= own * rate(m)) continue
        rows.push({
          ...place,
          'watched-month': month,
          'age-years': age,
          sex,
          claims: 1,
          'cost-minor': 100 + Math.floor(1_800 * uniform()),
          'watched-delay': uniform() < 0.7 ? '0' : '1',
        })
      }
      if (rows.length === 0) continue
      rows.push({ ...place, charlson: [0, 1, 4][i % 3]! })
      if (i % 4 === 0) rows.push({ ...place, 'watched-condition': 'hypertension' })
      patients.push(rows)
    }
  }
  return patients
}

export interface MadeInsurer {
  readonly name: string
  readonly lives: number
  /** Claims of a member in a month. */
  readonly rate: number
  /** First month, by its place in the year, in which the records know its members; 0. */
  readonly from?: number
  /** Its whole book goes to another insurer with that month; the rate stays that of the people. */
  readonly moves?: { readonly to: string; readonly in: number }
}

/** Members of several insurers as the records know them, with one insurer in a month. */
export function madeMarket(insurers: readonly MadeInsurer[], own: string, seed = 11): Patient[] {
  const uniform = stream(seed)
  return insurers.flatMap(({ name, lives, rate, from = 0, moves }) =>
    Array.from({ length: lives }, (): Row[] =>
      MONTHS.flatMap((month, m) => {
        const claims = uniform() < rate ? 1 : 0
        const insurer = moves !== undefined && m >= moves.in ? moves.to : name
        return m < from
          ? []
          : [
              {
                'market-insurer': insurer,
                'market-part': insurer === own ? 'own' : 'others',
                'market-month': month,
                'market-claims': claims,
              },
            ]
      }),
    ),
  )
}

const crypto = createNodeCrypto()
const bytes = (n: number) => new Uint8Array(32).fill(n)

export function monitorRequest(output: MonitorOutput, microRho: number): ReleaseRequest {
  const request = { snapshot: bytes(1), cohort: bytes(2), cleaning: null, followUp: null, output, microRho }
  const read = decodeRequest(encodeRequest(request))
  if (read === null) throw new Error('a monitoring request may be asked')
  return read
}

/** As a gateway answers it: through the bytes of request and answer. */
export function answered(
  output: MonitorOutput,
  microRho: number,
  patients: readonly Patient[],
  policy: ReleasePolicy = RELEASE_DEFAULTS,
  benchmarkFrom: string | null = null,
): Release {
  const request = monitorRequest(output, microRho)
  const noise = keyedNoise(crypto, bytes(9), bytes(5), requestHash(crypto, bytes(5), encodeRequest(request)))
  const release = readRelease(encodeRelease(answerRequest(request, patients, noise, policy, benchmarkFrom)))
  if (release === null) throw new Error('an answer reads back')
  return release
}

export const numbersOf = (release: Release): (number | null)[][] => {
  if (release.kind !== 'monitor') throw new Error(`an answer, not ${release.kind}`)
  return release.tables.map((cells) => cells.map((cell) => (cell === null ? null : Number(cell))))
}
