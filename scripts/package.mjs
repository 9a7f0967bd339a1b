#!/usr/bin/env node
// npm run package: what ships, for this platform, from the official Electron (electron-builder fetches it).
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'
import { tool } from './lib/terminal.mjs'
import { writeSbom } from './sbom.mjs'

checkNode()
await ensureModules()
if (!(await ensureBuilt({ isForced: true }))) process.exit(1)
const args = ['--config', 'electron-builder.config.cjs', '--publish', 'never', ...process.argv.slice(2)]
const { code } = await tool('electron-builder/cli.js', args)
process.exitCode = code === 0 && (await writeSbom()) === null ? 1 : code
