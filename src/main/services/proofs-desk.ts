/** What of field proofs needs the desktop of the person: files. The node itself may be in another process. */
import { PROOF_TEXT_MAX, type proofs as proofsContract } from '../../shared/contract/proofs.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import type { Desktop } from '../desktop.ts'
import { readSmallFile, saveSmallFile } from './files.ts'
import type { ProofsCore } from './proofs-service.ts'

export function createProofsDesk(desktop: Desktop, core: ProofsCore): Handlers<typeof proofsContract> {
  return {
    ...core,
    save: async ({ jobId }) => {
      const { text } = await core.text({ jobId })
      if (text === null) return { path: null, isSaved: false }
      const path = await desktop.chooseSavePath({ purpose: 'proof', defaultName: 'field-proof.json' })
      return path === null
        ? { path, isSaved: false }
        : { path, isSaved: await saveSmallFile(path, utf8Encode(text)) }
    },
    chooseAndCheck: async () => {
      const [path] = await desktop.chooseFiles({ purpose: 'proof', folders: false, several: false })
      if (path === undefined) return null
      const bytes = await readSmallFile(path, PROOF_TEXT_MAX)
      if (bytes === null) return { kind: 'refused', reason: 'too-large' }
      try {
        return await core.check({ text: utf8Decode(bytes) })
      } catch {
        return { kind: 'refused', reason: 'not-a-proof' }
      }
    },
  }
}
