/** Arithmetic of the lines of a claim, in minor units and without fractions of them. Pure. */
import { type ClaimLineRow, isBlankLine } from './form.ts'
import { fold, readAmount } from './typed.ts'

/** Quantity times price as it is typed into a field; null where one is no number or the product is no whole minor unit. */
export function amountOf(quantity: string, unitPrice: string, exponent: number): string | null {
  const price = readAmount(unitPrice, exponent)
  const match = /^([0-9]{1,6})(?:\.([0-9]{1,4}))?$/.exec(fold(quantity))
  if (price === null || match === null) return null
  const fraction = match[2] ?? ''
  const scale = 10 ** fraction.length
  const scaled = price * Number(`${match[1]}${fraction}`)
  if (!Number.isSafeInteger(scaled) || scaled % scale !== 0) return null
  return textOf(scaled / scale, exponent)
}

/** Null while a line has no amount that is understood. */
export function sumOfLines(lines: readonly ClaimLineRow[], exponent: number): number | null {
  const nets = lines.filter((line) => !isBlankLine(line)).map((line) => readAmount(line.net, exponent))
  if (nets.length === 0 || nets.some((net) => net === null)) return null
  return nets.reduce<number>((sum, net) => sum + (net ?? 0), 0)
}

function textOf(minor: number, exponent: number): string {
  const sign = minor < 0 ? '-' : ''
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  return exponent === 0
    ? `${sign}${digits}`
    : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
