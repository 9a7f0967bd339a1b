/** What the window must not be able to do, tried on the built application. */
import { hardeningTests, HARDENED_LAUNCH } from './pages/hardening.ts'
import { sharedInFile } from './fixtures.ts'

hardeningTests(sharedInFile(undefined, () => HARDENED_LAUNCH))
