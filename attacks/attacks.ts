/** All attacks, in the order of their names. */
import { answerLength } from './answer-length.ts'
import type { Attack } from './attack.ts'
import { averaging } from './averaging.ts'
import { collusion } from './collusion.ts'
import { consecutiveHeights } from './consecutive-heights.ts'
import { dataKeyedNoise } from './data-keyed-noise.ts'
import { differencing } from './differencing.ts'
import { epsilonAudit } from './epsilon-audit.ts'
import { eventTimes } from './event-times.ts'
import { indicatorModel } from './indicator-model.ts'
import { knownWay } from './known-way.ts'
import { lateInsurer } from './late-insurer.ts'
import { leaveOneOut } from './leave-one-out.ts'
import { lowBits } from './low-bits.ts'
import { membershipInference } from './membership-inference.ts'
import { monitoredMember } from './monitored-member.ts'
import { plantedPatients } from './planted-patients.ts'
import { profiledPatient } from './profiled-patient.ts'
import { reconstruction } from './reconstruction.ts'
import { refusalOracle } from './refusal-oracle.ts'
import { suppressedCells } from './suppressed-cells.ts'

export const ATTACKS: readonly Attack[] = [
  differencing,
  averaging,
  dataKeyedNoise,
  refusalOracle,
  reconstruction,
  indicatorModel,
  leaveOneOut,
  lowBits,
  epsilonAudit,
  consecutiveHeights,
  suppressedCells,
  eventTimes,
  membershipInference,
  collusion,
  answerLength,
  plantedPatients,
  monitoredMember,
  lateInsurer,
  profiledPatient,
  knownWay,
]
