/**
 * A20: somebody knows the ways of all patients of a cohort but whether the target is among them, and takes every number of an answer about pathways together:
 * flows, and how long each step took. With exact numbers that always tells; with ours it is what the price of the answer allows, however they were made to agree.
 */
import { readRelease } from '../src/main/privacy/answers/read-release.ts'
import {
  transitionLabel,
  waitLabel,
  type PathwaysOutput,
} from '../src/main/privacy/request/pathways-output.ts'
import { varianceOf } from '../src/main/privacy/request/part.ts'
import { planOf } from '../src/main/privacy/request/plan.ts'
import { tabulate, type Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Attack, Control } from './attack.ts'
import { BUDGET_DEFAULTS, COLLUDING, openSession, request } from './ours.ts'
import { tellApart } from './weighed-tables.ts'

/** All that one table may cost. */
const MICRO_RHO = BUDGET_DEFAULTS.chargeMicroRho.table
const RESEARCHER = COLLUDING.find(({ class: of }) => of === 'university')!
const OUTPUT: PathwaysOutput = {
  kind: 'pathways',
  codeSets: {},
  events: [{ kind: 'visit', classes: ['EMER'] }],
  watch: { left: null, atMostDays: null, until: null },
  sequence: { which: 'all', collapseDays: 0, stepsMost: 4 },
}
const STEPS = [1, 2, 3, 4]

/** As many steps as count, each after the same time. */
const wayOf = (band: number): Patient =>
  STEPS.map((step) => ({
    'pathway-transition': transitionLabel({ step, from: step === 1 ? null : 0, to: 0 }),
    'pathway-wait': waitLabel({ step, to: 0, band }),
  }))
const TARGET = wayOf(0)
/** So many that everything which the target adds to is shown. */
const OTHERS: readonly Patient[] = Array.from({ length: 600 }, (_, i) => wayOf(i % 5))
const WITH_TARGET: readonly Patient[] = [...OTHERS, TARGET]

export const knownWay: Attack = {
  name: 'A20',
  title: 'one patient more in the ways of a cohort that is known',
  stoppedBy: ['noise'],
  run({ gate, without }, effort) {
    const exact = [OTHERS, WITH_TARGET].map((people) =>
      PARTS.map((part) => tabulate(part, people).map(Number)),
    )
    const answer = (trial: number, isIn: boolean) =>
      gate === 'naive' ? exact[isIn ? 1 : 0]! : ours(trial, isIn ? WITH_TARGET : OTHERS, without)
    return tellApart(effort, MICRO_RHO, answer, saysIn)
  },
}

type Tables = readonly (readonly (number | null)[])[]
const PARTS = planOf({ output: OUTPUT, microRho: MICRO_RHO })

/** What each table has without the target, and what the target adds; the noise's variance. */
const KNOWN = PARTS.map((part) => {
  const { numerator, denominator } = varianceOf(part)
  return {
    labels: part.axes[0]!.labels!,
    base: tabulate(part, OTHERS).map(Number),
    added: tabulate(part, [TARGET]).map(Number),
    variance: Number(numerator) / Number(denominator),
  }
})

function saysIn(tables: Tables): boolean {
  let score = 0
  for (const [i, { base, added, variance }] of KNOWN.entries())
    for (const [cell, more] of added.entries()) {
      const value = tables[i]![cell]
      if (value === null || value === undefined) continue
      score += (more * (value - base[cell]! - more / 2)) / variance
    }
  return score > 0
}

function ours(trial: number, people: readonly Patient[], without: Control | null): Tables {
  const asked = request(OUTPUT, MICRO_RHO, 'everybody')
  const answer = openSession(without, trial).ask(RESEARCHER, asked, () => people)
  const release = answer.kind === 'answer' ? readRelease(answer.bytes) : null
  if (release?.kind !== 'pathways') throw new Error(`pathways, not ${release?.kind ?? answer.kind}`)
  const told = [
    new Map(release.transitions.map((each) => [transitionLabel(each), Number(each.count.value)])),
    new Map(release.waits.map((each) => [waitLabel(each), Number(each.count.value)])),
  ]
  return KNOWN.map(({ labels }, i) => labels.map((label) => told[i]!.get(label) ?? null))
}
