/** What of summaries needs the desktop of the person: printing, and files. The node itself may be in another process. */
import { readFile, stat } from 'node:fs/promises'
import type { summaries as summariesContract } from '../../shared/contract/summaries.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import type { Desktop } from '../desktop.ts'
import { plainFileName, saveSmallFile } from './files.ts'
import type { SummaryCore } from './summaries-service.ts'

type SummariesHandlers = Handlers<typeof summariesContract>

const FILE_BYTES_MAX = 24 * 1024 * 1024

export function createSummaryDesk(desktop: Desktop, core: SummaryCore): SummariesHandlers {
  async function save(name: string, extension: string, bytes: Uint8Array) {
    const path = await desktop.chooseSavePath({
      purpose: 'summary',
      defaultName: `${plainFileName(name)}.${extension}`,
    })
    return path === null ? { path, isSaved: false } : { path, isSaved: await saveSmallFile(path, bytes) }
  }

  return {
    ...core,
    savePdf: async ({ code, name }) => {
      // Before the dialog: the page must be what the person looks at.
      const printed = await desktop.printPage()
      if (printed === null) return { path: null, isSaved: false }
      const { pdf } = await core.sealPdf({ code, pdf: Buffer.from(printed).toString('base64') })
      if (pdf === null) return { path: null, isSaved: false }
      return save(name, 'pdf', new Uint8Array(Buffer.from(pdf, 'base64')))
    },
    saveFile: async ({ code, name }) => {
      const { text } = await core.asFile({ code })
      return text === null ? { path: null, isSaved: false } : save(name, 'json', utf8Encode(text))
    },
    chooseAndCheck: async () => {
      const [path] = await desktop.chooseFiles({ purpose: 'summary', folders: false, several: false })
      if (path === undefined) return null
      try {
        if ((await stat(path)).size > FILE_BYTES_MAX) return { kind: 'refused', reason: 'too-large' }
        return await core.checkFile({ file: (await readFile(path)).toString('base64') })
      } catch {
        return { kind: 'refused', reason: 'not-a-summary' }
      }
    },
  }
}
