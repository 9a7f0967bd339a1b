/** What of releases needs the desktop of the person: files and the clipboard. The node itself may be in another process. */
import { resolve } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ReleaseOutput, releases as releasesContract } from '../../shared/contract/releases.ts'
import { present } from '../../shared/std/assert.ts'
import { utf8Decode } from '../../shared/std/bytes.ts'
import type { Desktop, FilePurpose } from '../desktop.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { plainFileName, saveSmallFile } from './files.ts'
import { release } from './release.ts'
import type { ReleasesCore } from './releases-service.ts'

const PURPOSES = {
  figure: 'figure',
  table: 'paper-table',
  text: 'text',
  study: 'study',
} as const satisfies Record<ReleaseOutput['kind'], FilePurpose>

export function createReleasesDesk(desktop: Desktop, core: ReleasesCore): Handlers<typeof releasesContract> {
  return {
    ...core,
    async save(asked) {
      const { kind, as, name } = asked.output
      const path = await desktop.chooseSavePath({
        purpose: PURPOSES[kind],
        defaultName: `${plainFileName(name)}.${as === 'text' ? 'txt' : as}`,
      })
      // Before anything is made: a closed dialog is no export.
      if (path === null) return { kind: 'cancelled' }
      const made = await core.make(asked)
      if (made.kind === 'refused') return made
      const isSaved = await saveSmallFile(resolve(path), new Uint8Array(Buffer.from(made.bytes, 'base64')))
      return isSaved ? { kind: 'saved', path } : { kind: 'refused', reason: 'not-writable' }
    },
    async copy(asked) {
      const made = await core.make(asked)
      if (made.kind === 'refused') return made
      desktop.copyText(utf8Decode(new Uint8Array(Buffer.from(made.bytes, 'base64'))), false)
      return { kind: 'copied' }
    },
  }
}

/** The bytes of `consilium fit`, of a table of one's own. @throws {StorageFailure} `not-writable` */
export async function saveFit(
  desktop: Pick<Desktop, 'chooseSavePath'>,
  line: string,
): Promise<{ path: string | null }> {
  const path = await desktop.chooseSavePath({ purpose: 'result', defaultName: 'result.json' })
  if (path === null) return { path }
  const source = { institution: '', study: null, upTo: null }
  const bytes = present(release({ kind: 'fit', as: 'json', content: `${line}\n` }, source, 'en'))
  if (!(await saveSmallFile(resolve(path), bytes))) throw new StorageFailure({ code: 'not-writable', path })
  return { path }
}
