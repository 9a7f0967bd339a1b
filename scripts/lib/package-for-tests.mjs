// Two unpacked folders that never ship:
//   release/test-inspect   the debugger's fuse on, for Playwright
//   release/test-shipping  the fuses of a shipped build, for trying what it refuses
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { findElectron } from './electron-runtime.mjs'
import { root, say, seconds, tool } from './terminal.mjs'

/** Packages what is in out/; false, with the reason said, when that fails. */
export async function packageForTests() {
  const electron = await findElectron()
  for (const kind of ['inspect', 'shipping']) {
    const since = performance.now()
    rmSync(join(root, 'release', `test-${kind}`), { recursive: true, force: true })
    const env = { ...process.env, PACKAGE_TEST_ONLY: kind, ELECTRON_OVERRIDE_DIST_PATH: electron.dist }
    const args = ['--dir', '--config', 'electron-builder.config.cjs', '--publish', 'never']
    const made = await tool('electron-builder/cli.js', args, { show: 'captured', env })
    if (made.code !== 0) {
      say(made.output)
      return false
    }
    say(`release/test-${kind} (${seconds(since)})`)
  }
  return true
}
