/** Names that people and spreadsheets give to factors and levels, in both languages of the window, and what a portfolio calls the same. Pure. */

/** Headings without blanks and signs, in small letters (`plainOf`). */
const FACTORS: Readonly<Record<string, readonly string[]>> = {
  ageBand: ['age', 'ageband', 'agegroup', '年齡', '年齡組', '年齡層'],
  sex: ['sex', 'gender', '性別'],
  group: ['group', 'employer', '團體'],
  plan: ['plan', 'product', '方案'],
  month: ['month', '月份'],
}
const SEXES: Readonly<Record<string, readonly string[]>> = {
  female: ['f', 'female', 'women', 'w', '女', '女性'],
  male: ['m', 'male', 'men', '男', '男性'],
  other: ['other', '其他'],
  unknown: ['unknown', '不詳'],
}
/** What stands for groups that are too small each (docs/spec/pricing.md M12). */
const SMALL_GROUPS: Readonly<Record<string, readonly string[]>> = {
  other: ['other', 'smallgroupstogether', '小型團體合併'],
}
const LEVELS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  sex: SEXES,
  group: SMALL_GROUPS,
}

/** The portfolio's name of a factor; null for one that is called so by nobody else. */
export function factorSaid(heading: string): string | null {
  const plain = plainOf(heading)
  return Object.keys(FACTORS).find((name) => FACTORS[name]!.includes(plain)) ?? null
}

/** The portfolio's name of a level of a factor; null where the text is the name. */
export function levelSaid(factor: string, text: string): string | null {
  const plain = plainOf(text)
  const levels = LEVELS[factor] ?? {}
  return Object.keys(levels).find((level) => levels[level]!.includes(plain)) ?? null
}

/** Small letters and digits; every dash is one. */
export const plainOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[\s_()]/g, '')
