/**
 * Rules R1 to R12 against 5,000 random studies, each once as it is and once with a planted way to learn of a person; and R5 against 1,000 models
 * that are fitted to people at random, half of them with a few who would decide a coefficient.
 */
import fc from 'fast-check'
import { judgeProposal } from '../src/main/privacy/lane-b.ts'
import { anyBefore, anyStudy, PLANTS } from '../src/main/privacy/lane-b.test-kit.ts'
import { RULE_DEFAULTS } from '../src/main/privacy/rules/rule-policy.ts'
import { createDice } from '../sim/random.ts'
import {
  broken,
  ordinary,
  people,
  planted,
  plants,
} from '../src/main/analytics/gated/study-findings.test-kit.ts'
import { longPart } from './part.ts'

const STUDIES_PER_CASE = 100
const MODELS_PER_CASE = 10
const FALSE_REFUSALS_MOST = 0.2

export const part = longPart({
  title: 'rules R1 to R12, ordinary and planted studies',
  caseCount: 50,
  runsOnlyItself: true,
  async run(index) {
    const studies = fc.sample(fc.tuple(anyStudy, anyBefore), {
      numRuns: STUDIES_PER_CASE,
      seed: 1_000 + index,
    })
    let refused = 0
    for (const [i, [study, before]] of studies.entries()) {
      if (judgeProposal(study, before, RULE_DEFAULTS).kind === 'refused') refused++
      const { name, rule, plant } = PLANTS[(index * STUDIES_PER_CASE + i) % PLANTS.length]!
      const planted = plant(study, before)
      const { kind, checks } = judgeProposal(planted.study, planted.before, RULE_DEFAULTS)
      const isSeen = checks.some((check) => check.rule === rule && check.verdict === 'broken')
      if (kind !== 'refused' || !isSeen) return `study ${i}: ${name} was not refused by ${rule}`
    }
    // A tenth over all; of a hundred at a time it may be more.
    if (refused > FALSE_REFUSALS_MOST * STUDIES_PER_CASE) return `${refused} ordinary studies were refused`
    let refusedModels = 0
    for (let m = 0; m < MODELS_PER_CASE; m++) {
      const number = index * MODELS_PER_CASE + m
      if (broken(people(createDice(number)), ordinary[number % ordinary.length]!).length > 0) refusedModels++
      const { name, model, plant } = plants[number % plants.length]!
      const few = 1 + (number % 10)
      if (broken(planted(createDice(number), plant, few), model).length === 0)
        return `model ${number}: ${name}, ${few} patients, was not refused`
    }
    return {
      wrong: null,
      counts: {
        ordinary: STUDIES_PER_CASE,
        refusedOrdinary: refused,
        plantedAndRefused: STUDIES_PER_CASE,
        models: MODELS_PER_CASE,
        refusedModels,
        plantedModelsAndRefused: MODELS_PER_CASE,
      },
    }
  },
})
