import { describe, expect, it } from 'vitest'
import { lastsByNature } from './lasts.ts'

describe('lastsByNature', () => {
  it('ticks what lasts and leaves what passes', () => {
    for (const code of ['E119', 'E11.9', 'I10', 'E785', 'N1830', 'C3490', 'J4590', 'F200'])
      expect(lastsByNature(code), code).toBe(true)
    for (const code of ['J069', 'R079', 'O80', 'I2109', 'Z0000'])
      expect(lastsByNature(code), code).toBe(false)
  })
})
