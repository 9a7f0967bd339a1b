/**
 * Answers one call of the contract, whatever carried it: the window's IPC, the local socket of the command line,
 * a test. Input is parsed here, once; past this door it is trusted.
 */
import { contract } from '../shared/contract/index.ts'
import type { AllHandlers } from '../shared/contract/index.ts'
import type { Method, Reply } from '../shared/contract/kit.ts'
import { Failure } from '../shared/std/failure.ts'

type AnyHandler = (input: unknown) => Promise<unknown>

/** More than any honest form or list of paths; a visit's record is at most 256 KiB. */
const LARGEST_INPUT_UNITS = 4 << 20

/**
 * @param areOutputsChecked parse the answer too: in tests and development, where a wrong answer is a defect to see
 * @returns a refusal for a wrong name, wrong input or a `Failure`
 * @throws whatever else the handler throws: a bug, which must not be dressed up as an answer
 */
export async function answer(
  handlers: AllHandlers,
  service: string,
  method: string,
  raw: unknown,
  areOutputsChecked = false,
): Promise<Reply<unknown>> {
  const found = find(handlers, service, method)
  if (found === null) return refuse('unknown-method')
  if (!isWithinSize(raw, LARGEST_INPUT_UNITS)) return refuse('input-too-large')
  const input = found.schema.input.safeParse(raw)
  if (!input.success) {
    // Paths and codes only: an issue's message may quote the value.
    return refuse(
      'invalid-input',
      input.error.issues.map(({ path, code }) => ({ path: path.map(String), code })),
    )
  }
  try {
    const value = await found.handler(input.data)
    if (areOutputsChecked) checkOutput(`${service}.${method}`, found.schema, value)
    return { ok: true, value }
  } catch (error) {
    if (error instanceof Failure) return refuse(error.detail.code, error.detail)
    throw error
  }
}

export const refuse = (code: string, detail?: unknown): Reply<never> => ({
  ok: false,
  error: { code, detail },
})

function find(handlers: AllHandlers, service: string, method: string) {
  if (!Object.hasOwn(contract, service)) return null
  const methods = contract[service as keyof typeof contract] as Readonly<Record<string, Method>>
  if (!Object.hasOwn(methods, method)) return null
  const served = handlers[service as keyof AllHandlers] as unknown as Readonly<Record<string, AnyHandler>>
  return { schema: methods[method]!, handler: (input: unknown) => served[method]!(input) }
}

function checkOutput(name: string, schema: Method, value: unknown): void {
  const output = schema.output.safeParse(value)
  if (!output.success) {
    const where = output.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`).join(', ')
    throw new Error(`${name} answered against its contract: ${where}`)
  }
}

/** Text units, bytes and fields together stay below the limit; stops counting as soon as they do not. */
function isWithinSize(raw: unknown, limit: number): boolean {
  let left = limit
  const pending: unknown[] = [raw]
  while (pending.length > 0) {
    const value = pending.pop()
    left -= 1
    if (typeof value === 'string') left -= value.length
    else if (ArrayBuffer.isView(value)) left -= value.byteLength
    else if (value instanceof ArrayBuffer) left -= value.byteLength
    else if (typeof value === 'object' && value !== null) {
      const inner = Object.values(value)
      if (inner.length > left) return false
      for (const field of inner) pending.push(field)
    }
    if (left < 0) return false
  }
  return true
}
