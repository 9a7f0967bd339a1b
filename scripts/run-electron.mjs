#!/usr/bin/env node
// node scripts/run-electron.mjs [--as-node] ARGUMENTS…   starts the Electron that was found, e.g. with `.`
import { findElectron } from './lib/electron-runtime.mjs'
import { ensureSystem, sandboxArguments, withDisplay } from './lib/system.mjs'
import { run, takeFlag } from './lib/terminal.mjs'

const args = process.argv.slice(2)
const isNode = takeFlag(args, '--as-node')
const { executable } = await findElectron()
if (!(await ensureSystem(executable, { display: !isNode, chinese: false }))) process.exit(1)
const env = { ...process.env, ELECTRON_RUN_AS_NODE: isNode ? '1' : undefined }
if (!isNode) delete env.ELECTRON_RUN_AS_NODE
const [command, all] = isNode ? [executable, args] : withDisplay(executable, [...sandboxArguments(), ...args])
process.exitCode = (await run(command, all, { env })).code
