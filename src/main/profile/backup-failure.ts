/** Why a backup was not made or not restored. Nothing is harmed by any of them. */
import { Failure } from '../../shared/std/failure.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { errorCode } from './atomic-file.ts'
import { StreamFailure } from './backup-stream.ts'

export type BackupFailureDetail =
  /** Free bytes are too few, or ran out; nothing was left behind. */
  | { code: 'disk-full'; path: string; freeBytes: number | null; neededBytes: number | null }
  | { code: 'folder-not-empty'; path: string }
  | { code: 'folder-not-writable'; path: string }
  /** The disk, the network share or the system said no; `detail` is its word for it. */
  | { code: 'folder-failed'; path: string; detail: string }
  /** A backup inside the folder that it is of would be lost with it. */
  | { code: 'inside-profile'; path: string }
  | { code: 'not-a-backup'; path: string }
  | { code: 'backup-newer'; path: string }
  /** What lies there is not what was written: damaged, or opened and used since. */
  | { code: 'backup-changed'; path: string; detail: string }
  /** Its key was destroyed, as it should be. */
  | { code: 'backup-expired'; path: string; destroyBy: number }
  /** The file with its key is not where it was looked for. */
  | { code: 'backup-key-missing'; path: string }
  | { code: 'profile-in-use'; path: string }
  | { code: 'other-institution'; path: string }
  | { code: 'cancelled' }
export class BackupFailure extends Failure<BackupFailureDetail> {}

/** @param path of what was being written or read */
export function asBackupFailure(error: unknown, path: string): unknown {
  if (error instanceof BackupFailure) return error
  const options = { cause: error }
  if (error instanceof StreamFailure)
    return new BackupFailure({ code: 'backup-changed', path, detail: 'backup.sealed' }, options)
  if (error instanceof StorageFailure) {
    const { detail } = error
    if (detail.code === 'disk-full')
      return new BackupFailure(
        { code: 'disk-full', path, freeBytes: detail.freeBytes, neededBytes: null },
        options,
      )
    if (detail.code === 'not-writable')
      return new BackupFailure({ code: 'folder-not-writable', path }, options)
  }
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BackupFailure({ code: 'disk-full', path, freeBytes: null, neededBytes: null }, options)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BackupFailure({ code: 'folder-not-writable', path }, options)
    default:
      break
  }
  const code = errorCode(error)
  // Our own mistakes have no such code, and are not to be taken for the disk's.
  return code === null ? error : new BackupFailure({ code: 'folder-failed', path, detail: code }, options)
}
