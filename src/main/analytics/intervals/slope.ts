/** The straight line through dated values. Pure. */

const DAYS_PER_YEAR = 365.25

/**
 * Slope of the least-squares line through the values, in their unit per year of 365.25 days. Null where they are of fewer than two days: one day has no
 * direction. All of them count, also several of one day.
 */
export function slopeOf(values: readonly { readonly day: number; readonly value: number }[]): number | null {
  const [first] = values
  if (first === undefined || values.every(({ day }) => day === first.day)) return null
  // From the first day on: days since 1970 would lose digits of the products.
  let [days, sum] = [0, 0]
  for (const { day, value } of values) {
    days += day - first.day
    sum += value
  }
  const [meanDay, mean] = [days / values.length, sum / values.length]
  let [products, squares] = [0, 0]
  for (const { day, value } of values) {
    const apart = day - first.day - meanDay
    products += apart * (value - mean)
    squares += apart * apart
  }
  return (products / squares) * DAYS_PER_YEAR
}
