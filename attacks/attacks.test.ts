import { describe, expect, it } from 'vitest'
import { CONTROLS, hasSucceeded } from './attack.ts'
import { ATTACKS } from './attacks.ts'
import { lastLine } from './last-line.ts'

describe('the last line of the suite', () => {
  const failed = { advantage: 0, bound: 0.1 }
  const succeeded = { advantage: 1, bound: 0.1 }
  const asItShould = ATTACKS.map((attack) => ({ attack, naive: succeeded, ours: failed }))

  it('counts the sixteen attacks of the reference, each of which is there', () => {
    const names = ATTACKS.map(({ name }) => name)
    expect(names).toEqual(names.map((_, i) => `A${String(i + 1)}`))
    const line = '{"attacks":16,"failedAgainstOurs":16,"succeededOnNaive":16}'
    expect(lastLine(asItShould)).toEqual({ line, isInOrder: true })
  })

  it('says where one of them succeeds against ours or fails against the naive gate; one of our own is out of order too', () => {
    const one = (change: object, at: number) =>
      asItShould.map((each, i) => (i === at ? { ...each, ...change } : each))
    expect(lastLine(one({ ours: succeeded }, 3))).toEqual({
      line: '{"attacks":16,"failedAgainstOurs":15,"succeededOnNaive":16}',
      isInOrder: false,
    })
    expect(lastLine(one({ naive: failed }, 3)).line).toContain('"succeededOnNaive":15')
    expect(lastLine(one({ ours: succeeded }, ATTACKS.length - 1)).isInOrder).toBe(false)
  })
})

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
