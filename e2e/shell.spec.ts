/** The life of the application around its window. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import {
  answerMessageBoxes,
  askedBoxes,
  electronExecutable,
  expect,
  root,
  sandboxArguments,
  test,
} from './fixtures.ts'

const zoomOf = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getZoomLevel())

const ended = (process: { exitCode: number | null; once(event: 'exit', listener: () => void): unknown }) =>
  process.exitCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => process.once('exit', resolve))

test('quitting says what stops, stays when the person wants to stay, and ends in order', async ({
  consilium,
}) => {
  const { app, page } = consilium
  const child = app.process()
  await answerMessageBoxes(app, 1)
  await page.evaluate(() => window.consilium.app.quit())
  expect((await askedBoxes(app))[0]).toMatchObject({
    message: 'Quit Consilium?',
    detail: 'No institution is open: nothing stops.',
  })
  await expect(page.locator('#root')).not.toBeEmpty()
  expect(child.exitCode).toBeNull()

  await answerMessageBoxes(app, 0)
  // The answer may or may not arrive before the page is gone.
  page.evaluate(() => window.consilium.app.quit()).catch(() => undefined)
  await ended(child)
  expect(child.exitCode).toBe(0)
})

test('with an institution open, closing the window leaves the node running, a second start shows it, and quitting names it', async ({
  consilium,
}) => {
  const { app, page, profileFolder } = consilium
  const founded = await page.evaluate(
    (folder) =>
      window.consilium.app.found({
        folder,
        institutionName: 'Hospital of the shell test',
        personName: 'Test person',
        passphrase: 'correct horse battery staple in the shell',
        zone: 'Asia/Taipei',
      }),
    profileFolder,
  )
  expect(founded).toMatchObject({ ok: true, value: { kind: 'opened' } })

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
  const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible())
  await expect.poll(isVisible).toBe(false)
  const status = await page.evaluate(() => window.consilium.node.status())
  expect(status).toMatchObject({ ok: true, value: { state: 'running' } })

  const second = spawn(
    electronExecutable(),
    [...sandboxArguments(), '--disable-gpu', `--user-data-dir=${consilium.settingsFolder}`, root],
    { stdio: 'ignore', env: { ...process.env, HOME: consilium.scratchFolder } },
  )
  await ended(second)
  expect(second.exitCode).toBe(0)
  await expect.poll(isVisible).toBe(true)

  await answerMessageBoxes(app, 1)
  await page.evaluate(() => window.consilium.app.quit())
  const [box] = await askedBoxes(app)
  expect(box!.detail).toContain('The node of Hospital of the shell test stops on this machine')
  expect(box!.detail).toContain('Everything that was saved is final.')
})

test('the window comes back with its size and its zoom; closing it without an institution ends the application', async ({
  consilium,
}) => {
  // Keys as the operating system sends them: what Playwright types goes past the browser process.
  await consilium.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents
    for (let time = 0; time < 2; time++)
      contents.sendInputEvent({ type: 'keyDown', keyCode: '=', modifiers: ['control'] })
  })
  await expect.poll(() => zoomOf(consilium.app)).toBe(1)
  await consilium.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setSize(1000, 700))
  const saved = () =>
    JSON.parse(readFileSync(join(consilium.settingsFolder, 'window.json'), 'utf8')) as object
  await expect(() => expect(saved()).toMatchObject({ width: 1000, height: 700, zoomLevel: 1 })).toPass()
  const { app } = await consilium.relaunch()
  const size = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getSize())
  expect(size).toEqual([1000, 700])
  await expect.poll(() => zoomOf(app)).toBe(1)

  const child = app.process()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close()).catch(() => undefined)
  await ended(child)
  expect(child.exitCode).toBe(0)
})

test('the self-test of the built application finds everything in order (T22: E2-E4, E8)', () => {
  const { status, stdout } = spawnSync(
    electronExecutable(),
    [...sandboxArguments(), '--disable-gpu', root, '--self-test'],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  )
  const report = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    checks: { name: string; isOk: boolean }[]
  }
  expect(report.checks.filter((check) => !check.isOk)).toEqual([])
  expect(status).toBe(0)
})
