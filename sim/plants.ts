/** How each planted bug is caught: by seeds, or by a schedule that was written to meet it. */
import type { Plant } from '../src/main/node/consensus/core/plant.ts'
import type { Invariant } from './checkers/checkers.ts'
import { runSeed } from './cluster.ts'
import type { FaultPlan, Lie } from './faults.ts'
import { runScenario } from './scenario.ts'
import { scenarioText } from './scenarios.ts'

export interface Caught {
  readonly invariant: string
  readonly text: string
  /** The seed, or the name of the schedule. */
  readonly how: string
}

/** What each of them breaks: another violation would not show that this bug is noticed. */
const BROKEN: Readonly<Record<Plant, Invariant>> = {
  'quorum-too-small': 'proof-is-logged',
  'lock-ignored': 'agreement',
  'unlock-by-older-proof': 'agreement',
  'proof-not-asked': 'agreement',
  'log-not-synced': 'logged-before-sent',
  'log-not-read': 'recovered-is-what-was-durable',
  'lock-without-proof': 'proof-is-logged',
  'lock-not-logged': 'lock-is-logged',
  'certificate-unchecked': 'chain-rules',
  'signer-counted-twice': 'chain-rules',
  'vote-unchecked': 'evidence-names-only-liars',
  'bodies-not-awaited': 'bodies-before-precommit',
  'bodies-not-durable': 'bodies-before-precommit',
  'first-vote-only': 'progress-after-faults',
  'nothing-sent-again': 'progress-after-faults',
  'height-not-checked': 'evidence-names-only-liars',
  'round-never-ends': 'progress-after-faults',
  'time-not-judged': 'time-near-clock',
  'everything-kept': 'queues-have-bounds',
  'unsafe-start': 'recovered-is-what-was-durable',
  'meeting-skipped': 'no-double-signature',
  'first-round-forgotten': 'no-double-signature',
  'evidence-of-one-vote': 'evidence-reaches-the-chain',
  'old-key-counts': 'evidence-names-only-liars',
  'replacement-ignored': 'members-as-decided',
  'accusation-unchecked': 'evidence-names-only-liars',
  'caps-unchecked': 'studies-by-the-rules',
  'commitments-forgotten': 'studies-by-the-rules',
  'refusals-forgotten': 'studies-by-the-rules',
  'results-forgotten': 'studies-by-the-rules',
  'attestations-unchecked': 'results-are-attested',
  'strangers-attest': 'results-are-attested',
  'words-of-anybody': 'suspensions-prove-themselves',
  'own-checks-count': 'checks-by-others',
  'checkers-forgotten': 'checks-by-others',
  'days-forgotten': 'studies-expire',
  'erasures-forgotten': 'results-after-erasures',
}

/** Schedules for what random runs hardly ever meet: who saw which quorum decides, and that takes a plan. */
const DIRECTED: Partial<Record<Plant, string>> = {
  'lock-ignored': 'lock-ignored',
  'unlock-by-older-proof': 'unlock-by-older-proof',
  'proof-not-asked': 'proof-not-asked',
}

/** A bug that only a certain lie can use is looked for among seeds in which somebody tells it. */
const LIES: Partial<Record<Plant, readonly Lie[]>> = {
  'signer-counted-twice': ['repeated-signer'],
  'certificate-unchecked': ['forged-certificate'],
  'vote-unchecked': ['forged-votes'],
  'time-not-judged': ['wrong-time'],
  'everything-kept': ['many-proposals'],
  'first-vote-only': ['two-prevotes', 'two-precommits'],
  'evidence-of-one-vote': ['two-prevotes', 'two-precommits'],
  'accusation-unchecked': ['false-evidence'],
  'results-forgotten': ['double-result'],
  'attestations-unchecked': ['forged-result'],
  'strangers-attest': ['strangers-result'],
  'words-of-anybody': ['false-suspension'],
  'own-checks-count': ['strangers-check'],
  'checkers-forgotten': ['strangers-check'],
  'erasures-forgotten': ['old-result'],
}

/**
 * What the voter that is put back has signed the others must have heard, and not forgotten, so that they can show it:
 * a vote that reached nobody it may give again, and nobody can tell (R27).
 */
export const SILENT_COPY: Partial<FaultPlan> = {
  voters: 4,
  liars: [],
  damage: 'silent-backup',
  crashEveryMs: 0,
  powerCutEveryMs: 0,
  allDieAtMs: 0,
  diskFailEveryMs: 0,
  loss: 0,
  partitionEveryMs: 0,
  delayMostMs: 20,
}

const ASKING: Partial<FaultPlan> = { voters: 4, liars: [], damage: 'none', isAsking: true }

/** What happens in the seeds in which a bug can be met at all. */
const FAULTS: Partial<Record<Plant, Partial<FaultPlan>>> = {
  'meeting-skipped': SILENT_COPY,
  'first-round-forgotten': { voters: 3, liars: [], damage: 'backup' },
  'old-key-counts': { voters: 4, liars: [], damage: 'none', isRotatingKeys: true },
  'replacement-ignored': { voters: 4, liars: [], damage: 'none', isRotatingKeys: true },
  'caps-unchecked': ASKING,
  'commitments-forgotten': ASKING,
  'refusals-forgotten': ASKING,
  'results-forgotten': ASKING,
  'attestations-unchecked': ASKING,
  'strangers-attest': { ...ASKING, observers: 1, isEpochChanging: false },
  'words-of-anybody': ASKING,
  'own-checks-count': ASKING,
  'checkers-forgotten': ASKING,
  'days-forgotten': ASKING,
  'erasures-forgotten': ASKING,
}

/** The violation that a planted bug leads to and is meant to, or null when it was not noticed. */
export async function catchPlant(plant: Plant, from: number, seedCount: number): Promise<Caught | null> {
  const directed = DIRECTED[plant]
  if (directed !== undefined) {
    const { violations } = await runScenario(scenarioText(directed), plant)
    const violation = violations.find(({ invariant }) => invariant === BROKEN[plant])
    if (violation)
      return { invariant: violation.invariant, text: violation.text, how: `schedule ${directed}` }
    return null
  }
  const lies = LIES[plant]
  const lying = lies === undefined ? {} : { voters: 4, liars: [lies], damage: 'none' as const }
  const change = { ...FAULTS[plant], ...lying }
  for (let seed = from; seed < from + seedCount; seed++) {
    const { violations } = await runSeed({ seed, plant, change })
    const violation = violations.find(({ invariant }) => invariant === BROKEN[plant])
    if (violation) return { invariant: violation.invariant, text: violation.text, how: `seed ${seed}` }
  }
  return null
}
