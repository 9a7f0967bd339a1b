/**
 * What is done at the machine of the node and not at a work place: whatever has the node read or write a file or folder that
 * the caller names, what this machine keeps, the institution's root secret on paper, and a forgotten passphrase, which asks nobody
 * who is here. Refused by both sides: by the work place before a dialog opens,
 * by the node because a caller could say anything.
 */
import type { AllHandlers } from '../../shared/contract/index.ts'
import type { Operation } from '../../shared/contract/rights.ts'
import { Failure } from '../../shared/std/failure.ts'

export class NodeOnlyFailure extends Failure<{ code: 'only-at-node' }> {}

export const NODE_ONLY: ReadonlySet<string> = new Set<Operation>([
  'app.saveRecoveryKit',
  'app.proveRecoveryKit',
  'imports.chooseFiles',
  'imports.start',
  'imports.startExport',
  'imports.resumeBatch',
  'imports.saveBatchRejects',
  'imports.saveManifest',
  'imports.chooseManifest',
  'imports.checkManifest',
  'imports.watchFolder',
  'imports.unwatchFolder',
  'imports.lookNow',
  'tables.recognise',
  'tables.look',
  'tables.gaps',
  'tables.startTrial',
  'codes.previewFile',
  'codes.importFile',
  'codes.importMap',
  'exposures.chooseFile',
  'exposures.check',
  'exposures.take',
  'models.chooseTable',
  'models.describe',
  'models.start',
  'templates.exportFile',
  'templates.importFile',
  'governance.saveProposal',
  'governance.openProposal',
  'governance.openRequest',
  'governance.invite',
  'governance.saveProof',
  'governance.openProof',
  'governance.saveContradiction',
  'governance.changeKeys',
  'upkeep.startBackup',
  'upkeep.startRestoreCheck',
  'upkeep.chooseMachine',
  'shares.make',
  'shares.release',
  'people.reset',
  'audit.startExport',
])

/**
 * What a work place puts together by itself, from answers of the node and a dialog: the node's door does not see that a file
 * came of it, so it is told (`link.note`).
 */
export const WRITTEN_AT_PLACE: ReadonlySet<string> = new Set<Operation>([
  'imports.saveRejects',
  'tables.saveIssues',
  'models.saveResult',
  'proofs.save',
  'reviews.save',
  'summaries.savePdf',
  'summaries.saveFile',
  'audit.saveDisclosurePdf',
])

/** The same handlers, those of `NODE_ONLY` refusing. The door has looked at the role before. */
export function withoutNodeOnly<Services extends Partial<AllHandlers>>(handlers: Services): Services {
  const refuse = () => Promise.reject(new NodeOnlyFailure({ code: 'only-at-node' }))
  return Object.fromEntries(
    Object.entries(handlers).map(([service, methods]) => [
      service,
      new Proxy(methods as object, {
        get: (target, method) =>
          NODE_ONLY.has(`${service}.${String(method)}`) ? refuse : Reflect.get(target, method),
      }),
    ]),
  ) as Services
}
