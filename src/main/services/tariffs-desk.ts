/** What of tariffs needs the desktop of the person: files and printing. What leaves goes through `release`. */
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { tariffs as tariffsContract } from '../../shared/contract/tariffs.ts'
import { present } from '../../shared/std/assert.ts'
import type { Desktop } from '../desktop.ts'
import { TARIFF_FILE_BYTES_MAX } from '../pricing/tariff/tariff-file.ts'
import { plainFileName, saveSmallFile } from './files.ts'
import { release } from './release.ts'
import type { TariffsCore } from './tariffs-service.ts'

export function createTariffsDesk(desktop: Desktop, core: TariffsCore): Handlers<typeof tariffsContract> {
  const { fileOf, ...handlers } = core
  return {
    ...handlers,
    async save({ hash, as, locale }) {
      const file = await fileOf(hash)
      if (file === null) return { kind: 'refused', reason: 'unknown' }
      // Before the dialog: the page must be what the person looks at.
      const printed = as === 'pdf' ? await desktop.printPage() : null
      if (as === 'pdf' && printed === null) return { kind: 'refused', reason: 'no-window' }
      const path = await desktop.chooseSavePath({
        purpose: as === 'pdf' ? 'report' : 'tariff',
        defaultName: `${plainFileName(file.name)}.${as}`,
      })
      if (path === null) return { kind: 'cancelled' }
      const output =
        printed === null
          ? ({ kind: 'tariff', as: 'json', content: file.text } as const)
          : ({ kind: 'tariff', as: 'pdf', content: printed } as const)
      const bytes = present(release(output, file.source, locale), 'a tariff may leave')
      return (await saveSmallFile(path, bytes))
        ? { kind: 'saved', path }
        : { kind: 'refused', reason: 'not-writable' }
    },
    async chooseAndCheck() {
      const [path] = await desktop.chooseFiles({ purpose: 'tariff', folders: false, several: false })
      if (path === undefined) return null
      const file = basename(path).slice(0, 200)
      try {
        if ((await stat(path)).size > TARIFF_FILE_BYTES_MAX)
          return { kind: 'refused', file, reason: 'too-large', path: '' }
        return await core.check({ file, text: await readFile(path, 'utf8') })
      } catch {
        return { kind: 'refused', file, reason: 'not-readable', path: '' }
      }
    },
  }
}
