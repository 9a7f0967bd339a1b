/** A privacy loss is said in one wording wherever it is read: in both rooms here; by a package's own reader and the command line in study-package.test.ts. */
import { expect, it } from 'vitest'
import * as requests from './renderer/words/requests.ts'
import * as reviews from './renderer/words/reviews.ts'

it('says ρ with its millionths alike in the rooms', () => {
  const said = 'privacy loss ρ = 0.05 (50,000 millionths)'
  expect(reviews.en.automatic('0.05', '50,000')).toContain(said)
  expect(requests.en.pane.costOf('0.05', '50,000', '1.5')).toBe(`${said}, ε = 1.5 at δ = 10⁻⁶`)
  const saidZh = '隱私損失 ρ = 0.05（50,000 個百萬分之一）'
  expect(reviews.zhHant.automatic('0.05', '50,000')).toContain(saidZh)
  expect(requests.zhHant.pane.costOf('0.05', '50,000', '1.5')).toContain(saidZh)
})
