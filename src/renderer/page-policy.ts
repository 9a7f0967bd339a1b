/**
 * The page's first script, in a file of its own (electron.vite.config.ts), since what it sets has to be there before
 * any other module of the page is evaluated.
 */
import { defaultPolicy, type DefaultPolicy } from './lib/trusted-types.ts'

interface Page {
  // Not in the typings of this TypeScript; absent outside a secure page.
  readonly trustedTypes?: { createPolicy(name: string, policy: DefaultPolicy): unknown }
  /** Read by zod when its first module is evaluated. */
  __zod_globalConfig?: { jitless: boolean }
}

const page = globalThis as Page
page.trustedTypes?.createPolicy('default', defaultPolicy)
// Otherwise zod tries whether text may be evaluated, which is refused and told as a violation.
page.__zod_globalConfig = { jitless: true }
