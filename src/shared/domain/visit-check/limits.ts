/** Where a value lies beside a closed interval. */
import type { Limits } from '../lab-tests.ts'

export function outside(value: number, limits: Limits | null): 'above' | 'below' | null {
  if (limits === null) return null
  if (limits[1] !== null && value > limits[1]) return 'above'
  if (limits[0] !== null && value < limits[0]) return 'below'
  return null
}
