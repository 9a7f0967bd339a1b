/*
 * Sine and cosine of whole turns (2πu), from + - * only: for simulated normal variates and seasonal terms.
 */
const TWO_PI = 6.283185307179586

function sineSeries(x: number): number {
  const z = x * x
  let sum = 0
  for (let n = 21; n >= 3; n -= 2) sum = (-z / (n * (n - 1))) * (1 + sum)
  return x + x * sum
}

function cosineSeries(x: number): number {
  const z = x * x
  let sum = 0
  for (let n = 20; n >= 2; n -= 2) sum = (-z / (n * (n - 1))) * (1 + sum)
  return 1 + sum
}

/** cos(2πu), within 2 ulp; exact at quarter turns. */
export function cosTurn(u: number): number {
  return quadrant(u, 1)
}

/** sin(2πu), within 2 ulp; exact at quarter turns. */
export function sinTurn(u: number): number {
  return quadrant(u, 0)
}

function quadrant(u: number, shift: number): number {
  const whole = Math.floor(4 * u + 0.5)
  const rest = TWO_PI * (u - whole / 4)
  const q = whole + shift - 4 * Math.floor((whole + shift) / 4)
  switch (q) {
    case 0:
      return sineSeries(rest)
    case 1:
      return cosineSeries(rest)
    case 2:
      return -sineSeries(rest)
    default:
      return -cosineSeries(rest)
  }
}
