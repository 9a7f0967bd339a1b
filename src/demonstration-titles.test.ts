/** What the demonstration asks is called in each language, and the room of the insurer knows its protocol in each. */
import { expect, it } from 'vitest'
import { en, zhHant } from './renderer/words/groups.ts'
import { seenAgain } from './main/demonstration/demonstration-studies.ts'
import { DEMONSTRATION_TITLES } from './main/demonstration/demonstration-titles.ts'

it('says every title in Chinese too, and registers monitoring under the title that the room looks for', () => {
  const { en: english, 'zh-Hant': chinese } = DEMONSTRATION_TITLES
  for (const [name, title] of Object.entries(chinese))
    expect(typeof title === 'string' ? title : title(2019), name).toMatch(/[\u4e00-\u9fff]/)
  expect(english.monitoring).toBe(en.ask.protocolTitle)
  expect(chinese.monitoring).toBe(zhHant.ask.protocolTitle)
  const study = seenAgain(chinese)
  expect([study.title, study.cohort.title, study.models[0]!.title]).toEqual([
    '四個月內再次就診',
    '五十歲以上的人',
    '依性別',
  ])
})
