/** What the tutorial says of its clinic is so: the truth inside the limits, nothing to see as written, and events enough to tell. */
import { expect, it } from 'vitest'
import { builtInStudy } from '../../../shared/domain/built-in-studies.ts'
import { CLINIC } from '../../../shared/domain/populations.ts'
import { TRUTH } from '../../generator/model.ts'
import { runOf } from '../facts/fact-columns.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { openWarehouse } from '../warehouse/warehouse.ts'
import type { PinnedStudy } from './prepare-study.ts'
import { runStudy, STUDY_ENGINE } from './run-study.ts'

const titles = {
  study: 'Tutorial',
  cohort: 'Diabetes',
  diabetes: 'diabetes',
  cardiovascular: 'cardiovascular',
  models: ['HbA1c'],
}

it('the clinic of the tutorial tells 1.25 from 1 once it is cleaned, and nothing before', async () => {
  const facts = syntheticFacts(CLINIC.patients, CLINIC.seed, 0, true, 'diabetes-clinic')
  const warehouse = await openWarehouse({ threads: 1, memoryMb: 1_024 })
  await warehouse.load(runOf(0, facts.length - 1, facts))
  const snapshot = {
    chain: '00'.repeat(32),
    upTo: facts.length - 1,
    height: 0,
    hospitals: ['H1', 'H2', 'H3', 'H4', 'H5'],
  }
  const cleanedStudy: PinnedStudy = { ...builtInStudy('tutorial', titles), snapshot, engine: STUDY_ENGINE }
  const hba1cOf = async (study: PinnedStudy) => {
    const asked = { study, hash: 'x', samePerson: [] }
    const ran = await runStudy(warehouse, asked, { hooks: {}, isCancelled: () => false })
    type Fit = { names: string[]; coefficients: number[]; lower: number[]; upper: number[]; events: number }
    const { result } = (JSON.parse(ran.text) as { models: { result: Fit }[] }).models[0]!
    const at = result.names.indexOf('hba1c')
    const [value, lower, upper] = [result.coefficients, result.lower, result.upper].map((list) => list[at]!)
    return { value: value!, lower: lower!, upper: upper!, events: result.events }
  }
  const plain = await hba1cOf({ ...cleanedStudy, cleaning: null })
  const cleaned = await hba1cOf(cleanedStudy)
  await warehouse.close()
  expect(Math.abs(plain.value)).toBeLessThan(Math.log(1.05))
  expect(cleaned.events).toBeGreaterThanOrEqual(300)
  expect(cleaned.lower).toBeGreaterThan(0)
  expect(cleaned.lower).toBeLessThan(TRUTH.beta.hba1c)
  expect(cleaned.upper).toBeGreaterThan(Math.log(1.25))
}, 600_000)
