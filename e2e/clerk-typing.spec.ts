/**
 * Seeded typing errors and as many right values, entered through the real form of the real application: how many are stopped
 * or questioned in its list of problems, and how many right values are questioned for nothing. Sixty of each in every run,
 * three hundred in the long one.
 */
import type { Finding } from '../src/shared/contract/records.ts'
import { formatDay } from '../src/shared/domain/dates.ts'
import { labTestByKey } from '../src/shared/domain/lab-tests.ts'
import { isUnitSlip, typingTrials, type TypedValues } from '../src/main/generator/typing-errors.ts'
import { expect, test, type Consilium } from './fixtures.ts'
import { deskOf, expectFocus, found } from './pages/desk.ts'

const VITALS = ['sbp', 'dbp', 'hr', 'height', 'weight']
const LOINC = 'http://loinc.org'

/** As somebody types it who says the unit, which also puts it back after another one. */
const withUnit = (key: string, typed: string) =>
  /[a-z%]/i.test(typed) || labTestByKey(key)!.unit === '' ? typed : `${typed}${labTestByKey(key)!.unit}`

const observationsOf = (values: TypedValues, day: string) =>
  Object.entries(values).map(([key, typed]) => {
    const labTest = labTestByKey(key)!
    const [, value = '', unit = ''] = /^([0-9.]+)(.*)$/.exec(typed)!
    const dates =
      labTest.kind === 'lab' ? { specimenCollected: day, resultDate: day } : { effective: `${day}T09:00:00Z` }
    return {
      code: { system: LOINC, code: labTest.loinc },
      kind: labTest.kind,
      status: 'final' as const,
      value: { type: 'decimal' as const, value, unit: unit === '' ? labTest.unit : unit },
      sourceCodings: [],
      ...dates,
    }
  })

for (const errorCount of [60, 300]) {
  const tag = errorCount === 60 ? [] : ['@long']
  const title = `of ${errorCount} seeded typing errors the form stops or questions 95 % (range) and 90 % (unit), and 5 % of ${errorCount} right values at most`
  test(title, { tag }, async ({ launch }) => {
    test.setTimeout(errorCount * 2_000 + 60_000)
    await typeErrors(await launch(), errorCount)
  })
}

async function typeErrors(consilium: Consilium, errorCount: number): Promise<void> {
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  const trials = typingTrials('typing', errorCount)
  const count = { hands: 0, handsSeen: 0, units: 0, unitsSeen: 0, right: 0, rightAsked: 0 }

  for (const [i, trial] of trials.entries()) {
    const day = formatDay(trial.day)
    // What the hospital has of this patient already, through the contract that the form uses too.
    const patientId = await page.evaluate(
      async ({ patient, visits }) => {
        const { records, patients } = window.consilium
        const valueOf = (reply: { ok: boolean }) => {
          if (!reply.ok) throw new Error(JSON.stringify(reply))
          return (reply as unknown as { value: unknown }).value
        }
        const answer = valueOf(await patients.register({ patient, although: { reason: 'other' } }))
        const { patientId } = (answer as { patient: { patientId: string } }).patient
        for (const { at, observations } of visits) {
          const visit = {
            patientId,
            encounter: {
              class: 'AMB' as const,
              status: 'finished' as const,
              admission: { at },
              department: { system: 'x', code: '02', display: 'Internal medicine' },
              payer: { type: 'NHI' as const },
            },
            observations,
            diagnoses: [
              {
                code: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' },
                sourceCodings: [],
                role: 'principal' as const,
                rank: 1,
                verification: 'confirmed' as const,
              },
            ],
            procedures: [],
            prescriptions: [],
            claims: [],
            notes: [],
            consent: { scope: 'all' as const },
            confirmations: [],
          }
          // Like a person: whatever is asked about these right values is confirmed.
          const findings = valueOf(await records.check(visit)) as Finding[]
          const confirmations = findings.map((each) => ({
            path: each.path,
            rule: each.rule,
            value: each.params['value'] ?? '',
            by: 'x',
          }))
          const sent = { visit: { ...visit, confirmations }, draftId: null, change: null }
          const queued = valueOf(await records.submit(sent)) as { kind: string }
          if (queued.kind !== 'queued') throw new Error(JSON.stringify(queued))
        }
        return patientId
      },
      {
        patient: { name: `Person ${i}`, sex: trial.sex, birthDate: trial.birthDate },
        visits: trial.earlier.map((each) => ({
          at: `${formatDay(each.day)}T09:00:00+08:00`,
          observations: observationsOf(each.values, formatDay(each.day)),
        })),
      },
    )

    await page.evaluate((id) => void (location.hash = `#/record/for/${id}`), patientId)
    await expectFocus(desk, 'encounter.class')
    await expect(page.getByRole('heading', { level: 2, name: desk.t.entry.lastVisits })).toBeVisible()
    await expect(page.locator('aside article').first()).toBeVisible()
    await page.locator('[data-field="encounter.day"]').fill(day)
    const keys = Object.keys(trial.values)
    for (const key of keys.filter((each) => VITALS.includes(each)))
      await page.locator(`[data-field="vitals.${key}"]`).fill(trial.values[key]!)
    const labs = keys.filter((each) => !VITALS.includes(each))
    if (labs.length > 1) {
      const block = labs.map((key) => {
        const [, value, unit] = /^([0-9.]+)(.*)$/.exec(trial.values[key]!)!
        return `${labTestByKey(key)!.loinc}\t${value}\t${unit || labTestByKey(key)!.unit}`
      })
      await page
        .locator('[data-field^="labs."][data-field$=".test"]')
        .last()
        .evaluate((field, text) => {
          const data = new DataTransfer()
          data.setData('text/plain', text)
          const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          field.dispatchEvent(event)
        }, block.join('\n'))
      await expect(page.getByTestId('paste-preview')).toBeVisible()
      await page.keyboard.press('Enter')
      await expect(page.getByTestId('paste-preview')).toBeHidden()
    } else
      for (const key of labs) {
        await page.locator('[data-field^="labs."][data-field$=".test"]').last().fill(labTestByKey(key)!.loinc)
        await page.keyboard.press('Enter')
        await expectFocus(desk, /^labs\..*\.value$/)
        await page.keyboard.insertText(trial.values[key]!)
      }
    // Every problem is in the list, whether its field was left or not.
    await page.keyboard.press('F8')

    const seen = await page.evaluate(enterAndRead, {
      slips: trial.slips.map((slip) => ({
        place: VITALS.includes(slip.key) ? `vitals.${slip.key}` : labs.indexOf(slip.key),
        after: VITALS.includes(slip.key) ? slip.after : withUnit(slip.key, slip.after),
        before: VITALS.includes(slip.key) ? slip.before : withUnit(slip.key, slip.before),
      })),
      places: keys.map((key) => (VITALS.includes(key) ? `vitals.${key}` : labs.indexOf(key))),
    })
    count.right += keys.length
    count.rightAsked += seen.askedOfRight
    for (const [at, slip] of trial.slips.entries()) {
      const isSeen = seen.slips[at] === true
      if (isUnitSlip(slip.kind)) {
        count.units++
        count.unitsSeen += Number(isSeen)
      } else {
        count.hands++
        count.handsSeen += Number(isSeen)
      }
    }
    await page.evaluate(() => void (location.hash = '#/record'))
    await page.getByRole('button', { name: desk.t.entry.leave }).click()
    await expectFocus(desk, 'patient-search')
  }
  console.log('typing errors through the form:', JSON.stringify(count))
  expect(count.hands + count.units).toBe(errorCount)
  expect(count.right).toBeGreaterThanOrEqual(errorCount)
  expect(count.handsSeen / count.hands).toBeGreaterThanOrEqual(0.95)
  expect(count.unitsSeen / count.units).toBeGreaterThanOrEqual(0.9)
  expect(count.rightAsked / count.right).toBeLessThanOrEqual(0.05)
}

/** In the page: types each slip into its field, reads the list of problems, and puts the right value back. */
async function enterAndRead(given: {
  slips: { place: string | number; after: string; before: string }[]
  places: (string | number)[]
}) {
  const form = document.querySelector<HTMLElement>('#visit-form')!
  const rows = () => [
    ...form.querySelectorAll<HTMLInputElement>('[data-field^="labs."][data-field$=".value"]'),
  ]
  const fieldOf = (place: string | number): HTMLInputElement =>
    typeof place === 'number'
      ? rows()[place]!
      : form.querySelector<HTMLInputElement>(`[data-field="${place}"]`)!
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!
  const type = (field: HTMLInputElement, text: string) => {
    field.focus()
    setValue.call(field, text)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const problems = async (): Promise<Set<string>> => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    await frame()
    for (let i = 0; form.getAttribute('aria-busy') === 'true'; i++) {
      if (i > 600) throw new Error('the form is never done checking')
      await frame()
    }
    const lines = [...document.querySelectorAll<HTMLElement>('aside [data-problem]')]
    return new Set(lines.map((line) => line.dataset['problem']!))
  }
  const right = await problems()
  const names = given.places.map((place) => fieldOf(place).dataset['field']!)
  const slips: boolean[] = []
  for (const { place, after, before } of given.slips) {
    const field = fieldOf(place)
    type(field, after)
    const now = await problems()
    slips.push(now.has(field.dataset['field']!) || [...now].some((each) => !right.has(each)))
    // Leaving the field writes it in its plain form; the next question is asked of the form with both changes.
    type(field, before)
    field.blur()
  }
  return { slips, askedOfRight: names.filter((name) => right.has(name)).length }
}
