/** The work of a clerk by keyboard alone, counted (scenarios C4 and C7, and the targets of 60 and 190 strokes). */
import { join } from 'node:path'
import { expect, sharedInFile, test } from './fixtures.ts'
import { deskOf, expectFocus, focusedField, found, goTo, registerByKeyboard } from './pages/desk.ts'
import { typistAt, watchMouse } from './typist.ts'

/** Pictures for whoever looks at the screens while working on them: CONSILIUM_PICTURES=folder. */
const pictures = process.env['CONSILIUM_PICTURES']

const consiliumNow = sharedInFile((consilium) =>
  found(deskOf(consilium, 'en'), { hospital: 'St. Raphael', person: 'Lin' }, 'later'),
)

test('C4: a new visit in at most 190 strokes, the follow-up in at most 60, a result amended; no mouse', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  const { t } = desk
  const first = page.getByTestId('visit-row').first()
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: 'Ada Example', birthDate: '1957-03-02', sexKey: 'F' })
  // The patient is registered; the visit begins, as for anybody who is found, with the search.
  await page.getByRole('button', { name: t.entry.leave }).click()
  await expectFocus(desk, 'patient-search')
  const mouse = await watchMouse(page)

  // New visit: vital signs, six results, three diagnoses, three medicines, the cost.
  const begin = typistAt(page)
  await begin.type('ada')
  await begin.press('Enter')
  await expectFocus(desk, 'encounter.class')
  await begin.press('Enter', 'Enter', 'Enter')
  await begin.type('int')
  await begin.press('Enter')
  await expectFocus(desk, 'encounter.reason')
  await begin.press('Enter')
  for (const value of ['128/82', '72', '16', '36.8', '98', '165', '68.5', '0']) {
    await begin.type(value)
    await begin.press('Enter')
  }
  await begin.press('Control+l')
  await expectFocus(desk, /^labs\..*\.value$/)
  for (const value of ['131', '14', '0.9', '140', '4.2', '31']) {
    await begin.type(value)
    await begin.press('Enter')
    // From a result to the next, over the test that the panel has filled in.
    await begin.press('Enter')
  }
  await begin.press('Alt+5')
  await expectFocus(desk, /^diagnoses\..*\.code$/)
  for (const code of ['e119', 'i10', 'e785']) {
    await begin.type(code)
    await begin.press('Enter', 'Enter')
  }
  await begin.press('Alt+7')
  await expectFocus(desk, /^medicines\..*\.code$/)
  for (const line of ['A10BA02 500 mg bid po 28', 'C09CA01 50 mg qd po 28', 'C10AA05 20 mg hs po 28']) {
    await begin.type(line)
    await begin.press('Enter')
  }
  await begin.press('Enter')
  await expectFocus(desk, /^claims\..*\.billed$/)
  await begin.type('850')
  await expect(page.getByTestId('review')).toContainText(t.entry.sign.ready)
  await begin.press('Control+Enter')
  await expectFocus(desk, 'patient-search')
  await expect(first).toHaveAttribute('data-state', 'final')

  // The follow-up: what lasts is copied, looked at once and confirmed with one key.
  const follow = typistAt(page)
  await follow.type('ada')
  await follow.press('Enter')
  await expectFocus(desk, 'encounter.class')
  await expect(page.getByRole('button', { name: t.entry.copyAll })).toBeVisible()
  await follow.press('Control+Shift+D', 'Alt+3')
  await follow.type('126/78')
  await follow.press('Enter', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter')
  await expectFocus(desk, 'vitals.weight')
  await follow.type('68')
  await follow.press('Alt+4')
  for (const [key, value] of [
    ['a1c', '6.9'],
    ['ldl', '88'],
  ] as const) {
    await follow.type(key)
    await follow.press('Enter')
    await follow.type(value)
    await follow.press('Enter')
  }
  await follow.press('Control+Enter')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await follow.press('Enter')
  await expectFocus(desk, 'patient-search')
  await expect(first).toHaveAttribute('data-state', 'final')

  // A result is amended from the strip of today: the field is changed, the reason is there, the old version stays.
  const amend = typistAt(page)
  await amend.press('Alt+t')
  await expect(first.getByRole('button').first()).toBeFocused()
  await amend.press('Enter')
  await expect(page.getByText(/Correcting the visit/)).toBeVisible()
  await expectFocus(desk, 'encounter.class')
  await amend.press('Alt+4', 'Enter')
  await amend.type('6.7')
  await amend.press('Control+Enter')
  await expectFocus(desk, 'patient-search')
  await expect(first).toContainText(t.clinical.op.amend)
  await expect(first).toHaveAttribute('data-state', 'final')

  expect(await mouse()).toBe(0)
  test.info().annotations.push({
    type: 'strokes',
    description: `new ${begin.strokes}, follow-up ${follow.strokes}, amend ${amend.strokes}`,
  })
  console.log(`strokes: new ${begin.strokes}, follow-up ${follow.strokes}, amend ${amend.strokes}`)
  expect(begin.strokes).toBeLessThanOrEqual(190)
  expect(follow.strokes).toBeLessThanOrEqual(60)
  expect(amend.strokes).toBeLessThanOrEqual(30)
})

test('C4: a procedure and a note by keyboard, typed through an input method that owns its keys', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  const { keyboard } = page
  await goTo(desk, 'home')
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: 'Cora Example', birthDate: '1972-11-05', sexKey: 'F' })
  const mouse = await watchMouse(page)
  const session = await page.context().newCDPSession(page)
  /** As a word of Zhuyin lies under the cursor before it is taken. */
  const compose = (text: string) =>
    session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })

  await keyboard.press('Enter')
  await keyboard.press('Enter')
  await keyboard.press('Enter')
  await expectFocus(desk, 'encounter.department')
  await compose('內')
  await expect(page.locator('[data-field="encounter.department"]')).toHaveValue('內')
  await expect(page.locator('[role=option]').first()).toBeVisible()
  // In a contrast theme the chosen option and the focus are seen too: the system takes backgrounds and shadows away.
  await page.emulateMedia({ forcedColors: 'active' })
  expect(await page.evaluate(contrasts)).toEqual({ option: true, focus: true, room: true })
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'entry-contrast.png') })
  await page.emulateMedia({ forcedColors: 'none' })

  // Keys of the input method save, pick, move and close nothing.
  for (const key of ['Enter', 'Control+Enter', 'ArrowDown', 'F2', 'F8', 'Alt+5', 'Escape', 'Control+s']) {
    await keyboard.press(key)
    await expectFocus(desk, 'encounter.department')
    await compose('內')
  }
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await expect(page.locator('[data-field="encounter.department"]')).toHaveValue('內')
  await session.send('Input.insertText', { text: '內科' })
  await expect(page.locator('[role=option]').first()).toContainText('02')
  await keyboard.press('Enter')
  await expectFocus(desk, 'encounter.reason')
  await expect(page.locator('[data-field="encounter.department"]')).toHaveValue(/^02/)

  await keyboard.press('Alt+5')
  await keyboard.insertText('i10')
  await keyboard.press('Enter')
  await expectFocus(desk, /^diagnoses\..*\.text$/)
  await keyboard.press('Alt+6')
  await expectFocus(desk, /^procedures\..*\.code$/)
  await keyboard.insertText('colonos')
  await expect(page.locator('[role=option]').first()).toBeVisible()
  await keyboard.press('Enter')
  await expectFocus(desk, /^procedures\..*\.text$/)
  await keyboard.press('Alt+8')
  for (let i = 0; i < 12 && (await focusedField(desk)) !== 'notes'; i++) await keyboard.press('Tab')
  await keyboard.insertText('fasting since the evening')
  await keyboard.press('Control+Enter')
  await expectFocus(desk, 'patient-search')
  const row = page.getByTestId('visit-row').first()
  await expect(row).toContainText('Cora Example')
  await expect(row).toHaveAttribute('data-state', 'final')
  expect(await mouse()).toBe(0)
  const entered = await page.evaluate(async () => {
    const { records, chain } = window.consilium
    const recent = (await records.recent({ limit: 1, of: 'mine' })) as unknown as {
      value: { merkleRoot: string; index: number }[]
    }
    const { merkleRoot, index } = recent.value[0]!
    const opened = (await records.open({ merkleRoot })) as unknown as {
      value: { record: { procedures: { code: { code: string } }[]; notes: string[] } }
    }
    const found = (await chain.find({ text: String(index) })) as unknown as { value: { hash: string }[] }
    const { procedures, notes } = opened.value.record
    return { codes: procedures.map(({ code }) => code.code), notes, index, hash: found.value[0]!.hash }
  })
  expect(entered).toMatchObject({ codes: ['0DJD8ZZ'], notes: ['fasting since the evening'] })
  // Height and hash are one step away.
  await row.getByRole('button', { name: desk.t.chain.block(String(entered.index)) }).click()
  await expect(page.getByText(entered.hash.slice(0, 6)).first()).toBeVisible()
})

test('Enter at any moment of a list\u2019s coming takes what was typed', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  await goTo(desk, 'home')
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: 'Bea Example', birthDate: '1961-07-19', sexKey: 'F' })
  const moments = Array.from({ length: 11 }, (_each, i) => i * 4)
  for (const [place, typed, list, question, wanted] of [
    ['medicines.', 'A10BA02 500 mg bid po 28', 'medicine', 'A10BA02', 'A10BA02 metformin'],
    ['encounter.department', 'internal', 'department', 'internal', '02 Internal medicine'],
  ] as const) {
    const seen = await page.evaluate(enterAtEach, { place, typed, list, question, wanted, moments })
    expect(seen).toEqual(seen.map(({ moment }) => ({ moment, value: wanted })))
  }
  await page.getByRole('button', { name: desk.t.entry.leave }).click()
})

/** In the page: what is chosen differs from what is not, by the system's own colours. */
function contrasts(): { option: boolean; focus: boolean; room: boolean } {
  const ground = getComputedStyle(document.body).backgroundColor
  const differs = (selector: string) => {
    const element = document.querySelector(selector)
    return element !== null && getComputedStyle(element).backgroundColor !== ground
  }
  const { outlineStyle, outlineColor } = getComputedStyle(document.activeElement!)
  return {
    option: differs('[role=option][aria-selected=true]'),
    focus: outlineStyle === 'solid' && outlineColor !== ground,
    room: differs('[aria-current=page]'),
  }
}

interface Round {
  readonly place: string
  readonly typed: string
  readonly list: 'medicine' | 'department'
  /** What of the text is looked for. */
  readonly question: string
  readonly wanted: string
  /** Milliseconds from the last character to Enter. */
  readonly moments: readonly number[]
}

/** In the page, where no step of the test lies between two keys: what the field says after Enter at each moment. */
async function enterAtEach({ place, typed, list, question, wanted, moments }: Round) {
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const field = () =>
    [...document.querySelectorAll<HTMLInputElement>(`input[data-field^="${place}"]`)].filter(
      (each) => each.role === 'combobox',
    )[0]!
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!
  const type = (text: string) => {
    field().focus()
    setValue.call(field(), text)
    field().dispatchEvent(new Event('input', { bubbles: true }))
  }
  const enter = () =>
    field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  // The answer to the same question comes right after the list's own: before the list is drawn.
  const answer = () => window.consilium.codes.search({ list, text: question, limit: 8 })
  const seen: { moment: number; value: string }[] = []
  for (const moment of [...moments, ...moments.map(() => -1)]) {
    type('')
    await wait(20)
    type(typed)
    if (moment > 0) await wait(moment)
    else if (moment < 0) await answer()
    enter()
    for (let i = 0; i < 100 && field().value !== wanted; i++) await wait(10)
    seen.push({ moment, value: field().value })
  }
  return seen
}
