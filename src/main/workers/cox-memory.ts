import type { CoxKernel, CoxState } from '../stats/survival/cox-pass.ts'
import type { Allocate, CoxPlan } from '../stats/survival/cox-plan.ts'
import { coxKernelModule, KERNEL_MEMORY_PAGES } from '../stats/survival/cox-kernel-wasm.ts'

/**
 * Memory that threads and the WebAssembly kernel share. Growing a shared memory leaves views that exist valid, so arrays
 * can be handed out one after the other.
 */
export interface CoxMemory {
  memory: WebAssembly.Memory
  allocate: Allocate
  /** Everything handed out is given back, and zero again: pages that the system has given once cost nothing twice. */
  clear(): void
}

const PAGE = 65536
/** Address 0 stays unused. */
const FIRST_ADDRESS = 16

/** Null where shared memory or vectors are missing: the plain loops give the same bits. */
export function createCoxMemory(): CoxMemory | null {
  const compiled = kernelModule()
  if (!compiled) return null
  let memory: WebAssembly.Memory
  try {
    memory = new WebAssembly.Memory({ initial: 1, maximum: KERNEL_MEMORY_PAGES, shared: true })
  } catch {
    return null
  }
  let next = FIRST_ADDRESS
  const allocate: Allocate = (bytes) => {
    const byteOffset = next
    next += (bytes + 15) & ~15
    const have = memory.buffer.byteLength
    if (next > have) memory.grow(Math.ceil((next - have) / PAGE))
    return { buffer: memory.buffer, byteOffset }
  }
  const clear = (): void => {
    new Uint8Array(memory.buffer, 0, Math.min(next, memory.buffer.byteLength)).fill(0)
    next = FIRST_ADDRESS
  }
  return { memory, allocate, clear }
}

/** A larger memory is given back after its fit. */
const KEPT_BYTES_MAX = 256 << 20

/** One memory for fit after fit. */
export interface MemoryKeeper {
  /** For the next fit; what the last one was given is not to be used any more. Null as `createCoxMemory`. */
  next(): CoxMemory | null
  /** Has the system give so many bytes now, while nobody waits. */
  prepare(byteCount: number): void
}

export function createMemoryKeeper(): MemoryKeeper {
  let kept: CoxMemory | null = null
  const next = (): CoxMemory | null => {
    if (kept !== null && kept.memory.buffer.byteLength <= KEPT_BYTES_MAX) kept.clear()
    else kept = createCoxMemory()
    return kept
  }
  return {
    next,
    prepare(byteCount) {
      const memory = next()
      if (memory === null || byteCount > KEPT_BYTES_MAX - PAGE) return
      memory.allocate(byteCount)
      // Pages come when they are touched.
      memory.clear()
    },
  }
}

let cached: WebAssembly.Module | null | undefined

function kernelModule(): WebAssembly.Module | null {
  if (cached !== undefined) return cached
  try {
    cached = new WebAssembly.Module(coxKernelModule())
  } catch {
    // No vectors or threads in this engine.
    cached = null
  }
  return cached
}

interface KernelExports {
  cross(
    columns: number,
    p: number,
    rowBytes: number,
    pairBytes: number,
    isOdd: number,
    hazard: number,
    residual: number,
    tile: number,
    out: number,
  ): void
  scatter(
    risk: number,
    column: number,
    high: number,
    low: number,
    count: number,
    sums: number,
    leaving: number,
  ): void
}

/** Scratch of one thread: allocated by whoever owns the memory. */
export interface KernelScratch {
  tile: Float64Array
  residual: Float64Array
  leaving: Float64Array
  columns: Int32Array
}

const TILE_ROWS = 512

export function allocateScratch(plan: CoxPlan, allocate: Allocate): KernelScratch {
  const floats = (count: number): Float64Array => {
    const { buffer, byteOffset } = allocate(count * 8)
    return new Float64Array(buffer, byteOffset, count)
  }
  const table = allocate(plan.covariateCount * 4)
  const columns = new Int32Array(table.buffer, table.byteOffset, plan.covariateCount)
  plan.columns.forEach((column, j) => {
    columns[j] = column.byteOffset
  })
  return { tile: floats(TILE_ROWS), residual: floats(TILE_ROWS), leaving: floats(plan.slotCount), columns }
}

/** The kernel over a plan and a state that live in `memory`. */
export function createCoxKernel(
  memory: WebAssembly.Memory,
  plan: CoxPlan,
  state: CoxState,
  scratch: KernelScratch,
): CoxKernel | null {
  const compiled = kernelModule()
  if (!compiled || plan.covariateCount === 0) return null
  const instance = new WebAssembly.Instance(compiled, { env: { memory } })
  const { cross, scatter } = instance.exports as unknown as KernelExports
  const p = plan.covariateCount
  const { tile, residual, leaving, columns } = scratch
  return {
    tile,
    residual,
    leaving,
    cross(q0, length, at) {
      const row = q0 * 8
      cross(
        columns.byteOffset,
        p,
        row,
        (length & ~1) * 8,
        length & 1,
        state.hazard.byteOffset + row,
        residual.byteOffset,
        tile.byteOffset,
        state.shardSums.byteOffset + at * 8,
      )
    },
    scatter(c) {
      scatter(
        state.risk.byteOffset,
        plan.columns[c - 1]!.byteOffset,
        plan.high.byteOffset,
        plan.low.byteOffset,
        plan.keptCount,
        state.sums[c]!.byteOffset,
        leaving.byteOffset,
      )
    },
  }
}
