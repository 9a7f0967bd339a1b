/** Recorded results of an insurer with so many visits: an exposure file, the request made of it, and the very bytes that gateways would record. */
import { canonicalCohort } from '../src/shared/domain/cohort.ts'
import { EVERYBODY } from '../src/shared/domain/everybody.ts'
import { utf8Encode, type Bytes } from '../src/shared/std/bytes.ts'
import { planMonitor } from '../src/main/insurer/monitor-request.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import { importExposure } from '../src/main/pricing/monitor/exposure-csv.ts'
import { RELEASE_DEFAULTS } from '../src/main/privacy/answers/answer-policy.ts'
import { keyedNoise } from '../src/main/privacy/answers/noisy-tables.ts'
import { answerLaneA } from '../src/main/privacy/lane-a.ts'
import { monthsUpTo, type MonitorOutput } from '../src/main/privacy/request/monitor-output.ts'
import { encodeRequest, requestHash } from '../src/main/privacy/request/request-bytes.ts'
import { encodeDocument } from '../src/main/privacy/request/study-document.ts'
import type { Patient, Row } from '../src/main/privacy/request/tabulate.ts'

export const INSURER = 'Harvest Insurance'
const INSURERS = ['Autumn Health', INSURER, 'Spring Mutual']
const LAST_MONTH = '2024-12'
const MONTHS = monthsUpTo(LAST_MONTH, 12)
const BANDS = [
  ['18-34', 25],
  ['35-49', 40],
  ['50-64', 55],
  ['65+', 70],
] as const
const SEXES = ['female', 'male'] as const
const CONDITIONS = ['hypertension', 'diabetes', 'lipids', 'heart'] as const
const GROUPS = 60
const PLANS = ['A', 'B'] as const
/** Of a member in a year. */
const VISITS = 2.5

export interface RecordedInsurer {
  readonly exposure: Bytes
  readonly output: MonitorOutput
  readonly document: Bytes
  readonly answer: Bytes
  readonly microRho: number
  readonly visits: number
}

/** What happens in these months beside the usual: nothing, by default. */
export interface MadeYear {
  /** Shares of claims by months from the visit on; what would come after the last month is not there. */
  readonly delays: readonly number[]
  /** Its members come twice as often from the seventh month on. */
  readonly rising: string | null
}
const USUAL: MadeYear = { delays: [0.7, 0.3], rising: null }

export function recordedInsurer(
  crypto: Crypto,
  chainId: Bytes,
  snapshot: Bytes,
  visits: number,
  year: MadeYear = USUAL,
): RecordedInsurer {
  const members = Math.round(visits / VISITS)
  const microRho = 25_000
  const exposure = utf8Encode(exposureText(members))
  const read = importExposure(new TextDecoder().decode(exposure))
  if (read.kind !== 'imported') throw new Error('the exposure file has errors')
  const plan = planMonitor(read.rows, INSURER, LAST_MONTH, { insurers: INSURERS })
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  const cohortText = canonicalCohort(EVERYBODY)
  const request = {
    snapshot,
    cohort: crypto.sha256(utf8Encode(cohortText)),
    cleaning: null,
    followUp: null,
    output: plan.output,
    microRho,
  }
  const requestBytes = encodeRequest(request)
  const labelOf = new Map(
    plan.output.groups.flatMap(({ label, codes }) => codes.map((code) => [code, label])),
  )
  const people = new People(members, labelOf, year)
  const noise = keyedNoise(
    crypto,
    new Uint8Array(32).fill(9),
    chainId,
    requestHash(crypto, chainId, requestBytes),
  )
  const answer = answerLaneA(
    request,
    people as unknown as readonly Patient[],
    noise,
    RELEASE_DEFAULTS,
    MONTHS[0]!,
  )
  const document = encodeDocument({
    salt: new Uint8Array(32),
    lane: 'noise',
    requestBytes,
    cohortText,
    cleaningText: null,
    followUpText: null,
    studyText: null,
    purpose: 'group-monitoring',
    title: 'Monitoring of own groups',
  })
  return { exposure, output: plan.output, document, answer, microRho, visits: people.visits() }
}

const groupOf = (member: number): string => `G${String(1 + (member % GROUPS)).padStart(3, '0')}`

/** Two plans, and people in every group, band and sex. */
function exposureText(members: number): string {
  const lines: string[] = []
  const lives = members / (GROUPS * BANDS.length * SEXES.length * PLANS.length)
  for (const month of MONTHS)
    for (let g = 0; g < GROUPS; g++)
      for (const [band] of BANDS)
        for (const sex of SEXES)
          for (const plan of PLANS)
            lines.push(
              `${plan},${groupOf(g)},${band},${sex},${month},${lives.toFixed(3)},${Math.round(lives * 30_000)}`,
            )
  return `plan,group,ageBand,sex,month,memberMonths,premium\n${lines.join('\n')}\n`
}

/** Members one by one, the same at every pass: a million visits are never there at once. */
class People implements Iterable<Patient> {
  private readonly members: number
  private readonly labelOf: ReadonlyMap<string, string>
  private readonly year: MadeYear

  constructor(members: number, labelOf: ReadonlyMap<string, string>, year: MadeYear) {
    this.members = members
    this.labelOf = labelOf
    this.year = year
  }

  *[Symbol.iterator](): Iterator<Patient> {
    let state = 17
    const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
    for (let i = 0; i < this.members; i++) yield this.member(i, next)
    // Of the two others fewer; they are in the benchmark alone.
    for (let i = 0; i < this.members / 2; i++)
      yield MONTHS.map((month) => inMarket(INSURERS[i % 2 === 0 ? 0 : 2]!, month, next() < 0.2 ? 1 : 0))
  }

  visits(): number {
    let count = 0
    for (const patient of this) for (const row of patient) if ('watched-month' in row) count++
    return count
  }

  private member(i: number, next: () => number): Patient {
    const group = this.labelOf.get(groupOf(i)) ?? null
    const [, age] = BANDS[Math.floor(i / GROUPS) % BANDS.length]!
    const sex = SEXES[Math.floor(i / GROUPS / BANDS.length) % 2]!
    const rows: Row[] = []
    const plan = PLANS[Math.floor(i / GROUPS / BANDS.length / SEXES.length) % PLANS.length]!
    const place = { 'watched-group': group, 'watched-plan': plan }
    const rises = this.year.rising === groupOf(i)
    for (const [m, month] of MONTHS.entries()) {
      const isSeen = next() < ((rises && m >= 6 ? 2 : 1) * VISITS) / 12
      rows.push(inMarket(INSURER, month, isSeen ? 1 : 0))
      if (!isSeen) continue
      const cost = 2_000 + Math.floor(40_000 * next())
      const delay = delayOf(next(), this.year.delays)
      const hasCome = m + delay < MONTHS.length
      rows.push({
        ...place,
        'watched-month': month,
        'age-years': age,
        sex,
        claims: hasCome ? 1 : 0,
        'cost-minor': hasCome ? cost : 0,
        'watched-delay': hasCome ? String(delay) : null,
      })
    }
    rows.push({ ...place, charlson: i % 4 })
    if (next() < 0.4) rows.push({ ...place, 'watched-condition': CONDITIONS[i % 4]! })
    return rows
  }
}

function delayOf(dice: number, delays: readonly number[]): number {
  let sum = 0
  const delay = delays.findIndex((share) => dice < (sum += share))
  return delay < 0 ? delays.length - 1 : delay
}

/** Few different ones, many times over: each is made once. */
const marketRows = new Map<string, Row>()
function inMarket(insurer: string, month: string, claims: number): Row {
  const name = `${insurer} ${month} ${claims}`
  const known = marketRows.get(name)
  if (known !== undefined) return known
  const row = {
    'market-insurer': insurer,
    'market-part': insurer === INSURER ? 'own' : 'others',
    'market-month': month,
    'market-claims': claims,
  }
  marketRows.set(name, row)
  return row
}
