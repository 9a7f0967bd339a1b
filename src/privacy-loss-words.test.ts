/** A privacy loss is said in one wording wherever it is read: in the rooms here; by a package's own reader and the command line in study-package.test.ts. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatRho } from './renderer/lib/format.ts'
import * as requests from './renderer/words/requests.ts'
import * as reviews from './renderer/words/reviews.ts'

const WORDS = join(import.meta.dirname, 'renderer', 'words')

it('says ρ in decimals, alike in the rooms', () => {
  const said = 'privacy loss ρ = 0.05'
  expect(reviews.en.automatic('0.05')).toContain(said)
  expect(requests.en.pane.costOf('0.05', '1.5')).toBe(`${said} (ε = 1.5 at δ = 10⁻⁶)`)
  const saidZh = '隱私損失 ρ = 0.05'
  expect(reviews.zhHant.automatic('0.05')).toContain(saidZh)
  expect(requests.zhHant.pane.costOf('0.05', '1.5')).toContain(saidZh)
})

it('says no millionths in any room: a price is the same number wherever it stands', () => {
  for (const file of readdirSync(WORDS).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')))
    expect(readFileSync(join(WORDS, file), 'utf8'), file).not.toMatch(/millionth|百萬分|10⁻⁶ ρ/)
  // Of whole millionths, to the last of them.
  for (const [micro, shown] of [
    [2_000, '0.002'],
    [100, '0.0001'],
    [1, '0.000001'],
    [1_234_567, '1.234567'],
  ] as const)
    expect(formatRho(micro, 'en')).toBe(shown)
})
