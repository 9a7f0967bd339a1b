/** Why a profile did not open, in the words of the contract (`openRefusal`). Nothing is harmed by any of them. */
import type { z } from 'zod'
import type { openRefusal } from '../../shared/contract/app.ts'
import { Failure } from '../../shared/std/failure.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { errorCode } from './atomic-file.ts'

export type OpenRefusal = z.infer<typeof openRefusal>
export type ProfileFailureDetail = {
  [Code in OpenRefusal]: { code: Code; detail?: string }
}[OpenRefusal]
export class ProfileFailure extends Failure<ProfileFailureDetail> {}

/** What a file or store error means for the person who opens a profile; null for what is none of these. */
export function asProfileFailure(error: unknown, place: string): ProfileFailure | null {
  if (error instanceof ProfileFailure) return error
  const refuse = (code: OpenRefusal, detail = place) => new ProfileFailure({ code, detail }, { cause: error })
  if (error instanceof StorageFailure) {
    switch (error.detail.code) {
      case 'disk-full':
        return refuse('disk-full')
      case 'locked':
        return refuse('profile-in-use')
      case 'newer-format':
        return refuse('profile-newer')
      case 'missing':
      case 'corrupt':
        return refuse('profile-damaged', 'chain')
      case 'not-writable':
        return refuse('folder-not-writable')
      case 'closed':
        return null
    }
  }
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return refuse('disk-full')
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return refuse('folder-not-writable')
    case 'ENOTDIR':
      return refuse('profile-missing')
    default:
      return null
  }
}

/**
 * For a file at a place that a person chose: whatever the system says of it is said of the place. A disk that was unplugged or a
 * folder that is gone is nobody's bug, and must not stop a node.
 */
export function asWritingFailure(error: unknown, place: string): ProfileFailure | null {
  const known = asProfileFailure(error, place)
  if (known !== null && known.detail.code !== 'profile-missing') return known
  return errorCode(error) === null
    ? null
    : new ProfileFailure({ code: 'folder-not-writable', detail: place }, { cause: error })
}
