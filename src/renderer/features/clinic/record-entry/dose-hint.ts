/** The usual dose of a medicine, e.g. `500 mg bid`, as fields. Pure. */
export interface UsualDose {
  readonly dose: string
  readonly unit: string
  readonly frequency: string
}

const FREQUENCIES = new Set(['qd', 'bid', 'tid', 'qid', 'qod', 'qw', 'hs', 'stat', 'prn'])

export function readUsualDose(hint: string | undefined): UsualDose | null {
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*([^\s0-9]\S*)?(?:\s+([a-z]+))?/.exec(hint?.trim() ?? '')
  if (!match?.[1]) return null
  return {
    dose: match[1],
    unit: match[2] ?? '',
    frequency: FREQUENCIES.has(match[3] ?? '') ? (match[3] ?? '') : '',
  }
}
