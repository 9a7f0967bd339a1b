import { afterEach, describe, expect, it } from 'vitest'
import { equalBytes, toHex } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { policyValue } from '../chain/policy.ts'
import type { StudyItem } from '../chain/study-items.ts'
import {
  crypto,
  makeConsortium,
  random,
  until,
  type TestConsortium,
  type TestMember,
} from '../members.test-kit.ts'
import { resultHashOf } from './envelope.ts'
import { allKnow, declareSnapshot, sampleDocument, studyClear } from './studies.test-kit.ts'

/** T14 through nodes and the chain. */
const SUBMISSIONS = 1_000
/** Documents of one account: as many as wait for a study at once; what is beyond is asked again. */
const DOCUMENTS = 60
const AT_ONCE = 10
/** Small enough that few submissions meet every limit of many; that of a study is tried in `chain/study.test.ts`. */
const POLICY = {
  releaseUnattested: 1,
  studyCountsMax: 1_000,
  rhoStudyMicro: 1_000_000,
  rhoHospitalMicro: 40_000,
  rhoUniversityMicro: 40_000,
  rhoResearchMicro: 100_000,
  rhoInsurerMicro: 16_000,
  rhoYearMicro: 110_000,
}
const CHARGE = 2_000

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** The hospital's gateway: answers what is final, at once. */
function answerAll(hospital: TestMember): void {
  const { exchange } = hospital.node!.studies
  const { chainId } = hospital.node!.ledger
  exchange.onFinal(async ({ signed, hash }) => {
    if (signed.item.clear.kind !== 'study') return
    const answer = crypto.sha256(hash)
    const resultHash = resultHashOf(crypto, chainId, answer)
    await exchange.keepAnswer(hash, answer)
    const word = { studyHash: hash, outcome: 'answered', resultHash, erasureHeight: 0 } as const
    await exchange.attest({ ...word, engine: 'test/1' })
    const attestations = exchange.attestationsOf(hash)
    // Answered in an earlier life of this gateway.
    if (attestations.length === 0) return
    await exchange.submit({ kind: 'result', ...word, attestations }).catch(ignoreRefusal)
  })
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Failure)) throw error
}

describe('charges of studies', () => {
  it(
    'stay within every limit in 1,000 submissions of five members that fall over and ask again (T14)',
    { timeout: 900_000 },
    async () => {
      consortium = await makeConsortium({
        voters: 1,
        others: ['university', 'university', 'university', 'insurer'],
        policy: POLICY,
      })
      const accounts = [...consortium.members]
      for (const member of accounts) await member.start()
      const hospital = accounts[0]!
      await hospital.submit(1, 1)
      await allKnow(consortium.up(), (node) => node.status.blockCount === 1)
      const snapshotHash = await declareSnapshot(consortium)
      answerAll(hospital)

      const sent = accounts.map((): Pick<StudyItem, 'commitment' | 'held'>[] => [])
      const studyIds = accounts.map(() => random(16))
      let takenCount = 0
      let refusedCount = 0
      /** Asks for what is new, and every third time, and once it has nothing new, for something again. */
      async function ask(i: number, n: number): Promise<void> {
        const { node } = accounts[i]!
        const { exchange } = node!.studies
        const own = sent[i]!
        const isAgain = own.length > 0 && (n % 3 === 2 || own.length >= DOCUMENTS)
        try {
          const asked = isAgain ? own[(n * 7) % own.length]! : await exchange.send(sampleDocument())
          if (!isAgain) own.push(asked)
          const clear = studyClear(node!, asked, snapshotHash, {
            chargeKind: 'count',
            chargeMicroRho: CHARGE,
            studyId: studyIds[i]!,
          })
          await exchange.submit(clear)
          takenCount++
        } catch (error) {
          // Refused by a limit, by too many open ones, or the node has ended: it may be asked again.
          ignoreRefusal(error)
          refusedCount++
        }
      }
      async function work(i: number, from: number, count: number): Promise<void> {
        for (let n = from; n < from + count; n += AT_ONCE)
          await Promise.all(
            Array.from({ length: Math.min(AT_ONCE, from + count - n) }, (_, j) => ask(i, n + j)),
          )
      }
      const rounds = 5
      for (let round = 0; round < rounds; round++) {
        const each = SUBMISSIONS / accounts.length / rounds
        await Promise.all(accounts.map((_, i) => work(i, round * each, each)))
        // One of them falls over, sometimes with what was not synced; the hospital too, with its gateway.
        const fallen = accounts[round]!
        await fallen.die(round % 2 === 0 ? 'power-cut' : 'kill')
        await fallen.start()
        if (fallen === hospital) answerAll(hospital)
        await until(() => fallen.node!.peers().some(({ state }) => state === 'up'))
      }
      const nodes = consortium.up()
      const { state } = hospital.node!.ledger
      await until(() => hospital.node!.ledger.state.consortium.openStudies.length === 0)
      await until(() =>
        nodes.every((node) => equalBytes(node.ledger.state.stateHash, hospital.node!.ledger.state.stateHash)),
      )
      await allKnow(nodes, (node) => node.itemsReadUpTo === node.ledger.state.height)

      const { ledger, policy } = hospital.node!.ledger.state.consortium
      const rows = await accounts[4]!.node!.studies.index.list({ limit: 2_000 })
      const charged = rows.filter(({ height }) => height !== null)
      const sumOf = (isMeant: (row: (typeof rows)[number]) => boolean) =>
        charged.filter(isMeant).reduce((sum, { chargeMicroRho }) => sum + chargeMicroRho, 0)
      expect(takenCount + refusedCount).toBe(SUBMISSIONS)
      expect(refusedCount).toBeGreaterThan(40)
      expect(state.height).toBeGreaterThan(3)
      expect(charged.length).toBeGreaterThan(20)
      expect(ledger.lifetimeMicroRho).toBe(sumOf(() => true))
      expect(sumOf(() => true)).toBeLessThanOrEqual(policyValue(policy, 'rhoYearMicro'))
      expect(sumOf(({ requesterClass }) => requesterClass !== 'insurer')).toBeLessThanOrEqual(
        policyValue(policy, 'rhoResearchMicro'),
      )
      for (const { memberId } of accounts) {
        const own = sumOf(({ author }) => equalBytes(author, memberId))
        const limit = equalBytes(memberId, accounts[4]!.memberId) ? 'rhoInsurerMicro' : 'rhoUniversityMicro'
        expect(own).toBeLessThanOrEqual(policyValue(policy, limit))
      }
      // No result without its charge, one result for each, and nothing charged twice.
      expect(charged.every(({ result }) => result !== null)).toBe(true)
      expect(new Set(charged.map(({ commitment }) => toHex(commitment))).size).toBe(charged.length)
      process.stdout.write(
        `${JSON.stringify({ submissions: SUBMISSIONS, taken: takenCount, refused: refusedCount, charged: charged.length, microRho: ledger.lifetimeMicroRho, height: hospital.node!.ledger.state.height })}\n`,
      )
    },
  )
})
