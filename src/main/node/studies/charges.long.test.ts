import { afterEach, describe, expect, it } from 'vitest'
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { policyValue } from '../chain/policy.ts'
import {
  crypto,
  makeConsortium,
  random,
  until,
  type TestConsortium,
  type TestMember,
} from '../members.test-kit.ts'
import { resultHashOf } from './envelope.ts'
import { allKnow, declareSnapshot, studyClear } from './studies.test-kit.ts'

/** T14 through nodes and the chain. */
const SUBMISSIONS = 200
/** Small enough that few submissions meet every limit of many; that of a study is tried in `chain/study.test.ts`. */
const POLICY = {
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
    await exchange.attest(hash, 'answered', resultHash)
    const attestations = exchange.attestationsOf(hash)
    // Answered in an earlier life of this gateway.
    if (attestations.length === 0) return
    const clear = { kind: 'result', studyHash: hash, outcome: 'answered', resultHash, attestations } as const
    await exchange.submit(clear).catch(ignoreRefusal)
  })
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Failure)) throw error
}

describe('charges of studies', () => {
  it(
    'stay within every limit in 200 submissions of five members that fall over and ask again (T14)',
    { timeout: 300_000 },
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

      const commitments = accounts.map((): Bytes[] => [])
      const studyIds = accounts.map(() => random(16))
      let refusedCount = 0
      /** Asks for what is new, and every third time for something again. */
      async function work(i: number, count: number): Promise<void> {
        for (let n = 0; n < count; n++) {
          const own = commitments[i]!
          const isAgain = n % 3 === 2 && own.length > 0
          const commitment = isAgain ? own[(n * 7) % own.length]! : random(32)
          if (!isAgain) own.push(commitment)
          const { node } = accounts[i]!
          const clear = studyClear(node!, commitment, snapshotHash, {
            chargeKind: 'count',
            chargeMicroRho: CHARGE,
            studyId: studyIds[i]!,
          })
          // Refused by a limit, by too many open ones, or the node has ended: it may be asked again.
          await node!.studies.exchange.submit(clear).catch((error: unknown) => {
            ignoreRefusal(error)
            refusedCount++
          })
        }
      }
      const rounds = 5
      for (let round = 0; round < rounds; round++) {
        await Promise.all(accounts.map((_, i) => work(i, SUBMISSIONS / accounts.length / rounds)))
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
    },
  )
})
