/**
 * A18: an insurer takes its own part away from the benchmark and reads the rate of one other, of which a third stands beside the first only in the newest
 * month: over all months there are three insurers with many people, in all months but one there are two (docs/spec/privacy.md G12).
 */
import { readRelease } from '../src/main/privacy/answers/read-release.ts'
import type { MonitorOutput } from '../src/main/privacy/request/monitor-output.ts'
import { planOf } from '../src/main/privacy/request/plan.ts'
import { tabulate, type Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Attack, Control } from './attack.ts'
import { threeErrors } from './chance.ts'
import { COLLUDING, openSession, request } from './ours.ts'

const MICRO_RHO = 50_000
const INSURER = { ...COLLUDING.find(({ class: of }) => of === 'insurer')!, isRegistered: true }
const INSURERS = ['Autumn Health', 'Harvest Insurance', 'Spring Mutual'] as const
const OUTPUT: MonitorOutput = {
  kind: 'monitor',
  organisation: INSURERS[1],
  groups: [{ label: 'all', codes: ['A'] }],
  plans: null,
  ageEdges: [65],
  lastMonth: '2024-06',
  months: 6,
  costMost: 20_000,
  insurers: INSURERS,
}
const MONTHS = ['2024-01', '2024-02', '2024-03', '2024-04', '2024-05', '2024-06']
const LIVES = 400

/** Of the one insurer that is asked after each claims in every month, or in every second one. */
const worldOf = (isHigh: boolean): readonly Patient[] =>
  INSURERS.flatMap((name, insurer) =>
    Array.from({ length: LIVES }, (_, i): Patient => {
      const known = insurer === 2 ? MONTHS.slice(-1) : MONTHS
      const isOwn = insurer === 1
      const watched = { 'watched-group': 'all', 'watched-month': MONTHS[i % MONTHS.length]! }
      return [
        ...(isOwn ? [{ ...watched, 'age-years': 50, sex: 'female', claims: 1, 'cost-minor': 5_000 }] : []),
        ...known.map((month, m) => ({
          'market-insurer': name,
          'market-part': isOwn ? 'own' : 'others',
          'market-month': month,
          'market-claims': insurer === 0 && !isHigh ? (i + m) % 2 : 1,
        })),
      ]
    }),
  )
const WORLDS = [worldOf(false), worldOf(true)] as const
const PARTS = planOf({ output: OUTPUT, microRho: MICRO_RHO })
const EXACT = WORLDS.map((people) => PARTS.map((part) => tabulate(part, people).map(Number)))

export const lateInsurer: Attack = {
  name: 'A18',
  title: 'the rate of one other insurer in months in which a third has nobody',
  stoppedBy: [],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 400 : 60
    let [hits, falseHits] = [0, 0]
    for (let trial = 0; trial < trialCount; trial++) {
      const world = trial % 2
      const tables = gate === 'naive' ? EXACT[world]! : ours(trial, WORLDS[world]!, without)
      if (!saysHigh(tables)) continue
      if (world === 1) hits++
      else falseHits++
    }
    return { advantage: (hits - falseHits) / (trialCount / 2), bound: threeErrors(trialCount) }
  },
}

type Tables = readonly (readonly (number | null)[])[]

/** The others' claims per person over the months that are shown, but the newest one. */
function saysHigh(tables: Tables): boolean {
  const others = (name: string): readonly (number | null)[] => {
    const cells = tables[PARTS.findIndex((part) => part.name === name)] ?? []
    return cells.slice(MONTHS.length + 1, 2 * MONTHS.length)
  }
  const persons = others('market-months')
  const claims = others('market-claims-by-month')
  let [claimed, lived] = [0, 0]
  for (const [m, people] of persons.entries()) {
    if (people === null || claims[m] == null) continue
    claimed += claims[m]
    lived += people
  }
  return lived > 0 && claimed / lived > 0.75
}

function ours(trial: number, people: readonly Patient[], without: Control | null): Tables {
  const session = openSession(without, trial)
  const answer = session.ask(INSURER, request(OUTPUT, MICRO_RHO, 'everybody'), () => people)
  const release = answer.kind === 'answer' ? readRelease(answer.bytes) : null
  // Where nothing is shown there is nothing to read.
  if (release?.kind === 'withheld') return []
  if (release?.kind !== 'monitor') throw new Error(`a monitoring table, not ${release?.kind ?? answer.kind}`)
  return release.tables.map((cells) => cells.map((cell) => (cell === null ? null : Number(cell))))
}
