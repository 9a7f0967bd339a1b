/** Bytes as numbered lines to print and to type: each with a check, so that a typing error is found where it is. */
import { createHash } from 'node:crypto'
import type { Bytes } from '../../../shared/std/bytes.ts'
import { decodeCrockford, encodeCrockford } from './crockford.ts'

const LINE_DIGITS = 50

/** @param from the number of the first line */
export function writeLines(parts: readonly Bytes[], from = 0): string[] {
  return parts.map((bytes, position) => writeLine(from + position, bytes))
}

export type ReadLines =
  { kind: 'lines'; parts: Bytes[] } | { kind: 'none' } | { kind: 'damaged'; line: number }

/** Typed or pasted: case, spaces, dashes and look-alike letters are forgiven, wrong digits are not. */
export function readLines(text: string): ReadLines {
  const lines = [...text.matchAll(/^\s*(\d{2})\s+([0-9A-Za-z\s-]+?)\s+=\s*([0-9A-Za-z]{2})\s*$/gm)]
  if (lines.length === 0) return { kind: 'none' }
  const parts: Bytes[] = []
  for (const [, number, digits, check] of lines) {
    const bytes = decodeCrockford(digits!)
    if (
      bytes === null ||
      Number(number) !== parts.length ||
      lineCheck(parts.length, bytes) !== canonical(check!)
    )
      return { kind: 'damaged', line: parts.length }
    parts.push(bytes)
  }
  return { kind: 'lines', parts }
}

/** As many bytes to a line as are easily typed. */
export function slices(bytes: Bytes): Bytes[] {
  // Whole bytes in whole digits: 50 digits are 31.25 bytes, so 30 bytes (48 digits) to a line.
  const lineBytes = Math.floor((LINE_DIGITS * 5) / 40) * 5
  const parts: Bytes[] = []
  for (let i = 0; i < bytes.length; i += lineBytes) parts.push(bytes.subarray(i, i + lineBytes))
  return parts
}

function writeLine(number: number, bytes: Bytes): string {
  const digits = encodeCrockford(bytes).replace(/(.{5})(?=.)/g, '$1 ')
  return `${String(number).padStart(2, '0')} ${digits} =${lineCheck(number, bytes)}`
}

/** Ten bits over the line and its number: a typing error or two swapped lines slip through once in a thousand times. */
function lineCheck(number: number, bytes: Bytes): string {
  const digest = createHash('sha256').update(Uint8Array.of(number)).update(bytes).digest()
  return encodeCrockford(digest.subarray(0, 5)).slice(0, 2)
}

function canonical(check: string): string {
  return check.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
}
