#!/usr/bin/env node
// npm run package: what ships, for this platform, from the official Electron (electron-builder fetches it).
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'
import { tool } from './lib/terminal.mjs'

checkNode()
await ensureModules()
if (!(await ensureBuilt({ isForced: true }))) process.exit(1)
const args = ['--config', 'electron-builder.config.cjs', '--publish', 'never', ...process.argv.slice(2)]
process.exitCode = (await tool('electron-builder/cli.js', args)).code
