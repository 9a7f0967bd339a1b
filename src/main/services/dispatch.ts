/**
 * The door of the contract: the window, the command line and every other transport come in here. It parses the input,
 * refuses by the matrix of rights before any handler runs, tells the audit, and turns failures into data.
 */
import type { z } from 'zod'
import type { Role } from '../../shared/contract/app.ts'
import { contract, type AllHandlers } from '../../shared/contract/index.ts'
import type { Reply, Service } from '../../shared/contract/kit.ts'
import { isAllowed, rightOf, type Right } from '../../shared/contract/rights.ts'
import { Failure } from '../../shared/std/failure.ts'
import { subjectOf, type AuditedCall, type AuditPort, type OpeningsPort } from './audit-port.ts'
import { hearing } from './audit-subject.ts'
import { runCall, type Confirmations } from './confirmations.ts'

export interface CallerPerson {
  readonly userKeyId: string
  readonly roles: readonly Role[]
}

/** Who asks. */
export interface Caller {
  /** Null while nobody has unlocked. */
  readonly person: () => CallerPerson | null
  /** What to say then. */
  readonly absence: () => 'locked' | 'no-profile'
  readonly confirmations: Confirmations
  readonly audit: AuditPort
  /** Undefined where no node runs; never left out, or a window would open without a bound. */
  readonly openings: OpeningsPort | undefined
}

type AnyHandler = (input: unknown) => Promise<unknown>

/**
 * @param name `service.method`
 * @throws what is neither an answer nor a `Failure`: a bug, which the transport must not dress up
 */
export async function dispatch(
  handlers: AllHandlers,
  caller: Caller,
  name: string,
  input: unknown,
): Promise<Reply<unknown>> {
  const dot = name.indexOf('.')
  const service = name.slice(0, dot)
  const method = name.slice(dot + 1)
  const described = Object.hasOwn(contract, service)
    ? (contract as Record<string, Service>)[service]
    : undefined
  const schema = described !== undefined && Object.hasOwn(described, method) ? described[method] : undefined
  const right = rightOf(name)
  if (schema === undefined || right === null) return { ok: false, error: { code: 'unknown-method' } }
  const person = caller.person()
  const about = { operation: name, act: right.act, person } as const
  // Before the input is looked at: whoever may not ask learns nothing from what is wrong with the question.
  if (!isAllowed(right, person?.roles ?? null))
    return refuse(caller, { ...about, subject: {} }, person === null ? caller.absence() : 'not-permitted')
  const parsed = parse(schema.input, input)
  // Zod's issues name the place and the rule; the values, which may be a patient's, stay here.
  if (parsed === null || !parsed.success)
    return {
      ok: false,
      error: {
        code: 'invalid-input',
        detail: parsed?.error.issues.map(({ path, code }) => ({ path, code })) ?? [],
      },
    }
  const call = { ...about, subject: subjectOf(parsed.data) }
  const isConfirmed = isAsking(right) && caller.confirmations.take(name, parsed.data)
  if (right.asking === 'before' && !isConfirmed) return refuse(caller, call, 'passphrase-needed')
  // Before anything is opened or changed: what cannot be noted must not happen.
  if (caller.audit.isWriting === false && (right.act !== 'none' || right.opensPatients))
    return { ok: false, error: { code: 'audit-unavailable' } }
  // Before the handler: what stays closed must not be asked of other hospitals either.
  const closed = await whyClosed(caller, call, false)
  if (closed !== null) return refuse(caller, call, closed)
  const handler = (handlers as unknown as Record<string, Record<string, AnyHandler>>)[service]![method]!
  return hearing(async (heard) => {
    const named = () => ({
      ...call,
      // Whoever founds or opens is nobody before it, and somebody after.
      person: person ?? caller.person(),
      subject: { ...call.subject, ...heard.subject },
      basis: heard.basis,
    })
    try {
      const value = await runCall(isConfirmed, () => handler(parsed.data))
      // What a call of no interest answers, a wrong file say, is none of the audit's.
      const outcome = right.act === 'none' ? null : outcomeOf(value)
      if (outcome === null || heard.isNothing) return { ok: true, value }
      // A handler names whose record it was. What comes beside one another is counted one by one, here.
      const isOpened = outcome.outcome === 'done' && outcome.code === null
      const why = isOpened ? await whyClosed(caller, named(), true) : null
      if (why !== null) return refuse(caller, named(), why)
      return (await tell(caller, { ...named(), ...outcome }))
        ? { ok: true, value }
        : { ok: false, error: { code: 'audit-unavailable' } }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const { code } = error.detail
      await tell(caller, { ...named(), outcome: REFUSALS.has(code) ? 'refused' : 'failed', code })
      return { ok: false, error: { code, detail: error.detail } }
    }
  })
}

/** Null for a value that is made to trip the parser: an object in place of a length, a nesting without end. */
export function parse<T extends z.ZodType>(
  schema: T,
  input: unknown,
): z.ZodSafeParseResult<z.infer<T>> | null {
  try {
    return schema.safeParse(input)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return null
    throw error
  }
}

/**
 * Refusals and failures that a handler answers instead of throwing them. Null where nothing came of the call but a question to the person:
 * a visit with findings is no change yet, a closed dialog no export.
 */
function outcomeOf(value: unknown): Pick<AuditedCall, 'outcome' | 'code'> | null {
  const { kind, reason, isTaken, path, problem } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (isTaken === false) return { outcome: 'refused', code: 'not-taken' }
  if (path === null) return null
  // Allowed, and not done.
  if (kind === NOT_WRITABLE || reason === NOT_WRITABLE) return { outcome: 'failed', code: NOT_WRITABLE }
  switch (kind) {
    case 'refused':
    case 'sealed':
      return { outcome: 'refused', code: typeof reason === 'string' ? reason : 'refused' }
    // What the rules of a product refuse; other problems are answers.
    case 'not-priced':
      return (problem as Readonly<Record<string, unknown>> | undefined)?.['kind'] === 'factors'
        ? { outcome: 'refused', code: 'factors' }
        : { outcome: 'done', code: null }
    case 'wrong-passphrase':
      return { outcome: 'refused', code: 'wrong-passphrase' }
    case 'cancelled':
    case 'findings':
    case 'question':
    case 'similar':
    case 'unchanged':
    case 'none':
      return null
    case 'unknown':
    case 'own-act':
    case 'note-missing':
      return { outcome: 'refused', code: kind }
    default:
      return { outcome: 'done', code: value === null ? 'nothing-there' : null }
  }
}

const NOT_WRITABLE = 'not-writable'

/** What a handler finds that the matrix could not see. */
const REFUSALS: ReadonlySet<string> = new Set([
  'locked',
  'no-profile',
  'not-permitted',
  'passphrase-needed',
  'only-at-node',
])

const isAsking = ({ asking }: Right): boolean => asking === 'before' || asking === 'by-subject'

/** Null where it may be opened. */
async function whyClosed(
  { openings }: Caller,
  call: Pick<AuditedCall, 'operation' | 'act' | 'person' | 'subject'>,
  isOpened: boolean,
): Promise<'too-many-patients' | 'audit-unavailable' | null> {
  if (openings === undefined || (call.act !== 'opening' && call.act !== 'export')) return null
  try {
    return (await openings.weigh(call, isOpened)) ? null : 'too-many-patients'
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return 'audit-unavailable'
  }
}

/** The code is all that is said: not what was asked for, not whether it exists. */
async function refuse(
  caller: Caller,
  call: Omit<AuditedCall, 'outcome' | 'code'>,
  code: string,
): Promise<Reply<unknown>> {
  await tell(caller, { ...call, outcome: 'refused', code })
  return { ok: false, error: { code } }
}

/** False where the audit could not write. Calls of no interest to it are not told; refusals always are. */
async function tell({ audit }: Caller, call: AuditedCall): Promise<boolean> {
  if (call.act === 'none' && call.outcome !== 'refused') return true
  try {
    await audit.note(call)
    return true
  } catch {
    return false
  }
}
