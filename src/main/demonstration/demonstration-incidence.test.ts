/** What the demonstration's insurer asks of a first claim and of an onset gives yearly rates, at the gateways' own thresholds and noise (I3). */
import { describe, expect, it } from 'vitest'
import type { Asked } from '../../shared/contract/requests.ts'
import { personsOf, syntheticFacts } from '../analytics/facts/facts.test-kit.ts'
import { rowsOfPersons } from '../analytics/gated/patient-rows.ts'
import { DAYS_PER_YEAR } from '../pricing/model/exposure.ts'
import type { AnsweredIncidence } from '../insurer/pricing-sources.ts'
import { yearlyRates } from '../insurer/yearly-rates.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { RELEASE_DEFAULTS } from '../privacy/answers/answer-policy.ts'
import { keyedNoise } from '../privacy/answers/noisy-tables.ts'
import { answerLaneA } from '../privacy/lane-a.ts'
import { encodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import { answerViewOf } from '../requests/answer-view.ts'
import { askDemonstrationStudies, type DemonstrationStudies } from './demonstration-studies.ts'
import { DEMONSTRATION_TITLES } from './demonstration-titles.ts'

const PATIENTS = 2_000
const SNAPSHOT = 'ab'.repeat(32)
const crypto = createNodeCrypto()
const bytes = (n: number) => new Uint8Array(32).fill(n)
type Noisy = Extract<Asked, { lane: 'noise' }>

/** Everything that the insurer of a demonstration hands in, by title. */
async function askedByInsurer(): Promise<ReadonlyMap<string, Noisy>> {
  const asked = new Map<string, Noisy>()
  const asking = (submit: (title: string, asked: Asked) => void) => ({
    snapshots: { propose: async () => ({ kind: 'proposed', hash: SNAPSHOT }) },
    requests: {
      catalog: async () => ({ snapshots: [{ hash: SNAPSHOT }] }),
      price: async () => ({ kind: 'priced', requestHash: '', microRho: 0 }),
      submit: async ({ title, asked: what }: { title: string; asked: Asked }) => submit(title, what),
      coveragePlan: async () => ({ kind: 'nothing' }),
    },
    exposures: { check: async () => ({ kind: 'refused' }) },
  })
  const idle = asking(() => {})
  await askDemonstrationStudies({
    patientCount: PATIENTS,
    hospital: idle,
    university: idle,
    insurer: asking((title, what) => what.lane === 'noise' && asked.set(title, what)),
    exposureFile: async () => '',
    locale: 'en',
    sleep: async () => {},
    signal: new AbortController().signal,
  } as unknown as DemonstrationStudies)
  return asked
}

const persons = personsOf(syntheticFacts(PATIENTS, 'incidence', 0, false))
const lastDay = persons.reduce((last, { visit }) => Math.max(last, ...visit.map(({ day }) => day ?? 0)), 0)

function answered(title: string, { output, followUp, microRho }: Noisy): AnsweredIncidence {
  const request = {
    snapshot: bytes(1),
    cohort: bytes(2),
    cleaning: null,
    followUp: bytes(3),
    output,
    microRho,
  }
  const rowsOf = rowsOfPersons({ output, followUp, snapshotDay: lastDay, benchmarkFrom: null })
  const patients = persons.map((facts) => rowsOf(facts, Math.min(...facts.visit.map(({ day }) => day!))))
  const encoded = encodeRequest(request)
  const noise = keyedNoise(crypto, bytes(9), bytes(5), requestHash(crypto, bytes(5), encoded))
  const view = answerViewOf(answerLaneA(request, patients, noise, RELEASE_DEFAULTS, null))
  if (view?.kind !== 'noise') throw new Error(`an answer with noise, not ${view?.kind}`)
  return {
    studyHash: title,
    title,
    snapshot: SNAPSHOT,
    cohort: '',
    followUp: JSON.stringify(followUp),
    output: output as AnsweredIncidence['output'],
    answer: view.answer as AnsweredIncidence['answer'],
  }
}

/** Of everybody in the records, exactly: how many of those without it have it in the first year, of one sex. */
function firstYear({ output, followUp }: Noisy, sex: string): number {
  if (output.kind !== 'kaplan-meier') throw new Error(output.kind)
  const rowsOf = rowsOfPersons({ output, followUp, snapshotDay: lastDay, benchmarkFrom: null })
  let [events, years] = [0, 0]
  for (const facts of persons) {
    const [row] = rowsOf(facts, Math.min(...facts.visit.map(({ day }) => day!)))
    const days = row?.['follow-up-days']
    if (row?.['sex'] !== sex || typeof days !== 'number') continue
    years += Math.min(days, DAYS_PER_YEAR) / DAYS_PER_YEAR
    if (row['follow-up-event'] === 'yes' && days <= DAYS_PER_YEAR) events++
  }
  return 1 - Math.exp(-events / years)
}

describe('incidence in the demonstration (I3)', () => {
  it('is asked as a curve and a Cox model of a first claim and of an onset, and gives yearly rates', async () => {
    const asked = await askedByInsurer()
    const t = DEMONSTRATION_TITLES.en
    const followed = (title: string) => asked.get(title)!.followUp!.followUp
    // The first visit's own claim is not the first after it; whoever has the condition cannot get it any more.
    expect(followed(t.firstClaim)).toMatchObject({ event: { kind: 'claim' }, earlierEvents: 'keep' })
    expect(followed(t.onset)).toMatchObject({ event: { kind: 'diagnosis' }, earlierEvents: 'leave-out' })
    for (const [curveTitle, hazardTitle] of [
      [t.firstClaim, t.firstClaimHazard],
      [t.onset, t.onsetHazard],
    ] as const) {
      const [curve, hazard] = [asked.get(curveTitle)!, asked.get(hazardTitle)!]
      const found = yearlyRates(answered(curveTitle, curve), answered(hazardTitle, hazard))
      if (found.kind !== 'rates') throw new Error(`${curveTitle}: ${found.reason}`)
      const of = (level: number, from: string) =>
        found.rows.find((row) => row.level === level && row.from === from)!.years[0]!
      const [women, men, menByModel] = [of(0, 'curve'), of(1, 'curve'), of(1, 'model')]
      for (const [year, sex] of [
        [women, 'female'],
        [men, 'male'],
        [menByModel, 'male'],
      ] as const) {
        const exact = firstYear(curve, sex)
        expect(year.rate).toBeGreaterThan(0.02)
        expect(Math.abs(year.rate / exact - 1), `${curveTitle}, ${sex}`).toBeLessThan(0.25)
        expect(year.lower).toBeLessThan(year.rate)
        expect(year.upper).toBeGreaterThan(year.rate)
      }
    }
  })
})
