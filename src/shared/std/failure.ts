/**
 * The world failed: disk full, peer gone, key locked. Each module declares its union of codes and throws
 *
 *     export type StorageFailureDetail = { code: 'disk-full'; path: string } | { code: 'closed' }
 *     export class StorageFailure extends Failure<StorageFailureDetail> {}
 *
 * `detail` is plain data, so the same object goes to the log, over IPC and into the window's table of messages.
 * No text is ever parsed. Never put a patient's data or a secret into a detail.
 */
export class Failure<Detail extends { code: string } = { code: string }> extends Error {
  readonly detail: Detail

  constructor(detail: Detail, options?: { cause?: unknown }) {
    super(detail.code, options)
    this.name = new.target.name
    this.detail = detail
  }
}

/** The code of a failure, or null for anything else that was thrown. */
export function failureCode(error: unknown): string | null {
  return error instanceof Failure ? error.detail.code : null
}
