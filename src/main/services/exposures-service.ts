/** The insurer's exposure file: looked at, kept as versions, removed. It stays on this node (docs/spec/pricing.md M2). */
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ExposureError, exposures as exposuresContract } from '../../shared/contract/exposures.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { exposureBook, readExposure, summaryOf, VERSIONS_MAX } from '../insurer/exposure-book.ts'
import { IMPORT_BYTES_MAX } from '../pricing/limits.ts'
import type { ImportedExposure } from '../pricing/monitor/exposure-csv.ts'
import { nodeOf, type ServiceContext } from './context.ts'

const ROWS_SHOWN = 20

export function createExposuresService(context: ServiceContext): Handlers<typeof exposuresContract> {
  const { world, desktop } = context
  const bookOf = () => exposureBook(world, nodeOf(context))

  return {
    async chooseFile() {
      const [path] = await desktop.chooseFiles({ purpose: 'table', folders: false, several: false })
      return path ?? null
    },
    async check({ path }) {
      const { bytes, read } = await readFileOf(path)
      const fileName = basename(path)
      if (read.kind === 'refused') return { ...read, errors: [...read.errors], fileName }
      const summary = summaryOf(world, fileName, bytes, read)
      const isKept = (await bookOf().list()).some(({ hash }) => hash === summary.hash)
      const first = read.rows.slice(0, ROWS_SHOWN).map(({ key, memberMonths, premiumMinor }) => ({
        ...key,
        memberMonths,
        premiumMinor,
      }))
      return { kind: 'read', summary, first, isKept }
    },
    async take({ path, hash, broughtBy }) {
      const { bytes, read } = await readFileOf(path)
      if (toHex(world.crypto.sha256(bytes)) !== hash) return { kind: 'changed' }
      const fileName = basename(path)
      if (read.kind === 'refused') return { ...read, errors: [...read.errors], fileName }
      const version = { ...summaryOf(world, fileName, bytes, read), importedAt: world.now(), broughtBy }
      const isKept = await bookOf().keep(version, bytes)
      return isKept ? { kind: 'taken', version } : { kind: 'full', most: VERSIONS_MAX }
    },
    list: async () => [...(await bookOf().list())],
    remove: async ({ hash }) => ({ isRemoved: await bookOf().remove(hash) }),
  }
}

type Read = ImportedExposure | { kind: 'refused'; errors: ExposureError[]; errorCount: number }

/** A file that is too long is refused before it is read. */
async function readFileOf(path: string): Promise<{ bytes: Bytes; read: Read }> {
  const none: Bytes = new Uint8Array(0)
  const refuse = (code: ExposureError['code'], found: string): Read => ({
    kind: 'refused',
    errors: [{ code, line: 1, column: '', found, hint: null }],
    errorCount: 1,
  })
  try {
    const { size } = await stat(path)
    if (size > IMPORT_BYTES_MAX) return { bytes: none, read: refuse('too-large', String(size)) }
    const bytes: Bytes = new Uint8Array(await readFile(path))
    return { bytes, read: readExposure(bytes) ?? refuse('not-a-table', 'utf-8') }
  } catch (error) {
    if (!isFileError(error)) throw error
    return { bytes: none, read: refuse('unreadable', error.code) }
  }
}

const isFileError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
