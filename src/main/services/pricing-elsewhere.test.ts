/** Rates and formulas from elsewhere, beside the tariff here: scenario I7 at the service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { header, LATER, pricingOffices, recordedMonth, rules, work } from './pricing-office.test-kit.ts'

const { office, opened, pricedOf, saved, closed } = pricingOffices()
beforeAll(saved)
afterAll(closed)

describe('I7 a model from elsewhere', () => {
  const factors = { ...work.model, factors: ['ageBand', 'group'] }
  it('is compared with the tariff over the portfolio: a table of relativities', async () => {
    const text =
      'term,level,relativity\nbase,,3600\ngroup,Airline,1\ngroup,Bakery,0.667\ngroup,Clinic,1.333\n'
    const answer = await office.pricing.challenge({
      work: { ...work, model: factors },
      challenger: { kind: 'rates', format: 'csv', text },
    })
    if (answer.kind !== 'challenged') throw new Error(JSON.stringify(answer))
    expect(answer.factors).toEqual(['group'])
    expect(answer.on).toEqual({ from: '2024-01', to: '2024-12', isLater: false })
    expect(Math.abs(answer.challengerGap)).toBeLessThan(0.1)
    expect(answer.doubleLift.length).toBeGreaterThan(2)
    expect(answer.impact.unpriced).toBe(0)
    // As it was compared it becomes a version: balanced to the portfolio, bound to its text, and made once more before it is approved.
    const model = { kind: 'imported' as const, ...answer.rates! }
    const priced = await pricedOf({ model })
    expect(priced.tariff.factors.map(({ factor }) => factor)).toEqual(['group'])
    const ratios = priced.tariff.factors[0]!.rows.map(({ level, relativity }) => [level, relativity])
    expect(Object.fromEntries(ratios)['Clinic']).toBeCloseTo(1.333, 9)
    const other = opened()
    await other.pricing.saveRules(rules)
    const made = await other.tariffs.make({ work: { ...work, model }, header, previous: null })
    if (made.kind !== 'made') throw new Error(JSON.stringify(made))
    expect(await other.tariffs.replay({ hash: made.hash })).toEqual({ kind: 'identical' })
    // Factors are judged by what the rates have, not by what is said of them.
    const hidden = { ...model, factors: [], text: text.replaceAll('group,', 'sex,') }
    expect(await office.priced({ ...work, model: hidden })).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'engine', code: 'bad-option' },
    })
  })
  it('is compared on claims that neither was made of, where there is a later result', async () => {
    const recorded = recordedMonth()
    // A year later costs are half as high again at the clinic, as the model from elsewhere has it.
    const dearer = opened(recorded, (value, group) => (group === 'Clinic' ? 1.5 * value : value))
    await dearer.pricing.saveRules(rules)
    const text = 'term,level,relativity\nbase,,3600\ngroup,Airline,1\ngroup,Bakery,0.667\ngroup,Clinic,2\n'
    const challenger = { kind: 'rates', format: 'csv', text } as const
    const compared = async (holdout: typeof work.holdout) => {
      const answer = await dearer.pricing.challenge({
        work: { ...work, model: factors, holdout },
        challenger,
      })
      if (answer.kind !== 'challenged') throw new Error(JSON.stringify(answer))
      return answer
    }
    const seen = await compared(null)
    const later = await compared({ ...work.source, studyHash: LATER })
    expect(later.on).toEqual({ from: '2025-01', to: '2025-12', isLater: true })
    expect(seen.championGap).toBeCloseTo(0, 2)
    expect(later.championGap).toBeLessThan(-0.1)
    expect(Math.abs(later.challengerGap)).toBeLessThan(0.05)
  })
  it('reads factors of the portfolio alone, and says the place of an error', async () => {
    const formula = (source: string) =>
      office.pricing.challenge({ work, challenger: { kind: 'formula', source, tables: [] } })
    expect(await formula('3000 * (if group = "Clinic" then 1.3 else 1)')).toMatchObject({
      kind: 'challenged',
    })
    expect(await formula('3000 * patientId')).toMatchObject({ kind: 'problem', line: 1, column: 8 })
    expect(await formula('3000 *\n  (if sex = "male" then 1.1 else 1)')).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'factors', refusals: [{ factor: 'sex', reason: 'forbidden' }] },
    })
    // Forbidden is forbidden, although the portfolio has no such column or factor.
    const forbidden = {
      kind: 'not-priced',
      problem: { kind: 'factors', refusals: [{ factor: 'religion', reason: 'forbidden' }] },
    }
    await office.pricing.saveRules({
      ...rules,
      forbidden: [...rules.forbidden, { factor: 'religion', reason: 'By law.' }],
    })
    expect(await formula('if religion = "x" then 1 else 2')).toMatchObject(forbidden)
    const table = 'term,level,relativity\nbase,,3600\nreligion,x,1\n'
    expect(
      await office.pricing.challenge({ work, challenger: { kind: 'rates', format: 'csv', text: table } }),
    ).toMatchObject(forbidden)
    expect(await formula('process.exit(1)')).toMatchObject({ kind: 'problem' })
    const refused = await office.pricing.challenge({
      work,
      challenger: { kind: 'rates', format: 'csv', text: 'term,level,relativity\ngroup,Airline,many\n' },
    })
    expect(refused).toMatchObject({ kind: 'refused', errors: [{ code: 'not-a-number', place: 'line 2' }] })
  })
})
