#!/usr/bin/env node
// npm start: from a fresh clone to the open application. Installs and builds what is missing and says so.
// Without a display: a run of the node in this terminal, with synthetic patients.
import { findElectron } from './lib/electron-runtime.mjs'
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'
import { ensureSystem, hasDisplay, sandboxArguments } from './lib/system.mjs'
import { run, say, takeFlag } from './lib/terminal.mjs'

const args = process.argv.slice(2)
const isHeadless = takeFlag(args, '--headless') || !hasDisplay()

checkNode()
await ensureModules()
if (!(await ensureBuilt())) process.exit(1)

if (isHeadless) {
  say('There is no display, so the node runs here in the terminal, with synthetic patients.')
  const { demonstrate } = await import('./lib/demonstration.mjs')
  process.exit((await demonstrate()).code)
}
const electron = await findElectron()
if (!(await ensureSystem(electron.executable, { display: false, chinese: false }))) process.exit(1)
const sandbox = sandboxArguments()
if (sandbox.length > 0)
  say("Note: this user or system does not allow Chromium's sandbox; it is off in this run.")
say(`Opening Consilium on Electron ${electron.version} …`)
process.exitCode = (await run(electron.executable, [...sandbox, '.', ...args])).code
