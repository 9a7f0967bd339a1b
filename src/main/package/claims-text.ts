/** The numbers of a manuscript as a table of two columns: the name of the attested cell, and the number as it is printed. */
import Papa from 'papaparse'
import type { Claim } from '../../verifier/verify-package.js'

/** Comma, semicolon or tab, with or without a line of heads; rows without a number are left out. */
export function claimsOfText(text: string): Claim[] {
  const { data } = Papa.parse<string[]>(text.trim(), { skipEmptyLines: true })
  return data
    .filter((row) => row.length >= 2 && /\d/.test(row[1]!))
    .map(([name, value]) => ({ name: name!.trim(), value: value!.trim() }))
}
