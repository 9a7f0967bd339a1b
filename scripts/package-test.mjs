#!/usr/bin/env node
// npm run package:test     the two packaged folders of scripts/lib/package-for-tests.mjs
// npm run test:packaged    makes them and runs their tests
import { packageForTests } from './lib/package-for-tests.mjs'
import { playwright } from './lib/playwright.mjs'
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'
import { takeFlag } from './lib/terminal.mjs'

const args = process.argv.slice(2)
const isTested = takeFlag(args, '--test')
checkNode()
await ensureModules()
if (!(await ensureBuilt()) || !(await packageForTests())) process.exit(1)
if (isTested) process.exitCode = await playwright(['--project=packaged', ...args])
