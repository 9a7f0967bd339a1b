/** Versions of a tariff, from their making to their replay, and a group's price by one: scenarios I12 and I4 at the service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rangeOf } from '../node/storage/buckets.ts'
import {
  EXPOSURE,
  header,
  pricingOffices,
  recordedMonth,
  rules,
  STUDY,
  work,
} from './pricing-office.test-kit.ts'

const { office, opened, saved, closed } = pricingOffices()
beforeAll(saved)
afterAll(closed)

describe('I12 versions of a tariff', () => {
  it('wait for another person, are current when approved, and are compared with their impact', async () => {
    office.comes('ada')
    const before = office.told.length
    const changes = () => office.told.slice(before).filter((event) => event === 'tariffs.changed').length
    const made = await office.tariffs.make({ work, header, previous: null })
    if (made.kind !== 'made') throw new Error(JSON.stringify(made))
    // Whoever decides may sit at another work place, and hears of it.
    expect(changes()).toBe(1)
    expect(await office.tariffs.make({ work, header, previous: null })).toEqual({
      kind: 'known',
      hash: made.hash,
    })
    const decide = (verdict: 'approve' | 'refuse', hash = made.hash) =>
      office.tariffs.decide({ hash, verdict, reason: 'Looked at every step' })
    expect(await decide('approve')).toEqual({ kind: 'refused', reason: 'own-tariff' })
    expect(await decide('refuse')).toEqual({ kind: 'refused', reason: 'own-tariff' })
    const group = { hash: made.hash, census: 'age,lives\n18-34,4', fixed: { group: 'Bakery' }, own: null }
    const unapproved = { kind: 'not-priced', problem: { kind: 'not-approved' } }
    expect(await office.tariffs.priceGroup(group)).toEqual(unapproved)
    office.comes('bo')
    const { allowed } = rules
    await office.pricing.saveRules({ ...rules, allowed: allowed.filter(({ factor }) => factor !== 'group') })
    expect(await decide('approve')).toEqual({ kind: 'refused', reason: 'not-permitted' })
    await office.pricing.saveRules(rules)
    expect(await decide('approve', '00'.repeat(32))).toEqual({ kind: 'refused', reason: 'unknown' })
    const { answer, subject } = await office.heard(() => decide('approve'))
    expect(answer).toMatchObject({
      kind: 'decided',
      row: { state: 'approved', version: 1, madeBy: 'ada', decided: { by: 'bo' }, isCurrent: true },
    })
    expect(subject).toEqual({ tariff: made.hash, verdict: 'approve' })
    expect(await decide('refuse')).toEqual({ kind: 'refused', reason: 'not-waiting' })
    // What changed nothing is no news.
    expect(changes()).toBe(2)
    office.comes('ada')
    const dearer = {
      ...work,
      steps: [...work.steps.slice(0, 2), { kind: 'share', name: 'Profit and tax', share: 0.2 } as const],
    }
    const second = await office.tariffs.make({ work: dearer, header, previous: made.hash })
    if (second.kind !== 'made') throw new Error(JSON.stringify(second))
    expect(
      (await office.tariffs.list()).map(({ version, previous, state }) => ({ version, previous, state })),
    ).toEqual(expect.arrayContaining([{ version: 2, previous: made.hash, state: 'waiting' }]))
    const compared = await office.tariffs.compare({ before: made.hash, after: second.hash })
    expect(compared).toMatchObject({ stepsChanged: true, factorsAdded: [], binds: ['model'] })
    expect(compared!.impact!.change).toBeCloseTo(0.85 / 0.8 - 1, 6)
    expect(await office.tariffs.replay({ hash: made.hash })).toEqual({ kind: 'identical' })
    const { binds, source, rules: list } = (await office.tariffs.open({ hash: made.hash }))!
    expect(binds).toMatchObject({ snapshot: '34'.repeat(32), cohort: '56'.repeat(32) })
    const { costMost } = recordedMonth().result
    expect(source).toMatchObject({ studyHash: STUDY, exposureHash: EXPOSURE, costMost })
    expect(list.version).toBe(1)
  })

  it('are recomputed by a second institution, where one changed input is found', async () => {
    const [first] = (await office.tariffs.list()).filter(({ state }) => state === 'approved')
    const file = (await office.tariffs.fileOf(first!.hash))!
    const recorded = recordedMonth().result
    const other = opened(null)
    other.proves(recorded)
    const check = (text: string) => other.tariffs.check({ file: 'tariff.json', text })
    expect(await check(file.text)).toEqual({
      kind: 'checked',
      file: 'tariff.json',
      hash: first!.hash,
      name: header.name,
      version: 1,
      replay: { kind: 'identical' },
      recorded: 'same',
    })
    // One claim more in one cell; one relativity dearer; one reason reworded.
    type File = {
      results: { claims: number[] }
      document: { offBalance: string }
      recipe: { edition?: number; steps: { name: string }[] }
    }
    const changed = (change: (each: File) => void): string => {
      const parsed = JSON.parse(file.text) as File
      change(parsed)
      return JSON.stringify(parsed)
    }
    expect(await check(changed((each) => (each.results.claims[0]! += 1)))).toMatchObject({
      replay: { kind: 'different', binds: ['results'] },
      recorded: 'differs',
    })
    expect(await check(changed((each) => (each.document.offBalance = '1.5')))).toMatchObject({
      replay: { kind: 'different', binds: [], paths: ['offBalance'] },
    })
    expect(await check(changed((each) => (each.recipe.steps[0]!.name = 'Other')))).toMatchObject({
      replay: { kind: 'different', binds: ['model'] },
    })
    // Whoever changes rates and says that another edition made them has not the recipe that the tariff is bound to.
    expect(await check(changed((each) => delete each.recipe.edition))).toMatchObject({
      replay: { kind: 'different', binds: ['model'] },
    })
    // The numbers are those of the answer, and what is said of their origin is not.
    for (const lie of [
      { snapshot: '99'.repeat(32) },
      { cohort: '99'.repeat(32) },
      { resultHash: '99'.repeat(32) },
      { from: '2020-01' },
      { to: '2030-01' },
      { costMost: recorded.costMost + 1 },
    ]) {
      other.proves({ ...recorded, ...lie })
      expect(await check(file.text)).toMatchObject({ replay: { kind: 'identical' }, recorded: 'differs' })
    }
    other.proves(recorded)
    // A file from before the cap was noted says nothing of it, and is taken as ever.
    const older = JSON.parse(file.text) as { source: { costMost?: number } }
    expect(older.source.costMost).toBe(recorded.costMost)
    delete older.source.costMost
    expect(await check(JSON.stringify(older))).toMatchObject({ recorded: 'same' })
    other.proves(null)
    expect(await check(file.text)).toMatchObject({ replay: { kind: 'identical' }, recorded: 'unproven' })
    expect(await check('{')).toMatchObject({ kind: 'refused', reason: 'not-json' })
    expect(await check('{}')).toMatchObject({ kind: 'refused', reason: 'not-a-tariff' })
  })

  it('keeps nothing readable in the store', async () => {
    for await (const { value } of office.store.scan(rangeOf('x/y')))
      expect(Buffer.from(value).toString('latin1')).not.toMatch(/Airline|Group health|Ada/)
  })
})

describe('I4 a group of 60, blended', () => {
  const census = 'age band\tfemale\tmale\n18-34\t10\t8\n35-49\t14\t12\n50-64\t6\t6\n65+\t2\t2\n'
  const ask = async (over: Partial<Parameters<typeof office.tariffs.priceGroup>[0]> = {}) => {
    const [current] = (await office.tariffs.list()).filter(({ isCurrent }) => isCurrent)
    return office.tariffs.priceGroup({
      hash: current!.hash,
      census,
      fixed: { group: 'Bakery' },
      own: null,
      ...over,
    })
  }
  it('has a gross premium with build-up and interval, from a matrix or from lines', async () => {
    const priced = await ask()
    if (priced.kind !== 'priced') throw new Error(JSON.stringify(priced))
    expect(priced.exposure).toBe(60)
    expect(priced.buildUp.lines.map(({ name }) => name)).toEqual([
      'pure premium',
      'Trend',
      'Fixed expense',
      'Profit and tax',
    ])
    expect(priced.interval.lower!).toBeLessThan(priced.gross)
    expect(priced.interval.upper!).toBeGreaterThan(priced.gross)
    expect(priced.rows).toHaveLength(8)
    expect(priced.rows.reduce((sum, { premium, exposure }) => sum + premium * exposure, 0)).toBeCloseTo(
      priced.grossTotal,
      4,
    )
    const lines = 'Age,Lives\n18-34,18\n35-49,26\n50-64,12\n65+,4'
    expect(await ask({ census: lines })).toMatchObject({ kind: 'priced', exposure: 60 })
  })
  it('blends own experience by Z, which a person may set and the audit then has', async () => {
    const own = { memberYears: 60, claims: 200, cost: 600_000, byHand: null }
    const blended = await ask({ own })
    if (blended.kind !== 'priced') throw new Error(JSON.stringify(blended))
    // Of a cost and not of a frequency.
    expect(blended.fullCredibility).toBe(3517)
    expect(blended.credibility).toBeCloseTo(Math.sqrt(200 / 3517), 9)
    expect(blended.blended).toBeCloseTo(
      blended.credibility! * 10_000 + (1 - blended.credibility!) * blended.manual,
      6,
    )
    const { answer, subject, basis } = await office.heard(() =>
      ask({ own: { ...own, byHand: { factor: 0.25, reason: 'Half of the year is missing' } } }),
    )
    expect(answer).toMatchObject({ credibility: 0.25, fullCredibility: null })
    // As text, since an entry of the audit takes no part of a number.
    expect(subject).toMatchObject({ credibility: '0.25' })
    expect(basis).toEqual({ kind: 'by-hand', reason: 'Half of the year is missing' })
  })
  it('says the line and the column of every error, and prices nothing then', async () => {
    expect(await ask({ census: 'age,lives\n18-34,x\n20-30,4\n' })).toMatchObject({
      kind: 'census',
      errors: [
        { code: 'not-a-number', line: 2, column: 'lives', found: 'x' },
        { code: 'unknown-level', line: 3, column: 'age', found: '20-30' },
      ],
    })
    expect(await ask({ fixed: {} })).toMatchObject({ errors: [{ code: 'missing-factor', column: 'group' }] })
    expect(await ask({ census: '' })).toMatchObject({ errors: [{ code: 'empty' }] })
    expect(await ask({ census: 'age,shoe size\n18-34,3' })).toMatchObject({
      errors: [{ code: 'unknown-column', column: 'shoe size' }, { code: 'no-lives' }],
    })
  })
})
