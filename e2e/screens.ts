/**
 * The screens of docs/screens/, in the order in which a person meets them. Everything shown is synthetic: a demonstration
 * hospital, and one person more who is entered here and does not exist either.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { answerOpenDialogs, expect } from './fixtures.ts'
import { big5Table } from './pages/big5.ts'
import { untilComplete } from './pages/demonstration.ts'
import { expectFocus, goTo } from './pages/desk.ts'
import { become, screen, type Screen } from './screen.ts'
import { insurerScreens, studyScreens, workbenchScreens } from './screens-studies.ts'

/** Of the demonstration: so many that the insurer’s table has something to show of its groups. */
const PATIENTS = '500'
/** So many that hospitals answer at all. */
export const FEWEST_PATIENTS = '200'

const invented = {
  en: {
    name: 'Ada Example',
    department: 'internal',
    diagnosis: 'E11.9',
    reason: 'follow-up after three months',
  },
  'zh-Hant': { name: '范例一', department: '內科', diagnosis: '糖尿病', reason: '三個月後回診' },
}

export const screensWith = (patients: string): readonly Screen[] => [
  screen('first-run', async ({ consilium: { page }, t }) => {
    await expect(page.getByRole('button', { name: t.firstRun.found.title })).toBeVisible()
  }),
  screen('found-institution', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.firstRun.found.title }).click()
    await page.getByLabel(t.firstRun.institutionName).fill('St. Raphael')
    await page.getByLabel(t.firstRun.personName).fill('Lin')
  }),
  screen('found-passphrase', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.shell.next }).click()
    await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill('river lantern oxide')
    await page.getByLabel(t.firstRun.passphraseAgain).fill('river')
  }),
  screen('found-folder', async ({ consilium: { page }, t }) => {
    await page.getByLabel(t.firstRun.passphraseAgain).fill('river lantern oxide')
    await page.getByRole('button', { name: t.shell.next }).click()
    await page.getByLabel(t.firstRun.folder).fill('/home/person/Consilium/St Raphael')
  }),
  screen('restore', async ({ consilium: { page }, t }) => {
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: t.shell.back }).click()
    await page.getByRole('button', { name: t.firstRun.restore.title }).click()
    await page.getByRole('button', { name: t.firstRun.restoreNow }).click()
  }),
  screen('refused', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.shell.back }).click()
    await page.getByRole('button', { name: t.firstRun.open.title }).click()
    await page.getByLabel(t.firstRun.folder).fill('/home/person/nothing-here')
    await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill('a passphrase')
    await page.getByRole('button', { name: t.firstRun.openNow }).click()
    await expect(page.getByText(t.firstRun.refusals['profile-missing'])).toBeVisible()
  }),
  screen('join', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.shell.back }).click()
    await page.getByRole('button', { name: t.joining.join.title }).click()
    await expect(page.getByRole('button', { name: t.joining.firstTime })).toBeVisible()
  }),
  screen('join-request', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.joining.firstTime }).click()
    await page.getByLabel(t.firstRun.institutionName).fill('St. Raphael')
    await page.getByLabel(t.firstRun.personName).fill('Lin')
    await page.getByLabel(t.joining.listen).fill('0.0.0.0:4711')
  }),
  screen('together', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.shell.back }).first().click()
    await page.getByRole('button', { name: t.joining.together.title }).click()
    await expect(page.getByRole('button', { name: t.joining.firstTime })).toBeVisible()
  }),
  screen('demonstration', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.shell.back }).click()
    await page.getByRole('button', { name: t.firstRun.demonstration.title }).click()
    await page.getByLabel(t.firstRun.patients).selectOption(patients)
  }),
  screen('home', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.firstRun.demonstrationNow }).click()
    await expect(page.getByRole('note')).toBeVisible({ timeout: 600_000 })
    // The last block is to be the visit that is entered below, so every other one comes first.
    await expect.poll(() => page.evaluate(isFilling), { timeout: 1_200_000 }).toBe(false)
    await expect(page.getByTestId('status-pill')).toContainText(t.shell.status.saved, { timeout: 120_000 })
    await expect(page.getByTestId('visit-row').first()).toBeVisible()
  }),
  screen('record-search', async (desk) => {
    await goTo(desk, 'record')
    await expectFocus(desk, 'patient-search')
    const someone = await desk.consilium.page.evaluate(async () => {
      const answer = await window.consilium.patients.search({ text: '', limit: 1 })
      return answer.ok ? (answer.value as { patients: { name: string }[] }).patients[0]?.name : undefined
    })
    await desk.consilium.page.keyboard.insertText([...(someone ?? '')].slice(0, 2).join(''))
    await expect(desk.consilium.page.locator('[role=option]').first()).toBeVisible()
  }),
  screen('record-register', async (desk, locale) => {
    const { page } = desk.consilium
    await page.keyboard.press('Escape')
    await page.keyboard.press('F4')
    await page.getByLabel(desk.t.patients.name, { exact: true }).fill(invented[locale].name)
    await page.getByLabel(desk.t.patients.birthDate).fill('46/03/02')
  }),
  screen('record-entry', async (desk, locale) => {
    const { page } = desk.consilium
    const words = invented[locale]
    await page.keyboard.press('Control+Enter')
    await expectFocus(desk, 'encounter.class')
    for (let i = 0; i < 3; i++) await page.keyboard.press('Enter')
    await page.keyboard.insertText(words.department)
    await page.keyboard.press('Enter')
    await expectFocus(desk, 'encounter.reason')
    await page.keyboard.insertText(words.reason)
    await page.keyboard.press('Enter')
    await page.keyboard.type('128/82')
    await page.keyboard.press('Enter') // over the second pressure, which is filled
    await page.keyboard.type('720')
    await page.keyboard.press('Enter')
    await expect(page.getByText(/720/).first()).toBeVisible()
  }),
  screen('record-sections', async (desk, locale) => {
    const { page } = desk.consilium
    await page.getByLabel(desk.t.entry.vitals.names.hr, { exact: true }).fill('72')
    await page.keyboard.press('Alt+4')
    await page.keyboard.type('glucF')
    await page.keyboard.press('Enter')
    await page.keyboard.type('7.2mmol')
    await page.keyboard.press('Enter')
    await page.keyboard.type('hba1c')
    await page.keyboard.press('Enter')
    await page.keyboard.type('7.0')
    await page.keyboard.press('Alt+5')
    await page.keyboard.insertText(invented[locale].diagnosis)
    await page.keyboard.press('Enter')
    await expectFocus(desk, /^diagnoses\..*\.text$/)
    await page.keyboard.press('Alt+7')
    await page.keyboard.type('metf')
    await expect(page.locator('[role=option]').first()).toBeVisible()
  }),
  screen('record-confirm', async (desk) => {
    const { page } = desk.consilium
    await page.keyboard.press('Enter')
    await expectFocus(desk, /^medicines\..*\.dose$/)
    for (let i = 0; i < 2; i++) await page.keyboard.press('Enter')
    await page.keyboard.type('400')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('alertdialog')).toBeVisible()
  }),
  screen('record-final', async (desk) => {
    const { page } = desk.consilium
    await page.keyboard.press('Enter')
    await expectFocus(desk, 'patient-search')
    await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')
  }),
  screen('patients', async (desk) => {
    await goTo(desk, 'patients')
    await expect(desk.consilium.page.getByRole('row').nth(1)).toBeVisible()
  }),
  screen('patient', async ({ consilium: { page }, t }, locale) => {
    await page.getByLabel(t.patients.searchLabel).fill(invented[locale].name)
    await page.getByRole('row', { name: new RegExp(invented[locale].name) }).click()
    await page.getByTestId('visit-version').getByRole('button').first().click()
  }),
  screen('register-similar', async ({ consilium: { page }, t }, locale) => {
    await page.evaluate(() => {
      location.hash = '#/patients/new'
    })
    await page.getByLabel(t.patients.name, { exact: true }).fill(invented[locale].name)
    await page.getByLabel(t.patients.birthDate).fill('46/03/02')
    await page.getByRole('button', { name: t.patients.registerNow, exact: true }).click()
    await expect(page.getByText(t.people.duplicates.title)).toBeVisible()
  }),
  screen('patient-history', async ({ consilium: { page }, t }) => {
    await openBusiest(page)
    await expect(page.getByTestId('visit-version').first()).toBeVisible()
    await page.getByTestId('visit-version').first().getByRole('button').first().click()
    await expect(page.getByTestId('elsewhere').or(page.getByText(t.access.none))).toBeVisible()
  }),
  screen('patient-results', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.history.tabs.results }).click()
    await expect(page.getByTestId('result-chart').first()).toBeVisible()
  }),
  screen('patient-medicines', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.history.tabs.medicines }).click()
  }),
  screen('patient-diagnoses', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.history.tabs.diagnoses }).click()
  }),
  screen('late-result', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.history.tabs.visits }).click()
    await page.getByTestId('visit-version').first().getByRole('button').first().click()
    await page.getByRole('button', { name: t.people.late.action }).first().click()
    await page.getByRole('dialog').getByLabel(t.people.late.test).fill('potassium')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel(t.people.late.value, { exact: true }).fill('4.4')
    await expect(page.getByRole('dialog').getByTestId('version-diff')).toContainText('4.4')
  }),
  screen('move-visit', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: t.patients.moreChanges }).first().click()
    await page.getByRole('menuitem', { name: t.people.move.action }).click()
    await expect(page.getByText(t.people.move.body)).toBeVisible()
  }),
  screen('retract-visit', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await page.getByRole('button', { name: t.patients.moreChanges }).first().click()
    await page.getByRole('menuitem', { name: t.patients.retract }).click()
    await expect(page.getByText(t.patients.retractBody)).toBeVisible()
  }),
  screen('restore-visit', async ({ consilium: { page }, t }) => {
    await page.getByRole('dialog').getByRole('button', { name: t.clinical.changeNow.retract }).click()
    // The demonstration has no passphrase to be asked for.
    await expect(page.getByRole('dialog')).toBeHidden()
    const visit = page.locator('[data-testid=visit-version][data-retracted]').first()
    const restore = visit.getByRole('button', { name: t.patients.restore })
    await restore.click()
    await expect(page.getByText(t.patients.restoreBody)).toBeVisible()
  }),
  screen('dispute-find', async ({ consilium: { page }, t }) => {
    await page.getByRole('dialog').getByRole('button', { name: t.clinical.changeNow.restore }).click()
    await expect(page.getByRole('dialog')).toBeHidden()
    await page.getByRole('button', { name: t.people.dispute.elsewhere }).click()
    await page.getByLabel(t.people.dispute.find).fill('0')
  }),
  screen('dispute-visit', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Enter')
    await expect(page.getByText(t.people.dispute.body)).toBeVisible()
  }),
  screen('update-patient', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await page.keyboard.press('F4')
    await page.getByRole('dialog').getByLabel(t.patients.residenceRegion).fill('104')
    await page.getByRole('dialog').getByLabel(t.patients.deathDate).fill('2030-01-02')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByText(t.patients.refused['death-date-future'])).toBeVisible()
  }),
  screen('patient-links', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await page.evaluate(linkTwins)
    await page.getByRole('tab', { name: t.history.tabs.person }).click()
    await expect(page.getByTestId('link')).toBeVisible()
  }),
  screen('summary', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.history.summary.action }).click()
    await expect(page.getByTestId('summary-code')).toBeVisible()
  }),
  screen('check-summary', async ({ consilium: { page }, t }) => {
    const code = await page.getByTestId('summary-code').textContent()
    await page.evaluate(() => {
      location.hash = '#/patients/check'
    })
    await page.getByLabel(t.history.check.field).fill(code ?? '')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('verdict')).toHaveAttribute('data-verdict', 'good')
  }),
  screen('results-to-come', async ({ consilium: { page }, t }) => {
    await page.evaluate(() => {
      location.hash = '#/patients/awaited'
    })
    await expect(page.getByRole('heading', { name: t.people.late.title })).toBeVisible()
  }),
  screen('patient-elsewhere', async ({ consilium: { page }, t }) => {
    await openTraveller(page)
    await expect(page.getByTestId('elsewhere')).toHaveAttribute('data-open', '0')
    await page.keyboard.press(t.access.key)
    await expect(page.getByTestId('elsewhere')).not.toHaveAttribute('data-open', '0')
    await expect(page.getByTestId('hospital').first()).toBeVisible()
  }),
  screen('break-glass', async ({ consilium: { page }, t }) => {
    await breakGlassAtOnce(page)
    await page.getByRole('button', { name: t.access.more, exact: true }).click()
    await page.getByRole('menuitem', { name: t.access.breakGlass }).click()
    await expect(page.getByText(t.access.glassBody)).toBeVisible()
  }),
  ...workbenchScreens,
  screen('models-form', async (desk) => {
    const { page, app, scratchFolder } = desk.consilium
    const t = desk.t.models
    await goTo(desk, 'models')
    const table = join(scratchFolder, 'follow-up.csv')
    writeFileSync(table, exampleTable())
    await answerOpenDialogs(app, table)
    await page.getByRole('button', { name: new RegExp(`${t.chooseTable}|${t.otherTable}`) }).click()
    await page.getByLabel(t.family).selectOption('cox')
    await page.getByLabel(t.fields.stop, { exact: true }).selectOption('day')
    await page.getByLabel(t.fields.event, { exact: true }).selectOption('event')
    await page.getByRole('checkbox', { name: 'age', exact: true }).check()
    await page.getByRole('checkbox', { name: 'hba1c', exact: true }).check()
    await page.getByRole('checkbox', { name: 'ward', exact: true }).check()
  }),
  screen('models-result', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.models.fit, exact: true }).click()
    await expect(page.getByRole('table', { name: t.models.coefficients })).toBeVisible({ timeout: 30_000 })
  }),
  screen('models-curves', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.models.again }).click()
    await page.getByLabel(t.models.family).selectOption('km')
    await page.getByLabel(t.models.fields.groups, { exact: true }).selectOption('ward')
    await page.getByRole('button', { name: t.models.fit, exact: true }).click()
    await expect(page.getByRole('grid', { name: t.models.curve.points })).toBeVisible({ timeout: 30_000 })
  }),
  screen('network', async (desk) => {
    await become(desk, 'north-hospital/administrator')
    await goTo(desk, 'network')
    const { page } = desk.consilium
    await expect(page.getByTestId('network-state')).toBeVisible()
    await expect(page.getByRole('grid').getByText(desk.t.network.connection.up).first()).toBeVisible()
  }),
  screen('network-member', async ({ consilium: { page } }) => {
    await page.getByRole('grid').getByRole('row').nth(2).click()
  }),
  screen('network-access', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.access.tab, exact: true }).click()
    await expect(page.getByTestId('access').first()).toBeVisible()
  }),
  screen('network-snapshots', async ({ consilium: { page }, t }) => {
    // A snapshot and its studies come after the patients.
    await untilComplete(page)
    await page.evaluate(() => void (location.hash = '#/network/snapshots'))
    await expect(page.getByText(t.checks.snapshots.newest)).toBeVisible({ timeout: 60_000 })
  }),
  ...studyScreens,
  ...insurerScreens,
  screen('audit', async (desk) => {
    await become(desk, 'north-hospital/auditor')
    await goTo(desk, 'audit')
    const list = desk.consilium.page.getByRole('listbox', { name: desk.t.audit.list })
    await expect(list.getByRole('option').first()).toBeVisible()
  }),
  screen('audit-entry', async ({ consilium: { page }, t }) => {
    await page.getByRole('listbox', { name: t.audit.list }).press('ArrowDown')
    await expect(page.getByRole('complementary', { name: t.audit.detail })).toBeVisible()
  }),
  screen('chain', async (desk) => {
    await become(desk, 'north-hospital/clerk')
    await goTo(desk, 'chain')
    await expect(desk.consilium.page.locator('[role=option]').first()).toBeVisible()
  }),
  screen('block-verified', async ({ consilium: { page }, t }) => {
    await page.getByRole('listbox').focus()
    await page.keyboard.press('End')
    await page.getByRole('button', { name: t.chain.verifyBlock }).click()
    await expect(page.getByTestId('verify-block')).toHaveAttribute('data-ok', 'true')
  }),
  screen('block-record', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: t.chain.previous }).first().click()
    await page.getByRole('button', { name: t.chain.next }).first().click()
    await page.getByRole('tab', { name: t.chain.tabs.record }).click()
    await expect(page.getByText(t.chain.record.clinical)).toBeVisible()
  }),
  screen('block-tree', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.chain.tabs.proof }).click()
    await expect(page.getByText(t.chain.proof.fits)).toBeVisible()
  }),
  screen('block-certificate', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.chain.tabs.segment }).click()
  }),
  screen('chain-verified', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.chain.closePane }).click()
    await page.getByRole('button', { name: t.chain.verifyChain }).click()
    await expect(page.getByTestId('verify-chain')).toContainText(t.chain.chainOkTip, { timeout: 60_000 })
  }),
  screen('import', async (desk) => {
    await goTo(desk, 'imports')
    const file = join(desk.consilium.scratchFolder, 'example.json')
    writeFileSync(file, exampleBundle())
    await answerOpenDialogs(desk.consilium.app, file)
    await desk.consilium.page.getByRole('button', { name: desk.t.imports.chooseFiles }).click()
    await expect(desk.consilium.page.getByText(desk.t.imports.chosen(1))).toBeVisible()
  }),
  screen('import-report', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.imports.start, exact: true }).click()
    await expect(page.getByText(t.imports.report.rejectsTitle).first()).toBeVisible({ timeout: 60_000 })
  }),
  screen('import-columns', async (desk) => {
    const { page, app, scratchFolder } = desk.consilium
    const { t } = desk
    await page.getByRole('button', { name: t.imports.report.again }).click()
    const file = join(scratchFolder, 'his.csv')
    writeFileSync(file, big5Table())
    await answerOpenDialogs(app, file)
    await page.getByRole('button', { name: t.imports.chooseFiles }).click()
    await page.getByRole('button', { name: t.imports.start, exact: true }).click()
    await expect(page.getByLabel(t.tables.dateOf('就診日期'))).toHaveValue('roc')
    await page.getByRole('button', { name: t.tables.usualUnits }).click()
  }),
  screen('import-codes', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.tables.next }).click()
    await expect(page.getByRole('heading', { name: t.tables.steps.codes })).toBeVisible()
  }),
  screen('import-trial', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.tables.next }).click()
    await expect(page.getByTestId('trial-preview')).toBeVisible({ timeout: 60_000 })
  }),
  screen('imports-earlier', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.batches.undo }).first().scrollIntoViewIfNeeded()
    await page.getByRole('button', { name: t.batches.undo }).first().click()
    await expect(page.getByText(t.batches.undoTitle)).toBeVisible()
  }),
  screen('imports-watched', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.batches.watched.add }).click()
    await page
      .getByRole('textbox', { name: t.batches.watched.folder, exact: true })
      .fill('/srv/laboratory/outbox')
    await page.getByLabel(t.batches.watched.after).scrollIntoViewIfNeeded()
  }),
  screen('codes', async (desk) => {
    await goTo(desk, 'codes')
    await expect(desk.consilium.page.getByTestId('list-diagnosis')).toBeVisible()
  }),
  screen('codes-work', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.codes.tabs.work }).click()
    await page.getByRole('button', { name: t.codes.look, exact: true }).click()
    await expect(page.getByRole('button', { name: t.codes.lookAgain })).toBeEnabled({ timeout: 60_000 })
  }),
  screen('codes-own', async ({ consilium: { page }, t }) => {
    await page.getByRole('tab', { name: t.codes.tabs.own }).click()
    await page.getByRole('main').getByLabel(t.codes.find, { exact: true }).fill('dm')
    await expect(page.getByTestId('found-code').first()).toBeVisible()
  }),
  screen('codes-map', async ({ consilium: { page, app, scratchFolder }, t }) => {
    const file = join(scratchFolder, 'map.csv')
    writeFileSync(file, 'source system,source code,target code\nSNOMED CT,44054006,E11.9\n')
    await answerOpenDialogs(app, file)
    const map = page.getByRole('button', { name: t.codes.mapImport })
    // Where it is the administrator's to change, a map is shown; else that there is none.
    if (await map.isVisible()) {
      await map.click()
      await expect(page.getByTestId('map')).toContainText('map.csv')
    }
    await page.getByTestId('map').scrollIntoViewIfNeeded()
  }),
  screen('settings', async (desk) => {
    await goTo(desk, 'settings')
    await expect(desk.consilium.page.getByText(desk.t.settings.about, { exact: true })).toBeVisible()
  }),
  screen('recovery-kit', async (desk) => {
    await become(desk, 'north-hospital/administrator')
    await goTo(desk, 'settings')
    await desk.consilium.page.getByRole('button', { name: desk.t.settings.kitAgain }).click()
  }),
  screen('status', async ({ consilium: { page }, t }) => {
    await page.getByTestId('status-pill').click()
    await expect(page.getByText(t.shell.status.title)).toBeVisible()
  }),
  screen('palette', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await expect(page.getByPlaceholder(t.shell.paletteHint)).toBeVisible()
  }),
  screen('shortcuts', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await expect(page.getByPlaceholder(t.shell.paletteHint)).toBeHidden()
    await page.getByRole('button', { name: t.shell.shortcuts }).click()
    await expect(page.getByText(t.shell.keys.everywhere)).toBeVisible()
  }),
  screen('locked', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: t.shell.lock, exact: true }).click()
    await expect(page.getByText(t.firstRun.unlockSynthetic)).toBeVisible()
  }),
]

export const screens = screensWith(PATIENTS)

/** The patient with most visits, whose history has something to show. */
async function openBusiest(page: Page): Promise<void> {
  const patientId = await page.evaluate(async () => {
    const answer = await window.consilium.patients.search({ text: '', limit: 100 })
    const found = answer.ok
      ? (answer.value as { patients: { patientId: string; visitCount: number }[] }).patients
      : []
    return [...found].sort((a, b) => b.visitCount - a.visitCount)[0]?.patientId ?? ''
  })
  await page.evaluate((id) => {
    location.hash = `#/patients/${id}`
  }, patientId)
}

/** A patient whom other hospitals know too. */
export async function openTraveller(page: Page): Promise<string> {
  const patientId = await page.evaluate(async () => {
    const answer = await window.consilium.patients.search({ text: '', limit: 100 })
    const found = answer.ok ? (answer.value as { patients: { patientId: string }[] }).patients : []
    let most = { patientId: '', visitCount: 0 }
    for (const { patientId: id } of found) {
      const there = await window.consilium.access.elsewhere({ patientId: id })
      const { visitCount } = (there.ok ? there.value : { visitCount: 0 }) as { visitCount: number }
      if (visitCount > most.visitCount) most = { patientId: id, visitCount }
    }
    return most.patientId
  })
  await page.evaluate((id) => {
    location.hash = `#/patients/${id}`
  }, patientId)
  return patientId
}

/** So that the list of accesses has one to be reviewed. */
async function breakGlassAtOnce(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const patientId = location.hash.split('/')[2] ?? ''
    const text = 'Brought in alone, does not answer'
    await window.consilium.access.breakGlass({ patientId, reason: 'unconscious', text } as never)
  })
}

/** Registers the open patient a second time and links both. Runs in the page. */
async function linkTwins(): Promise<void> {
  const patientId = location.hash.split('/')[2] ?? ''
  const found = await window.consilium.patients.get({ patientId })
  const known = (found.ok ? found.value : null) as { name: string; sex: string; birthDate: string } | null
  if (known === null) return
  const registered = await window.consilium.patients.register({
    patient: { name: known.name, sex: known.sex, birthDate: known.birthDate, medicalRecordNumber: 'M-2' },
    although: { reason: 'other' },
  } as never)
  const other = (registered.ok ? registered.value : null) as { patient: { patientId: string } } | null
  await window.consilium.patients.link({
    patientId,
    otherId: other?.patient.patientId,
    reason: 'registered-twice',
  } as never)
}

/** Whether the demonstration's patients are still on their way into the chain. Runs in the page. */
async function isFilling(): Promise<boolean> {
  const answer = await window.consilium.jobs.list()
  const jobs = answer.ok ? (answer.value as { kind: string; state: string; unit: string }[]) : []
  const filling = jobs.find(({ kind, unit }) => kind === 'demonstration' && unit === 'patients')
  return filling === undefined || filling.state === 'running'
}

/** A follow-up of people who do not exist, from a rule. */
export function exampleTable(): string {
  const lines = ['day,event,age,hba1c,ward']
  for (let i = 0; i < 240; i++) {
    const r = (i * 7919 + 13) % 1009
    const hba1c = 5.5 + ((r * 31) % 47) / 10
    const age = 40 + ((r * 17) % 45)
    const day = 20 + Math.floor(((((r * 97) % 613) + 60) * 9) / (hba1c - 2))
    const event = (r * 13) % 100 < 20 + 6 * (hba1c - 5) ? 1 : 0
    lines.push([day, event, age, i === 100 ? 'NA' : hba1c, ['A', 'B', 'C'][r % 3]].join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A bundle of our own with one visit that goes in and several things that do not. */
export function exampleBundle(): string {
  const entry = (id: string, resource: Record<string, unknown>) => ({
    fullUrl: `urn:uuid:${id}`,
    resource: { id, ...resource },
  })
  const patient = { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' }
  const encounter = { reference: 'urn:uuid:00000000-0000-4000-8000-000000000002' }
  const glucose = { coding: [{ system: 'http://loinc.org', code: '2345-7', display: 'Glucose' }] }
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      entry('00000000-0000-4000-8000-000000000001', {
        resourceType: 'Patient',
        name: [{ text: 'Nobody Example' }],
        gender: 'female',
        birthDate: '1970-01-02',
        identifier: [{ system: 'urn:example', value: 'example-1' }],
      }),
      entry('00000000-0000-4000-8000-000000000002', {
        resourceType: 'Encounter',
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: patient,
        period: { start: '2026-05-03T09:30:00+08:00', end: '2026-05-03T09:50:00+08:00' },
      }),
      entry('00000000-0000-4000-8000-000000000003', {
        resourceType: 'Observation',
        status: 'final',
        code: glucose,
        subject: patient,
        encounter,
        effectiveDateTime: '2026-05-03T09:40:00+08:00',
        valueQuantity: { value: 126, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
      }),
      entry('00000000-0000-4000-8000-000000000004', {
        resourceType: 'Observation',
        status: 'final',
        code: glucose,
        subject: patient,
        encounter: { reference: 'urn:uuid:00000000-0000-4000-8000-00000000dead' },
        effectiveDateTime: '2026-02-30T09:40:00+08:00',
        valueQuantity: { value: 5 },
      }),
      entry('00000000-0000-4000-8000-000000000005', {
        resourceType: 'AllergyIntolerance',
        patient,
        code: { text: 'Penicillin' },
      }),
      entry('00000000-0000-4000-8000-000000000006', {
        resourceType: 'Goal',
        subject: patient,
        description: { text: 'Walk' },
      }),
      entry('00000000-0000-4000-8000-000000000007', { resourceType: 'Starship', name: 'x' }),
    ],
  })
}
