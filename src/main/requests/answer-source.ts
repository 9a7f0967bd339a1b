/** What stands on the numbers of an answer that leaves the workbench. */
import { epsilonOf } from '../../shared/domain/epsilon.ts'
import type { AnswerSource } from '../../shared/domain/release-mark.ts'
import { equalBytes, fromHex } from '../../shared/std/bytes.ts'
import type { ChainNode } from '../node/node.ts'
import { gatewayNumbers } from './rows.ts'

/** Null where there is no such answer. */
export async function answerSource(node: ChainNode, studyHash: string): Promise<AnswerSource | null> {
  const { index } = node.studies
  const row = await index.studyOf(fromHex(studyHash))
  if (row?.result?.outcome !== 'answered') return null
  // A repeat was not charged; what it says has cost what the first one did.
  const paid = row.chargeKind === 'repeat' && row.of !== null ? await index.studyOf(row.of) : row
  const state = node.ledger.state.consortium
  const snapshot = state.snapshots.find(({ itemHash }) => equalBytes(itemHash, row.snapshotHash))
  const microRho = paid?.chargeMicroRho ?? 0
  return {
    epsilon: microRho === 0 ? null : epsilonOf(microRho).toPrecision(2),
    attested: row.result.attesters.length,
    gateways: gatewayNumbers(state).count,
    snapshotHeight: snapshot?.height ?? null,
  }
}
