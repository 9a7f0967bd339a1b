/** What the screen and the system around it keep of a patient: nothing, once the machine locks, sleeps, or the page asks for more. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { deskOf, enterVisitByKeyboard, found, goTo, registerByKeyboard } from './pages/desk.ts'

const CANARY = 'Canaria Zyxwvut'

test(
  'T27, T40: the system’s lock and sleep blank the window; title, log, crash dumps and settings never held the patient',
  { tag: '@long' },
  async ({ consilium }) => {
    test.setTimeout(300_000)
    const { app, page, settingsFolder, said } = consilium
    const desk = deskOf(consilium, 'en')
    const { t } = desk
    await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
    await goTo(desk, 'record')
    await registerByKeyboard(desk, { name: CANARY, birthDate: '1980-05-06', sexKey: 'f' })
    await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'I10', reason: 'check' })

    for (const event of ['lock-screen', 'suspend'] as const) {
      await goTo(desk, 'patients')
      await page.getByRole('row', { name: CANARY }).click()
      await expect(page.getByTestId('visit-version')).toHaveCount(1)
      await expect(page.getByText(CANARY).first()).toBeVisible()
      // The page may not put it where the system shows it: in the list of windows.
      await page.evaluate((name) => (document.title = name), CANARY)
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getTitle())).toBe(
        'Consilium',
      )
      await app.evaluate(({ powerMonitor }, name) => powerMonitor.emit(name), event)
      const passphrase = page.getByLabel(t.firstRun.passphrase, { exact: true })
      await expect(passphrase).toBeVisible()
      await expect(page.getByText(CANARY)).toHaveCount(0)
      expect(await page.evaluate((name) => document.body.innerHTML.includes(name), CANARY)).toBe(false)
      expect(
        await page.evaluate(async () => window.consilium.patients.search({ text: 'Canaria', limit: 1 })),
      ).toMatchObject({ ok: false, error: { code: 'locked' } })
      await passphrase.fill('river lantern oxide meadow')
      await page.getByRole('button', { name: t.firstRun.unlockNow }).click()
      await expect(passphrase).toHaveCount(0)
    }

    // No crash reporter runs, so nothing of a crash is written or sent.
    const crashes = await app.evaluate(({ app: electron }) => electron.getPath('crashDumps'))
    expect(filesIn(crashes).filter((path) => path.endsWith('.dmp'))).toEqual([])
    const wanted = [CANARY, 'Zyxwvut'].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')])
    const holding = filesIn(settingsFolder).filter((path) => {
      const bytes = readFileSync(path)
      return wanted.some((each) => bytes.includes(each))
    })
    expect(holding).toEqual([])
    expect(said.join('')).not.toContain('Zyxwvut')
  },
)

test(
  'T40: a page that crashes with a record open leaves nothing of it in crash dumps, temporary files, settings, clipboard or title',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(300_000)
    const temporary = mkdtempSync(join(tmpdir(), 'consilium-crash-'))
    const consilium = await launch({ env: { TMPDIR: temporary } })
    const { app, page, scratchFolder, said } = consilium
    const desk = deskOf(consilium, 'en')
    await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
    await goTo(desk, 'record')
    await registerByKeyboard(desk, { name: CANARY, birthDate: '1980-05-06', sexKey: 'f' })
    await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'I10', reason: 'check' })
    await goTo(desk, 'patients')
    await page.getByRole('row', { name: CANARY }).click()
    await expect(page.getByTestId('visit-version')).toHaveCount(1)
    await expect(page.getByText(CANARY).first()).toBeVisible()

    // The page is gone at once, with all that it held; another one takes its place, in another process.
    const processOf = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId())
    const before = await processOf()
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer(),
    )
    // Asked of the application: what Playwright knows of a page ends with its crash.
    const pageNow = () =>
      app.evaluate(({ BrowserWindow }, former) => {
        const { webContents } = BrowserWindow.getAllWindows()[0]!
        return {
          isAnother: webContents.getOSProcessId() !== former,
          isCrashed: webContents.isCrashed(),
          isLoading: webContents.isLoading(),
          url: webContents.getURL(),
        }
      }, before)
    await expect.poll(pageNow, { timeout: 60_000 }).toMatchObject({
      isAnother: true,
      isCrashed: false,
      isLoading: false,
      url: expect.stringMatching(/^app:/),
    })

    // And it is the application again, not an empty window.
    const shownNow = () =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript('document.body.innerText.length'),
      ) as Promise<number>
    await expect.poll(shownNow, { timeout: 60_000 }).toBeGreaterThan(100)

    const title = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getTitle())
    expect(title).toBe('Consilium')
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).not.toContain('Zyxwvut')
    const crashes = await app.evaluate(({ app: electron }) => electron.getPath('crashDumps'))
    expect(filesIn(crashes).filter((path) => path.endsWith('.dmp'))).toEqual([])
    const wanted = [CANARY, 'Zyxwvut'].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')])
    // Settings, caches, what the system puts into a home, the institution’s own folder, temporary files, crash dumps.
    const looked = [scratchFolder, temporary, crashes].flatMap(filesIn)
    expect(looked.length).toBeGreaterThan(10)
    const holding = looked.filter((path) => {
      const bytes = readFileSync(path)
      return wanted.some((each) => bytes.includes(each))
    })
    expect(holding).toEqual([])
    expect(said.join('')).not.toContain('Zyxwvut')
  },
)

/** A folder that is not there has none. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
  } catch {
    return []
  }
}
