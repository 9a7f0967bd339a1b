/** What the window must not be able to do, tried on the built application. In every run the same is tried on the packaged one, in `hardening.packaged.ts`. */
import { hardeningTests, HARDENED_LAUNCH } from './pages/hardening.ts'
import { sharedInFile, test } from './fixtures.ts'

test.describe('before it is packaged', { tag: '@long' }, () => {
  hardeningTests(sharedInFile(undefined, () => HARDENED_LAUNCH))
})
