/** A prescription in one line, `A10BA02 500 mg bid po 28`: code or name, dose, how often, route, days. Pure. */
import { isSingleDose, readDoseUnit, readFrequency, readRoute, TIMES } from './dosing.ts'

/** What is said of a medicine behind its name; '' where it is not. */
export interface Order {
  readonly dose: string
  readonly unit: string
  /** As it is kept, e.g. `tid ac`. */
  readonly frequency: string
  /** Apart from how often: `500 mg q6h prn` is both. */
  readonly asNeeded: boolean
  readonly route: string
  readonly days: string
}

export interface MedicineLine extends Order {
  /** What stands before the dose: a code or words to look for. */
  readonly name: string
}

const NUMBER = /^[0-9]+(\.[0-9]+)?$/
/** Parts of a tablet, as they are ordered. */
const HALVES: Readonly<Record<string, string>> = { '1/2': '0.5', '1/4': '0.25', '3/4': '0.75' }
const doseOf = (word: string): string | null => HALVES[word] ?? (NUMBER.test(word) ? word : null)

/** Null where the text has no dose: then it is only a name. */
export function readMedicineLine(text: string): MedicineLine | null {
  const words = wordsOf(text)
  const at = words.findIndex((word, i) => i > 0 && doseOf(word) !== null)
  if (at < 0) return null
  const order = readOrder(words.slice(at))
  return order === null ? null : { name: words.slice(0, at).join(' '), ...order }
}

/** The usual dose of a medicine, e.g. `500 mg bid`, as the list of medicines has it. */
export function readUsualDose(hint: string | undefined): Order | null {
  const words = wordsOf(hint ?? '')
  return doseOf(words[0] ?? '') === null ? null : readOrder(words)
}

/** Words of which numbers and units, also glued ones (`10U`), are of their own. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .replace(/\s*,\s*(?=[1-7][,)])/g, ',')
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      const glued = /^([0-9]+(?:\.[0-9]+)?|[13][/⁄][24])([^0-9./⁄\s].*)$/.exec(word)
      return glued?.[1] !== undefined && glued[2] !== undefined && readDoseUnit(glued[2]) !== null
        ? [glued[1], glued[2]]
        : [word]
    })
    .map((word) => word.replace('⁄', '/'))

/** @param words the first of which is the dose */
function readOrder([dose = '', ...words]: readonly string[]): Order | null {
  const order = { dose: doseOf(dose) ?? '', unit: '', asNeeded: false, route: '', days: '' }
  const often: string[] = []
  for (const word of words) {
    const lower = word.toLowerCase()
    const unit = order.unit === '' && often.length === 0 ? readDoseUnit(word) : null
    const route = order.route === '' ? readRoute(word) : null
    if (unit !== null) order.unit = unit
    else if (lower === 'prn') order.asNeeded = true
    else if (readFrequency(lower) !== null || (TIMES as readonly string[]).includes(lower)) often.push(lower)
    else if (route !== null) order.route = route
    else if (order.days === '' && /^x?[0-9]{1,3}(d|天|日)?$/.test(lower))
      order.days = lower.replace(/[^0-9]/g, '')
    // Something that is no part of the grammar: rather no line at all than one that drops a word.
    else return null
  }
  const frequency = often.length === 0 ? '' : readFrequency(often.join(' '))?.code
  if (frequency === undefined) return null
  const isOne = order.days === '' && isSingleDose(frequency)
  return { ...order, frequency, ...(isOne ? { days: '1' } : {}) }
}

/** An order as a row takes it; what was not said stays as it is. */
export function fieldsOfOrder(order: Order): {
  dose: string
  unit?: string
  frequency?: string
  asNeeded?: true
  route?: string
  days?: string
} {
  return {
    dose: order.dose,
    ...(order.unit === '' ? {} : { unit: order.unit }),
    ...(order.frequency === '' ? {} : { frequency: order.frequency }),
    ...(order.asNeeded ? { asNeeded: true as const } : {}),
    ...(order.route === '' ? {} : { route: order.route }),
    ...(order.days === '' ? {} : { days: order.days }),
  }
}

/** Nothing of it is left to fill in: the next medicine follows. */
export function isWholeLine(text: string): boolean {
  const line = readMedicineLine(text)
  return line !== null && line.unit !== '' && (line.frequency !== '' || line.asNeeded) && line.days !== ''
}
