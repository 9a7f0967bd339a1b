#!/usr/bin/env node
// npm run test:e2e -- ARGUMENTS…   builds if need be, then runs Playwright on the built application
// npm run screens                  the same, making the pictures under docs/screens/
import { playwright } from './lib/playwright.mjs'
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'

checkNode()
await ensureModules()
if (!(await ensureBuilt())) process.exit(1)
process.exitCode = await playwright(process.argv.slice(2))
