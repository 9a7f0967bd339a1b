/** How ICD-10 codes are written, kept and mended. */
export const ICD10_SYSTEMS: readonly string[] = [
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://hl7.org/fhir/sid/icd-10',
]
// No code has the letters I or O among its first three characters: they are mistyped digits.
const ICD10_CODE = /^[A-Z][0-9][0-9A-HJ-NP-Z](\.?[0-9A-Z]{1,4})?$/

export function isIcd10Code(code: string): boolean {
  return ICD10_CODE.test(code)
}

/** Stored form: upper case, no dot. */
export function normaliseIcd10(code: string): string {
  return code.normalize('NFKC').trim().toUpperCase().replace(/\./g, '')
}

/** Shown form: a dot after the third character. */
export function showIcd10(code: string): string {
  return code.length > 3 && !code.includes('.') ? `${code.slice(0, 3)}.${code.slice(3)}` : code
}

/** A code with the letter O for a zero, a stray blank, lower case… mended, or null. */
export function repairIcd10(code: string): string | null {
  const plain = normaliseIcd10(code).replace(/\s/g, '')
  if (isIcd10Code(plain)) return plain
  const mended =
    plain.slice(0, 1) + plain.slice(1, 3).replace(/O/g, '0').replace(/[IL]/g, '1') + plain.slice(3)
  return isIcd10Code(mended) ? mended : null
}
