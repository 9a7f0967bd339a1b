/** Electron's entry: the shell around the node. Everything else knows nothing of Electron. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { app, dialog } from 'electron'
import { registerAppScheme } from './app/app-protocol.ts'
import { parseCommandLine } from './app/command-line.ts'
import { findAltered, type Files } from './app/contents.ts'
import { hardenProcess, isDebuggingAsked } from './app/hardening.ts'
import { runSelfTest } from './app/self-test.ts'
import { guessLocale, runShell, stopAtBug } from './app/shell.ts'
import { shellWords } from './app/words.ts'
import { compose } from './compose.ts'

const launch = parseCommandLine(process.argv.slice(1), (path) => resolve(path))
const buildFolder = import.meta.dirname
// Electron's file system that sees the archive as the file that it is; no bundler knows it.
const originalFs = createRequire(import.meta.url)('original-fs') as Files
// Test builds are marked in their package.json; a shipped one refuses to be looked into from outside.
const isTestBuild = !app.isPackaged || readMark() === 'inspect'

// A closed terminal is no reason to stop the node.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
process.on('uncaughtException', (error) => stopAtBug(error))

if (!isTestBuild && isDebuggingAsked()) {
  process.stderr.write('Consilium does not start with debugging switches.\n')
  app.exit(2)
} else {
  registerAppScheme()
  hardenProcess()
  start().catch((error: unknown) => stopAtBug(error)) // Electron only warns of it, and there would be no window
}

async function start(): Promise<void> {
  // While Chromium gets ready. Elsewhere Electron has checked the archive already.
  const altered =
    app.isPackaged && process.platform === 'linux' ? findAltered(process.resourcesPath, originalFs) : null
  if (launch.isSelfTest) {
    const scratch = mkdtempSync(join(tmpdir(), 'consilium-self-test-'))
    app.setPath('userData', scratch)
    await app.whenReady()
    const code = await runSelfTest({
      buildFolder,
      areShippingFusesExpected: app.isPackaged && !isTestBuild,
      altered: await altered,
    })
    rmSync(scratch, { recursive: true, force: true })
    app.exit(code)
    return
  }
  // Each profile given by name has settings, window and instance of its own.
  if (launch.profileFolder !== null && !app.commandLine.hasSwitch('user-data-dir'))
    app.setPath('userData', `${app.getPath('userData')}-${shortHash(launch.profileFolder)}`)
  if (!app.requestSingleInstanceLock()) {
    app.exit(0) // the first instance shows its window
    return
  }
  await app.whenReady()
  const alteredNow = (await altered) ?? []
  if (alteredNow.length > 0) {
    const words = shellWords(guessLocale(app.getLocale()))
    process.stderr.write(`Consilium does not start: altered are ${alteredNow.join(', ')}\n`)
    dialog.showErrorBox(words.startFailedTitle, words.altered)
    app.exit(3)
    return
  }
  await runShell({
    launch,
    compose,
    buildFolder,
    resourcesFolder: join(app.getAppPath(), 'resources'),
    developmentOrigin: app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null),
    isDevelopment: isTestBuild,
  })
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function readMark(): unknown {
  try {
    return (
      JSON.parse(readFileSync(join(app.getAppPath(), 'package.json'), 'utf8')) as { testBuild?: unknown }
    ).testBuild
  } catch {
    return undefined
  }
}
