/** What of the audit needs the desktop of the person: files and printing. The node itself may be in another process. */
import type { audit as auditContract } from '../../shared/contract/audit.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { Desktop } from '../desktop.ts'
import type { AuditCore } from './audit-service.ts'
import { saveSmallFile } from './files.ts'

export function createAuditDesk(desktop: Desktop, core: AuditCore): Handlers<typeof auditContract> {
  return {
    ...core,
    async startExport({ filter, path: asked }) {
      const path = asked ?? (await desktop.chooseSavePath({ purpose: 'audit', defaultName: 'audit.csv' }))
      return path === null ? { kind: 'cancelled' } : core.startExport({ filter, path })
    },
    async saveDisclosurePdf() {
      // Before the dialog: the page must be what the person looks at.
      const printed = await desktop.printPage()
      if (printed === null) return { path: null, isSaved: false }
      const path = await desktop.chooseSavePath({ purpose: 'report', defaultName: 'disclosure-report.pdf' })
      return { path, isSaved: path !== null && (await saveSmallFile(path, printed)) }
    },
  }
}
