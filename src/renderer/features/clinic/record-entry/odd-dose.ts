/** A dose that is probably a slip: ten times the usual one or a tenth of it, where a point or a nought went astray. Pure. */
import { readUsualDose } from '../../../../shared/domain/medicine-line.ts'

const FAR = 10
/** Of mass, in milligrams. */
const MILLIGRAMS: Readonly<Record<string, number>> = {
  g: 1000,
  mg: 1,
  mcg: 0.001,
  ug: 0.001,
  µg: 0.001,
  μg: 0.001,
}

/**
 * @param usual a dose as the list of medicines has it, `500 mg bid`, or that of the visit it was copied from; '' for none
 * @returns the usual dose where this one is far from it; null elsewhere, and where the units cannot be compared
 */
export function usualDoseMissed(usual: string, value: string, unit: string): string | null {
  const known = readUsualDose(usual)
  if (known === null) return null
  const [was, is] = [inMilligrams(known.dose, known.unit), inMilligrams(value, unit)]
  if (was.unit !== is.unit || !(was.amount > 0) || !(is.amount > 0)) return null
  const ratio = is.amount / was.amount
  return ratio >= FAR || ratio <= 1 / FAR ? `${known.dose} ${known.unit}` : null
}

/** What is no mass stays in its own unit. */
function inMilligrams(value: string, unit: string): { amount: number; unit: string } {
  const plain = unit.trim().toLowerCase()
  const factor = MILLIGRAMS[plain]
  return factor === undefined
    ? { amount: Number(value), unit: plain }
    : { amount: Number(value) * factor, unit: 'mg' }
}
