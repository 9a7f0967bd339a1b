/** Minor digits in use where they are not two (ISO 4217); TWD is counted in whole dollars although ISO 4217 lists two. */
const EXPONENTS: Readonly<Record<string, number | undefined>> = {
  TWD: 0,
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  ISK: 0,
  BHD: 3,
  KWD: 3,
  JOD: 3,
  OMR: 3,
  TND: 3,
}

/** Digits behind the point that amounts of a currency have in records, unless they say another exponent. */
export function usualExponent(currency: string): number {
  return EXPONENTS[currency] ?? 2
}
