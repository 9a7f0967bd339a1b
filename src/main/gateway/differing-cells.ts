/**
 * Which numbers of a recorded answer come out otherwise when it is computed again (docs/spec/gateways.md section 5, S3): their names, never what they
 * are, since the same noise on other data would say by the difference what was changed. Pure.
 */
import { encode, tryDecode } from '../node/chain/codec.ts'
import { asArray, asList } from '../node/chain/ids.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import { readByRule } from '../privacy/rules/by-rule-bytes.ts'

const LABEL = 'differs/2'
/** Whoever looks for the cause needs no more. */
const CELLS_MAX = 50
const NAME_MAX = 300
const CODE_MAX = 300
/** Of an answer that is of another kind altogether. */
const WHOLE_ANSWER = 'answer'

/** `cells/3`, `margins/0/1/value`, `findings/model/0/coefficients/age/error`: in the order of the recorded answer, at least one. */
export function differingCells(recorded: Bytes, again: Bytes): readonly string[] {
  const [before, now] = [numbersOf(recorded), numbersOf(again)]
  const names = new Set([...before.keys(), ...now.keys()])
  const differing = [...names].filter((name) => before.get(name) !== now.get(name)).slice(0, CELLS_MAX)
  return differing.length === 0 || before.get('kind') !== now.get('kind') ? [WHOLE_ANSWER] : differing
}

/** As the audit takes it, which has codes and no text: `cells.0+margins.0.1.value`, as many as have room. */
export function cellsCode(cells: readonly string[]): string {
  let code = ''
  for (const cell of cells) {
    const next = `${code === '' ? '' : `${code}+`}${cell.replaceAll('/', '.').replace(/[^\w.:-]/g, '-')}`
    if (next.length > CODE_MAX) break
    code = next
  }
  return code
}

/** What a recomputation answers that found something else. */
export function encodeDiffers(cells: readonly string[]): Bytes {
  return encode([LABEL, [...cells]])
}

/** Null for what `encodeDiffers` never gives. */
export function readDiffers(bytes: Bytes): readonly string[] | null {
  const [label, cells] = asArray(tryDecode(bytes), 2) ?? []
  const names = label === LABEL ? asList(cells, CELLS_MAX) : null
  if (names === null || names.length === 0) return null
  return names.every((name) => typeof name === 'string' && name.length <= NAME_MAX)
    ? (names as readonly string[])
    : null
}

function numbersOf(answer: Bytes): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>()
  put(numbers, '', readRelease(answer) ?? readByRule(answer))
  return numbers
}

/** Lists by the names of what is in them where it has one. */
function put(into: Map<string, string>, path: string, value: unknown): void {
  const under = (name: string): string => (path === '' ? name : `${path}/${name}`)
  if (Array.isArray(value)) for (const [i, each] of value.entries()) put(into, under(nameIn(each, i)), each)
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) put(into, under(name), each)
  else into.set(path, String(value))
}

function nameIn(value: unknown, place: number): string {
  const { name, term, perMille } = (value ?? {}) as Readonly<Record<string, unknown>>
  const named = [name, term].find((each) => typeof each === 'string') ?? String(place)
  // Three quartiles of one column have one name.
  return perMille === undefined ? String(named) : `${String(named)}/${String(perMille)}`
}
