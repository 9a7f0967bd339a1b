/** Four hospitals and a university, each with its whole product in a folder of its own: from a request to the attested result. */
import { afterAll, expect, it } from 'vitest'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { syntheticRecords } from '../analytics/facts/facts.test-kit.ts'
import { createNodeCrypto, createNodeRandom } from '../node/crypto-node.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { studyRulesOf, type StudyItem } from '../node/chain/study-items.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { encodeDocument } from '../privacy/request/study-document.ts'
import { foundProfiles, type ProfileConsortium, type ProfileMember } from '../profile/consortium.test-kit.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const cohort: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
let consortium: ProfileConsortium | null = null
afterAll(() => consortium?.close())

async function until<T>(look: () => Promise<T | null> | T | null, what: string): Promise<T> {
  for (let turn = 0; turn < 1_200; turn++) {
    const found = await look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`it does not come: ${what}`)
}

it(
  'a request of a university is answered by four gateways, and computed again from the records',
  { timeout: 240_000 },
  async () => {
    consortium = await foundProfiles(['hospital', 'hospital', 'hospital', 'hospital', 'university'], {
      snapshotPatientsMin: 50,
    })
    const { members } = consortium
    for (const member of members) await member.start()
    const hospitals = members.slice(0, 4)
    const university = members[4]!
    const seen = new Map<string, number>()
    // The first three visits of each patient: enough people for an answer, and few enough records.
    const records = syntheticRecords(260, 'request to result').filter(({ patient }) => {
      const before = seen.get(patient.key) ?? 0
      seen.set(patient.key, before + 1)
      return before < 3
    })
    const places = [...new Set(records.map(({ encounter }) => encounter.facility))]
    for (const [h, hospital] of hospitals.entries())
      await hospital.submit(
        records
          .filter(({ encounter }) => places.indexOf(encounter.facility) % 4 === h)
          .map((record) => ({
            ...record,
            envelope: { ...record.envelope, recordId: toHex(random(16)), visitId: toHex(random(16)) },
          })),
      )
    const hasAll = ({ node }: ProfileMember) => node.status.blockCount === records.length
    await until(() => (members.every(hasAll) ? true : null), 'the records')
    await until(
      () => (hospitals.every(({ node }) => node.rowsHeldUpTo === records.length) ? true : null),
      'the keys',
    )

    const startedAt = performance.now()
    const snapshotHash = await until(async () => {
      const said = await hospitals[0]!.node.studies.snapshots.propose()
      return said.kind === 'submitted' ? said.itemHash : null
    }, 'the snapshot')
    await until(
      () => (university.node.ledger.state.consortium.snapshots.length === 1 ? true : null),
      'the snapshot at the university',
    )
    const declaredAt = performance.now()

    const cohortText = canonicalCohort(cohort)
    const requestBytes = encodeRequest({
      snapshot: snapshotHash,
      cohort: crypto.sha256(utf8Encode(cohortText)),
      cleaning: null,
      followUp: null,
      output: { kind: 'histogram', axis: { variable: 'sex', edges: [] }, counted: { unit: 'patients' } },
      microRho: 20_000,
    })
    const ask = async (clear: Pick<StudyItem, 'chargeKind' | 'chargeMicroRho' | 'of'>): Promise<StudyRow> => {
      const { exchange, index } = university.node.studies
      const document = encodeDocument({
        salt: random(32),
        lane: 'noise',
        requestBytes,
        cohortText,
        cleaningText: null,
        followUpText: null,
        studyText: null,
        purpose: 'research',
        title: 'By sex',
      })
      const { commitment, held } = await exchange.send(document)
      const { itemHash } = await exchange.submit({
        kind: 'study',
        commitment,
        requesterClass: 'university',
        snapshotHash,
        studyId: new Uint8Array(16).fill(1),
        ...studyRulesOf(university.node.ledger.state.consortium.policy),
        held,
        ...clear,
      })
      return until(async () => {
        const row = await index.studyOf(itemHash)
        return row?.result == null ? null : row
      }, 'the result')
    }
    const row = await ask({ chargeKind: 'table', chargeMicroRho: 20_000, of: null })
    const answeredAt = performance.now()
    expect(row.result?.outcome).toBe('answered')
    expect(row.result!.attesters.length).toBeGreaterThanOrEqual(3)
    const answer = (await university.node.studies.exchange.answerOf(row.studyHash))!
    expect(readRelease(answer)?.kind).toBe('table')

    const again = await ask({ chargeKind: 'recompute', chargeMicroRho: 0, of: row.studyHash as ItemHash })
    expect(again.result?.outcome).toBe('identical')
    const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1)
    console.log(
      `${records.length} visits: snapshot ${seconds(startedAt, declaredAt)} s, ` +
        `request to result ${seconds(declaredAt, answeredAt)} s, recomputation ${seconds(answeredAt, performance.now())} s`,
    )
  },
)
