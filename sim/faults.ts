/** Which faults a seed has, and how strong (swarm testing: each class is on or off per seed, so that they also meet alone). */
import type { Dice } from './random.ts'

export type Lie =
  | 'two-proposals'
  | 'two-prevotes'
  | 'two-precommits'
  | 'withhold'
  | 'silent'
  | 'silent-proposer'
  | 'wrong-heads'
  | 'wrong-segment'
  | 'wrong-time'
  | 'broken-record'
  | 'future-rounds'
  | 'replay'
  | 'garbage'
  | 'forged-certificate'
  | 'repeated-signer'
  | 'forged-votes'
  | 'false-status'
  | 'amnesia'
  | 'wrong-body'
  | 'stranger'
  | 'other-chain'
  | 'oversized'
  | 'flood'
  | 'many-proposals'
  | 'false-evidence'
  | 'forged-result'
  | 'strangers-result'
  | 'double-result'
  | 'strangers-check'
  | 'false-suspension'
  | 'old-result'

export const LIES: readonly Lie[] = [
  'two-proposals',
  'two-prevotes',
  'two-precommits',
  'withhold',
  'silent',
  'silent-proposer',
  'wrong-heads',
  'wrong-segment',
  'wrong-time',
  'broken-record',
  'future-rounds',
  'replay',
  'garbage',
  'forged-certificate',
  'repeated-signer',
  'forged-votes',
  'false-status',
  'amnesia',
  'wrong-body',
  'stranger',
  'other-chain',
  'oversized',
  'flood',
  'many-proposals',
  'false-evidence',
  'forged-result',
  'strangers-result',
  'double-result',
  'strangers-check',
  'false-suspension',
  'old-result',
]
/** About studies: told where some are asked. */
export const STUDY_LIES: readonly Lie[] = [
  'forged-result',
  'strangers-result',
  'double-result',
  'strangers-check',
  'false-suspension',
  'old-result',
]
const ACCUSING: readonly Lie[] = ['false-evidence']
/** Drawn after everything else, so that the faults of a seed are those that it had before there was this lie. */
const DRAWN_LAST: readonly Lie[] = [...ACCUSING, ...STUDY_LIES]

/** What it takes to bring two correct voters to different decisions, told by more liars than are tolerated. */
const FORKING: readonly Lie[] = ['two-proposals', 'two-prevotes', 'two-precommits']

export interface FaultPlan {
  readonly voters: number
  /** Members without a vote that follow the chain. */
  readonly observers: number
  readonly faultMs: number
  readonly visitEveryMs: number
  readonly delayMostMs: number
  readonly loss: number
  readonly duplication: number
  readonly partitionEveryMs: number
  readonly oneWay: boolean
  readonly crashEveryMs: number
  readonly powerCutEveryMs: number
  readonly allDieAtMs: number
  readonly isDiskSlow: boolean
  readonly diskFailEveryMs: number
  readonly skewMs: number
  readonly slowNode: boolean
  /** Lies of each liar. */
  readonly liars: readonly (readonly Lie[])[]
  /** A node loses a part of its log, or comes back with an old copy; of which it is told, or is not. */
  readonly damage: 'none' | 'log' | 'backup' | 'silent-backup'
  readonly isEpochChanging: boolean
  /** A correct voter changes its consensus key by decision, and from its effect on a thief uses the old one. */
  readonly isRotatingKeys: boolean
  /** Members ask studies, check them and give results. */
  readonly isAsking: boolean
  readonly idleMs: number
  /** Bytes of the pool for each author, and visits in a segment: small ones make authors compete. */
  readonly poolShareBytes: number
  readonly segmentVisitsMax: number
  /** More liars than are tolerated, and of one mind: the chain may fork, and then the guilty must be known. */
  readonly isBeyondTolerance: boolean
}

/** `voters` and `liars` may be fixed by the caller. */
export function planFaults(dice: Dice, voters: number | null): FaultPlan {
  const usual = voters ?? dice.pick([4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 7, 7, 10, 1])
  const n = usual > 1 || voters !== null ? usual : dice.pick([1, 2, 2, 3, 3])
  const tolerated = Math.floor((n - 1) / 3)
  const isEveryVoterNeeded = n === 2 || n === 3
  const isBeyondTolerance = tolerated > 0 && dice.chance(0.04)
  // Where every voter is needed none may lie, but one may forget: what it locked the others have locked (R29).
  const isDamaged =
    (tolerated > 0 && !isBeyondTolerance && dice.chance(0.15)) || (isEveryVoterNeeded && dice.chance(0.5))
  const liarCount = dice.chance(0.65) ? dice.between(0, Math.max(0, tolerated - (isDamaged ? 1 : 0))) : 0
  const faultMs = dice.between(3_000, 10_000)
  const isTight = dice.chance(0.2)
  const on = (probability: number, value: number): number => (dice.chance(probability) ? value : 0)
  const plan: Omit<FaultPlan, 'isRotatingKeys' | 'isAsking'> = {
    voters: n,
    observers: dice.chance(0.2) ? 1 : 0,
    faultMs,
    visitEveryMs: dice.between(200, 1_500),
    delayMostMs: dice.pick([5, 20, 100, 400, 1_500]),
    loss: on(0.5, dice.between(1, 30) / 100),
    duplication: on(0.3, dice.between(1, 30) / 100),
    partitionEveryMs: on(0.5, dice.between(1_500, 8_000)),
    oneWay: dice.chance(0.4),
    crashEveryMs: on(0.5, dice.between(1_000, 8_000)),
    powerCutEveryMs: on(0.4, dice.between(1_500, 8_000)),
    allDieAtMs: on(0.2, dice.between(1_000, faultMs)),
    isDiskSlow: dice.chance(0.3),
    diskFailEveryMs: on(0.15, dice.between(2_000, 10_000)),
    skewMs: on(0.3, dice.between(100, 10_000)),
    slowNode: dice.chance(0.2),
    liars: isBeyondTolerance
      ? Array.from({ length: dice.between(tolerated + 1, n - tolerated - 1) }, () =>
          dice.chance(0.5) ? [...FORKING, 'amnesia' as const] : FORKING,
        )
      : Array.from({ length: Math.max(0, liarCount) }, () =>
          LIES.filter((lie) => !DRAWN_LAST.includes(lie) && dice.chance(0.25)),
        ),
    damage: isDamaged ? dice.pick(['log', 'backup'] as const) : 'none',
    isEpochChanging: n >= 4 && !isBeyondTolerance && dice.chance(0.25),
    idleMs: on(0.2, dice.between(2_000, 6_000)),
    poolShareBytes: isTight ? 8 * 1_024 : 1_024 * 1_024,
    segmentVisitsMax: isTight ? 4 : 1_000,
    isBeyondTolerance,
  }
  const isRotatingKeys = !isBeyondTolerance && dice.chance(0.25)
  const sometimes = (lies: readonly Lie[]): readonly Lie[] => lies.filter(() => dice.chance(0.25))
  const withEvidence = plan.liars.map((lies) =>
    isBeyondTolerance ? lies : [...lies, ...sometimes(ACCUSING)],
  )
  const isAsking = !isBeyondTolerance && dice.chance(0.12)
  const liars = withEvidence.map((lies) => (isAsking ? [...lies, ...sometimes(STUDY_LIES)] : lies))
  return { ...plan, isRotatingKeys, isAsking, liars }
}
