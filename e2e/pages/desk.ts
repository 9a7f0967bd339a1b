/** What a person does at the window, in the language of the window. Everything by keyboard where the name says so. */
import { join } from 'node:path'
import { answerOpenDialogs, answerSaveDialogs, expect, type Consilium, type Locale } from '../fixtures.ts'
import { type PageWords, wordsOf } from './words.ts'

export const PASSPHRASE = 'river lantern oxide meadow'

export interface Desk {
  readonly t: PageWords
  readonly consilium: Consilium
}

export const deskOf = (consilium: Consilium, locale: Locale): Desk => ({ consilium, t: wordsOf(locale) })

/** Founds a hospital with the wizard and, unless told to put it off, proves its recovery kit. */
export async function found(
  desk: Desk,
  names: { hospital: string; person: string },
  kit: 'prove' | 'later' = 'prove',
) {
  const { t, consilium } = desk
  const { page } = consilium
  await page.getByRole('button', { name: t.firstRun.found.title }).click()
  await page.getByLabel(t.firstRun.institutionName).fill(names.hospital)
  await page.getByLabel(t.firstRun.personName).fill(names.person)
  await page.getByRole('button', { name: t.shell.next }).click()
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  await page.getByLabel(t.firstRun.passphraseAgain).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.shell.next }).click()
  await page.getByLabel(t.firstRun.folder).fill(consilium.profileFolder)
  await page.getByRole('button', { name: t.firstRun.foundNow }).click()
  await expect(page.getByText(t.firstRun.kit.why)).toBeVisible({ timeout: 30_000 })
  if (kit === 'later') {
    await page.getByRole('button', { name: t.firstRun.kit.later }).click()
    return
  }
  await proveKit(desk)
}

/** Saves the recovery kit, opens it again and goes on. */
export async function proveKit({ t, consilium: { page, app, scratchFolder } }: Desk) {
  const file = join(scratchFolder, 'kit.txt')
  await answerSaveDialogs(app, file)
  await page.getByRole('button', { name: t.firstRun.kit.saveFile }).click()
  await expect(page.getByText(t.firstRun.kit.saved(file))).toBeVisible({ timeout: 20_000 })
  await answerOpenDialogs(app, file)
  await page.getByRole('button', { name: t.firstRun.kit.proveFile }).click()
  await expect(page.getByText(t.firstRun.kit.proven)).toBeVisible({ timeout: 20_000 })
  await page.getByRole('button', { name: t.firstRun.kit.finish }).click()
}

export async function goTo({ t, consilium }: Desk, room: keyof PageWords['shell']['rooms']) {
  await consilium.page
    .getByRole('navigation', { name: t.shell.navigation })
    .getByRole('link', { name: t.shell.rooms[room], exact: true })
    .click()
}

/** Which field of the form has the focus. */
export const focusedField = ({ consilium }: Desk) =>
  consilium.page.evaluate(
    () => document.activeElement?.getAttribute('data-field') ?? document.activeElement?.id ?? '',
  )

export async function expectFocus(desk: Desk, field: string | RegExp) {
  await expect
    .poll(() => focusedField(desk))
    .toMatch(typeof field === 'string' ? new RegExp(`^${field}$`) : field)
}

/** Registers a patient from the search of record entry, by keyboard alone. */
export async function registerByKeyboard(
  desk: Desk,
  patient: { name: string; birthDate: string; sexKey: string },
) {
  const { keyboard } = desk.consilium.page
  await expectFocus(desk, 'patient-search')
  await keyboard.press('F4')
  await expect(desk.consilium.page.getByLabel(desk.t.patients.name, { exact: true })).toBeFocused()
  await keyboard.insertText(patient.name)
  await keyboard.press('Enter')
  await keyboard.type(patient.birthDate)
  await keyboard.press('Enter')
  await keyboard.type(patient.sexKey)
  await keyboard.press('Control+Enter')
  await expectFocus(desk, 'encounter.class')
}

/** A short outpatient visit by keyboard alone, from the first field of the form to the save. */
export async function enterVisitByKeyboard(
  desk: Desk,
  visit: { department: string; diagnosis: string; reason: string },
) {
  const { keyboard } = desk.consilium.page
  const enter = () => keyboard.press('Enter')
  await expectFocus(desk, 'encounter.class')
  await enter() // outpatient
  await enter() // today
  await enter() // now
  await expectFocus(desk, 'encounter.department')
  await keyboard.insertText(visit.department)
  await enter()
  await expectFocus(desk, 'encounter.reason')
  await keyboard.insertText(visit.reason)
  await enter()
  await expectFocus(desk, 'vitals.sbp')
  await keyboard.type('128/82')
  await enter()
  await expectFocus(desk, 'vitals.hr') // the second pressure is filled already
  await keyboard.press('Alt+4')
  await expectFocus(desk, /^labs\..*\.test$/)
  await keyboard.type('hba1c')
  await enter()
  await expectFocus(desk, /^labs\..*\.value$/)
  await keyboard.type('7.0')
  await keyboard.press('Alt+5')
  await expectFocus(desk, /^diagnoses\..*\.code$/)
  await keyboard.insertText(visit.diagnosis)
  await enter() // before the list can have come
  await keyboard.press('Control+Enter')
}
