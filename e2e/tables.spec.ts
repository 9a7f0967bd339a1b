/** A hospital's own tables through the wizard, by keyboard alone: a Big5 file with Republican dates, then a workbook. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import writeWorkbook from 'write-excel-file/node'
import { answerOpenDialogs, expect, test } from './fixtures.ts'
import { big5Table } from './pages/big5.ts'
import { deskOf, found, goTo, type Desk } from './pages/desk.ts'

/** Goes on with the Tab key until the control has the focus. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeVisible()
  for (let i = 0; i < 120; i++) {
    if (await control.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('no way to the control by the keyboard')
}

async function press(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control)
  await page.keyboard.press('Enter')
}

async function choose(desk: Desk, file: string): Promise<void> {
  const { page, app } = desk.consilium
  await answerOpenDialogs(app, file)
  await press(page, page.getByRole('button', { name: desk.t.imports.chooseFiles }))
  await expect(page.getByRole('button', { name: desk.t.imports.start, exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
}

const number = (page: Page, name: string) =>
  page.locator('dl div').filter({ hasText: name }).locator('dd').first()

// Tables themselves are tried by src/main/cli/tables.test.ts in every run.
const wizard = 'a table in Big5 and a workbook become visits, and their mapping is found again'
test(wizard, { tag: '@long' }, async ({ consilium }) => {
  const desk = deskOf(consilium, 'en')
  const { page, scratchFolder } = consilium
  const { t } = desk
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  await goTo(desk, 'imports')

  const big5 = join(scratchFolder, 'his.csv')
  writeFileSync(big5, big5Table())
  await choose(desk, big5)
  await expect(page.getByText(t.tables.encodingAsk)).toBeVisible()
  await expect(page.getByLabel(t.tables.encoding)).toHaveValue('big5')
  await expect(page.getByRole('rowheader', { name: '病歷號' })).toBeVisible()
  await expect(page.getByLabel(t.tables.dateOf('就診日期'))).toHaveValue('roc')
  await press(page, page.getByRole('button', { name: t.tables.usualUnits }))
  await expect(page.getByLabel(t.tables.unitOf('收縮壓'))).toHaveValue('mm[Hg]')
  await expect(page.getByLabel(t.tables.dateOf('生日'))).toHaveValue('roc')
  await press(page, page.getByRole('button', { name: t.tables.next }))
  await expect(page.getByRole('heading', { name: t.tables.steps.codes })).toBeFocused()
  await press(page, page.getByRole('button', { name: t.tables.next }))

  // Nothing is taken in before: every wrong cell is named first.
  await expect(number(page, t.tables.trial.visits)).toHaveText('3', { timeout: 60_000 })
  const issues = page
    .getByRole('grid', { name: t.tables.trial.issues })
    .or(page.getByRole('table', { name: t.tables.trial.issues }))
  await expect(issues).toContainText('1E+10')
  await expect(issues).toContainText('51/13/20')
  await expect(issues).toContainText('1200')
  await expect(page.getByTestId('trial-preview')).toContainText('范例一')
  await expect(page.getByTestId('trial-preview')).toContainText('2023-05-03 09:30')
  const name = page.getByLabel(t.tables.name)
  await tabTo(page, name)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Ward system')
  await press(page, page.getByRole('button', { name: t.tables.importNow, exact: true }))
  await expect(number(page, t.imports.report.visits)).toHaveText('3', { timeout: 60_000 })
  await press(page, page.getByRole('button', { name: t.imports.report.again }))

  // The same headers again: straight to the trial, and nothing twice.
  await choose(desk, big5)
  await expect(page.getByText(t.tables.known('Ward system'))).toBeVisible({ timeout: 60_000 })
  await press(page, page.getByRole('button', { name: t.tables.importNow, exact: true }))
  await expect(page.getByText(t.imports.report.nothingNew)).toBeVisible({ timeout: 60_000 })
  await press(page, page.getByRole('button', { name: t.imports.report.again }))

  // Words and units of its own: the trial names them, a person says what they mean, and the next trial knows them.
  const dialect = join(scratchFolder, 'dialect.csv')
  writeFileSync(
    dialect,
    'mrn,name,sex,birth date,visit date,class,Glucose,glucose unit\n' +
      '00077,Eve Example,F,1961-05-04,2023-06-01,day hospital B,101,mgpct\n',
  )
  await choose(desk, dialect)
  await press(page, page.getByRole('button', { name: t.tables.next }))
  await expect(page.getByRole('heading', { name: t.tables.ownWords.title })).toBeVisible()
  await press(page, page.getByRole('button', { name: t.tables.next }))
  const asked = page.getByText(t.tables.trial.unknown(2, ['day hospital B', 'mgpct']))
  await expect(asked).toBeVisible({ timeout: 60_000 })
  await press(page, page.getByRole('button', { name: t.tables.trial.explain }))
  const kind = page.getByLabel(t.tables.ownWords.meaningOf('day hospital B'))
  await tabTo(page, kind)
  await kind.selectOption('SS')
  const unit = page.getByRole('combobox', { name: t.tables.ownWords.meaningOf('mgpct') })
  await tabTo(page, unit)
  await page.keyboard.type('mg/dL')
  await press(page, page.getByRole('button', { name: t.tables.next }))
  await expect(page.getByTestId('trial-preview')).toContainText('101 mg/dL', { timeout: 60_000 })
  await expect(page.getByTestId('trial-preview')).toContainText(t.clinical.class.SS)
  await expect(asked).toHaveCount(0)
  await press(page, page.getByRole('button', { name: t.tables.importNow, exact: true }))
  await expect(number(page, t.imports.report.visits)).toHaveText('1', { timeout: 60_000 })
  await press(page, page.getByRole('button', { name: t.imports.report.again }))

  const text = (value: string) => ({ value, type: String })
  const book = join(scratchFolder, 'book.xlsx')
  await writeWorkbook([
    {
      sheet: 'Visits',
      data: [
        ['mrn', 'visit date', 'class', 'weight (kg)'].map(text),
        [
          text('00042'),
          { value: new Date(Date.UTC(2023, 4, 3)), type: Date, format: 'yyyy/mm/dd' },
          text('OPD'),
          { value: 70.5, type: Number },
        ],
      ],
    },
    {
      sheet: 'Patients',
      data: [
        ['mrn', 'name', 'sex', 'birth date'].map(text),
        ['00042', 'Ada Example', 'F', '1957-03-02'].map(text),
      ],
    },
  ] as never).toFile(book)
  await choose(desk, book)
  await expect(page.getByLabel(t.tables.table, { exact: true })).toBeVisible()
  await press(page, page.getByRole('button', { name: t.tables.next }))
  await press(page, page.getByRole('button', { name: t.tables.next }))
  await expect(page.getByTestId('trial-preview')).toContainText('Ada Example', { timeout: 60_000 })
  await press(page, page.getByRole('button', { name: t.tables.importNow, exact: true }))
  await expect(number(page, t.imports.report.visits)).toHaveText('1', { timeout: 60_000 })
})
