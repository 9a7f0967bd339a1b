import { expect, it } from 'vitest'
import { microOfTyped } from './typed-rho.ts'

it('reads ρ to the millionth, as it was written', () => {
  expect([0.002, '0.0020', '0.10', 0.000001, 1.234567].map((typed) => microOfTyped(typed, 1))).toEqual([
    2_000, 2_000, 100_000, 1, 1_234_567,
  ])
  // Every price there is comes back as itself.
  for (let micro = 1; micro < 200_000; micro += 37) expect(microOfTyped(micro / 1e6, 1)).toBe(micro)
})

it('takes nothing of what somebody is still typing', () => {
  for (const typed of ['', ' ', '0.', '0.00', 0, 'x', 0.00001]) expect(microOfTyped(typed, 100)).toBeNull()
  expect(microOfTyped(0, 0)).toBe(0)
})
