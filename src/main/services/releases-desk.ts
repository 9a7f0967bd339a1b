/** What of releases needs the desktop of the person: files and the clipboard. The node itself may be in another process. */
import { access, mkdir, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ReleaseOutput, releases as releasesContract } from '../../shared/contract/releases.ts'
import type { studies as studiesContract } from '../../shared/contract/studies.ts'
import { present } from '../../shared/std/assert.ts'
import { utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
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

/** Where the node makes the rows of a study. */
type Rows = Handlers<typeof studiesContract>['intervals']

export function createReleasesDesk(
  desktop: Desktop,
  core: ReleasesCore,
  rows: Rows,
): Handlers<typeof releasesContract> {
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
    async saveRows({ study, locale }) {
      const chosen = await desktop.chooseFolder({ purpose: 'export' })
      if (chosen === null) return { kind: 'cancelled' }
      const made = await rows({ study, locale })
      if (made.kind !== 'made') return made
      // Named after what it holds: whatever is replaced there is the same again.
      const folder = join(resolve(chosen), `${plainFileName(study.title)}-${made.hash.slice(0, 8)}`)
      const mark = { name: 'mark.txt', content: `${made.mark}\n` }
      const isKept = await saveTogether(folder, [mark, ...made.files])
      if (!isKept) return { kind: 'not-writable' }
      return { kind: 'saved', folder, files: [...made.files, mark].map(({ name }) => name) }
    },
    async copy(asked) {
      const made = await core.make(asked)
      if (made.kind === 'refused') return made
      desktop.copyText(utf8Decode(new Uint8Array(Buffer.from(made.bytes, 'base64'))), false)
      return { kind: 'copied' }
    },
  }
}

interface NamedText {
  readonly name: string
  readonly content: string
}

/**
 * All of them or none that was not there before; the first is there whenever another one is. False where the disk is full or the
 * place may not be written.
 */
async function saveTogether(folder: string, files: readonly NamedText[]): Promise<boolean> {
  let made: string | undefined
  try {
    made = await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch {
    return false
  }
  const fresh: string[] = []
  for (const { name, content } of files) {
    const path = join(folder, name)
    if (!(await isThere(path))) fresh.push(path)
    if (await saveSmallFile(path, utf8Encode(content))) continue
    await removeAll(fresh.reverse())
    if (made !== undefined) await rmdir(folder).catch(() => undefined)
    return false
  }
  return true
}

/** In this order, and no further than the disk lets it: a mark goes after the rows. */
async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await rm(path, { force: true }).catch(() => undefined)
    if (await isThere(path)) return
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

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
