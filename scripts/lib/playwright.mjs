// Runs Playwright on the Electron that was found, under Xvfb where there is no display.
import { join } from 'node:path'
import { findElectron } from './electron-runtime.mjs'
import { ensureSystem, withDisplay } from './system.mjs'
import { root, run, say } from './terminal.mjs'

/** Installs what is missing once, before two runs begin beside each other. False when this system cannot start Electron. */
export async function readyForPlaywright() {
  const electron = await findElectron()
  return ensureSystem(electron.executable, { display: true, chinese: true })
}

/**
 * @param {string[]} args for `playwright test`; without a project, the tests of the built application
 * @param {Record<string, string>} env
 * @param {'live' | 'captured'} show 'captured' says its lines when it has ended
 * @returns {Promise<number>} exit code; 1 when this system cannot start Electron
 */
export async function playwright(args, env = {}, show = 'live') {
  if (!(await readyForPlaywright())) return 1
  const electron = await findElectron()
  const hasProject = args.some((arg) => arg.startsWith('--project'))
  const cli = join(root, 'node_modules/@playwright/test/cli.js')
  const all = [cli, 'test', ...(hasProject ? [] : ['--project=application']), ...args]
  const [command, commandArgs] = withDisplay(process.execPath, all)
  const environment = { ...process.env, CONSILIUM_ELECTRON: electron.executable, ...env }
  const { code, output } = await run(command, commandArgs, { env: environment, show })
  if (show === 'captured') say(output.trimEnd())
  return code
}
