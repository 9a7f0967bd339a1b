/** A prescription in one line, `A10BA02 500 mg bid po 28`: code or name, dose, how often, route, days. Pure. */
export interface MedicineLine {
  /** What stands before the dose: a code or words to look for. */
  readonly name: string
  readonly dose: string
  readonly unit: string
  readonly frequency: string
  readonly route: string
  readonly days: string
}

const FREQUENCIES = new Set(['qd', 'bid', 'tid', 'qid', 'qod', 'qw', 'hs', 'stat', 'prn'])
const ROUTES = new Set(['po', 'iv', 'im', 'sc', 'inh', 'top', 'sl', 'pr', 'oph'])
const UNITS = /^(mg|g|mcg|ug|ml|l|u|iu|tab|cap|puff|drop|%|錠|顆|毫克|毫升)$/i
/** How units are written that people type in many ways. */
const SPELLING: Readonly<Record<string, string>> = { ml: 'mL', l: 'L', u: 'U', iu: 'IU', mcg: 'ug' }

/** Null where the text has no dose: then it is only a name. */
export function readMedicineLine(text: string): MedicineLine | null {
  const words = text
    .normalize('NFKC')
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      const glued = /^([0-9]+(?:\.[0-9]+)?)([a-z%毫錠顆].*)$/i.exec(word)
      return glued?.[1] !== undefined && glued[2] !== undefined && UNITS.test(glued[2])
        ? [glued[1], glued[2]]
        : [word]
    })
  const at = words.findIndex((word, i) => i > 0 && /^[0-9]+(\.[0-9]+)?$/.test(word))
  if (at < 0) return null
  const line = {
    name: words.slice(0, at).join(' '),
    dose: words[at]!,
    unit: '',
    frequency: '',
    route: '',
    days: '',
  }
  for (const word of words.slice(at + 1)) {
    const lower = word.toLowerCase()
    if (line.unit === '' && UNITS.test(word)) line.unit = SPELLING[lower] ?? lower
    else if (line.frequency === '' && FREQUENCIES.has(lower)) line.frequency = lower
    else if (line.route === '' && ROUTES.has(lower)) line.route = lower
    else if (line.days === '' && /^[0-9]{1,3}(d|天|日)?$/i.test(word)) line.days = word.replace(/[^0-9]/g, '')
    // Something that is no part of the grammar: rather no line at all than one that drops a word.
    else return null
  }
  return line
}

/** The line as a row takes it; what was not said stays as it is. */
export function fieldsOfLine(line: MedicineLine): {
  dose: string
  unit?: string
  frequency?: string
  route?: string
  days?: string
} {
  return {
    dose: line.dose,
    ...(line.unit === '' ? {} : { unit: line.unit }),
    ...(line.frequency === '' ? {} : { frequency: line.frequency }),
    ...(line.route === '' ? {} : { route: line.route }),
    ...(line.days === '' ? {} : { days: line.days }),
  }
}
