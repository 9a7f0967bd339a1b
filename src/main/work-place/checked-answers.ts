/**
 * What comes over the line from the node, parsed where it enters: an answer that is not what the contract says of its method is a
 * failure, and nothing of it reaches the window.
 */
import { contract } from '../../shared/contract/index.ts'
import type { Reply, Service } from '../../shared/contract/kit.ts'
import { parse } from '../services/dispatch.ts'

/** @param name `service.method`; answers of the line's own calls are parsed by whoever asks. */
export function checkedReply(name: string, reply: Reply<unknown>): Reply<unknown> {
  if (!reply.ok) return reply
  const [service = '', method = ''] = name.split('.')
  const methods = Object.hasOwn(contract, service)
    ? (contract as Record<string, Service>)[service]!
    : undefined
  if (methods === undefined || !Object.hasOwn(methods, method)) return reply
  const parsed = parse(methods[method]!.output, reply.value)
  return parsed?.success === true
    ? { ok: true, value: parsed.data }
    : { ok: false, error: { code: 'answer-malformed' } }
}

/** Whether it has the form of an answer at all: whoever sends another one does not speak this protocol. */
export function isReply(value: unknown): value is Reply<unknown> {
  const { ok, error } = (value ?? {}) as { ok?: unknown; error?: unknown }
  if (ok === true) return true
  const code = (error as { code?: unknown } | null | undefined)?.code
  return ok === false && typeof code === 'string' && code.length <= CODE_MAX
}

const CODE_MAX = 64
