// Runs Playwright on the Electron that was found, under Xvfb where there is no display.
import { join } from 'node:path'
import { findElectron } from './electron-runtime.mjs'
import { ensureSystem, withDisplay } from './system.mjs'
import { root, run } from './terminal.mjs'

/**
 * @param {string[]} args for `playwright test`; without a project, the tests of the built application
 * @param {Record<string, string>} env
 * @returns {Promise<number>} exit code; 1 when this system cannot start Electron
 */
export async function playwright(args, env = {}) {
  const electron = await findElectron()
  if (!(await ensureSystem(electron.executable, { display: true, chinese: true }))) return 1
  const hasProject = args.some((arg) => arg.startsWith('--project'))
  const cli = join(root, 'node_modules/@playwright/test/cli.js')
  const all = [cli, 'test', ...(hasProject ? [] : ['--project=application']), ...args]
  const [command, commandArgs] = withDisplay(process.execPath, all)
  const environment = { ...process.env, CONSILIUM_ELECTRON: electron.executable, ...env }
  return (await run(command, commandArgs, { env: environment })).code
}
