/**
 * Backups of format 1: an institution's folder as it was, under no key of a month. They are restored for as long as they lie
 * somewhere, and none is made any more: what was erased since can be read in them for ever.
 */
import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from './atomic-file.ts'
import { BackupFailure } from './backup-failure.ts'
import { copyPrivate, filesIn, hashOf, sizeOf, type Room } from './backup-folders.ts'
import type { BackupControl, Manifest } from './backup.ts'
import { STORE_FOLDER } from './profile-folder.ts'

/** Copies it into a folder that is being built, to be checked there. @throws {BackupFailure} `backup-changed`, `cancelled` */
export async function copyOlder(
  source: string,
  said: Manifest,
  part: string,
  room: Room,
  control: BackupControl,
): Promise<void> {
  const changed = (detail: string): BackupFailure =>
    new BackupFailure({ code: 'backup-changed', path: source, detail })
  const total = await sizeOf(join(source, STORE_FOLDER))
  await room.expect(total)
  for (const { name, sha256 } of said.files) {
    await mkdir(dirname(join(part, name)), { recursive: true, mode: 0o700 })
    await copyPrivate(join(source, name), join(part, name)).catch((error: unknown) => {
      throw errorCode(error) === 'ENOENT' ? changed(name) : error
    })
    if ((await hashOf(join(part, name))) !== sha256) throw changed(name)
  }
  const storePath = join(part, STORE_FOLDER)
  await mkdir(storePath, { recursive: true, mode: 0o700 })
  let done = 0
  for (const name of await filesIn(join(source, STORE_FOLDER))) {
    if (control.signal.aborted) throw new BackupFailure({ code: 'cancelled' })
    // The lock is of whoever opens a store.
    if (name === 'LOCK') continue
    await copyPrivate(join(source, STORE_FOLDER, name), join(storePath, name))
    done += (await stat(join(storePath, name))).size
    control.progress(done, total)
  }
}
