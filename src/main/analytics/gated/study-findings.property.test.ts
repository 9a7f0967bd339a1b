/** R5 on the columns of real fits: what is ordinary passes, and each way to let few patients stand behind a coefficient is refused. */
import { describe, expect, it } from 'vitest'
import { createDice } from '../../../../sim/random.ts'
import { broken, ordinary, people, plants, planted } from './study-findings.test-kit.ts'

describe('R5 on the columns that are fitted (T19)', () => {
  it('lets nine of ten ordinary models through, with splines, interactions and strata', () => {
    let [refused, asked] = [0, 0]
    for (let seed = 0; seed < 3; seed++)
      for (const each of ordinary) {
        asked++
        if (broken(people(createDice(seed)), each).length > 0) refused++
      }
    expect(refused / asked).toBeLessThanOrEqual(0.1)
  })

  it.each(plants)('refuses $name', ({ model: change, plant }) => {
    for (const few of [1, 2, 4, 10]) {
      expect(broken(planted(createDice(few), plant, few), change), `${few} patients`).not.toEqual([])
    }
  })

  it('lets the same models through where enough patients stand behind them', () => {
    for (const { name, model: change, plant } of plants.filter(({ name }) => !name.includes('not have'))) {
      expect(broken(planted(createDice(5), plant, 40), change), name).toEqual([])
    }
  })

  it('has no answer where a stratum leaves nothing of a column', () => {
    expect(broken(people(createDice(9)), { covariates: ['age', 'treated'], strata: ['treated'] })).toContain(
      'leverage',
    )
  })
})
