/** What is seldom said of a row: reached by keyboard, kept by a draft, in the record at last. */
import { expect, sharedInFile, test } from './fixtures.ts'
import { deskOf, expectFocus, found, goTo, registerByKeyboard } from './pages/desk.ts'
import { arePicturesKept, keepLooks } from './pages/pictures.ts'

const consiliumNow = sharedInFile((consilium) =>
  found(deskOf(consilium, 'en'), { hospital: 'St. Raphael', person: 'Lin' }, 'later'),
)

test('@long orders as hospitals write them, and what is seldom said of a row, by keyboard', async () => {
  test.setTimeout(300_000)
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  const { keyboard } = page
  const { t } = desk
  await page.setViewportSize({ width: 1280, height: 800 })
  await goTo(desk, 'record')

  // A slip in the national id is asked about before anything is saved.
  await expectFocus(desk, 'patient-search')
  await keyboard.press('F4')
  await page.getByLabel(t.patients.name, { exact: true }).fill('Bea Example')
  await page.getByLabel(t.patients.birthDate).fill('1961-07-19')
  await page.getByLabel(t.patients.nationalId).fill('A123456788')
  await keyboard.press('Control+Enter')
  await expect(page.getByText(t.patients.questions['national-id-check-digit']('A123456788'))).toBeVisible()
  await expect(page.getByLabel(t.patients.nationalId)).toBeFocused()
  await look('person-question')
  await keyboard.press('Escape')
  await registerByKeyboard(desk, { name: 'Ada Example', birthDate: '1957-03-02', sexKey: 'F' })
  for (let i = 0; i < 3; i++) await keyboard.press('Enter')
  await keyboard.type('internal')
  await keyboard.press('Enter')
  await expectFocus(desk, 'encounter.reason')

  // A result under the laboratory's own range, drawn at a quarter past eight.
  await keyboard.press('Alt+4')
  await expectFocus(desk, /^labs\..*\.test$/)
  await keyboard.type('k')
  await expect(page.locator('[role=option]').first()).toBeVisible()
  await keyboard.press('Enter')
  await expectFocus(desk, /^labs\..*\.value$/)
  await keyboard.type('5.3')
  const potassium = page.locator('[data-row]', { has: page.locator('[data-field^="labs."]') }).first()
  await potassium.locator('[data-field$=".collected"]').fill('t 0815')
  await potassium.getByRole('button', { name: /^More about/ }).focus()
  await keyboard.press('Enter')
  await potassium.getByLabel(t.entry.labs.range, { exact: true }).fill('3.5-5.5')
  await expect(potassium.locator('[data-field$=".collected"]')).toHaveValue(/08:15$/)
  await potassium.getByLabel(t.entry.labs.status, { exact: true }).selectOption('preliminary')
  await keyboard.press('Tab')
  await expect(page.getByText(/^Draft saved/)).toBeVisible()

  await keyboard.press('Alt+5')
  await keyboard.type('e119')
  await keyboard.press('Enter')
  await expectFocus(desk, /^diagnoses\..*\.text$/)
  const diagnosis = page.locator('[data-row]', { has: page.locator('[data-field^="diagnoses."]') }).first()
  await diagnosis.getByRole('button', { name: /^More about/ }).focus()
  await keyboard.press('Enter')
  await diagnosis.getByLabel(t.entry.diagnoses.onset, { exact: true }).fill('2019')

  await keyboard.press('Alt+7')
  await expectFocus(desk, /^medicines\..*\.code$/)
  for (const line of ['J01CA04 500 mg q8h po 7', 'N02BE01 500 mg q6h prn po 3', 'A10AB05 6 U tid ac sc 28']) {
    await keyboard.type(line)
    await keyboard.press('Enter')
  }
  await look('entry-medicines')
  await keyboard.press('Alt+8')
  await expectFocus(desk, /^claims\..*\.billed$/)
  await keyboard.type('850')
  const claim = page.locator('[data-row]', { has: page.locator('[data-field^="claims."]') }).first()
  await claim.getByRole('button', { name: /^More about/ }).focus()
  await keyboard.press('Enter')
  await claim.getByRole('button', { name: new RegExp(`^${t.entry.outcome.reverse}`) }).focus()
  await keyboard.press('Enter')
  await expectFocus(desk, /^claims\..*\.billed$/)
  await look('entry-claims')
  await keyboard.press('Alt+4')
  await look('entry-labs')
  await keyboard.press('Alt+8')
  await keyboard.press('Control+Enter')
  const asked = page.getByRole('alertdialog')
  await expect(asked.or(page.locator('#patient-search'))).toBeVisible()
  if (await asked.isVisible()) await keyboard.press('Enter')
  await expectFocus(desk, 'patient-search')
  await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')

  const record = await page.evaluate(async () => {
    const { records } = window.consilium
    const recent = (await records.recent({ limit: 1, of: 'mine' })) as unknown as {
      value: { merkleRoot: string }[]
    }
    const opened = (await records.open({ merkleRoot: recent.value[0]!.merkleRoot })) as unknown as {
      value: { record: object }
    }
    return opened.value.record
  })
  expect(record).toMatchObject({
    observations: [
      {
        status: 'preliminary',
        refLow: '3.5',
        refHigh: '5.5',
        specimenCollected: expect.stringMatching(/T08:15:00/) as unknown as string,
      },
    ],
    diagnoses: [{ onset: '2019', verification: 'confirmed' }],
    prescriptions: [
      { frequency: 'q8h', route: 'po', daysSupply: 7 },
      { frequency: 'q6h', asNeeded: true, daysSupply: 3 },
      { frequency: 'tid ac', route: 'sc', dose: { value: '6', unit: 'U' } },
    ],
    claims: [{ billedMinor: 850 }, { billedMinor: -850 }],
  })

  async function look(name: string): Promise<void> {
    if (!arePicturesKept) return
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await keepLooks(page, name)
  }
})
