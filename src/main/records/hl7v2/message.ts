/**
 * One HL7 v2 message → its segments. Delimiters are those that the message names in its first segment; fields are asked
 * for by their numbers in the standard, and every text is handed out with its escapes undone.
 */

export interface Delimiters {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

export interface Segment {
  /** `PID`, `OBX`, `ZXX`… */
  readonly name: string
  /** Place in the message, the first is 1. */
  readonly place: number
  /** Raw, by the number of the standard: `fields[3]` is PID-3. */
  readonly fields: readonly string[]
}

export interface Message {
  readonly delimiters: Delimiters
  readonly segments: readonly Segment[]
  /** Lines that are no segments, by their places. */
  readonly malformed: readonly number[]
}

const SEGMENT = /^[A-Z][A-Z0-9]{2}$/

/** Null for what does not begin with a segment MSH. Segments may end with `\r`, `\n` or both. */
export function parseMessage(text: string): Message | null {
  const lines = text.split(/\r\n|\r|\n/)
  const head = lines[0]!
  if (!head.startsWith('MSH') || head.length < 8) return null
  const field = head.charAt(3)
  const marks = head.slice(4).split(field, 1)[0]!
  const delimiters: Delimiters = {
    field,
    component: marks.charAt(0) || '^',
    repetition: marks.charAt(1) || '~',
    // A message may do without escapes: then nothing is undone.
    escape: marks.charAt(2),
    subcomponent: marks.charAt(3),
  }
  const segments: Segment[] = []
  const malformed: number[] = []
  let place = 0
  for (const line of lines) {
    if (line.trim() === '') continue
    place++
    const fields = line.split(field)
    const name = fields[0]!
    if (!SEGMENT.test(name)) {
      malformed.push(place)
      continue
    }
    // MSH-1 is the separator itself.
    segments.push({ name, place, fields: name === 'MSH' ? [name, field, ...fields.slice(1)] : fields })
  }
  return { delimiters, segments, malformed }
}

/** `""` in a field: the sender says that there is nothing, where an empty field says nothing. */
export const NOTHING = '""'

/** Fields of one segment, with escapes undone. */
export interface FieldReader {
  readonly segment: Segment
  /** First component of the first repetition. Undefined where it is empty or said to be nothing. */
  text(field: number): string | undefined
  /** A component of the first repetition. */
  component(field: number, component: number): string | undefined
  /** Each repetition as its components, each with its first subcomponent; empty repetitions are left out. */
  repetitions(field: number): (string | undefined)[][]
  /** A whole field as text: repetitions as lines, delimiters within them kept. */
  whole(field: number): string | undefined
  isNothing(field: number): boolean
  isEmpty(field: number): boolean
}

export function readerOf({ delimiters }: Pick<Message, 'delimiters'>, segment: Segment): FieldReader {
  const raw = (field: number): string => segment.fields[field] ?? ''
  const componentsOf = (repetition: string): (string | undefined)[] =>
    repetition.split(delimiters.component).map((component) => {
      const first =
        delimiters.subcomponent === '' ? component : component.split(delimiters.subcomponent, 1)[0]!
      const text = unescape(first, delimiters).trim()
      return text === '' || text === NOTHING ? undefined : text
    })
  const reader: FieldReader = {
    segment,
    text: (field) => reader.component(field, 1),
    component: (field, component) =>
      componentsOf(raw(field).split(delimiters.repetition, 1)[0]!)[component - 1],
    repetitions: (field) =>
      raw(field)
        .split(delimiters.repetition)
        .map(componentsOf)
        .filter((components) => components.some((each) => each !== undefined)),
    whole(field) {
      const text = raw(field)
        .split(delimiters.repetition)
        .map((each) => unescape(each, delimiters).trim())
        .join('\n')
        .trim()
      return text === '' || text === NOTHING ? undefined : text
    },
    isNothing: (field) => raw(field).trim() === NOTHING,
    isEmpty: (field) => raw(field).trim() === '',
  }
  return reader
}

/** Undoes the escapes of chapter 2.7. What we do not know stays as it is written: nothing is made up. */
export function unescape(text: string, delimiters: Delimiters): string {
  const { escape } = delimiters
  if (escape === '' || !text.includes(escape)) return text
  let result = ''
  let at = 0
  while (at < text.length) {
    const from = text.indexOf(escape, at)
    const to = from < 0 ? -1 : text.indexOf(escape, from + 1)
    if (to < 0) return result + text.slice(at)
    result += text.slice(at, from)
    const said = text.slice(from + 1, to)
    const meant = meaningOf(said, delimiters)
    if (meant === null) {
      // Perhaps a lone mark: what follows may begin an escape of its own.
      result += escape + said
      at = to
    } else {
      result += meant
      at = to + 1
    }
  }
  return result
}

function meaningOf(said: string, delimiters: Delimiters): string | null {
  switch (said) {
    case 'F':
      return delimiters.field
    case 'S':
      return delimiters.component
    case 'T':
      return delimiters.subcomponent || '&'
    case 'R':
      return delimiters.repetition
    case 'E':
      return delimiters.escape
    case 'P':
      return '#'
    case 'H':
    case 'N':
      return '' // highlighting
    case '.br':
    case '.ce':
      return '\n'
  }
  if (/^\.sp\+?[0-9]{0,2}$/.test(said)) return '\n'
  if (/^\.(in|ti|fi|nf|sk)[+-]?[0-9]{0,2}$/.test(said)) return ''
  if (/^X([0-9A-Fa-f]{2})+$/.test(said)) return bytesAsText(said.slice(1))
  return null
}

/** Bytes given by their numbers: characters of ASCII, line ends as ours; others have no certain meaning. */
function bytesAsText(hex: string): string | null {
  let text = ''
  for (let at = 0; at < hex.length; at += 2) {
    const code = Number.parseInt(hex.slice(at, at + 2), 16)
    if (code >= 0x80 || code === 0) return null
    text += code === 13 ? '\n' : code === 10 && text.endsWith('\n') ? '' : String.fromCharCode(code)
  }
  return text
}
