/** Source text to words. Comments run from # to the end of the line. */
import { TEXT_LENGTH_MAX } from './limits.ts'
import { type ExpressionProblem, type Hint, problemAt, type Span } from './syntax.ts'

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'text'; readonly value: string; readonly span: Span }
  | { readonly kind: 'word'; readonly word: string; readonly span: Span }
  | { readonly kind: 'sign'; readonly sign: string; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span }

/** Longest first. */
const SIGNS = ['<=', '>=', '!=', '+', '-', '*', '/', '^', '<', '>', '=', '(', ')', ',', ';']

/** What people write who come from other languages. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
  ['**', '^'],
  ['==', '='],
  ['<>', '!='],
  ['!', 'not'],
  ['%', '*'],
  ['?', 'if … then … else …'],
]

export type Tokens =
  | { readonly kind: 'tokens'; readonly tokens: readonly Token[] }
  | { readonly kind: 'problem'; readonly problem: ExpressionProblem }

export function tokensOf(source: string): Tokens {
  const tokens: Token[] = []
  const fail = (
    code: ExpressionProblem['code'],
    offset: number,
    length: number,
    hint: Hint | null,
  ): Tokens => ({
    kind: 'problem',
    problem: problemAt(source, { offset, length }, { code, hint, expected: [] }),
  })
  let at = 0
  while (at < source.length) {
    const code = source.charCodeAt(at)
    if (code === 32 || code === 9 || code === 10 || code === 13) {
      at++
      continue
    }
    if (code === 35) {
      while (at < source.length && source.charCodeAt(at) !== 10) at++
      continue
    }
    if (isDigit(code) || (code === 46 && isDigit(source.charCodeAt(at + 1)))) {
      const length = numberLength(source, at)
      const value = Number(source.slice(at, at + length))
      const next = source.charCodeAt(at + length)
      if (!(value - value === 0) || isWordPart(next) || next === 46)
        return fail('bad-number', at, length + wordLength(source, at + length), null)
      tokens.push({ kind: 'number', value, span: { offset: at, length } })
      at += length
      continue
    }
    if (isWordStart(code)) {
      const length = wordLength(source, at)
      tokens.push({ kind: 'word', word: source.slice(at, at + length), span: { offset: at, length } })
      at += length
      continue
    }
    if (code === 34) {
      let end = at + 1
      while (end < source.length && source.charCodeAt(end) !== 34 && source.charCodeAt(end) !== 10) end++
      if (source.charCodeAt(end) !== 34 || end - at - 1 > TEXT_LENGTH_MAX)
        return fail('open-text', at, end - at, null)
      const span = { offset: at, length: end - at + 1 }
      tokens.push({ kind: 'text', value: source.slice(at + 1, end), span })
      at = end + 1
      continue
    }
    const foreign = FOREIGN.find(
      ([text]) => source.startsWith(text, at) && !(text === '!' && source[at + 1] === '='),
    )
    if (foreign !== undefined)
      return fail('bad-character', at, foreign[0].length, { kind: 'write-instead', text: foreign[1] })
    const sign = SIGNS.find((each) => source.startsWith(each, at))
    if (sign === undefined) {
      const isQuote = code === 39 || code === 0x201c || code === 0x201d
      // A pair of surrogates is one character to whoever reads the message.
      const length = code >= 0xd800 && code <= 0xdbff && at + 1 < source.length ? 2 : 1
      return fail('bad-character', at, length, isQuote ? { kind: 'write-instead', text: '"' } : null)
    }
    tokens.push({ kind: 'sign', sign, span: { offset: at, length: sign.length } })
    at += sign.length
  }
  tokens.push({ kind: 'end', span: { offset: source.length, length: 0 } })
  return { kind: 'tokens', tokens }
}

/** Digits, a point with digits, an exponent that has digits. */
function numberLength(source: string, from: number): number {
  let at = from
  const digits = (): void => {
    while (isDigit(source.charCodeAt(at))) at++
  }
  digits()
  if (source.charCodeAt(at) === 46) {
    at++
    digits()
  }
  const mark = source.charCodeAt(at)
  if (mark === 101 || mark === 69) {
    const sign = source.charCodeAt(at + 1)
    const first = sign === 43 || sign === 45 ? at + 2 : at + 1
    if (isDigit(source.charCodeAt(first))) {
      at = first
      digits()
    }
  }
  return at - from
}

function wordLength(source: string, from: number): number {
  let at = from
  while (isWordPart(source.charCodeAt(at))) at++
  return at - from
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isWordStart = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isWordPart = (code: number): boolean => isWordStart(code) || isDigit(code)
