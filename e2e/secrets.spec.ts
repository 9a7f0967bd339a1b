/** What the screen and the system around it keep of a patient: nothing, once the machine locks, sleeps, or the page asks for more. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { ErasureView } from '../src/shared/contract/erasures.ts'
import { answerOpenDialogs, expect, test } from './fixtures.ts'
import { ask } from './pages/bridge.ts'
import {
  deskOf,
  enterVisitByKeyboard,
  expectFocus,
  found,
  goTo,
  PASSPHRASE,
  registerByKeyboard,
} from './pages/desk.ts'

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

test(
  'T40: a patient entered, viewed, copied, exported and erased leaves nothing in title, clipboard, crash dumps, temporary files, settings, log or folder',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(300_000)
    const temporary = mkdtempSync(join(tmpdir(), 'consilium-canary-'))
    const consilium = await launch({ env: { TMPDIR: temporary } })
    const { app, page, scratchFolder, said } = consilium
    const desk = deskOf(consilium, 'en')
    const { t } = desk
    await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
    await goTo(desk, 'record')
    await registerByKeyboard(desk, { name: CANARY, birthDate: '1980-05-06', sexKey: 'f' })
    await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'I10', reason: 'check' })
    await expectFocus(desk, 'patient-search')
    await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')

    // Viewed, and copied as a person does: from the page, from a field, and by the command of a menu.
    const held = () => app.evaluate(({ clipboard }) => clipboard.readText())
    await goTo(desk, 'patients')
    await page.getByLabel(t.patients.searchLabel).fill(CANARY)
    await page.getByLabel(t.patients.searchLabel).selectText()
    await page.keyboard.press('Control+c')
    await expect.poll(held).toBe(CANARY)
    await page.getByRole('row', { name: CANARY }).click()
    const heading = page.getByRole('heading', { name: CANARY })
    await heading.selectText()
    await app.evaluate(({ clipboard }) => clipboard.clear())
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.copy())
    await expect.poll(held).toContain(CANARY)
    const copiedAt = Date.now()

    // Exported to where the person said; that file is theirs, and shows that the search below finds what is there.
    const exports = mkdtempSync(join(tmpdir(), 'consilium-canary-exports-'))
    await answerOpenDialogs(app, exports)
    await page.getByRole('button', { name: t.history.summary.fhir }).click()
    await expect.poll(() => holding([exports]).length, { timeout: 60_000 }).toBeGreaterThan(0)
    rmSync(exports, { recursive: true })

    // Erased: asked for by one person of the hospital, agreed to by another.
    const { patients } = await ask<{ patients: { patientId: string }[] }>(page, 'patients.search', {
      text: CANARY,
      limit: 1,
    })
    const theirPassphrase = 'copper meadow violin harbour'
    expect(
      await ask(page, 'people.add', {
        name: 'Ho',
        account: 'ho',
        roles: ['clerk', 'administrator'],
        theirPassphrase,
        passphrase: PASSPHRASE,
      }),
    ).toMatchObject({ kind: 'changed' })
    const request = { patientId: patients[0]!.patientId, reason: 'patient-request', text: null }
    await confirm(page, 'erasures.request', request, PASSPHRASE)
    const asked = await ask<{ kind: string; erasureId: string }>(page, 'erasures.request', request)
    expect(asked.kind).toBe('asked')
    const stateOf = async () => (await ask<ErasureView[]>(page, 'erasures.list'))[0]!
    await expect.poll(async () => (await stateOf()).state).toBe('asked')
    await ask(page, 'app.lockWholly')
    await ask(page, 'app.unlock', { passphrase: theirPassphrase, account: 'ho' })
    const { erasureId } = asked
    const approval = { erasureId, versionCount: (await stateOf()).versionCount }
    await confirm(page, 'erasures.approve', approval, theirPassphrase)
    expect(await ask(page, 'erasures.approve', approval)).toEqual({ kind: 'taken' })
    await expect.poll(async () => (await stateOf()).here, { timeout: 60_000 }).toBe('done')

    // After half a minute nothing is anywhere.
    expect(Date.now() - copiedAt).toBeLessThan(240_000)
    await expect.poll(held, { timeout: 60_000 }).not.toContain('Zyxwvut')
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getTitle())).toBe(
      'Consilium',
    )
    const crashes = await app.evaluate(({ app: electron }) => electron.getPath('crashDumps'))
    expect(filesIn(crashes).filter((path) => path.endsWith('.dmp'))).toEqual([])
    expect([scratchFolder, temporary, crashes].flatMap(filesIn).length).toBeGreaterThan(10)
    expect(holding([scratchFolder, temporary, crashes])).toEqual([])
    expect(said.join('')).not.toContain('Zyxwvut')
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain('Zyxwvut')
    rmSync(temporary, { recursive: true, force: true })
  },
)

/** Of these folders, the files in which the patient's name stands. */
function holding(folders: readonly string[]): string[] {
  const wanted = [CANARY, 'Zyxwvut'].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')])
  return folders.flatMap(filesIn).filter((path) => {
    const bytes = readFileSync(path)
    return wanted.some((each) => bytes.includes(each))
  })
}

/** The passphrase once more, for a call that needs it. */
const confirm = (page: Page, operation: string, input: unknown, passphrase: string) =>
  ask(page, 'people.confirm', { operation, input, passphrase })

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
