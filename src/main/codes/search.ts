/**
 * Finding a code while somebody types: exact code, then codes that begin so, then names by the beginnings of their
 * words, Chinese by pairs of characters. Everything is prepared once, so that a key costs well under 30 ms for a full
 * classification of seventy thousand codes.
 */
import type { CodeHit } from '../../shared/contract/codes.ts'

export interface CodeEntry {
  system: string
  /** As stored: upper case, without a dot for ICD-10. */
  code: string
  en: string
  zh: string
  hint?: string
  /** Further words to find it by: abbreviations, lay names. */
  words?: string
  /** Seen every day: comes before rarer ones that match as well. */
  isCommon?: boolean
}

export interface CodeIndex {
  readonly size: number
  /** Best first. Entries in `recent` (codes) come first among equals: what this clerk used last. */
  search(text: string, limit: number, recent?: readonly string[]): CodeHit[]
  has(system: string, code: string): boolean
  get(system: string, code: string): CodeHit | null
}

export function buildIndex(entries: readonly CodeEntry[]): CodeIndex {
  const size = entries.length
  const byCode = entries.map((entry, at) => [foldCode(entry.code), at] as const).sort(byFirst)
  const codes = byCode.map(([code]) => code)
  const names = new Map<string, number>()
  const lists = new Map<string, number[]>()
  // Short names that begin with what was typed come first, and what is seen every day before what is rare.
  const folded: string[] = []
  const weights = new Float64Array(size)
  entries.forEach((entry, at) => {
    names.set(`${entry.system}|${entry.code}`, at)
    folded.push(foldWord(entry.en))
    weights[at] = (entry.isCommon === true ? 50 : 0) - Math.min(60, entry.en.length / 2 + entry.zh.length)
    for (const token of new Set(tokensOf(`${entry.en} ${entry.words ?? ''}`, entry.zh))) {
      const list = lists.get(token)
      if (list === undefined) lists.set(token, [at])
      else list.push(at)
    }
  })
  const vocabulary = [...lists.keys()].sort(byText)
  const postings = vocabulary.map((token) => Int32Array.from(lists.get(token)!))
  lists.clear()
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
    search(text, limit, recent = []) {
      const order = new Map(recent.map((each, i) => [each, 120 - Math.min(i, 100)]))
      const best = createBest(limit, (a, b) => byText(entries[a]!.code, entries[b]!.code))
      const bonus = (at: number) => (order.size === 0 ? 0 : (order.get(entries[at]!.code) ?? 0))
      const code = foldCode(text)
      const words = queryTokens(text)
      const isAsked = code.length > 0 || words.length > 0
      if (!isAsked) {
        for (let at = 0; at < size; at++) if (order.has(entries[at]!.code)) best.offer(at, bonus(at))
        return best.all().map((at) => hitOf(entries[at]!))
      }
      if (code.length > 0 && /^[0-9A-Z]+$/.test(code)) {
        const [from, to] = rangeOfPrefix(codes, code, true)
        for (let i = from; i < to; i++) {
          const at = byCode[i]![1]
          best.offer(at, (codes[i] === code ? 1000 : 500 - (codes[i]!.length - code.length)) + bonus(at))
        }
      }
      if (words.length > 0) {
        met.fill(0)
        points.fill(0)
        const typed = text.trim()
        for (const at of entriesOf(words)) {
          const isStart = folded[at]!.startsWith(words[0]!) || entries[at]!.zh.startsWith(typed)
          best.offer(
            at,
            100 + (40 * points[at]!) / words.length + (isStart ? 25 : 0) + weights[at]! + bonus(at),
          )
        }
      }
      return best.all().map((at) => hitOf(entries[at]!))
    },
  }
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

function latinWords(text: string): string[] {
  return foldWord(text).match(/[a-z0-9]+/g) ?? []
}

function tokensOf(latin: string, chinese: string): string[] {
  return [...latinWords(`${latin} ${chinese}`), ...hanTokens(`${latin} ${chinese}`, true)]
}

function queryTokens(text: string): string[] {
  return [...latinWords(text), ...hanTokens(text, false)]
}

/** Single characters and pairs of neighbours when indexing; only pairs in a query that has them. */
function hanTokens(text: string, isIndex: boolean): string[] {
  const tokens: string[] = []
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
