/**
 * The same on the packaged application, from inside its archive, and where it can be under an ordinary user of the system, so
 * that Chromium's sandbox is on.
 */
import { hardeningTests, HARDENED_LAUNCH } from './pages/hardening.ts'
import { executable } from './pages/packaged.ts'
import { expect, ordinaryUser, sharedInFile, test } from './fixtures.ts'

const launch = () => {
  const user = ordinaryUser(executable('inspect'))
  return { ...HARDENED_LAUNCH, executable: executable('inspect'), ...(user === undefined ? {} : { user }) }
}
const consiliumNow = sharedInFile(undefined, launch)

test('the window opens from inside the asar, under an ordinary user with the sandbox on where there is one (T22: E2)', async () => {
  const { app, page } = consiliumNow()
  await expect(page.locator('#root')).not.toBeEmpty()
  const seen = await app.evaluate(async ({ app: electron, BrowserWindow }) => {
    const { readFileSync } = process.getBuiltinModule('node:fs')
    const page = BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId()
    const status = process.platform === 'linux' ? readFileSync(`/proc/${page}/status`, 'utf8') : ''
    return {
      isPackaged: electron.isPackaged,
      path: electron.getAppPath(),
      isRoot: process.getuid?.() === 0,
      isWithoutSandbox: electron.commandLine.hasSwitch('no-sandbox'),
      seccomp: /^Seccomp:\s*(\d)/m.exec(status)?.[1],
    }
  })
  expect(seen).toMatchObject({ isPackaged: true, path: expect.stringMatching(/app\.asar$/) })
  const hasUser = launch().user !== undefined
  test.info().annotations.push({ type: 'user', description: hasUser ? 'ordinary' : 'whoever runs the tests' })
  if (hasUser) expect(seen.isRoot).toBe(false)
  // As root Chromium starts without it only.
  if (!seen.isRoot && process.platform === 'linux')
    expect(seen).toMatchObject({ isWithoutSandbox: false, seccomp: '2' })
})

hardeningTests(consiliumNow)
