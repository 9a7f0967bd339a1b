/**
 * From a request to the attested result: four hospitals and a university with 100,000 visits, each with its own store, threads and network in this process.
 * `npm run bench -- study [visits]`.
 */
import { toHex, utf8Encode } from '../src/shared/std/bytes.ts'
import { canonicalCohort, type CohortDefinition } from '../src/shared/domain/cohort.ts'
import { syntheticRecords } from '../src/main/analytics/facts/facts.test-kit.ts'
import { createNodeCrypto, createNodeRandom } from '../src/main/node/crypto-node.ts'
import { encodeRequest } from '../src/main/privacy/request/request-bytes.ts'
import { studyRulesOf } from '../src/main/node/chain/study-items.ts'
import { encodeDocument } from '../src/main/privacy/request/study-document.ts'
import { foundProfiles } from '../src/main/profile/consortium.test-kit.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const VISITS = Number(process.argv[2] ?? 100_000)
/** The generator's patients have so many visits, at least. */
const VISITS_PER_PATIENT = 8
const BATCH = 500
const cohort: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}

async function until<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const consortium = await foundProfiles(['hospital', 'hospital', 'hospital', 'hospital', 'university'])
const { members } = consortium
for (const member of members) await member.start()
const hospitals = members.slice(0, 4)
const university = members[4]!
const records = syntheticRecords(Math.ceil(VISITS / VISITS_PER_PATIENT), 'bench').slice(0, VISITS)
const places = [...new Set(records.map(({ encounter }) => encounter.facility))]
await Promise.all(
  hospitals.map(async (hospital, h) => {
    const own = records.filter(({ encounter }) => places.indexOf(encounter.facility) % 4 === h)
    for (let from = 0; from < own.length; from += BATCH) {
      await hospital.node.waitForRoom()
      await hospital.submit(
        own.slice(from, from + BATCH).map((record) => ({
          ...record,
          envelope: { ...record.envelope, recordId: toHex(random(16)), visitId: toHex(random(16)) },
        })),
      )
    }
  }),
)
await until(() => (hospitals.every(({ node }) => node.rowsHeldUpTo >= records.length) ? true : null))
const snapshotHash = await until(async () => {
  const said = await hospitals[0]!.node.studies.snapshots.propose()
  return said.kind === 'submitted' ? said.itemHash : null
})
await until(() => (university.node.ledger.state.consortium.snapshots.length === 1 ? true : null))

const cohortText = canonicalCohort(cohort)
const { exchange, index } = university.node.studies

/** @returns milliseconds from the request's document to the attested result */
async function ask(ageEdges: readonly number[]): Promise<number> {
  const requestBytes = encodeRequest({
    snapshot: snapshotHash,
    cohort: crypto.sha256(utf8Encode(cohortText)),
    cleaning: null,
    followUp: null,
    output: {
      kind: 'table',
      axes: [
        { variable: 'age-years', edges: ageEdges },
        { variable: 'sex', edges: [] },
      ],
      counted: { unit: 'patients' },
    },
    microRho: 20_000,
  })
  const startedAt = performance.now()
  const { commitment, held } = await exchange.send(
    encodeDocument({
      salt: random(32),
      lane: 'noise',
      requestBytes,
      cohortText,
      cleaningText: null,
      followUpText: null,
      studyText: null,
      purpose: 'research',
      title: 'By age and sex',
    }),
  )
  const { itemHash } = await exchange.submit({
    kind: 'study',
    commitment,
    requesterClass: 'university',
    chargeKind: 'table',
    chargeMicroRho: 20_000,
    snapshotHash,
    studyId: random(16),
    of: null,
    ...studyRulesOf(university.node.ledger.state.consortium.policy),
    held,
  })
  await until(async () =>
    (await index.studyOf(itemHash))?.result == null ? null : exchange.answerOf(itemHash),
  )
  return Math.round(performance.now() - startedAt)
}

// Four gateways begin to read all records when the snapshot is declared: the first request comes while they do.
const whileReadingMs = await ask([40, 60, 75])
const requestToResultMs = await ask([50, 70])
process.stdout.write(
  `${JSON.stringify({ bench: 'study', visits: records.length, whileReadingMs, requestToResultMs })}\n`,
)
await consortium.close()
