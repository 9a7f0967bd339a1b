/**
 * A19: who knows the records of all others takes all tables of a cleaning profile together, to learn whether the target is in it: with units, values, years and
 * slips of every kind, so that as much as counts of one person is the target's. With exact tables that always tells; with ours it is what the price allows.
 */
import { namedCells } from '../src/main/privacy/answers/labelled-tables.ts'
import { readRelease } from '../src/main/privacy/answers/read-release.ts'
import type { Part } from '../src/main/privacy/request/part.ts'
import { planOf } from '../src/main/privacy/request/plan.ts'
import { canonicalProfile, type ProfileOutput } from '../src/main/privacy/request/profile-output.ts'
import type { ReleaseRequest } from '../src/main/privacy/request/release-request.ts'
import { tabulate, type Patient, type Row } from '../src/main/privacy/request/tabulate.ts'
import type { Attack, Control } from './attack.ts'
import { COLLUDING, openSession, request } from './ours.ts'
import { tellApart, weigher, type Tables } from './weighed-tables.ts'

/** As much as one table may cost. */
const MICRO_RHO = 20_000
const UNIVERSITY = { ...COLLUDING[0]!, isRegistered: false }
const OUTPUT: ProfileOutput = canonicalProfile({
  kind: 'cleaning-profile',
  tests: ['hba1c', 'sbp'].map((test) => ({
    test,
    units: test === 'sbp' ? ['kPa', 'mm[Hg]'] : ['%', 'mmol/mol'],
  })),
  reasons: ['exact-duplicate', 'impossible', 'unit-guessed', 'unusual'],
  lastYear: 2024,
  years: 4,
})
const PARTS = planOf({ output: OUTPUT, microRho: MICRO_RHO })
const TESTS = OUTPUT.tests.map(({ test }) => test)
const YEARS = ['2021', '2022', '2023', '2024']

const of = (variable: string, ...levels: readonly string[]): Row[] =>
  levels.map((level) => ({ [variable]: level }))
const ofTests = (variable: string, ...levels: readonly string[]): Row[] =>
  TESTS.flatMap((test) => levels.map((level) => ({ 'profile-test': test, [variable]: level })))

/** Every cell that one person may touch. */
const TARGET: Patient = [
  ...of('profile-left', 'kept'),
  ...of('profile-tested', ...TESTS),
  ...ofTests('profile-written', 'impossible', 'usual'),
  ...ofTests('profile-cleaned', 'unusual', 'usual'),
  ...of('profile-unit', ...OUTPUT.tests.flatMap(({ test, units }) => units.map((unit) => `${test} ${unit}`))),
  ...of('profile-seen', ...YEARS),
  ...ofTests('profile-known', ...YEARS),
  ...of('profile-reason', ...OUTPUT.reasons),
]
/** So many that all of it is shown. */
const OTHERS: readonly Patient[] = Array.from({ length: 900 }, () => TARGET)
const WITH_TARGET: readonly Patient[] = [...OTHERS, TARGET]

const cellsOf = (part: Part, cells: readonly bigint[]): readonly bigint[] => namedCells({ part, cells }).cells
const saysIn = weigher(PARTS, OTHERS, TARGET, cellsOf)

export const profiledPatient: Attack = {
  name: 'A19',
  title: 'one patient more across the tables of a cleaning profile',
  stoppedBy: ['noise'],
  run({ gate, without }, effort) {
    const exact = [OTHERS, WITH_TARGET].map((people) =>
      PARTS.map((part) => cellsOf(part, tabulate(part, people)).map(Number)),
    )
    const answer = (trial: number, isIn: boolean) =>
      gate === 'naive' ? exact[isIn ? 1 : 0]! : ours(trial, isIn ? WITH_TARGET : OTHERS, without)
    return tellApart(effort, MICRO_RHO, answer, saysIn)
  },
}

/** Reasons are those of a cleaning: its hash may be any. */
const asked = (): ReleaseRequest => ({
  ...request(OUTPUT, MICRO_RHO, 'everybody'),
  cleaning: new Uint8Array(32),
})

function ours(trial: number, people: readonly Patient[], without: Control | null): Tables {
  const answer = openSession(without, trial).ask(UNIVERSITY, asked(), () => people)
  const release = answer.kind === 'answer' ? readRelease(answer.bytes) : null
  if (release?.kind !== 'tables') throw new Error(`a cleaning profile, not ${release?.kind ?? answer.kind}`)
  return release.tables.map(({ cells }) => cells.map((cell) => (cell === null ? null : Number(cell))))
}
