/**
 * How often, by which way and in which units medicines are given: the codes of prescriptions in Taiwan's hospitals, written
 * in one way. One table for the form, its one-line prescriptions and the hints of the list of medicines. Pure.
 */

/** How often; in the order in which they are offered. Besides these, `q…` takes any number (see `readFrequency`). */
export const FREQUENCIES = [
  'qd',
  'bid',
  'tid',
  'qid',
  '5x',
  'q12h',
  'q8h',
  'q6h',
  'q4h',
  'q2h',
  'qh',
  'qam',
  'qpm',
  'qn',
  'hs',
  'ac',
  'pc',
  'qod',
  'qw',
  'biw',
  'tiw',
  'q2w',
  'q3w',
  'q4w',
  'qm',
  'q3m',
  'q6m',
  'yearly',
  'once',
  'stat',
] as const
export type Frequency = (typeof FREQUENCIES)[number]

/** At which time of the day or beside which meal, behind the frequency: `tid ac`. */
export const TIMES = ['ac', 'pc', 'cc', 'hs', 'am', 'pm'] as const
export type TimeOfDose = (typeof TIMES)[number]

export type Period = 'min' | 'h' | 'd' | 'w' | 'm'

/** What a frequency is made of. */
export type FrequencyParts = {
  /** As it is kept: `tid ac`, `q72h`, `qw(1,4)`. */
  readonly code: string
  readonly time: TimeOfDose | null
} & (
  | { readonly kind: 'named'; readonly base: Frequency }
  | { readonly kind: 'every'; readonly count: number; readonly period: Period }
  /** 1 is Monday, 7 Sunday. */
  | { readonly kind: 'weekdays'; readonly days: readonly number[] }
)

/** Other ways to write the same. */
const ALSO: Readonly<Record<string, Frequency>> = {
  '5xd': '5x',
  q24h: 'qd',
  q1h: 'qh',
  q1d: 'qd',
  q2d: 'qod',
  q1w: 'qw',
  qow: 'q2w',
  q1m: 'qm',
  qhs: 'hs',
  qy: 'yearly',
  q12m: 'yearly',
}
/** The most that one `q…` may say, by its period. */
const MOST: Readonly<Record<Period, number>> = { min: 180, h: 168, d: 365, w: 52, m: 24 }
/** `1 once` needs no number of days. */
const SINGLE: ReadonlySet<string> = new Set(['once', 'stat'])

/** Null where the text is no frequency that this table knows. */
export function readFrequency(text: string): FrequencyParts | null {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s*,\s*/g, ',')
    .trim()
    .split(/[\s&+]+/)
  if (words.length > 2) return null
  const [first = '', second] = words
  if (second === undefined) return partsOf(first, null) ?? glued(first)
  if (isTime(second)) return partsOf(first, second)
  return isTime(first) ? partsOf(second, first) : null
}

/** Whether a prescription of this frequency is given once and lasts a day. */
export const isSingleDose = (frequency: string): boolean => SINGLE.has(readFrequency(frequency)?.code ?? '')

function partsOf(base: string, time: TimeOfDose | null): FrequencyParts | null {
  const code = (kept: string) => (time === null ? kept : `${kept} ${time}`)
  const named = ALSO[base] ?? FREQUENCIES.find((each) => each === base)
  if (named !== undefined) {
    // Two times of day beside each other would say nothing that one does not.
    if (time !== null && (isTime(named) || SINGLE.has(named))) return null
    return { kind: 'named', base: named, code: code(named), time }
  }
  const every = /^q([1-9][0-9]{0,2})(mn|min|h|d|w|m)$/.exec(base)
  if (every) {
    const count = Number(every[1])
    const period = every[2] === 'mn' ? 'min' : (every[2] as Period)
    return count > MOST[period]
      ? null
      : { kind: 'every', count, period, code: code(`q${count}${period}`), time }
  }
  const week = /^qw\(([1-7](?:,[1-7])*)\)$/.exec(base)
  if (week?.[1] === undefined) return null
  const days = [...new Set(week[1].split(',').map(Number))].sort((a, b) => a - b)
  return { kind: 'weekdays', days, code: code(`qw(${days.join(',')})`), time }
}

/** `tidac`, `bidpc`, `qdhs`: as hospitals' programs write them. */
function glued(word: string): FrequencyParts | null {
  const time = word.slice(-2)
  return word.length > 3 && isTime(time) ? partsOf(word.slice(0, -2), time) : null
}

const isTime = (word: string): word is TimeOfDose => (TIMES as readonly string[]).includes(word)

/** By which way; in the order in which they are offered. */
export const ROUTES = [
  'po',
  'iv',
  'ivd',
  'ivp',
  'im',
  'sc',
  'id',
  'inh',
  'na',
  'oph',
  'od',
  'os',
  'ou',
  'au',
  'ad',
  'as',
  'top',
  'td',
  'gar',
  'sl',
  'pr',
  'vag',
  'ng',
  'et',
  'it',
  'ip',
  'ia',
  'la',
  'irri',
  'tpn',
  'other',
] as const
export type Route = (typeof ROUTES)[number]

const ROUTES_ALSO: Readonly<Record<string, Route>> = {
  inhl: 'inh',
  nasal: 'na',
  topi: 'top',
  ext: 'top',
  skin: 'top',
  rect: 'pr',
  sq: 'sc',
  subq: 'sc',
  xx: 'other',
}

export function readRoute(word: string): Route | null {
  const lower = word.normalize('NFKC').toLowerCase()
  return ROUTES_ALSO[lower] ?? ROUTES.find((each) => each === lower) ?? null
}

/**
 * The way in which a medicine of this ATC code is usually given, where its group says so: a proposal for typing. Swallowed
 * otherwise.
 */
export function usualRoute(atc: string): Route {
  const [, route] = BY_GROUP.find(([group]) => group.test(atc)) ?? []
  return route ?? 'po'
}
const BY_GROUP: readonly (readonly [RegExp, Route])[] = [
  [/^S01/, 'oph'],
  [/^S02/, 'au'],
  [/^R01A/, 'na'],
  [/^R03[AB]/, 'inh'],
  [/^(A10A|A10BJ|B03XA|B01AB)/, 'sc'],
  [/^(D0[1-9]A|D06|D10A|D11|M02|P03A)/, 'top'],
  [/^N02AB03/, 'td'],
  [/^G01A/, 'vag'],
  [/^J07/, 'im'],
  [/^B05/, 'ivd'],
]

/** Units of doses as they are kept, by how they are typed. Where UCUM has one it is UCUM's. */
const UNITS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      ['mg', '毫克'],
      ['g', 'gm', '克', '公克'],
      ['ug', 'mcg', 'μg', '微克'],
      ['ng'],
      ['mL', 'cc', '毫升'],
      ['L', '公升'],
      ['U', 'unit', 'units', '單位'],
      ['IU', '[iu]'],
      ['MU'],
      ['mEq'],
      ['mmol'],
      ['tab', 'tabs', 'tb', '錠', '片', '粒'],
      ['cap', 'caps', '顆', '膠囊'],
      ['amp', 'ampoule', '安瓿'],
      ['vial', '瓶'],
      ['bot', 'btl'],
      ['syringe', '支'],
      ['tube', '條'],
      ['pack', 'pk', 'sachet', '包'],
      ['patch', '貼'],
      ['supp', '栓'],
      ['puff', 'puffs', '噴'],
      ['drop', 'drops', 'gtt', '滴'],
      ['%'],
    ] as const
  ).flatMap((spellings) => spellings.map((spelling) => [spelling.toLowerCase(), spellings[0]])),
)
/** `mg/kg`, `mg/m2`, `ug/kg/min`, `U/h`: so much of the first for each of the others. */
const PER: Readonly<Record<string, string>> = {
  kg: 'kg',
  m2: 'm2',
  h: 'h',
  hr: 'h',
  min: 'min',
  d: 'd',
  day: 'd',
  l: 'L',
}

/** The unit as it is kept; null for a word that is no unit of a dose. */
export function readDoseUnit(word: string): string | null {
  const [first = '', ...per] = word.normalize('NFKC').toLowerCase().split('/')
  const unit = UNITS[first]
  if (unit === undefined || per.length > 2) return null
  const below = per.map((each) => PER[each])
  return below.some((each) => each === undefined) ? null : [unit, ...below].join('/')
}
