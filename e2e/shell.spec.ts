/** The life of the application around its window. */
import { spawnSync } from 'node:child_process'
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

test('the question is asked in Chinese where the system speaks it', async ({ launch }) => {
  const { app, page } = await launch({ locale: 'zh-Hant' })
  await answerMessageBoxes(app, 1)
  await page.evaluate(() => window.consilium.app.quit())
  expect((await askedBoxes(app))[0]!.message).toBe('要結束 Consilium 嗎？')
})

test('closing the window without an institution ends the application', async ({ consilium }) => {
  const child = consilium.app.process()
  await consilium.app
    .evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
    .catch(() => undefined)
  await ended(child)
  expect(child.exitCode).toBe(0)
})

test('with an institution open, closing the window leaves the node running, and quitting names it', async ({
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

  await app.evaluate(({ app: electron }) => void electron.emit('second-instance'))
  await expect.poll(isVisible).toBe(true)

  await answerMessageBoxes(app, 1)
  await page.evaluate(() => window.consilium.app.quit())
  const [box] = await askedBoxes(app)
  expect(box!.detail).toContain('The node of Hospital of the shell test stops on this machine')
  expect(box!.detail).toContain('Everything that was saved is final.')
})

test('a second start shows the first window and ends', async ({ consilium }) => {
  await consilium.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide())
  const second = spawnSync(
    electronExecutable(),
    [...sandboxArguments(), '--disable-gpu', `--user-data-dir=${consilium.settingsFolder}`, root],
    { timeout: 30_000, env: { ...process.env, HOME: consilium.scratchFolder } },
  )
  expect(second.status).toBe(0)
  await expect
    .poll(() => consilium.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible()))
    .toBe(true)
})

test('the window comes back with its size and its zoom', async ({ consilium }) => {
  // Keys as the operating system sends them: what Playwright types goes past the browser process.
  await consilium.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents
    for (let time = 0; time < 2; time++)
      contents.sendInputEvent({ type: 'keyDown', keyCode: '=', modifiers: ['control'] })
  })
  await expect.poll(() => zoomOf(consilium.app)).toBe(1)
  await consilium.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setSize(1000, 700))
  await new Promise((resolve) => setTimeout(resolve, 1500)) // it is written half a second after the last change
  const { app } = await consilium.relaunch()
  const size = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getSize())
  expect(size).toEqual([1000, 700])
  await expect.poll(() => zoomOf(app)).toBe(1)
})

test('the self-test of the built application finds everything in order', () => {
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
