/**
 * C17: every state of the entry screen in both languages, light and dark, at 200 %: nothing serious for axe, nothing cut
 * off, no word of the other language. `CONSILIUM_PICTURES=FOLDER` keeps a picture of each state.
 */
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { cutOff, latinSentences, zoom } from './pages/looks.ts'
import { arePicturesKept, keepPicture } from './pages/pictures.ts'
import { expect, show, test, type Consilium, type Locale } from './fixtures.ts'
import {
  deskOf,
  expectFocus,
  focusedField,
  found,
  goTo,
  registerByKeyboard,
  type Desk,
} from './pages/desk.ts'

// In every run in one language: the walk through all screens sees the form in both.
for (const locales of [['zh-Hant'], ['en', 'zh-Hant']] as const) {
  const isWhole = locales.length > 1
  const title = `C17: the entry screen in ${isWhole ? 'both languages and looks' : 'both looks'}, at 200 %, cuts nothing off and has no serious finding`
  test(title, { tag: isWhole ? '@long' : [] }, async ({ launch }) => {
    await lookAtForm(await launch(), locales)
  })
}

async function lookAtForm(consilium: Consilium, locales: readonly Locale[]): Promise<void> {
  const { page } = consilium
  await found(deskOf(consilium, 'en'), { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await bringAxe(page)
  const wrong: string[] = []
  for (const locale of locales) {
    await show(page, { locale, theme: 'light' })
    const desk = deskOf(consilium, locale)
    for (const state of STATES) {
      await state.open(desk, locale)
      const look = (name: string) => keepPicture(page, `${state.name}.${locale}.${name}`)
      for (const finding of await seriousFindings(page)) wrong.push(`${state.name} ${locale}: ${finding}`)
      await look('light')
      if (locale === 'zh-Hant')
        for (const text of await page.evaluate(latinSentences))
          wrong.push(`${state.name}: untranslated “${text}”`)
      await show(page, { theme: 'dark' })
      for (const finding of await seriousFindings(page, { runOnly: ['color-contrast'] }))
        wrong.push(`${state.name} ${locale} dark: ${finding}`)
      await look('dark')
      await show(page, { theme: 'light' })
      if (arePicturesKept) {
        await page.emulateMedia({ forcedColors: 'active' })
        await look('contrast')
        await page.emulateMedia({ forcedColors: 'none' })
      }
      await zoom(consilium, 2)
      for (const text of await page.evaluate(cutOff))
        wrong.push(`${state.name} ${locale} at 200 %: “${text}” is cut off`)
      await look('zoomed')
      await zoom(consilium, 1)
    }
  }
  expect(wrong).toEqual([])
}

const STATES: readonly { name: string; open(desk: Desk, locale: Locale): Promise<void> }[] = [
  {
    name: 'entry-blank',
    async open(desk, locale) {
      await goTo(desk, 'record')
      await leaveForm(desk)
      await registerByKeyboard(desk, {
        name: locale === 'en' ? 'Ada Example' : '林小美',
        // Not the same day: names in two scripts are not compared, and she would be asked about.
        birthDate: locale === 'en' ? '1957-03-02' : '1961-07-19',
        sexKey: 'f',
      })
    },
  },
  {
    name: 'entry-problems',
    async open(desk) {
      const { page } = desk.consilium
      await page.locator('[data-field="encounter.department"]').fill('02')
      await expect(page.getByRole('option', { name: /^02/ })).toBeVisible()
      await page.keyboard.press('Enter')
      await expectFocus(desk, 'encounter.reason')
      // The department begins with the template that was chosen there last.
      await page.locator('[data-field="template"]').selectOption('general')
      for (const [key, value] of [
        ['sbp', '1200'],
        ['dbp', '80'],
        ['hr', '190'],
        ['temp', '98.6F'],
        ['height', '165'],
        ['weight', '155'],
      ] as const)
        await page.locator(`[data-field="vitals.${key}"]`).fill(value)
      await page.locator('[data-field$=".test"]').last().fill('a1c')
      await page.keyboard.press('Enter')
      await expectFocus(desk, /^labs\..*\.value$/)
      await page.keyboard.insertText('48mmol')
      await page.keyboard.press('Control+l')
      await page.locator('[data-field^="diagnoses."][data-field$=".code"]').last().fill('headache of sailors')
      await page.keyboard.press('Escape')
      await page.keyboard.press('F8')
      await expect(page.locator('aside [data-problem]').first()).toBeVisible()
      // From problem to problem in the order of the list, and from the last one to the first again.
      let fields: string[] = []
      let here = -1
      await expect(async () => {
        // What the form itself says comes first, what the node says a moment later: the list of two looks is the whole one.
        const before = fields
        const listed = await page
          .locator('aside [data-problem]')
          .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-problem') ?? ''))
        fields = [...new Set(listed)]
        here = fields.indexOf(await focusedField(desk))
        // What it went to may have been found right since: a unit is read a moment after it was typed.
        if (here < 0) await page.keyboard.press('F8')
        expect(fields.length, 'fields with a problem').toBeGreaterThan(2)
        expect(here, 'the focus is in a field with a problem').toBeGreaterThanOrEqual(0)
        expect(fields, 'nothing more is found').toEqual(before)
      }).toPass({ intervals: [500], timeout: 30_000 })
      for (let step = 0; step < fields.length; step++) {
        await page.keyboard.press('F8')
        here = (here + 1) % fields.length
        await expectFocus(desk, fields[here]!)
      }
    },
  },
  {
    name: 'entry-paste',
    async open({ consilium: { page } }) {
      await page.locator('[data-field^="labs."][data-field$=".test"]').last().focus()
      await page.evaluate(() => {
        const data = new DataTransfer()
        data.setData(
          'text/plain',
          '日期\t項目\t結果\t單位\n115/05/09\tTG\t1.7\tmmol/L\n115/05/09\tK\t5.6 H\tmmol/L\n115/05/09\tXYZ\t1\tU\n115/05/09\tNa\t140\tfurlong',
        )
        const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
        document.activeElement?.dispatchEvent(event)
      })
      await expect(page.getByTestId('paste-preview')).toBeVisible()
    },
  },
  {
    name: 'entry-asked',
    async open(desk) {
      const { page } = desk.consilium
      await page.keyboard.press('Enter')
      await expect(page.getByTestId('paste-preview')).toBeHidden()
      await page.locator('[data-field="vitals.sbp"]').fill('120')
      await page
        .locator('[data-field^="medicines."][data-field$=".code"]')
        .last()
        .fill('A10BA02 500 mg bid po 28')
      await page.keyboard.press('Enter')
      await expect(page.getByTestId('review')).toContainText(/metformin|二甲雙胍/)
      await page.keyboard.press('Control+Enter')
      await expect(page.getByRole('alertdialog')).toBeVisible()
    },
  },
  {
    name: 'entry-saved',
    async open(desk) {
      await desk.consilium.page.keyboard.press('Enter')
      await expectFocus(desk, 'patient-search')
      await expect(desk.consilium.page.getByTestId('visit-row').first()).toHaveAttribute(
        'data-state',
        'final',
      )
    },
  },
  {
    name: 'entry-again',
    async open(desk, locale) {
      const { page } = desk.consilium
      await page.keyboard.insertText(locale === 'en' ? 'ada' : '林小美')
      await page.keyboard.press('Enter')
      await expectFocus(desk, 'encounter.class')
      await expect(page.getByTestId('same-visit')).toBeVisible()
      await page.keyboard.press('Control+Shift+D')
      await page.locator('[data-field="template"]').selectOption('emergency')
      await page.locator('[data-field="encounter.class"]').selectOption('IMP')
      // A template of the form as it stands; it is chosen at once and keeps the order of its sections.
      await page.getByRole('button', { name: desk.t.entry.templates.open }).click()
      await page.getByLabel(desk.t.entry.templates.name).fill(locale === 'en' ? 'Night desk' : '夜間急診')
      await page.keyboard.press('Enter')
      await expect(page.getByTestId('own-template').first()).toBeVisible()
      await expect(page.locator('[data-field="template"]')).toHaveValue(/^own-/)
    },
  },
]

async function leaveForm(desk: Desk) {
  const leave = desk.consilium.page.getByRole('button', { name: desk.t.entry.leave })
  if (await leave.isVisible()) await leave.click()
  await expectFocus(desk, 'patient-search')
}
