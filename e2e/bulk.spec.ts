/** Opening and exporting the own house in bulk in the real application: what stays closed, the passphrase, and who is told. */
import { join } from 'node:path'
import { answerOpenDialogs, expect, test } from './fixtures.ts'
import { ask, at } from './pages/bridge.ts'
import { deskOf, found, goTo, PASSPHRASE } from './pages/desk.ts'

test('the hundred-and-first patient of an hour, and the export of all, ask for the passphrase and are told', async ({
  launch,
}) => {
  const consilium = await launch({ locale: 'en' })
  const { page, app, scratchFolder } = consilium
  const desk = deskOf(consilium, 'en')
  const { t } = desk
  await found(desk, { hospital: 'North Hospital', person: 'Ada' }, 'later')
  const ids: string[] = []
  for (let i = 0; i < 101; i++) {
    const { patient } = await ask<{ patient: { patientId: string } }>(page, 'patients.register', {
      patient: { name: `Patient ${i}`, sex: 'female', birthDate: '1961-07-19' },
      although: { reason: 'other-person' },
    })
    ids.push(patient.patientId)
  }
  for (const patientId of ids.slice(0, 100)) await ask(page, 'patients.get', { patientId })

  const closed = t.failures.byCode['too-many-patients']
  await at(page, `#/patients/${ids[100]}`)
  await expect(page.getByText(closed.what).first()).toBeVisible()
  await expect(page.getByText(closed.todo).first()).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Patient 100' })).toHaveCount(0)
  await page.getByRole('button', { name: t.access.house.goOn }).first().click()
  const dialog = page.getByRole('dialog', { name: t.accounts.confirm.title })
  await expect(dialog).toContainText(t.accounts.confirm.why('access.goOn'))
  await dialog.getByLabel(t.accounts.ownPassphrase).fill(PASSPHRASE)
  await dialog.getByRole('button', { name: t.accounts.confirm.now }).click()
  await expect(page.getByRole('heading', { name: 'Patient 100' })).toBeVisible()

  await goTo(desk, 'imports')
  await answerOpenDialogs(app, join(scratchFolder, 'all'))
  await page.getByRole('button', { name: t.imports.exportFolder }).click()
  await expect(dialog).toContainText(t.accounts.confirm.why('imports.startExport'))
  await dialog.getByLabel(t.accounts.ownPassphrase).fill(PASSPHRASE)
  await dialog.getByRole('button', { name: t.accounts.confirm.now }).click()
  const { row } = t.access.house
  // The notice, wherever one is, and what stays of it.
  await expect(page.getByText(row['exported-all']('Ada', '0')).first()).toBeVisible()
  await goTo(desk, 'home')
  await expect(page.getByText(t.access.house.title)).toBeVisible()
  await at(page, '#/network/access')
  const told = page.getByTestId('house-alarms')
  for (const [kind, count] of [
    ['person-hour', '51'],
    ['closed-hour', '100'],
    ['went-on', '100'],
    ['exported-all', '0'],
  ] as const)
    await expect(told).toContainText(row[kind]('Ada', count))
})
