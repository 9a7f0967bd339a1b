/** What a product may use in a jurisdiction, and community rating: scenario I10 at the service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { factorRules } from '../../shared/domain/pricing-work.ts'
import { GROUPS, header, pricingOffices, rules, STUDY, work } from './pricing-office.test-kit.ts'

/** Of `rules`, as the program gave it when lists had no community rating. */
const HASH_OF_RULES = '2254c92d7e4ff7230ecf0d78ba85aa4c959cc9e86d6f36bbc58cde493e52bb9d'

const { office, opened, pricedOf, saved, closed } = pricingOffices()
beforeAll(saved)
afterAll(closed)

describe('I10 permitted factors', () => {
  it('refuses what is forbidden or not on the list, and names it in the audit', async () => {
    const model = { ...work.model, factors: ['ageBand', 'sex', 'plan'] }
    const { answer, subject } = await office.heard(() => office.pricing.start({ work: { ...work, model } }))
    expect(answer).toMatchObject({
      problem: {
        refusals: [
          { factor: 'sex', reason: 'forbidden', detail: 'One premium for women and men.' },
          { factor: 'plan', reason: 'not-allowed' },
        ],
      },
    })
    expect(subject).toEqual({ study: STUDY, refusedFactors: 'sex:forbidden+plan:not-allowed' })
    // Whatever the letters of its name are, the refusal is one that an entry of the audit takes.
    const named = { ...work.model, factors: ['ageBand', '郵遞區號'] }
    const other = await office.heard(() => office.pricing.start({ work: { ...work, model: named } }))
    expect(other.subject).toEqual({ study: STUDY, refusedFactors: '____:not-allowed' })
    expect(await office.tariffs.make({ work: { ...work, model }, header, previous: null })).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'factors' },
    })
  })
  it('warns of a proxy, and prices nothing where nobody has said what is permitted', async () => {
    expect((await pricedOf()).warnings).toMatchObject([{ factor: 'group', of: 'sex', source: 'declared' }])
    expect(await office.priced({ ...work, jurisdiction: 'EU' })).toEqual({
      kind: 'not-priced',
      problem: { kind: 'no-rules' },
    })
  })
  it('keeps every version of a list, and holds a ratio against the tariff and not against the look', async () => {
    const narrow = { ...rules, jurisdiction: 'US', allowed: [{ factor: 'group', ratioMost: 1.5 }] }
    expect(await office.pricing.saveRules(narrow)).toMatchObject({ kind: 'saved', version: 1 })
    expect(await office.pricing.saveRules(narrow)).toEqual({ kind: 'refused', reason: 'unchanged' })
    const both = { ...narrow, forbidden: [{ factor: 'Group', reason: 'x' }] }
    expect(await office.pricing.saveRules(both)).toEqual({ kind: 'refused', reason: 'both' })
    const us = { ...work, jurisdiction: 'US', model: { ...work.model, factors: ['group'] } }
    const looked = await office.priced(us)
    expect(looked).toMatchObject({ kind: 'priced', ratios: [{ factor: 'group' }] })
    expect(await office.tariffs.make({ work: us, header, previous: null })).toMatchObject({
      problem: { refusals: [{ factor: 'group', reason: 'ratio' }] },
    })
    const wider = { ...narrow, allowed: [{ factor: 'group', ratioMost: 3 }] }
    expect(await office.pricing.saveRules(wider)).toMatchObject({ version: 2 })
    expect(await office.priced(us)).toMatchObject({ kind: 'priced', ratios: [] })
    expect((await office.pricing.rules()).filter(({ jurisdiction }) => jurisdiction === 'US')).toHaveLength(2)
  })
})

describe('community rating', () => {
  const reason = 'Act on community rating, section 7'
  it('leaves a list without it the hash that it had', async () => {
    const plain = opened()
    const { hash } = (await plain.pricing.saveRules(rules)) as { hash: string }
    const { communityRating: _, ...same } = factorRules.parse({ ...rules, communityRating: undefined })
    expect(Object.keys(factorRules.parse(rules))).not.toContain('communityRating')
    expect(await plain.pricing.saveRules(same)).toEqual({ kind: 'refused', reason: 'unchanged' })
    // As it was before the field came.
    expect(hash).toBe(HASH_OF_RULES)
  })
  it('charges one rate, each fold a step of the list, and says what groups pay for each other', async () => {
    const made = opened()
    await made.pricing.saveRules(rules)
    const risk = await made.priced(work)
    const byRisk = await made.tariffs.make({ work, header, previous: null })
    if (risk.kind !== 'priced' || byRisk.kind !== 'made') throw new Error('must be priced')
    expect(risk.equalisation).toBeNull()
    expect(await made.pricing.saveRules({ ...rules, communityRating: { by: 'sex', reason } })).toEqual({
      kind: 'refused',
      reason: 'community-by',
    })
    await made.pricing.saveRules({ ...rules, communityRating: { by: null, reason } })
    const flat = await made.priced(work)
    if (flat.kind !== 'priced') throw new Error(JSON.stringify(flat))
    for (const { rows } of flat.tariff.factors) for (const { relativity } of rows) expect(relativity).toBe(1)
    expect(flat.ratios).toEqual([])
    expect(new Set(flat.tariff.audit.map((entry) => entry.reason))).toEqual(new Set([reason]))
    expect(flat.average.buildUp.pure).toBeCloseTo(risk.average.buildUp.pure, 6)
    const { groups } = flat.equalisation!
    expect(groups.map(({ group }) => group)).toEqual(GROUPS.map(({ name }) => name).sort())
    expect(Math.abs(groups.reduce((sum, { transfer }) => sum + transfer, 0))).toBeLessThan(1)
    // Bakery claims least: it pays for the others.
    expect(groups.find(({ group }) => group === 'Bakery')!.transfer).toBeLessThan(0)
    // By group: the group's own relativity stays, age is folded.
    await made.pricing.saveRules({ ...rules, communityRating: { by: 'group', reason } })
    const byGroup = await made.priced(work)
    if (byGroup.kind !== 'priced') throw new Error(JSON.stringify(byGroup))
    const spread = (factor: string): number => {
      const { rows } = byGroup.tariff.factors.find((each) => each.factor === factor)!
      return Math.max(...rows.map(({ relativity }) => relativity!))
    }
    expect(spread('ageBand')).toBe(1)
    expect(spread('group')).toBeGreaterThan(1)
    // A version by risk waits no longer for an approval that the list forbids; one of the list is approved.
    const flatMade = await made.tariffs.make({ work, header, previous: null })
    if (flatMade.kind !== 'made') throw new Error(JSON.stringify(flatMade))
    made.comes('colleague')
    const approve = (hash: string) => made.tariffs.decide({ hash, verdict: 'approve', reason: 'checked' })
    expect(await approve(byRisk.hash)).toEqual({ kind: 'refused', reason: 'not-permitted' })
    expect(await approve(flatMade.hash)).toMatchObject({ kind: 'decided' })
    const version = await made.tariffs.open({ hash: flatMade.hash })
    expect(version!.audit[0]).toMatchObject({ kind: 'cap', reason })
    expect(await made.tariffs.replay({ hash: flatMade.hash })).toEqual({ kind: 'identical' })
  })
})
