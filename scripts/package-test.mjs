#!/usr/bin/env node
// npm run package:test     two unpacked folders that never ship:
//   release/test-inspect   the debugger's fuse on, for Playwright
//   release/test-shipping  the fuses of a shipped build, for trying what it refuses
// npm run test:packaged    makes them and runs their tests
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findElectron } from './lib/electron-runtime.mjs'
import { playwright } from './lib/playwright.mjs'
import { checkNode, ensureBuilt, ensureModules } from './lib/prepare.mjs'
import { root, say, seconds, takeFlag, tool } from './lib/terminal.mjs'

const args = process.argv.slice(2)
const isTested = takeFlag(args, '--test')
checkNode()
await ensureModules()
if (!(await ensureBuilt())) process.exit(1)
const electron = await findElectron()

for (const kind of ['inspect', 'shipping']) {
  const since = performance.now()
  rmSync(join(root, 'release', `test-${kind}`), { recursive: true, force: true })
  const env = { ...process.env, PACKAGE_TEST_ONLY: kind, ELECTRON_OVERRIDE_DIST_PATH: electron.dist }
  const made = await tool(
    'electron-builder/cli.js',
    ['--dir', '--config', 'electron-builder.config.cjs', '--publish', 'never'],
    {
      show: 'captured',
      env,
    },
  )
  if (made.code !== 0) {
    say(made.output)
    process.exit(1)
  }
  say(`release/test-${kind} (${seconds(since)})`)
}
if (isTested)
  process.exitCode = await playwright(['--project=packaged', ...args], {
    CONSILIUM_PACKAGED: packagedFolder(),
  })

/** electron-builder names the folder after the platform: linux-unpacked, mac-arm64, win-unpacked. */
function packagedFolder() {
  const inside = readdirSync(join(root, 'release/test-shipping')).find((name) =>
    existsSync(join(root, 'release/test-shipping', name, 'resources')),
  )
  return inside ?? ''
}
