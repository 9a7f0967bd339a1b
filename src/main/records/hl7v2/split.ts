/**
 * A file of HL7 v2 → its messages, before any of it is decoded: each message may name its own character set, and in Big5
 * the second byte of a character may look like a delimiter. Bytes come as text of one character for each byte (latin1);
 * a carriage return is never a part of a character, so segments can be told apart here and nothing smaller can.
 */

export interface RawMessage {
  /** `MSH` a message, `FHS` `BHS` `BTS` `FTS` the wrappers of a batch, `stray` what is before the first of them. */
  readonly kind: 'MSH' | 'FHS' | 'BHS' | 'BTS' | 'FTS' | 'stray'
  /** One character for each byte; empty where it is too large. */
  readonly byteText: string
  readonly isTooLarge: boolean
}

export interface MessageSplitter {
  /** Messages that are whole now. */
  push(byteText: string): RawMessage[]
  /** The last one. */
  end(): RawMessage[]
}

/** Ends of segments, and the bytes that MLLP puts around a message: VT before, FS behind. */
const BREAKS = '\\r\\n\\x0b\\x1c'
const START = new RegExp(`(^|[${BREAKS}])(MSH|FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9 ${BREAKS}]|$)`, 'g')
const IS_BREAK = new RegExp(`[${BREAKS}\\s]`)
/** A start may lie across two pieces: so many characters are looked at again. */
const OVERLAP = 5
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'

export function createMessageSplitter(messageBytesMax: number): MessageSplitter {
  let carry = ''
  let kind: RawMessage['kind'] = 'stray'
  let isTooLarge = false
  let isFirst = true

  function close(byteText: string): RawMessage[] {
    const text = trimBreaks(byteText)
    const closed = { kind, byteText: isTooLarge ? '' : text, isTooLarge }
    isTooLarge = false
    return text === '' && !closed.isTooLarge ? [] : [closed]
  }

  return {
    push(byteText) {
      const messages: RawMessage[] = []
      const searched = carry.length - OVERLAP
      carry += byteText
      if (isFirst && carry.length >= BYTE_ORDER_MARK.length) {
        if (carry.startsWith(BYTE_ORDER_MARK)) carry = carry.slice(BYTE_ORDER_MARK.length)
        isFirst = false
      }
      START.lastIndex = Math.max(0, searched)
      let from = 0
      for (let match = START.exec(carry); match !== null; match = START.exec(carry)) {
        const at = match.index + match[1]!.length
        // What follows decides whether it is one; it may not be here yet. The last piece asks again in `end`.
        if (at + 3 >= carry.length) break
        // Only the very beginning needs no break before it; a piece that begins here is the message under way.
        if (match[1] === '' && (from > 0 || kind !== 'stray')) continue
        messages.push(...close(carry.slice(from, at)))
        kind = match[2] as RawMessage['kind']
        from = at
      }
      carry = carry.slice(from)
      if (carry.length > messageBytesMax) {
        isTooLarge = true
        carry = carry.slice(-OVERLAP)
      }
      return messages
    },
    end() {
      const last = close(carry)
      carry = ''
      kind = 'stray'
      return last
    },
  }
}

/** By hand: `[ ]+$` as an expression takes a time that grows with the square of a long row of blanks within the text. */
function trimBreaks(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && IS_BREAK.test(text[from]!)) from++
  while (to > from && IS_BREAK.test(text[to - 1]!)) to--
  return text.slice(from, to)
}

const CHARSETS: Readonly<Record<string, string | undefined>> = {
  // ASCII is a part of UTF-8, which is what senders that say nothing mostly mean; other bytes are refused, not guessed.
  '': 'utf-8',
  ASCII: 'utf-8',
  UTF8: 'utf-8',
  UNICODEUTF8: 'utf-8',
  UNICODE: 'utf-8',
  BIG5: 'big5',
  GB180302000: 'gb18030',
  KSX1001: 'euc-kr',
  '88591': 'iso-8859-1',
  '88592': 'iso-8859-2',
  '88593': 'iso-8859-3',
  '88594': 'iso-8859-4',
  '88595': 'iso-8859-5',
  '88596': 'iso-8859-6',
  '88597': 'iso-8859-7',
  '88598': 'iso-8859-8',
  '88599': 'iso-8859-9',
  '885915': 'iso-8859-15',
}

/** The character set that a message names in MSH-18 (table 0211), by its WHATWG label; null for one that we cannot read. */
export function charsetOf(byteText: string): { label: string | null; named: string } {
  const head = byteText.split(/[\r\n]/, 1)[0]!
  const separator = head.charAt(3)
  // MSH-1 is the separator itself, so field 18 is piece 17; the first repetition holds from the beginning.
  const named = (head.split(separator)[17] ?? '').split(head.charAt(5) || '~')[0]!.trim()
  return { label: CHARSETS[named.toUpperCase().replace(/[^A-Z0-9]/g, '')] ?? null, named }
}
