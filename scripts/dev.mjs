#!/usr/bin/env node
// npm run dev: electron-vite's development server with the Electron that was found; the window reloads on changes.
import { findElectron } from './lib/electron-runtime.mjs'
import { checkNode, ensureModules } from './lib/prepare.mjs'
import { sandboxArguments } from './lib/system.mjs'
import { tool } from './lib/terminal.mjs'

checkNode()
await ensureModules()
const { executable } = await findElectron()
const env = { ...process.env, ELECTRON_EXEC_PATH: executable }
if (sandboxArguments().length > 0) env.NO_SANDBOX = '1'
process.exitCode = (
  await tool('electron-vite/bin/electron-vite.js', ['dev', ...process.argv.slice(2)], { env })
).code
