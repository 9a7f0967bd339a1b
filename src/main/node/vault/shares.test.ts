/** T34, as far as it is arithmetic: which shares bring the keys back, and which do not. */
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { freshKeys } from './institution-keys.test-kit.ts'
import type { RecoveryKit } from './recovery-kit.ts'
import { combineShares, makeShares, readRecoveryFile, readShare, type MadeShares } from './shares.ts'

const random = (count: number) => new Uint8Array(randomBytes(count))
const kit: RecoveryKit = {
  facts: {
    institutionName: 'North Hospital',
    memberId: random(16),
    chainId: random(32),
    zone: 'Asia/Taipei',
    isSynthetic: true,
    genesis: random(40),
  },
  keys: freshKeys(),
}
const setId = random(16)
const part = random(32)
const madeOn = '2026-11-29'
let made: MadeShares
beforeAll(async () => {
  made = await makeShares(random, kit, { setId, part, madeOn })
})
const of = (...numbers: number[]) => numbers.map((number) => made.shareTexts[number - 1]!)
const outcome = async (
  shares: readonly string[],
  given: string | null = toHex(part),
  file = made.fileText,
) => {
  const combined = await combineShares(file, shares, given)
  return combined.kind === 'refused' ? combined.reason : combined.kind
}

describe('T34: shares of an institution’s keys', () => {
  it('bring them back by any three of five, in any order, and by more', async () => {
    for (const numbers of [
      [1, 2, 3],
      [5, 3, 1],
      [2, 4, 5],
      [4, 3, 2, 1],
      [1, 2, 3, 4, 5],
    ]) {
      const combined = await combineShares(made.fileText, of(...numbers), toHex(part))
      expect(combined, String(numbers)).toEqual({ kind: 'kit', kit })
    }
  })

  it('bring nothing back by two, by one twice, without the hospitals’ part, or with another one', async () => {
    expect(await outcome(of(1, 2))).toBe('too-few-shares')
    expect(await outcome(of(1, 2, 2))).toBe('same-share-twice')
    expect(await outcome(of(1, 2, 3), null)).toBe('part-missing')
    expect(await outcome(of(1, 2, 3), toHex(random(32)))).toBe('does-not-open')
  })

  it('are of one set: a share of another, a changed one and a changed file are refused by name', async () => {
    const other = await makeShares(random, kit, { setId: random(16), part, madeOn })
    expect(await outcome([...of(1, 2), other.shareTexts[2]!])).toBe('other-set')
    expect(await outcome([...of(1, 2), 'no share'])).toBe('not-a-share')
    const typo = of(3)[0]!.replace(/^01 (.)/m, (_, digit: string) => `01 ${digit === '7' ? '8' : '7'}`)
    expect(await combineShares(made.fileText, [...of(1, 2), typo], toHex(part))).toMatchObject({
      reason: 'damaged',
      position: 2,
      line: 1,
    })
    const file = readRecoveryFile(made.fileText)!
    for (const change of [{ threshold: 2 }, { fingerprint: 'X' }, { hasPart: false }])
      expect(await outcome(of(1, 2, 3), toHex(part), JSON.stringify({ ...file, ...change }))).toBe(
        'does-not-open',
      )
    expect(await outcome(of(1, 2, 3), toHex(part), '{}')).toBe('not-a-recovery-file')
  })

  it('say nothing of the keys: not the file, and not two shares', () => {
    const texts = [made.fileText, ...of(1, 2)].join('\n').toLowerCase()
    for (const secret of [kit.keys.root.root, kit.keys.node.author, kit.keys.session.custodian, part])
      expect(texts).not.toContain(toHex(secret))
    expect(readShare(of(1)[0]!)).toMatchObject({ kind: 'share', number: 1, setId })
  })

  it('need no part where there was no other hospital', async () => {
    const alone = await makeShares(random, kit, { setId, part: null, madeOn })
    const combined = await combineShares(alone.fileText, alone.shareTexts.slice(2), null)
    expect(combined).toEqual({ kind: 'kit', kit })
  })
})
