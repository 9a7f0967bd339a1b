import { describe, expect, it } from 'vitest'
import * as requests from '../../../words/requests.ts'
import * as reviews from '../../../words/reviews.ts'
import { cellWords } from './cell-words.ts'

const en = (name: string) => cellWords(name, { requests: requests.en, reviews: reviews.en }, 'en')
const zh = (name: string) =>
  cellWords(name, { requests: requests.zhHant, reviews: reviews.zhHant }, 'zh-Hant')

describe('the name of an attested number', () => {
  it('is said in words of the reader, in both languages', () => {
    expect(en('all shown; age-years below 40')).toBe('all shown; Age (years): below 40')
    expect(en('age-years 80 and above; sex female')).toBe('Age (years): 80 and above; Sex: Female')
    expect(zh('all shown; age-years 40 to below 65')).toBe('顯示者合計；年齡（歲）：40 至未滿 65')
    expect(zh('patients')).toBe('病人數')
    expect(zh('log ratio; sex male')).toBe('對數比值；性別：男')
    expect(zh('survival; all; day 90')).toBe('未發生事件的比例；全部；第 90 天')
  })

  it('says tenths of a per cent as per cent', () => {
    expect(en('hba1c-tenths (tenths of a per cent) 65 to below 80')).toBe('HbA1c (%): 6.5 to below 8')
    // The number beside it is in the signed unit, and so is its name.
    expect(en('mean of hba1c-tenths (tenths of a per cent)')).toBe(
      'mean of hba1c-tenths (tenths of a per cent)',
    )
  })

  it('stands as it was signed where nobody here knows it', () => {
    expect(zh('model/0; coefficients; hba1c; error')).toBe('模型 1；係數表；hba1c；標準誤')
    expect(en('baseline/arm; arm a')).toBe('baseline/arm; arm a')
  })
})
