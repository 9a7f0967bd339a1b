/** All attacks, in the order of their names. */
import { answerLength } from './answer-length.ts'
import type { Attack } from './attack.ts'
import { averaging } from './averaging.ts'
import { collusion } from './collusion.ts'
import { consecutiveHeights } from './consecutive-heights.ts'
import { dataKeyedNoise } from './data-keyed-noise.ts'
import { differencing } from './differencing.ts'
import { epsilonAudit } from './epsilon-audit.ts'
import { lowBits } from './low-bits.ts'
import { plantedPatients } from './planted-patients.ts'
import { reconstruction } from './reconstruction.ts'
import { refusalOracle } from './refusal-oracle.ts'

export const ATTACKS: readonly Attack[] = [
  differencing,
  averaging,
  dataKeyedNoise,
  refusalOracle,
  reconstruction,
  lowBits,
  epsilonAudit,
  consecutiveHeights,
  collusion,
  answerLength,
  plantedPatients,
]
