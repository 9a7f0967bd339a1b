/*
 * The two inner loops of a Cox pass as a WebAssembly module, written out instruction by instruction: `cross` (gradient and
 * cross products of a tile, two rows at a time in a vector) and `scatter` (sums by slot). The bytes are built here, so
 * that no binary lies in the repository; who instantiates them is outside this pure folder.
 *
 * Import: env.memory, shared. All arguments are i32: byte addresses, counts.
 */

const I32 = 0x7f
const F64 = 0x7c
const V128 = 0x7b

function unsigned(value: number): number[] {
  const out: number[] = []
  let v = value
  do {
    const byte = v & 0x7f
    v >>>= 7
    out.push(v === 0 ? byte : byte | 0x80)
  } while (v !== 0)
  return out
}

function signed(value: number): number[] {
  const out: number[] = []
  let v = value
  for (;;) {
    const byte = v & 0x7f
    v >>= 7
    if ((v === 0 && (byte & 0x40) === 0) || (v === -1 && (byte & 0x40) !== 0)) {
      out.push(byte)
      return out
    }
    out.push(byte | 0x80)
  }
}

type Code = readonly number[]
const join = (...parts: readonly Code[]): number[] => parts.flatMap((part) => [...part])

const get = (local: number): Code => [0x20, ...unsigned(local)]
const set = (local: number): Code => [0x21, ...unsigned(local)]
const constant = (value: number): Code => [0x41, ...signed(value)]
const ADD: Code = [0x6a]
const SHIFT_LEFT: Code = [0x74]
const LESS: Code = [0x48]
const F64_ADD: Code = [0xa0]
const F64_MUL: Code = [0xa2]
const simd = (op: number, ...rest: readonly number[]): Code => [0xfd, ...unsigned(op), ...rest]
const VECTOR_ADD = simd(0xf0)
const VECTOR_MUL = simd(0xf2)
const VECTOR_ZERO = simd(0x0c, ...new Array<number>(16).fill(0))
const lane = (index: number): Code => simd(0x21, index)
const loadVector: Code = simd(0x00, 3, 0)
const storeVector: Code = simd(0x0b, 3, 0)
const loadF64: Code = [0x2b, 3, 0]
const storeF64: Code = [0x39, 3, 0]
const loadI32: Code = [0x28, 2, 0]

/** while (condition) body */
const loop = (condition: Code, body: Code): Code =>
  // block { loop { br_if out !condition; body; br loop } }
  join([0x02, 0x40, 0x03, 0x40], condition, [0x45, 0x0d, 1], body, [0x0c, 0, 0x0b, 0x0b])
const when = (condition: Code, body: Code): Code => join(condition, [0x04, 0x40], body, [0x0b])
const advance = (local: number, by: number): Code => join(get(local), constant(by), ADD, set(local))
const at = (base: number, index: number): Code => join(get(base), get(index), ADD)

/**
 * cross(columns, p, rowBytes, pairBytes, isOdd, hazard, residual, tile, out): `columns` is a table of addresses;
 * hazard points at the tile's first row; out at the gradient, followed by the packed rows.
 */
function crossBody(): { locals: Code; body: Code } {
  const [columns, p, rowBytes, pairBytes, isOdd, hazard, residual, tile, out] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
  const [j, k, i, z, y0, y1, y2, y3, cursor] = [9, 10, 11, 12, 13, 14, 15, 16, 17]
  const [s0, s1, s2, s3, v] = [18, 19, 20, 21, 22]
  const columnAddress = (index: Code): Code =>
    join(get(columns), index, constant(2), SHIFT_LEFT, ADD, loadI32, get(rowBytes), ADD)
  const shifted = (n: number): Code => join(get(k), constant(n), ADD)
  // out[cursor] += (lane0 [+ tile[last]·y[last]]) + lane1
  const finish = (sum: number, left: number, y: number): Code =>
    join(
      get(cursor),
      get(cursor),
      loadF64,
      get(isOdd),
      [0x04, F64],
      get(sum),
      lane(0),
      at(left, pairBytes),
      loadF64,
      at(y, pairBytes),
      loadF64,
      F64_MUL,
      F64_ADD,
      [0x05],
      get(sum),
      lane(0),
      [0x0b],
      get(sum),
      lane(1),
      F64_ADD,
      F64_ADD,
      storeF64,
      advance(cursor, 8),
    )
  const accumulate = (sum: number, y: number): Code =>
    join(get(sum), get(v), at(y, i), loadVector, VECTOR_MUL, VECTOR_ADD, set(sum))
  const zero = (sum: number): Code => join(VECTOR_ZERO, set(sum))
  const inner = (pairs: readonly [number, number][]): Code =>
    join(
      ...pairs.map(([sum]) => zero(sum)),
      constant(0),
      set(i),
      loop(
        join(get(i), get(pairBytes), LESS),
        join(at(tile, i), loadVector, set(v), ...pairs.map(([sum, y]) => accumulate(sum, y)), advance(i, 16)),
      ),
      ...pairs.map(([sum, y]) => finish(sum, tile, y)),
    )
  const gradientAddress = join(get(out), get(j), constant(3), SHIFT_LEFT, ADD)
  const body = join(
    get(out),
    get(p),
    constant(3),
    SHIFT_LEFT,
    ADD,
    set(cursor),
    constant(0),
    set(j),
    loop(
      join(get(j), get(p), LESS),
      join(
        columnAddress(get(j)),
        set(z),
        zero(s0),
        constant(0),
        set(i),
        loop(
          join(get(i), get(pairBytes), LESS),
          join(
            at(z, i),
            loadVector,
            set(v),
            get(s0),
            at(residual, i),
            loadVector,
            get(v),
            VECTOR_MUL,
            VECTOR_ADD,
            set(s0),
            at(tile, i),
            at(hazard, i),
            loadVector,
            get(v),
            VECTOR_MUL,
            storeVector,
            advance(i, 16),
          ),
        ),
        when(
          get(isOdd),
          join(
            at(tile, pairBytes),
            at(hazard, pairBytes),
            loadF64,
            at(z, pairBytes),
            loadF64,
            F64_MUL,
            storeF64,
          ),
        ),
        // The gradient lies before the packed rows; finish() writes where cursor points.
        get(cursor),
        set(k),
        gradientAddress,
        set(cursor),
        finish(s0, residual, z),
        get(k),
        set(cursor),
        constant(0),
        set(k),
        loop(
          join(shifted(3), get(j), [0x4c]),
          join(
            columnAddress(get(k)),
            set(y0),
            columnAddress(shifted(1)),
            set(y1),
            columnAddress(shifted(2)),
            set(y2),
            columnAddress(shifted(3)),
            set(y3),
            inner([
              [s0, y0],
              [s1, y1],
              [s2, y2],
              [s3, y3],
            ]),
            advance(k, 4),
          ),
        ),
        loop(
          join(get(k), get(j), [0x4c]),
          join(columnAddress(get(k)), set(y0), inner([[s0, y0]]), advance(k, 1)),
        ),
        advance(j, 1),
      ),
    ),
  )
  return { locals: [2, 9, I32, 5, V128], body }
}

/** scatter(risk, column, high, low, count, sums, leaving) */
function scatterBody(): { locals: Code; body: Code } {
  const [risk, column, high, low, count, sums, leaving] = [0, 1, 2, 3, 4, 5, 6]
  const [q, end, address, value] = [7, 8, 9, 10]
  const addTo = (base: number, index: number): Code =>
    join(
      get(base),
      join(get(index), get(q), ADD, loadI32),
      constant(3),
      SHIFT_LEFT,
      ADD,
      set(address),
      get(address),
      get(address),
      loadF64,
      get(value),
      F64_ADD,
      storeF64,
    )
  const body = join(
    get(count),
    constant(2),
    SHIFT_LEFT,
    set(end),
    loop(
      join(get(q), get(end), LESS),
      join(
        join(get(risk), get(q), constant(1), SHIFT_LEFT, ADD, loadF64),
        join(get(column), get(q), constant(1), SHIFT_LEFT, ADD, loadF64),
        F64_MUL,
        set(value),
        addTo(sums, high),
        addTo(leaving, low),
        advance(q, 4),
      ),
    ),
  )
  return { locals: [2, 3, I32, 1, F64], body }
}

function section(id: number, content: Code): number[] {
  return [id, ...unsigned(content.length), ...content]
}

function text(value: string): number[] {
  return [value.length, ...Array.from(value, (c) => c.charCodeAt(0))]
}

function functionOf({ locals, body }: { locals: Code; body: Code }): number[] {
  const code = [...locals, ...body, 0x0b]
  return [...unsigned(code.length), ...code]
}

/** Pages of 64 KiB that the memory may grow to: 4 GiB. */
export const KERNEL_MEMORY_PAGES = 65536

/** The module's bytes. */
export function coxKernelModule(): Uint8Array<ArrayBuffer> {
  const types = [
    2,
    0x60,
    9,
    ...new Array<number>(9).fill(I32),
    0,
    0x60,
    7,
    ...new Array<number>(7).fill(I32),
    0,
  ]
  const memory = [1, ...text('env'), ...text('memory'), 2, 3, 1, ...unsigned(KERNEL_MEMORY_PAGES)]
  const exports = [2, ...text('cross'), 0, 0, ...text('scatter'), 0, 1]
  const code = [2, ...functionOf(crossBody()), ...functionOf(scatterBody())]
  return Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, types),
    ...section(2, memory),
    ...section(3, [2, 0, 1]),
    ...section(7, exports),
    ...section(10, code),
  ])
}
