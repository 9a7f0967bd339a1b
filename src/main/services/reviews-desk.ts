/** What of study packages needs the desktop of the person: files. The node itself may be in another process. */
import { basename, resolve } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { reviews as reviewsContract } from '../../shared/contract/reviews.ts'
import type { Desktop } from '../desktop.ts'
import { PACKAGE_BYTES_MAX } from '../package/read-package.ts'
import { readSmallFile, saveSmallFile } from './files.ts'
import { PackageFailure, type ReviewsCore } from './reviews-service.ts'

export function createReviewsDesk(desktop: Desktop, core: ReviewsCore): Handlers<typeof reviewsContract> {
  return {
    build: core.build,
    bytes: core.bytes,
    compare: core.compare,
    mine: core.mine,
    sign: core.sign,
    async save({ jobId }) {
      const bytes = core.bytesOf(jobId)
      if (bytes === null) throw new PackageFailure({ code: 'package-gone' })
      const path = await desktop.chooseSavePath({
        purpose: 'package',
        defaultName: `study-package.zip`,
      })
      return path === null
        ? { path, isSaved: false }
        : { path, isSaved: await saveSmallFile(resolve(path), bytes) }
    },
    async open() {
      const [path] = await desktop.chooseFiles({ purpose: 'package', folders: false, several: false })
      if (path === undefined) return null
      const bytes = await readSmallFile(path, PACKAGE_BYTES_MAX)
      const name = basename(path)
      return bytes === null ? { kind: 'not-a-package', name } : core.check(name, bytes)
    },
  }
}
