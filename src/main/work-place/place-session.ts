/**
 * The session of one work place, in the node: lease, confirmations, PIN, idle lock and services of its own, behind the same
 * door as the window. It outlives a line that breaks, so that a clerk goes on where they were, and ends by its idle lock.
 */
import type { z } from 'zod'
import type { app as appContract, Session } from '../../shared/contract/app.ts'
import type { AllHandlers, EmitEvent } from '../../shared/contract/index.ts'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import type { Handlers, Reply } from '../../shared/contract/kit.ts'
import { isAllowed, mayOpenPatients, rightOf } from '../../shared/contract/rights.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { noDesktop, type Desktop } from '../desktop.ts'
import { checkPin } from '../node/vault/pin.ts'
import type { Credentials } from '../node/vault/people-keys.ts'
import { needsAccount } from '../profile/people-file.ts'
import type { Lease } from '../profile/keyring.ts'
import type { OpenProfile, ProfileDesk, ProfileWorld } from '../profile/open-profile.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { subjectOf, type AuditedCall } from '../services/audit-port.ts'
import { createConfirmations, type Confirmations } from '../services/confirmations.ts'
import { personOf } from '../services/context.ts'
import { dispatch, type Caller } from '../services/dispatch.ts'
import type { noteInput } from './messages.ts'
import { withoutNodeOnly, WRITTEN_AT_PLACE } from './node-only.ts'
import { draftKeyOf } from './place-network.ts'
import { jobToldOutside, replyToldOutside } from './told-outside.ts'

/** Where people unlock, and what the audit calls it. */
export interface Seat {
  readonly desk: ProfileDesk
  readonly subject: AuditedCall['subject']
}

/** What an open institution lends to a session. */
export interface SessionHost {
  readonly world: Pick<ProfileWorld, 'crypto' | 'random' | 'now' | 'secretStore'>
  readonly profile: OpenProfile
  servicesFor(
    lease: () => Lease | null,
    desktop: Desktop,
    emit: EmitEvent,
    confirmations: Confirmations,
    seat: Seat,
  ): { readonly handlers: Omit<AllHandlers, 'app' | 'joining'>; forget(): void }
  callerWith(lease: () => Lease | null, confirmations: Confirmations, at: AuditedCall['subject']): Caller
  unlock(given: Credentials, isAtWindow: boolean, seat: Seat): Promise<Lease>
  unlockByPin(digits: string, seat: Seat): ReturnType<OpenProfile['unlockByPin']>
  noteLocked(
    person: ReturnType<typeof personOf>,
    because: 'person' | 'idle' | 'closed',
    at: AuditedCall['subject'],
  ): Promise<void>
}

export interface PlaceSession {
  /** Whoever shows it again is the same process of the same work place. */
  readonly token: string
  readonly personName: string | null
  readonly isOver: boolean
  dispatch(name: string, input: unknown): Promise<Reply<unknown>>
  session(): Promise<Session>
  /** Hex; null while nobody has unlocked who writes drafts. */
  draftKey(): string | null
  idleAfter(minutes: number): void
  /** A file that the work place wrote. False where this person could not have had it, or the audit does not write. */
  noteWritten(note: z.infer<typeof noteInput>): Promise<boolean>
  /** A connection carries it from now on. */
  attach(tell: EmitEvent): void
  /** The line broke. */
  cutOff(): void
  end(because: 'closed' | 'idle'): Promise<void>
}

export interface PlaceSessionOptions {
  readonly host: SessionHost
  readonly placeId: string
  readonly seat: Seat
  readonly cutOffMs: number
  /** It is over by itself: idle while nobody was connected. */
  readonly onEnded: () => void
  /** Somebody unlocked or locked. */
  readonly onChanged: () => void
}

const IDLE_LOOK_MS = 5_000
const DEFAULT_IDLE_MINUTES = 15
const TOKEN_BYTES = 32

export function openPlaceSession(options: PlaceSessionOptions): PlaceSession {
  const { host, placeId, seat } = options
  const { world, profile } = host
  const token = toHex(world.random(TOKEN_BYTES))
  const confirmations = createConfirmations(world.now)
  let lease: Lease | null = null
  let tellPlace: EmitEvent | null = null
  let idleMinutes = DEFAULT_IDLE_MINUTES
  let touchedAt = world.now()
  let cutOffAt: number | null = null
  let isOver = false
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }
  const held = (): Lease | null => lease
  const services = host.servicesFor(
    held,
    noDesktop,
    (service, event, payload) =>
      tellPlace?.(
        service,
        event,
        service === 'jobs' ? (jobToldOutside(payload as JobProgress) as never) : payload,
      ),
    confirmations,
    seat,
  )
  const caller = host.callerWith(held, confirmations, seat.subject)

  const timer = setInterval(() => {
    const now = world.now()
    const isIdle = lease !== null && now - touchedAt >= idleMinutes * 60_000
    const isGone = cutOffAt !== null && now - cutOffAt >= options.cutOffMs
    if (cutOffAt !== null && (isIdle || isGone)) void end('idle').then(options.onEnded)
    else if (isIdle && !profile.facts.isSynthetic) void inTurn(() => lock('idle'))
  }, IDLE_LOOK_MS)
  timer.unref()

  async function session(): Promise<Session> {
    const { institutionName, isSynthetic, memberId, chainId, zone } = profile.facts
    // The folder is on the node's disk and nobody else's business.
    const shown = { institutionName, folder: '', isSynthetic }
    if (lease === null || lease.isReleased) {
      const pin = seat.desk.pins.waiting()
      return {
        state: 'locked',
        ...shown,
        needsAccount: await needsAccount(profile.folder, world),
        ...(pin === null ? {} : { pin: { triesLeft: pin.triesLeft } }),
      }
    }
    const { person } = lease.session
    const roles = personOf(lease, profile.roster)?.roles ?? []
    return {
      state: 'open',
      ...shown,
      memberId,
      chainId,
      zone,
      person: { name: person.name, userKeyId: person.userKeyId, roles: [...roles] },
      // The window of the node asks for it: the kit is made there.
      isRecoveryKitProven: true,
      hasPin: await seat.desk.pins.has(person.personId),
    }
  }

  async function tellSession(): Promise<Session> {
    const now = await session()
    tellPlace?.('app', 'sessionChanged', now)
    options.onChanged()
    return now
  }

  async function lock(because: 'person' | 'idle' | 'closed'): Promise<Session> {
    confirmations.forget()
    const before = lease
    if (before === null) return session()
    const person = personOf(before, profile.roster)
    before.release()
    lease = null
    const telling = tellSession()
    await host.noteLocked(person, because, seat.subject)
    return telling
  }

  function take(next: Lease): void {
    // Its time came while the passphrase was tried: nobody would ever lock it again.
    if (isOver) {
      // The passphrase has armed a PIN, too.
      seat.desk.pins.forget()
      next.release()
      throw new Failure({ code: 'locked' })
    }
    lease?.release()
    lease = next
    touchedAt = world.now()
  }

  async function end(because: 'closed' | 'idle'): Promise<void> {
    if (isOver) return
    isOver = true
    clearInterval(timer)
    tellPlace = null
    seat.desk.pins.forget()
    await inTurn(() => {
      // Whatever was under way when it ended, a PIN that was just made say, is done now.
      seat.desk.pins.forget()
      return lock(because)
    })
    services.forget()
  }

  async function unlock(given: Credentials): Promise<void> {
    take(await host.unlock(given, false, seat))
  }

  async function unlockByPin(digits: string): Promise<void> {
    const answer = await host.unlockByPin(digits, seat)
    if (answer.kind === 'wrong')
      throw new ProfileFailure({ code: 'wrong-pin', detail: String(answer.triesLeft) })
    if (answer.kind === 'gone') throw new ProfileFailure({ code: 'pin-gone' })
    take(answer.lease)
  }

  const answering = async (work: () => Promise<void>) => {
    const refused = await refusalOf(work)
    return refused ?? { kind: 'opened' as const, session: await tellSession() }
  }

  const own: Partial<Handlers<typeof appContract>> = {
    session,
    lock: () => inTurn(() => lock('person')),
    lockWholly: () =>
      inTurn(() => {
        seat.desk.pins.forget()
        return lock('person')
      }),
    unlock: ({ account = '', passphrase }) => inTurn(() => answering(() => unlock({ account, passphrase }))),
    unlockByPin: ({ digits }) => inTurn(() => answering(() => unlockByPin(digits))),
    setPin: ({ passphrase, digits }) =>
      inTurn(async () => {
        if (lease === null) return { kind: 'refused', reason: 'profile-missing' }
        const verdict = checkPin(digits)
        if (verdict !== 'good') return { kind: 'refused', reason: verdict }
        const { account } = lease.session.person
        const refused = await refusalOf(() => seat.desk.setPin({ account, passphrase }, digits))
        return refused ?? { kind: 'set', session: await tellSession() }
      }),
    removePin: () =>
      inTurn(async () => {
        const personId = lease?.session.person.personId
        if (personId !== undefined) await seat.desk.pins.remove(personId)
        return tellSession()
      }),
    touched: async () => {
      touchedAt = world.now()
    },
  }
  const handlers: AllHandlers = withoutNodeOnly({
    ...services.handlers,
    jobs: {
      ...services.handlers.jobs,
      list: async (input) => (await services.handlers.jobs.list(input)).map(jobToldOutside),
    },
    app: onlyThese(own) as AllHandlers['app'],
    joining: onlyThese({}) as AllHandlers['joining'],
  })

  return {
    token,
    get personName() {
      return lease?.session.person.name ?? null
    },
    get isOver() {
      return isOver
    },
    dispatch: async (name, input) =>
      replyToldOutside(await dispatch(handlers, caller, name, input), caller.person() === null),
    session,
    draftKey() {
      const drafts = lease?.session.keys?.drafts
      const person = caller.person()
      // Whoever left meanwhile, or writes visits no more, has no more drafts to keep.
      if (lease === null || drafts === undefined || person === null) return null
      if (!mayOpenPatients(person.roles)) return null
      return toHex(draftKeyOf(world.crypto, drafts, placeId, lease.session.person.personId))
    },
    idleAfter(minutes) {
      idleMinutes = minutes
    },
    async noteWritten({ operation, outcome, code, subject }) {
      const right = WRITTEN_AT_PLACE.has(operation) ? rightOf(operation) : null
      const person = caller.person()
      if (right === null || !isAllowed(right, person?.roles ?? null)) return false
      const call = { operation, act: right.act, outcome, code, person, subject: subjectOf(subject) }
      return caller.audit.note(call).then(
        () => true,
        () => false,
      )
    },
    attach(tell) {
      tellPlace = tell
      cutOffAt = null
    },
    cutOff() {
      tellPlace = null
      cutOffAt = world.now()
      // Nothing to come back to.
      if (lease === null) void end('closed').then(options.onEnded)
    },
    end,
  }
}

/** The life of another machine's window is not the node's business. */
function onlyThese(methods: object): object {
  const refuse = () => Promise.reject(new Failure({ code: 'not-available' }))
  return new Proxy(methods, { get: (target, name) => Reflect.get(target, name) ?? refuse })
}

/** A profile's refusal is an answer; everything else stays a failure. */
async function refusalOf(work: () => Promise<unknown>) {
  try {
    await work()
    return null
  } catch (error) {
    if (!(error instanceof ProfileFailure)) throw error
    const { code, detail } = error.detail
    // Seconds to wait and tries that are left; everything else names what lies on the node's disk.
    const isNumber = detail !== undefined && /^[0-9]+$/.test(detail)
    return { kind: 'refused' as const, reason: code, ...(isNumber ? { detail } : {}) }
  }
}
