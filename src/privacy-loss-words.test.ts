/** A privacy loss is said in one wording wherever it is read: in the rooms, on the command line and by a package's own reader. */
import { expect, it } from 'vitest'
import { askedAs } from './main/cli/review-commands.ts'
import * as requests from './renderer/words/requests.ts'
import * as reviews from './renderer/words/reviews.ts'

it('says ρ with its millionths in the rooms as on the command line', () => {
  const said = 'privacy loss ρ = 0.05 (50,000 millionths)'
  expect(askedAs({ lane: 'automatic', chargeMicroRho: 50_000 })).toBe(said)
  expect(reviews.en.automatic('0.05', '50,000')).toContain(said)
  expect(requests.en.pane.costOf('0.05', '50,000', '1.5')).toBe(`${said}, ε = 1.5 at δ = 10⁻⁶`)
  const saidZh = '隱私損失 ρ = 0.05（50,000 個百萬分之一）'
  expect(reviews.zhHant.automatic('0.05', '50,000')).toContain(saidZh)
  expect(requests.zhHant.pane.costOf('0.05', '50,000', '1.5')).toContain(saidZh)
})
