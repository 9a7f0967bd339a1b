/**
 * The room of code lists, by keyboard: importing with a preview, going back to an earlier edition, and coding what visits
 * say without a code. Dialogs of the operating system answer by themselves.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOpenDialogs, expect, test, type Consilium } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { deskOf, enterVisitByKeyboard, expectFocus, found, goTo, registerByKeyboard } from './pages/desk.ts'
import { tabTo } from './pages/keyboard.ts'
import { arePicturesKept, keepLooks, setWindow } from './pages/pictures.ts'

async function picture(consilium: Consilium, name: string): Promise<void> {
  if (!arePicturesKept) return
  for (const [width, height] of [
    [1920, 1080],
    [1280, 800],
  ] as const) {
    await setWindow(consilium, width, height)
    await keepLooks(consilium.page, `${name}.${width}`)
  }
}

const byKeyboard =
  'a list is imported with a preview, told what its columns are, and taken back, all by keyboard'
test(byKeyboard, { tag: '@long' }, async ({ consilium }) => {
  test.setTimeout(180_000)
  const { page, app, scratchFolder } = consilium
  const desk = deskOf(consilium, 'en')
  const t = desk.t.codes
  const { keyboard } = page
  await found(desk, { hospital: 'North Hospital', person: 'Lin' }, 'later')
  await goTo(desk, 'codes')
  await expect(page.getByTestId('list-diagnosis')).toContainText(t.builtIn('ICD-10-CM'))
  await picture(consilium, 'codes-lists')
  await tabTo(consilium, t.tabs.lists)
  await keyboard.press('ArrowRight')
  await expect(page.getByRole('heading', { name: t.importTitle })).toBeVisible()

  // Two columns of names whose headings say nothing: the guess takes one for English, a person says what the other is.
  const file = join(scratchFolder, 'icd-2026.csv')
  const rows = [
    'key,label,remark',
    'E11.9,Sweet blood,甜血症',
    'E11.65,Very sweet blood,極甜血症',
    'NOPE,No code,無',
    'E11.9,Again,又',
    'J06.9,,',
    'K21.9,Sour stomach,胃酸',
  ]
  writeFileSync(file, rows.join('\n'))
  await answerOpenDialogs(app, file)
  await tabTo(consilium, t.choose)
  await keyboard.press('Enter')
  await expect(page.getByTestId('file-row')).toHaveCount(6)
  const figure = (name: string) => page.getByTestId(`figure-${name}`).locator('dd')
  await expect(figure('codes')).toHaveText('3')
  await expect(figure('changed')).toHaveText('3')
  await expect(figure('malformed')).toHaveText('3')
  await expect(page.getByTestId('malformed-row')).toHaveText([
    new RegExp(`${t.row('4')}: ${t.problems['code-malformed']}`),
    new RegExp(`${t.row('5')}: ${t.problems['code-twice']}`),
    new RegExp(`${t.row('6')}: ${t.problems['name-missing']}`),
  ])
  const before = await page.getByTestId('preview-hash').textContent()
  await tabTo(consilium, t.columnIs('remark'))
  await expect(page.locator(':focus')).toHaveValue('zh')
  await page.keyboard.type(t.roles.none)
  await expect.poll(() => page.getByTestId('preview-hash').textContent()).not.toBe(before)
  await tabTo(consilium, t.columnIs('remark'))
  await page.locator(':focus').selectOption('zh') // letters typed a second time would join the first ones
  await expect.poll(() => page.getByTestId('preview-hash').textContent()).toBe(before)
  await picture(consilium, 'codes-import')
  await bringAxe(page)
  expect(await seriousFindings(page)).toEqual([])
  await tabTo(consilium, t.editionName)
  await keyboard.type('2026')
  await tabTo(consilium, t.keep)
  await keyboard.press('Enter')
  await expect(page.getByText(t.kept(t.names.diagnosis))).toBeVisible()

  // The pickers follow at once, the hash is the one that was looked at, and the way back is there.
  const search = (text: string) =>
    page.evaluate(async (typed) => {
      const answer = await window.consilium.codes.search({ list: 'diagnosis', text: typed, limit: 5 })
      return answer.ok ? (answer.value as { code: string }[]).map(({ code }) => code) : []
    }, text)
  expect(await search('sweet')).toEqual(['E119', 'E1165'])
  expect(await search('糖尿病')).toEqual(['E119', 'E1165'])
  await tabTo(consilium, t.tabs.import)
  await keyboard.press('ArrowLeft')
  await expect(page.getByTestId('list-diagnosis')).toContainText('2026')
  await expect(page.getByTestId('edition').filter({ hasText: before! })).toContainText(t.inUse)
  await picture(consilium, 'codes-editions')
  expect(await seriousFindings(page)).toEqual([])
  await tabTo(consilium, t.useThis(t.builtIn('ICD-10-CM')))
  await keyboard.press('Enter')
  await expect(page.getByText(t.used)).toBeVisible()
  expect(await search('sweet')).toEqual([])
  expect((await search('糖尿病'))[0]).toBe('E119')
})

// The same without a window: src/main/services/coding.test.ts in every run.
const codedLater =
  'what was written without a code is coded later: remembered, corrected in its visits, and mapped from a source'
test(codedLater, { tag: '@long' }, async ({ consilium }) => {
  test.setTimeout(240_000)
  const { page, app, scratchFolder } = consilium
  const desk = deskOf(consilium, 'en')
  const t = desk.t.codes
  const { keyboard } = page
  await found(desk, { hospital: 'North Hospital', person: 'Lin' }, 'later')
  await goTo(desk, 'record')
  const visit = { department: 'cardiology', diagnosis: 'zebra flu', reason: 'unwell' }
  await registerByKeyboard(desk, { name: 'Ada Example', birthDate: '1970-03-02', sexKey: 'f' })
  await enterVisitByKeyboard(desk, visit)
  await expectFocus(desk, 'patient-search')
  await registerByKeyboard(desk, { name: 'Bo Example', birthDate: '1971-03-02', sexKey: 'm' })
  await enterVisitByKeyboard(desk, { ...visit, diagnosis: 'Zebra  Flu' })
  await expectFocus(desk, 'patient-search')

  // A visit from a system that knows SNOMED CT only.
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        resource: {
          resourceType: 'Patient',
          id: 'p',
          name: [{ text: 'Cy Example' }],
          gender: 'male',
          birthDate: '1972-01-01',
        },
      },
      {
        resource: {
          resourceType: 'Encounter',
          id: 'e',
          status: 'finished',
          class: { code: 'AMB' },
          subject: { reference: 'Patient/p' },
          period: { start: '2026-01-05T09:00:00+08:00' },
        },
      },
      {
        resource: {
          resourceType: 'Condition',
          id: 'c',
          subject: { reference: 'Patient/p' },
          encounter: { reference: 'Encounter/e' },
          code: {
            coding: [{ system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes type 2' }],
          },
        },
      },
    ],
  }
  const bundlePath = join(scratchFolder, 'bundle.json')
  const mapPath = join(scratchFolder, 'map.csv')
  writeFileSync(bundlePath, JSON.stringify(bundle))
  writeFileSync(mapPath, 'source system,source code,target code\nSNOMED CT,44054006,E11.9\nSNOMED CT,,I10\n')
  await page.evaluate((path) => window.consilium.imports.start({ paths: [path] }), bundlePath)
  const visitCount = () =>
    page.evaluate(async () => {
      const answer = await window.consilium.records.recent({ limit: 10, of: 'hospital' })
      return answer.ok ? (answer.value as unknown[]).length : -1
    })
  await expect.poll(visitCount, { timeout: 30_000 }).toBe(3)
  await goTo(desk, 'codes')
  await tabTo(consilium, t.tabs.lists)
  for (let i = 0; i < 3; i++) await keyboard.press('ArrowRight')
  await answerOpenDialogs(app, mapPath)
  await tabTo(consilium, t.mapImport)
  await keyboard.press('Enter')
  await expect(page.getByTestId('map')).toContainText('map.csv')
  await expect(page.getByText(t.mapMalformed('1'))).toBeVisible()

  await page.getByRole('tab', { name: t.tabs.own }).focus()
  await keyboard.press('ArrowLeft')
  await tabTo(consilium, t.look)
  await keyboard.press('Enter')
  const rows = page.getByTestId('uncoded')
  await expect(rows).toHaveCount(2)
  const zebra = rows.filter({ hasText: 'zebra flu' })
  await expect(zebra).toContainText('2')
  await expect(rows.filter({ hasText: '44054006' })).toContainText(t.suggestedBy.map)
  // No name of a patient stands here.
  await expect(page.getByText('Example', { exact: false }).filter({ hasText: /Ada|Bo|Cy/ })).toHaveCount(0)
  await picture(consilium, 'codes-work')

  // Words: the code is remembered, and both visits get a new version.
  await tabTo(consilium, t.codeThis('zebra flu'))
  await keyboard.press('Enter')
  await expectFocus(desk, 'coding.code')
  await keyboard.type('J06.9')
  await expect(page.locator('[role=option]').first()).toContainText('J06.9')
  await keyboard.press('Enter')
  await picture(consilium, 'codes-coding')
  await bringAxe(page)
  expect(await seriousFindings(page)).toEqual([])
  await tabTo(consilium, t.confirm)
  await keyboard.press('Enter')
  await expect(page.getByTestId('coding-outcome')).toContainText(t.amendedCount('2', false), {
    timeout: 30_000,
  })
  await expect(page.getByTestId('coding-outcome')).toContainText(t.learntCount('1'))
  await expect(rows).toHaveCount(1)

  // The map: one confirmation for all of it.
  await tabTo(consilium, t.mappedNow)
  await keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText(t.confirmBody('1', '1'))
  await expect(page.getByRole('dialog').getByRole('button', { name: t.confirm })).toBeFocused()
  await keyboard.press('Enter')
  await expect(page.getByTestId('coding-outcome')).toContainText(t.amendedCount('1', true), {
    timeout: 30_000,
  })
  await expect(rows).toHaveCount(0)
  await expect(page.getByText(t.nothingLeft)).toBeVisible()

  // The versions say why; words and source codings are still in them.
  const versions = await page.evaluate(async () => {
    const recent = await window.consilium.records.recent({ limit: 10, of: 'hospital' })
    const amended = recent.ok
      ? (recent.value as { merkleRoot: string; op: string }[]).filter(({ op }) => op === 'amend')
      : []
    const opened = await Promise.all(
      amended.map(({ merkleRoot }) => window.consilium.records.open({ merkleRoot })),
    )
    return opened.map((answer) => {
      const { record } = (
        answer as unknown as { value: { record: { envelope: { reason: unknown }; diagnoses: unknown[] } } }
      ).value
      return { reason: record.envelope.reason, diagnosis: record.diagnoses[0] }
    })
  })
  const reason = { code: 'other', text: 'coded later' }
  const words = (text: string) => ({
    reason,
    diagnosis: expect.objectContaining({ code: expect.objectContaining({ code: 'J069' }), text }),
  })
  expect(versions).toHaveLength(3)
  expect(versions).toEqual(
    expect.arrayContaining([
      words('zebra flu'),
      words('Zebra  Flu'),
      {
        reason,
        diagnosis: expect.objectContaining({
          code: expect.objectContaining({ code: 'E119' }),
          sourceCodings: [{ system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes type 2' }],
        }),
      },
    ]),
  )
  expect(JSON.stringify(versions)).not.toContain('unlisted')

  // The next clerk who writes it is offered the code first, also after a restart of the thought: the file is sealed.
  const first = await page.evaluate(async () => {
    const answer = await window.consilium.codes.search({ list: 'diagnosis', text: 'zebra fl', limit: 5 })
    return answer.ok ? (answer.value as { code: string; mark?: string }[])[0] : undefined
  })
  expect(first).toMatchObject({ code: 'J069', mark: 'learnt' })
  await page.getByRole('tab', { name: t.tabs.work }).focus()
  await keyboard.press('ArrowRight')
  await expect(page.getByTestId('learnt')).toContainText('J06.9')
  await picture(consilium, 'codes-own')
  expect(await seriousFindings(page)).toEqual([])
})
