/** A call by name, for transports other than Electron's: parses the input, runs the handler, turns failures into data. */
import { contract, type AllHandlers } from '../../shared/contract/index.ts'
import type { Reply, Service } from '../../shared/contract/kit.ts'
import { Failure } from '../../shared/std/failure.ts'

type AnyHandler = (input: unknown) => Promise<unknown>

/**
 * @param name `service.method`
 * @throws what is neither an answer nor a `Failure`: a bug, which the transport must not dress up
 */
export async function dispatch(handlers: AllHandlers, name: string, input: unknown): Promise<Reply<unknown>> {
  const dot = name.indexOf('.')
  const service = name.slice(0, dot)
  const method = name.slice(dot + 1)
  const described = Object.hasOwn(contract, service)
    ? (contract as Record<string, Service>)[service]
    : undefined
  const schema = described !== undefined && Object.hasOwn(described, method) ? described[method] : undefined
  if (schema === undefined) return { ok: false, error: { code: 'unknown-method' } }
  const parsed = schema.input.safeParse(input)
  // Zod's issues name the place and the rule; the values, which may be a patient's, stay here.
  if (!parsed.success)
    return {
      ok: false,
      error: { code: 'invalid-input', detail: parsed.error.issues.map(({ path, code }) => ({ path, code })) },
    }
  const handler = (handlers as unknown as Record<string, Record<string, AnyHandler>>)[service]![method]!
  try {
    return { ok: true, value: await handler(parsed.data) }
  } catch (error) {
    if (error instanceof Failure)
      return { ok: false, error: { code: error.detail.code, detail: error.detail } }
    throw error
  }
}
