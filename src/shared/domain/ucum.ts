/**
 * The part of UCUM that laboratories need: which of two units is how much of the other. Our own table comes first
 * (units.ts); this is for spellings that it does not list, such as `g/L`, `ug/mg` or `10*9/L`. Pure, and small on purpose:
 *
 * - Only units that convert by a factor. Degrees, `[pH]` and everything logarithmic are no units here.
 * - Letters that mean one thing in UCUM and another on a laboratory's paper are no units: `C` is coulomb there, `K/uL` kelvin
 *   per microlitre, `F` farad, `M` mega.
 * - An equivalent is no mole: UCUM says that it is one, and calcium has two in each.
 * - What stands above the stroke is compared with what stands above it, and below with below. Two shares are not of one kind
 *   because both have no dimension: by UCUM 6.5 % of HbA1c are 65 mmol/mol.
 */

interface Unit {
  /** The size in base units: `mantissa · 10^power`, so that prefixes and powers of ten stay exact. */
  readonly mantissa: number
  readonly power: number
  /** Base units above and below the stroke, with their exponents: M mass, L length, N amount … */
  readonly above: Readonly<Record<string, number>>
  readonly below: Readonly<Record<string, number>>
}

const PREFIXES: Readonly<Record<string, number>> = {
  da: 1,
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  d: -1,
  c: -2,
  m: -3,
  u: -6,
  n: -9,
  p: -12,
  f: -15,
  a: -18,
}

const ONE: Unit = { mantissa: 1, power: 0, above: {}, below: {} }
const base = (dimension: string, mantissa = 1, power = 0, exponent = 1): Unit => ({
  mantissa,
  power,
  above: { [dimension]: exponent },
  below: {},
})

/** Those that take prefixes. */
const METRIC: Readonly<Record<string, Unit>> = {
  m: base('L'),
  g: base('M'),
  s: base('T'),
  mol: base('N'),
  L: base('L', 1, -3, 3),
  l: base('L', 1, -3, 3),
  kat: { mantissa: 1, power: 0, above: { N: 1 }, below: { T: 1 } },
  U: { mantissa: 1 / 60, power: -6, above: { N: 1 }, below: { T: 1 } },
  '[iU]': base('international unit'),
  '[IU]': base('international unit'),
  eq: base('equivalent'),
  osm: base('osmole'),
  Pa: base('pressure'),
  bar: base('pressure', 1, 5),
  'm[Hg]': base('pressure', 1.33322, 5),
  'g%': { mantissa: 1, power: 4, above: { M: 1 }, below: { L: 3 } },
}
const OTHERS: Readonly<Record<string, Unit>> = {
  min: base('T', 60),
  h: base('T', 3600),
  d: base('T', 86_400),
  '%': { ...ONE, power: -2 },
  '[lb_av]': base('M', 453.59237),
  '[oz_av]': base('M', 28.349523125),
  '[in_i]': base('L', 2.54, -2),
  '[ft_i]': base('L', 3.048, -1),
}
/** Factors of a unit: `mL/min/m2` has three. */
const FACTORS_MAX = 8

/**
 * How many of `to` are one `from`; null where they are not of one kind, or one of them is not understood. Both without
 * blanks, with `u` for micro.
 */
export function ucumRatio(from: string, to: string): number | null {
  const [one, other] = [parseUnit(from), parseUnit(to)]
  if (one === null || other === null) return null
  const kind = kindOf(one)
  // A bare number does not say of what it is a share.
  if (kind === kindOf(ONE) || kind !== kindOf(other)) return null
  const power = one.power - other.power
  const ratio = one.mantissa / other.mantissa
  return power >= 0 ? ratio * 10 ** power : ratio / 10 ** -power
}

function kindOf({ above, below }: Unit): string {
  const side = (dimensions: Unit['above']) =>
    Object.entries(dimensions)
      .map(([name, exponent]) => `${name}${exponent}`)
      .sort()
      .join('.')
  return `${side(above)}/${side(below)}`
}

/** `mg/dL`, `/uL`, `10*3/uL`, `mL/min/{1.73_m2}`, `nmol/(s.L)`; null for what is no unit of this kind. */
function parseUnit(text: string): Unit | null {
  // What stands in braces is a remark and counts as one.
  const plain = text.replace(/(^|[./(])?\{[^{}]*\}/g, (_, before?: string) =>
    before === undefined ? '' : `${before}1`,
  )
  const factors = plain.match(/[./]?(\([^()]*\)|(\[[^[\]]*\]|[^./()[\]])+)/g) ?? []
  // Between digits a point is a decimal one: `mL/min/1.73` is no product of 1 and 73.
  if (/[0-9]\.[0-9]/.test(plain)) return null
  if (plain === '' || factors.join('') !== plain || factors.length > FACTORS_MAX) return null
  let whole: Unit = ONE
  for (const [i, factor] of factors.entries()) {
    const isBelow = factor.startsWith('/')
    if (i > 0 && !/^[./]/.test(factor)) return null
    if (i === 0 && factor.startsWith('.')) return null
    const body = factor.replace(/^[./]/, '')
    const unit = body.startsWith('(') ? parseUnit(body.slice(1, -1)) : simpleUnit(body)
    if (unit === null) return null
    whole = times(whole, isBelow ? raised(unit, -1) : unit)
  }
  return whole
}

function simpleUnit(text: string): Unit | null {
  const ten = /^10\*([+-]?[0-9]{1,2})?$/.exec(text)
  if (ten !== null) return { ...ONE, power: Number(ten[1] ?? 1) }
  if (/^[1-9][0-9]{0,5}$/.test(text)) return { ...ONE, mantissa: Number(text) }
  const [, symbol = '', exponent = '1'] = /^(.*?)([+-]?[0-9])?$/.exec(text) ?? []
  const unit = unitOfSymbol(symbol)
  return unit === null || Number(exponent) === 0 ? null : raised(unit, Number(exponent))
}

function unitOfSymbol(symbol: string): Unit | null {
  const whole = own(METRIC, symbol) ?? own(OTHERS, symbol)
  if (whole !== null) return whole
  for (const [prefix, power] of Object.entries(PREFIXES)) {
    const unit = symbol.startsWith(prefix) ? own(METRIC, symbol.slice(prefix.length)) : null
    if (unit !== null) return { ...unit, power: unit.power + power }
  }
  return null
}

const own = (table: Readonly<Record<string, Unit>>, name: string): Unit | null =>
  Object.hasOwn(table, name) ? table[name]! : null

function raised({ mantissa, power, above, below }: Unit, exponent: number): Unit {
  const size = Math.abs(exponent)
  const many = (dimensions: Unit['above']) =>
    Object.fromEntries(Object.entries(dimensions).map(([name, count]) => [name, count * size]))
  const [top, bottom] = exponent > 0 ? [above, below] : [below, above]
  return {
    mantissa: exponent > 0 ? mantissa ** size : 1 / mantissa ** size,
    power: power * exponent,
    above: many(top),
    below: many(bottom),
  }
}

function times(a: Unit, b: Unit): Unit {
  const both = (one: Unit['above'], other: Unit['above']) => {
    const sum: Record<string, number> = { ...one }
    for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count
    return sum
  }
  return {
    mantissa: a.mantissa * b.mantissa,
    power: a.power + b.power,
    above: both(a.above, b.above),
    below: both(a.below, b.below),
  }
}
