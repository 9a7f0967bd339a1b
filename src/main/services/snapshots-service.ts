/** Declaring a state of the chain as one that may be asked about. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { snapshots as snapshotsContract } from '../../shared/contract/snapshots.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import { policyValue } from '../node/chain/policy.ts'
import { nameOf, snapshotViews } from '../requests/rows.ts'
import { nameSubject } from './audit-subject.ts'
import { nodeOf, type ServiceContext } from './context.ts'

export function createSnapshotsService(context: ServiceContext): Handlers<typeof snapshotsContract> {
  return {
    async list() {
      const node = nodeOf(context)
      const { consortium, height } = node.ledger.state
      return {
        snapshots: await snapshotViews(node),
        height,
        patientsMin: policyValue(consortium.policy, 'snapshotPatientsMin'),
        hospitalsMin: policyValue(consortium.policy, 'snapshotHospitalsMin'),
        everyDays: policyValue(consortium.policy, 'snapshotEveryDays'),
        isHospital: node.member?.kind === 'hospital',
      }
    },
    async propose() {
      const node = nodeOf(context)
      const answer = await node.studies.snapshots.propose()
      switch (answer.kind) {
        case 'submitted':
          nameSubject({ snapshot: toHex(answer.itemHash), height: answer.height })
          return { kind: 'proposed', hash: toHex(answer.itemHash), height: answer.height }
        case 'nothing-new':
          return { kind: 'refused', reason: 'nothing-new' }
        case 'refused':
          return { kind: 'refused', reason: answer.reason }
        case 'too-few-gateways':
          return {
            kind: 'refused',
            reason: 'too-few-gateways',
            contributed: answer.contributed,
            needed: answer.needed,
            missing: answer.missing.map((memberId) => nameOf(node.ledger.state.consortium, memberId)),
          }
        default:
          return unreachable(answer)
      }
    },
  }
}
