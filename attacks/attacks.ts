/** All attacks, in the order of their names. */
import type { Attack } from './attack.ts'
import { collusion } from './collusion.ts'
import { dataKeyedNoise } from './data-keyed-noise.ts'
import { lowBits } from './low-bits.ts'

export const ATTACKS: readonly Attack[] = [dataKeyedNoise, lowBits, collusion]
