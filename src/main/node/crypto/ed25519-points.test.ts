import { expect, it } from 'vitest'
import { isAcceptablePublicKey } from './ed25519-points.ts'

it('judging a key changes none of its bits, also in a Buffer', () => {
  const key = Buffer.alloc(32, 0x5a)
  key[31] = 0x85
  expect(isAcceptablePublicKey(key)).toBe(true)
  expect(key[31]).toBe(0x85)
})
