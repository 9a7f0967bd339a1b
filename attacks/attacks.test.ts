import { describe, expect, it } from 'vitest'
import { CONTROLS, hasSucceeded } from './attack.ts'
import { ATTACKS } from './attacks.ts'

describe('the attack suite (T12, T13)', { timeout: 240_000 }, () => {
  it.each(ATTACKS)('$name: $title: succeeds against a naive gate and fails against ours', (attack) => {
    expect(hasSucceeded(attack.run({ gate: 'naive', without: null }, 'short'))).toBe(true)
    expect(hasSucceeded(attack.run({ gate: 'ours', without: null }, 'short'))).toBe(false)
  })

  it.each(
    CONTROLS.flatMap((without) =>
      ATTACKS.filter(({ stoppedBy }) => stoppedBy.includes(without)).map((attack) => ({
        without,
        name: attack.name,
        attack,
      })),
    ),
  )('$name succeeds where $without is switched off', ({ without, attack }) => {
    expect(hasSucceeded(attack.run({ gate: 'ours', without }, 'short'))).toBe(true)
  })
})
