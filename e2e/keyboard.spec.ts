/** The work of a clerk by keyboard alone, counted (scenarios C4 and C7, and the targets of 60 and 190 strokes). */
import type { Page } from '@playwright/test'
import { expect, sharedInFile, test } from './fixtures.ts'
import { deskOf, expectFocus, focusedField, found, goTo, registerByKeyboard } from './pages/desk.ts'
import { keepPicture } from './pages/pictures.ts'
import { typistAt, watchMouse } from './typist.ts'

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
  // What was counted is what was recorded: no stroke was saved by losing something.
  expect(await newest(page)).toMatchObject({
    vitals: '128 82 72 16 36.8 98 165 68.5 0',
    labs: '131 14 0.9 140 4.2 31',
    diagnoses: 'E119 I10 E785',
    medicines: 'A10BA02 500 mg bid po 28, C09CA01 50 mg qd po 28, C10AA05 20 mg hs po 28',
    billed: [850],
  })

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
  expect(await newest(page)).toMatchObject({
    vitals: '126 78 165 68',
    labs: '6.9 88',
    diagnoses: 'E119 I10 E785',
    medicines: 'A10BA02 500 mg bid po 28, C09CA01 50 mg qd po 28, C10AA05 20 mg hs po 28',
    billed: [],
  })

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
  expect(await newest(page)).toMatchObject({ vitals: '126 78 165 68', labs: '6.7 88' })

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

test('C4: a day, two results, a diagnosis, a medicine, a procedure and a note by keyboard, through an input method that owns its keys', async () => {
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
  await expectFocus(desk, 'encounter.day')
  await keyboard.type('20260105')
  await keyboard.press('Enter')
  await keyboard.press('Enter')
  await expectFocus(desk, 'encounter.department')
  await compose('內')
  await expect(page.locator('[data-field="encounter.department"]')).toHaveValue('內')
  await expect(page.locator('[role=option]').first()).toBeVisible()
  // In a contrast theme the chosen option and the focus are seen too: the system takes backgrounds and shadows away.
  await page.emulateMedia({ forcedColors: 'active' })
  expect(await page.evaluate(contrasts)).toEqual({ option: true, focus: true, room: true })
  await keepPicture(page, 'entry-contrast')
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
  // Two results by code, value and unit, one medicine.
  await keyboard.press('Alt+4')
  for (const [code, value] of [
    ['2823-3', '4.2'],
    ['2345-7', '5.5mmol'],
  ] as const) {
    await expectFocus(desk, /^labs\..*\.test$/)
    await keyboard.type(code)
    await keyboard.press('Enter')
    await expectFocus(desk, /^labs\..*\.value$/)
    await keyboard.type(value)
    await keyboard.press('Enter')
  }
  await keyboard.press('Alt+7')
  await expectFocus(desk, /^medicines\..*\.code$/)
  await keyboard.type('C09CA01 50 mg qd po 28')
  await keyboard.press('Enter')
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
      value: {
        record: {
          encounter: { admission: { at: string } }
          observations: { code: { code: string }; value: { value: string; unit?: string } }[]
          procedures: { code: { code: string } }[]
          prescriptions: { code: { code: string } }[]
          notes: string[]
        }
      }
    }
    const found = (await chain.find({ text: String(index) })) as unknown as { value: { hash: string }[] }
    const { encounter, observations, procedures, prescriptions, notes } = opened.value.record
    return {
      day: encounter.admission.at.slice(0, 10),
      results: observations.map(({ code, value }) => `${code.code} ${value.value} ${value.unit}`),
      codes: [...procedures, ...prescriptions].map(({ code }) => code.code),
      notes,
      index,
      hash: found.value[0]!.hash,
    }
  })
  expect(entered).toMatchObject({
    day: '2026-01-05',
    results: ['2823-3 4.2 mmol/L', '2345-7 5.5 mmol/L'],
    codes: ['0DJD8ZZ', 'C09CA01'],
    notes: ['fasting since the evening'],
  })
  // Height and hash are one step away.
  await row.getByRole('button', { name: desk.t.chain.block(String(entered.index)) }).click()
  await expect(page.getByText(entered.hash.slice(0, 6)).first()).toBeVisible()
})

test('C2: arrows and Enter open whom the search shows', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  await goTo(desk, 'home')
  await goTo(desk, 'record')
  for (const [name, birthDate, sexKey] of [
    ['Eva Longname', '1990-04-04', 'F'],
    ['Otto Longname', '1951-10-23', 'm'],
  ] as const) {
    await registerByKeyboard(desk, { name, birthDate, sexKey })
    await page.getByRole('button', { name: desk.t.entry.leave }).click()
  }
  await expectFocus(desk, 'patient-search')
  await page.keyboard.type('lon')
  const options = page.locator('[role=option]')
  await expect(options.filter({ hasText: 'Longname' })).toHaveCount(2)
  const second = /(Eva|Otto) Longname/.exec((await options.nth(1).textContent()) ?? '')![0]
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expectFocus(desk, 'encounter.class')
  await expect(page.locator('#visit-section-1').getByText(second)).toBeVisible()
  await page.getByRole('button', { name: desk.t.entry.leave }).click()
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

// The last one: its template and department stay those of the desk while the session lasts.
test('several sets of vital signs, and a template with its order and what it needs, by keyboard', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  const { t } = desk
  const { keyboard } = page
  await goTo(desk, 'home')
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: 'Dora Example', birthDate: '1980-01-20', sexKey: 'F' })
  const mouse = await watchMouse(page)
  await keyboard.press('Alt+1')
  await expect(page.getByRole('button', { name: t.entry.person })).toBeFocused()

  // A template of one's own: temperature before the pressures, the pulse needed.
  await page.getByRole('button', { name: t.entry.templates.open }).focus()
  await keyboard.press('Enter')
  await expect(page.getByLabel(t.entry.templates.name)).toBeFocused()
  await keyboard.insertText('Ward round')
  await keyboard.press('Enter')
  await expect(page.locator('[data-field="template"]')).toHaveValue(/^own-/)
  await page.getByRole('button', { name: `${t.entry.templates.fields}, Ward round` }).focus()
  await keyboard.press('Enter')
  const up = page.locator('[data-move="vital-temp -1"]')
  await up.focus()
  for (let i = 0; i < 4; i++) {
    await keyboard.press('Alt+ArrowUp')
    await expect(up).toBeFocused()
  }
  await page.locator('[data-need="vitals.hr"]').focus()
  await keyboard.press('n')
  await expect(page.locator('[data-need="vitals.hr"]')).toHaveValue('required')
  await page.getByRole('button', { name: t.entry.templates.keep }).focus()
  await keyboard.press('Enter')
  await expect(page.getByTestId('template-fields')).toHaveCount(0)

  await keyboard.press('Alt+2')
  await expectFocus(desk, 'encounter.class')
  for (let i = 0; i < 3; i++) await keyboard.press('Enter')
  await keyboard.insertText('int')
  await keyboard.press('Enter')
  await expectFocus(desk, 'encounter.reason')
  await keyboard.press('Alt+3')
  await expectFocus(desk, 'vitals.temp')
  await keyboard.type('36.9')
  await keyboard.press('Enter')
  await keyboard.type('120/80')
  await keyboard.press('Alt+5')
  await keyboard.insertText('i10')
  await keyboard.press('Enter')
  await keyboard.press('Control+Enter')
  await expectFocus(desk, 'vitals.hr')
  await expect(page.getByText(/Heart rate is needed under the template “Ward round”/).first()).toBeVisible()

  await keyboard.type('72')
  await keyboard.press('Alt+n')
  await expectFocus(desk, /^furtherVitals\..*\.at$/)
  // Later today would lie in the future of this test.
  await keyboard.type('0001')
  await keyboard.press('Enter')
  await expectFocus(desk, /^furtherVitals\..*\.temp$/)
  await keyboard.type('37.4')
  await keyboard.press('Enter')
  await keyboard.type('130/85')
  await keyboard.press('Enter')
  await expectFocus(desk, /^furtherVitals\..*\.hr$/)
  await keyboard.type('80')
  await keyboard.press('Control+Enter')
  await expectFocus(desk, 'patient-search')
  await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')
  const { vitals, times } = await newest(page)
  expect(vitals).toBe('120 80 72 36.9 130 85 80 37.4')
  expect(new Set(times.slice(0, 4)).size).toBe(1)
  expect(new Set(times.slice(4))).toEqual(new Set([expect.stringMatching(/T00:01:00/)]))
  expect(await mouse()).toBe(0)
})

/** What my newest visit says, in the order of the record. */
const newest = (page: Page) =>
  page.evaluate(async () => {
    const { records } = window.consilium
    const recent = (await records.recent({ limit: 1, of: 'mine' })) as unknown as {
      value: { merkleRoot: string }[]
    }
    const opened = (await records.open({ merkleRoot: recent.value[0]!.merkleRoot })) as unknown as {
      value: {
        record: {
          observations: { kind: string; effective?: string; value: { value: string } }[]
          diagnoses: { code: { code: string } }[]
          prescriptions: {
            code: { code: string }
            dose?: { value: string; unit?: string }
            frequency?: string
            route?: string
            daysSupply?: number
          }[]
          claims: { billedMinor?: number; currencyExponent: number }[]
        }
      }
    }
    const { observations, diagnoses, prescriptions, claims } = opened.value.record
    // Pain is asked, not measured, and stands among the vital signs all the same.
    const vital = observations.filter(({ kind }) => kind !== 'lab')
    return {
      vitals: vital.map(({ value }) => value.value).join(' '),
      times: vital.map(({ effective }) => effective),
      labs: observations
        .filter(({ kind }) => kind === 'lab')
        .map(({ value }) => value.value)
        .join(' '),
      diagnoses: diagnoses.map(({ code }) => code.code).join(' '),
      medicines: prescriptions
        .map((each) =>
          [
            each.code.code,
            each.dose?.value,
            each.dose?.unit,
            each.frequency,
            each.route,
            each.daysSupply,
          ].join(' '),
        )
        .sort((a, b) => (a < b ? -1 : 1))
        .join(', '),
      billed: claims.map(({ billedMinor, currencyExponent }) => (billedMinor ?? 0) / 10 ** currencyExponent),
    }
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
