/**
 * A17: an insurer knows all members of a group but whether the target is one, and takes all tables of its monitoring answer together, those of the benchmark too: what
 * the target would add to each, over the noise of each. With exact tables that always tells; with ours it is what the whole price allows.
 */
import { readRelease } from '../src/main/privacy/answers/read-release.ts'
import type { MonitorOutput } from '../src/main/privacy/request/monitor-output.ts'
import { planOf } from '../src/main/privacy/request/plan.ts'
import { tabulate, type Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Attack, Control } from './attack.ts'
import { COLLUDING, openSession, request } from './ours.ts'
import { tellApart, weigher, type Tables } from './weighed-tables.ts'

/** All that one insurer has in a year, under a registered protocol. */
const MICRO_RHO = 50_000
const INSURER = { ...COLLUDING.find(({ class: of }) => of === 'insurer')!, isRegistered: true }
const OUTPUT: MonitorOutput = {
  kind: 'monitor',
  organisation: 'Harvest Insurance',
  groups: [{ label: 'all', codes: ['A'] }],
  plans: [{ label: 'Plus', codes: ['PLUS'] }],
  ageEdges: [65],
  lastMonth: '2024-06',
  months: 6,
  costMost: 20_000,
  insurers: ['Autumn Health', 'Harvest Insurance', 'Spring Mutual'],
}
const MONTHS = ['2024-01', '2024-02', '2024-03', '2024-04', '2024-05', '2024-06']

const inMarket = (insurer: number, month: string, claims: number) => ({
  'market-insurer': OUTPUT.insurers![insurer]!,
  'market-part': insurer === 1 ? 'own' : 'others',
  'market-month': month,
  'market-claims': claims,
})

/** As much of everything as counts: claims in each month, every delay, four conditions. */
const TARGET: Patient = [
  ...MONTHS.map((month, i) => ({
    'watched-group': 'all',
    'watched-plan': 'Plus',
    'watched-month': month,
    'watched-delay': String(i),
    'age-years': 50,
    sex: 'female',
    claims: 2,
    'cost-minor': 5_000,
  })),
  { 'watched-group': 'all', 'watched-plan': 'Plus', charlson: 5 },
  ...['hypertension', 'diabetes', 'lipids', 'kidney'].map((condition) => ({
    'watched-group': 'all',
    'watched-plan': 'Plus',
    'watched-condition': condition,
  })),
  ...MONTHS.map((month) => inMarket(1, month, 2)),
]
/** So many that the group is shown, and most cells that the target adds to. */
const OTHERS: readonly Patient[] = Array.from({ length: 900 }, (_, i) => [
  TARGET[i % MONTHS.length]!,
  ...TARGET.slice(MONTHS.length, MONTHS.length + 2),
  // As many with each of three insurers in every month, so that there is a benchmark.
  ...MONTHS.map((month) => inMarket(i % 3, month, 4)),
])

const WITH_TARGET: readonly Patient[] = [...OTHERS, TARGET]

export const monitoredMember: Attack = {
  name: 'A17',
  title: 'one member more across the tables of a monitoring answer',
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

const PARTS = planOf({ output: OUTPUT, microRho: MICRO_RHO })
const saysIn = weigher(PARTS, OTHERS, TARGET)

function ours(trial: number, people: readonly Patient[], without: Control | null): Tables {
  const answer = openSession(without, trial).ask(
    INSURER,
    request(OUTPUT, MICRO_RHO, 'everybody'),
    () => people,
  )
  const release = answer.kind === 'answer' ? readRelease(answer.bytes) : null
  if (release?.kind === 'withheld') return PARTS.map(() => [])
  if (release?.kind !== 'monitor') throw new Error(`a monitoring table, not ${release?.kind ?? answer.kind}`)
  return release.tables.map((cells) => cells.map((cell) => (cell === null ? null : Number(cell))))
}
