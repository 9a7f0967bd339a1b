/** What became of records between two states, where a visit was changed more than once. */
import { expect, it } from 'vitest'
import { runOf } from '../facts/fact-columns.ts'
import { factCode, type Facts } from '../facts/fact-tables.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { openWarehouse } from './warehouse.ts'

const [template] = syntheticFacts(1, 'changes')

function version(block: number, op: 'create' | 'amend' | 'retract', supersedes: number | null): Facts {
  const [visit] = template!.visit
  const finished = factCode('visitStatus', 'finished')
  return {
    visit: [{ ...visit!, block, op: factCode('op', op), supersedes, status: finished }],
    observation: [],
    diagnosis: [],
    procedure: [],
    prescription: [],
    claim: [],
  }
}

it('judges a visit by the last version of its line, and counts it once', async () => {
  const warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
  const facts = [
    version(0, 'create', null),
    version(1, 'create', null),
    version(2, 'create', null),
    version(3, 'amend', 0),
    version(4, 'amend', 3),
    version(5, 'amend', 1),
    version(6, 'retract', 5),
    version(7, 'create', null),
    // Came too late: block 0 was replaced already.
    version(8, 'amend', 0),
  ]
  await warehouse.load(runOf(0, facts.length - 1, facts))
  await warehouse.replace([
    { block: 0, by: 3 },
    { block: 3, by: 4 },
    { block: 1, by: 5 },
    { block: 5, by: 6 },
    { block: 8, by: 8 },
  ])
  const at = (upTo: number) => warehouse.snapshot({ upTo, hospitals: null, samePerson: [] })
  expect(await warehouse.changes(await at(2), await at(8))).toEqual({
    amended: 1,
    retracted: 1,
    withdrawn: 0,
    added: 1,
  })
  // At a state between, the same visit is only amended yet.
  expect(await warehouse.changes(await at(2), await at(5))).toEqual({
    amended: 2,
    retracted: 0,
    withdrawn: 0,
    added: 0,
  })
  await warehouse.close()
})
