/**
 * Finding a code while somebody types: exact code, then codes that begin so, then names by the beginnings of their
 * words, Chinese by pairs of characters or by the initials of its readings. Everything is prepared once, so that a key
 * costs well under 30 ms for a full classification of seventy thousand codes.
 */
import type { CodeHit } from '../../shared/contract/codes.ts'
import { readInitials, type InitialsOf } from './initials.ts'

export interface CodeEntry {
  system: string
  /** As stored: upper case, without a dot for ICD-10. */
  code: string
  en: string
  zh: string
  hint?: string
  /** Further words to find it by: abbreviations, lay names. */
  words?: string
  /** Seen every day (1) or many times a day (2): comes before rarer ones that match as well. */
  commonness?: 1 | 2
  /** A heading of the classification, which cannot be claimed: comes after the codes under it. */
  isHeading?: boolean
  /** No longer, or not yet, in force: keeps its name and is not offered. */
  isOutOfForce?: boolean
}

/** Points by code for what this person, this department and this hospital have used. */
export type Boosts = ReadonlyMap<string, number>

/** From this many points on a code is offered whatever its own names say. */
export const FORCED_POINTS = 900
const NO_BOOSTS: Boosts = new Map()

export interface CodeIndex {
  readonly size: number
  /** Best first. */
  search(text: string, limit: number, boosts?: Boosts): CodeHit[]
  has(system: string, code: string): boolean
  get(system: string, code: string): CodeHit | null
}

/** Boosts for what was used last, the newest first: before everything else that matches, short of the exact code. */
export function recentBoosts(codes: readonly string[]): Boosts {
  return new Map(codes.map((each, i) => [each, 400 - Math.min(i, 100)]))
}

export function buildIndex(entries: readonly CodeEntry[], initialsOf?: InitialsOf): CodeIndex {
  const size = entries.length
  const byCode = entries.map((entry, at) => [foldCode(entry.code), at] as const).sort(byFirst)
  const codes = byCode.map(([code]) => code)
  const names = new Map<string, number>()
  const lists = new Map<string, number[]>()
  // Short names that begin with what was typed come first, and what is seen every day before what is rare.
  const folded: string[] = []
  const byCodeText = new Map<string, number>()
  const weights = new Float64Array(size)
  entries.forEach((entry, at) => {
    names.set(`${entry.system}|${entry.code}`, at)
    const name = foldWord(entry.en)
    folded.push(name)
    byCodeText.set(entry.code, at)
    weights[at] = weightOf(entry)
    for (const token of new Set(tokensOf(name, entry.words ?? '', entry.zh === entry.en ? '' : entry.zh))) {
      const list = lists.get(token)
      if (list === undefined) lists.set(token, [at])
      else list.push(at)
    }
  })
  const vocabulary = [...lists.keys()].sort(byText)
  const postings = vocabulary.map((token) => Int32Array.from(lists.get(token)!))
  lists.clear()
  const initials = initialsOf === undefined ? null : createInitials(entries, initialsOf)
  // Reused between searches: how many words of this search an entry has met, and how well.
  const met = new Int32Array(size)
  const points = new Float64Array(size)

  /** Entries that hold every word, a word being a whole token (2 points) or the beginning of one (1 point). */
  function entriesOf(words: readonly string[]): number[] {
    let candidates: number[] = []
    words.forEach((word, round) => {
      const found: number[] = []
      const [from, to] = rangeOfPrefix(vocabulary, word, isLatin(word))
      for (let i = from; i < to; i++) {
        const gain = vocabulary[i] === word ? 2 : 1
        for (const at of postings[i]!) {
          if (met[at] === round) {
            met[at] = round + 1
            points[at]! += gain
            found.push(at)
          } else if (met[at] === round + 1 && gain === 2) points[at]! += 1
        }
      }
      candidates = found
    })
    return candidates
  }

  return {
    size,
    has: (system, code) => names.has(`${system}|${code}`),
    get: (system, code) => {
      const at = names.get(`${system}|${code}`)
      return at === undefined ? null : hitOf(entries[at]!)
    },
    search(text, limit, boosts = NO_BOOSTS) {
      const best = createBest(limit, (a, b) => byText(entries[a]!.code, entries[b]!.code))
      const offer = (at: number, score: number): void => {
        const entry = entries[at]!
        if (entry.isOutOfForce === true) return
        const boost = boosts.size === 0 ? 0 : (boosts.get(entry.code) ?? 0)
        best.offer(at, score + (boost < FORCED_POINTS ? boost : 0))
      }
      const code = foldCode(text)
      const words = queryTokens(text)
      const isAsked = code.length > 0 || words.length > 0
      for (const [each, points] of boosts) {
        const at = byCodeText.get(each)
        if (at === undefined || entries[at]!.isOutOfForce === true) continue
        if (!isAsked || points >= FORCED_POINTS) best.offer(at, points)
      }
      if (!isAsked) return best.all().map((at) => hitOf(entries[at]!))
      if (code.length > 0 && /^[0-9A-Z]+$/.test(code)) {
        const [from, to] = rangeOfPrefix(codes, code, true)
        for (let i = from; i < to; i++) {
          const at = byCode[i]![1]
          const isExact = codes[i] === code
          offer(at, isExact ? 2_000 : 500 - (codes[i]!.length - code.length) + weights[at]! / 100)
        }
      }
      if (words.length > 0) {
        met.fill(0)
        points.fill(0)
        const typed = text.trim()
        const whole = latinWords(text).join(' ')
        for (const at of entriesOf(words)) {
          const { zh } = entries[at]!
          const isWhole = folded[at] === whole || zh === typed
          const isStart = isWhole || folded[at]!.startsWith(words[0]!) || zh.startsWith(typed)
          offer(
            at,
            100 + (40 * points[at]!) / words.length + (isStart ? 25 : 0) + (isWhole ? 40 : 0) + weights[at]!,
          )
        }
      }
      const letters = initials === null ? null : readInitials(text)
      if (letters !== null && initials !== null)
        initials.find(letters, (at, isStart) => offer(at, 80 + (isStart ? 25 : 0) + weights[at]!))
      return best.all().map((at) => hitOf(entries[at]!))
    },
  }
}

/**
 * What an entry is worth before anything was typed: what is common, what has a short name, and of one category the plain
 * form (its last digit 9, as in E11.9) before its complications.
 */
function weightOf({ code, en, zh, commonness, isHeading }: CodeEntry): number {
  const isPlain = code.length === 4 && code.endsWith('9')
  return (
    [0, 50, 75][commonness ?? 0]! +
    (isPlain ? 10 : 0) -
    (isHeading === true ? 40 : 0) -
    2 * Math.max(0, Math.min(4, code.length - 3)) -
    Math.min(60, en.length / 2 + zh.length)
  )
}

/** All initials in one text, an entry a line: looking through it costs a millisecond for seventy thousand names. */
function createInitials(entries: readonly CodeEntry[], initialsOf: InitialsOf) {
  const starts = new Int32Array(entries.length)
  let text = ''
  entries.forEach(({ zh }, at) => {
    starts[at] = text.length
    text += /[^\0-\u02ff]/.test(zh) ? `${initialsOf(zh)}\n` : '\n'
  })
  return {
    find(letters: string, found: (at: number, isStart: boolean) => void): void {
      let place = text.indexOf(letters)
      while (place >= 0) {
        const at = entryAt(starts, place)
        found(at, starts[at] === place)
        place = at + 1 < starts.length ? text.indexOf(letters, starts[at + 1]) : -1
      }
    },
  }
}

/** The last start that is not after the place. */
function entryAt(starts: Int32Array, place: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= place) low = middle
    else high = middle - 1
  }
  return low
}

/** The entries with the highest scores, without sorting them all. An entry offered twice keeps its better score. */
function createBest(limit: number, tie: (a: number, b: number) => number) {
  const kept: { at: number; score: number }[] = []
  const isBefore = (a: { at: number; score: number }, b: { at: number; score: number }) =>
    a.score !== b.score ? a.score > b.score : tie(a.at, b.at) < 0
  return {
    offer(at: number, score: number): void {
      const last = kept[kept.length - 1]
      if (kept.length === limit && last !== undefined && score < last.score) return
      const known = kept.findIndex((each) => each.at === at)
      if (known >= 0) {
        if (kept[known]!.score >= score) return
        kept.splice(known, 1)
      }
      const one = { at, score }
      let place = kept.length
      while (place > 0 && isBefore(one, kept[place - 1]!)) place--
      kept.splice(place, 0, one)
      if (kept.length > limit) kept.pop()
    },
    all: () => kept.map((each) => each.at),
  }
}

/** Where the sorted texts begin with the prefix; only the text itself where beginnings do not count. */
function rangeOfPrefix(
  sorted: readonly string[],
  prefix: string,
  areBeginningsIn: boolean,
): [number, number] {
  const from = lowerBound(sorted, prefix)
  if (!areBeginningsIn) return [from, sorted[from] === prefix ? from + 1 : from]
  // The largest character that can follow ends the range.
  return [from, lowerBound(sorted, `${prefix}\uffff`)]
}

function hitOf(entry: CodeEntry): CodeHit {
  const { system, code, en, zh, hint } = entry
  return hint === undefined ? { system, code, en, zh } : { system, code, en, zh, hint }
}

/** Codes are compared without dot, blank and case, full-width letters folded. */
function foldCode(text: string): string {
  return text.normalize('NFKC').toUpperCase().replace(/[.\s]/g, '')
}

const isLatin = (token: string) => /^[a-z0-9]/.test(token)
const isHan = (character: string) => /[\u3400-\u9fff\uf900-\ufaff]|[\ud840-\ud87f]/.test(character)

/** British and American spellings meet: anaemia and anemia, oesophagus and esophagus, tumour and tumor. */
function foldWord(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/ae|oe/g, 'e')
    .replace(/our\b/g, 'or')
    .replace(/isation\b/g, 'ization')
    .replace(/ise\b/g, 'ize')
}

const LATIN_WORD = /[a-z0-9]+/g

function latinWords(text: string): string[] {
  return foldWord(text).match(LATIN_WORD) ?? []
}

/** @param name folded already: folding is most of the work for seventy thousand names */
function tokensOf(name: string, words: string, chinese: string): string[] {
  const tokens: string[] = name.match(LATIN_WORD) ?? []
  for (const text of [words, chinese]) {
    if (text === '') continue
    if (/[A-Za-z0-9]/.test(text)) tokens.push(...latinWords(text))
    tokens.push(...hanTokens(text, true))
  }
  // A name that stands for both languages may be the Chinese one.
  if (chinese === '') tokens.push(...hanTokens(name, true))
  return tokens
}

function queryTokens(text: string): string[] {
  return [...latinWords(text), ...hanTokens(text, false)]
}

const HAS_HAN = /[\u3400-\u9fff\uf900-\ufaff\ud840-\ud87f]/

/** Single characters and pairs of neighbours when indexing; only pairs in a query that has them. */
function hanTokens(text: string, isIndex: boolean): string[] {
  const tokens: string[] = []
  if (!HAS_HAN.test(text)) return tokens
  const runs = [...text]
  let run: string[] = []
  const flush = () => {
    if (run.length === 1 || isIndex) tokens.push(...run)
    for (let i = 0; i + 1 < run.length; i++) tokens.push(run[i]! + run[i + 1]!)
    run = []
  }
  for (const character of runs) {
    if (isHan(character)) run.push(character)
    else flush()
  }
  flush()
  return tokens
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function byFirst(a: readonly [string, number], b: readonly [string, number]): number {
  return byText(a[0], b[0])
}

function lowerBound(sorted: readonly string[], value: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
