/** All attacks, in the order of their names. */
import type { Attack } from './attack.ts'
import { collusion } from './collusion.ts'
import { lowBits } from './low-bits.ts'

export const ATTACKS: readonly Attack[] = [lowBits, collusion]
