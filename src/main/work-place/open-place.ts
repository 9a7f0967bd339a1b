/**
 * A work place that is open: the node's session as its window sees it, over a line that comes and goes. While the node is away
 * the person who had unlocked goes on writing; a lock is a lock here too, and a restarted process begins locked.
 */
import { type app as appContract, type AtWorkPlace, type Session } from '../../shared/contract/app.ts'
import { events, type AllHandlers, type EmitEvent } from '../../shared/contract/index.ts'
import type { EventMap, Handlers, Reply } from '../../shared/contract/kit.ts'
import { isAllowed, rightOf } from '../../shared/contract/rights.ts'
import { fromHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Desktop } from '../desktop.ts'
import { failureOf, servicesOver } from '../local-socket/remote-services.ts'
import { errorCode } from '../profile/atomic-file.ts'
import type { ProfileLock } from '../profile/profile-lock.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import type { AuditedCall } from '../services/audit-port.ts'
import { alwaysConfirmed } from '../services/confirmations.ts'
import { DRAFT_DAYS } from '../services/drafts.ts'
import type { Caller } from '../services/dispatch.ts'
import { checkedReply } from './checked-answers.ts'
import { openPlaceConnection, type Welcome } from './connection.ts'
import { openKeptDrafts } from './kept-drafts.ts'
import { PLACE_LIMITS } from './limits.ts'
import type { LinkEvent } from './link.ts'
import {
  draftKeyAnswer,
  GONE_MAX,
  goneAnswer,
  helloAnswer,
  LINK,
  MOVED,
  movedPayload,
  otherFormat,
} from './messages.ts'
import { withoutNodeOnly, WRITTEN_AT_PLACE } from './node-only.ts'
import { createPlaceDrafts } from './place-drafts.ts'
import { savePlace, type PlaceFacts } from './place-folder.ts'
import { keptPatientsKeyOf } from './place-network.ts'

type App = Handlers<typeof appContract>

/** What a locked screen shows: who is here, how the node is, what work goes on. */
const HEARD_WHILE_LOCKED: ReadonlySet<string> = new Set(['app', 'node', 'jobs'])

/** What of `app` the node answers for this window. */
export type PlaceApp = Pick<
  App,
  'session' | 'lock' | 'lockWholly' | 'unlock' | 'unlockByPin' | 'setPin' | 'removePin' | 'touched'
>

export interface OpenPlace {
  readonly folder: string
  readonly app: PlaceApp
  readonly handlers: Omit<AllHandlers, 'app'>
  readonly caller: Caller
  readonly isLocked: boolean
  idleAfter(minutes: number): Promise<void>
  /** Resolves when the node answered once, or when it did not for as long as a dial takes. */
  reached(): Promise<void>
  close(): Promise<void>
}

export interface OpenPlaceOptions {
  readonly world: Pick<
    ProfileWorld,
    'crypto' | 'now' | 'sleep' | 'openPlaceWires' | 'placeLimits' | 'applicationVersion'
  >
  readonly folder: string
  readonly facts: PlaceFacts
  readonly desktop: Desktop
  readonly emit: EmitEvent
  readonly idleMinutes: () => number
}

const IDLE_LOOK_MS = 5_000
const DAY_MS = 86_400_000

/** @param lock of the folder, which the caller has taken */
export async function openPlace(options: OpenPlaceOptions, lock: ProfileLock): Promise<OpenPlace> {
  try {
    return await openLocked(options, lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openLocked(options: OpenPlaceOptions, folderLock: ProfileLock): Promise<OpenPlace> {
  const { world, folder, desktop, emit } = options
  let { facts } = options
  const limits = { ...PLACE_LIMITS, ...world.placeLimits }
  const kept = await openKeptDrafts(folder, keptPatientsKeyOf(world.crypto, fromHex(facts.secret)))
  let keptCount = await kept.count()
  /** As the node said it last. */
  let said: Session | null = null
  let isLockedHere = true
  let token: string | null = null
  let draftKey: Bytes | null = null
  let awaySince: number | null = world.now()
  let isTurnedAway = false
  /** What runs at the node, as it said last. */
  let nodeVersion: string | null = null
  let touchedAt = world.now()
  let onReached = (): void => {}
  const firstReached = new Promise<void>((resolve) => (onReached = resolve))

  const isOpen = (): boolean => !isLockedHere && said?.state === 'open'

  function sessionNow(): Session {
    const here = world.applicationVersion
    const otherVersion = nodeVersion === null || nodeVersion === here ? null : { here, node: nodeVersion }
    const workPlace: AtWorkPlace = {
      name: facts.name,
      awaySince,
      isTurnedAway,
      otherVersion,
      keptDrafts: keptCount,
      address: facts.address,
    }
    if (!isLockedHere && said?.state === 'open') return { ...said, folder, workPlace }
    const { institutionName, isSynthetic } = facts
    const { needsAccount = true, pin } = said?.state === 'locked' ? said : {}
    return {
      state: 'locked',
      institutionName,
      folder,
      isSynthetic,
      needsAccount,
      // It is tried where it lies: at the node.
      ...(pin === undefined || awaySince !== null ? {} : { pin }),
      workPlace,
    }
  }
  const tell = (): void => emit('app', 'sessionChanged', sessionNow())

  async function countKept(): Promise<void> {
    const count = await kept.count()
    if (count === keptCount) return
    keptCount = count
    tell()
  }

  function forgetDraftKey(): void {
    draftKey?.fill(0)
    draftKey = null
  }
  function take(next: Session): void {
    said = next
    if (next.state !== 'open') {
      isLockedHere = true
      forgetDraftKey()
    }
  }

  function hear([service, event, payload]: LinkEvent): void {
    if (service === 'link' && event === MOVED) return inBackground(follow(payload))
    const map = Object.hasOwn(events, service)
      ? (events as Readonly<Record<string, EventMap>>)[service]!
      : undefined
    const schema = map !== undefined && Object.hasOwn(map, event) ? map[event] : undefined
    const parsed = schema?.safeParse(payload)
    // Of a newer node, perhaps: what this program does not know it does not show.
    if (parsed?.success !== true) return
    // A locked window hears nothing of patients, whatever the node still holds open for it.
    if (isLockedHere && !HEARD_WHILE_LOCKED.has(service)) return
    if (service !== 'app') return emit(service as 'node', event as 'statusChanged', parsed.data as never)
    if (event !== 'sessionChanged') return
    take(parsed.data as Session)
    tell()
  }

  /**
   * The node goes on at another port: known here before the line ends, so that nobody has to come and type it. A firewall may be
   * in between, or a port that somebody forwards, so the address that held stays until the new one has.
   */
  async function follow(payload: unknown): Promise<void> {
    const moved = movedPayload.safeParse(payload)
    if (!moved.success) return
    const movedTo = facts.address.replace(/:[0-9]+$/, `:${moved.data.port}`)
    const { movedTo: before, ...held } = facts
    if (movedTo === before) return
    // Back where it was.
    if (movedTo === facts.address) return before === undefined ? undefined : know(held)
    isMovedNext = true
    // Also where the disk does not take it: until the end of this process it is known.
    await know({ ...held, movedTo }).finally(connection.dialAgain)
  }
  async function know(next: PlaceFacts): Promise<void> {
    facts = next
    await savePlace(folder, facts)
  }

  let dialled = facts.address
  let isMovedNext = true
  /** The one that the node named and the one that held, in turn. */
  function nextAddress(): string {
    const { address, movedTo } = facts
    dialled = movedTo !== undefined && isMovedNext ? movedTo : address
    isMovedNext = !isMovedNext
    return dialled
  }
  /** The node answered where this line was dialled. */
  async function settle(): Promise<void> {
    const { movedTo, ...held } = facts
    if (movedTo === undefined) return
    if (dialled === movedTo) await know({ ...held, address: movedTo })
    // Nobody waits for the other one when this line breaks.
    else isMovedNext = false
  }

  async function greet(
    call: (name: string, input: unknown) => Promise<Reply<unknown>>,
  ): Promise<Welcome | null> {
    const reply = await call(LINK.hello, {
      format: 1,
      version: world.applicationVersion,
      token,
      idleMinutes: options.idleMinutes(),
    })
    const other =
      reply.ok || reply.error.code !== 'other-format' ? null : otherFormat.safeParse(reply.error.detail)
    if (other?.success === true) nodeVersion = other.data.version ?? nodeVersion
    const answer = reply.ok ? helloAnswer.safeParse(reply.value) : null
    if (answer?.success !== true) return null
    const { isSame, session, draftKey: key, version = null } = answer.data
    // The node was started anew and knows nobody. Whoever types here is locked once their last words are on the disk.
    if (!isSame && isOpen()) await world.sleep(limits.draftSettlesMs)
    return () => {
      token = answer.data.token
      nodeVersion = version
      take(session)
      if (session.state === 'open' && key !== null && draftKey === null && !isLockedHere)
        draftKey = fromHex(key)
      awaySince = null
      isTurnedAway = false
      // Before anybody is told where it is.
      inBackground(settle())
      onReached()
      tell()
      emit('app', 'nodeBack', null)
      inBackground(dropGone().then(sendKept).then(dropOld))
      // It was locked here while the line was away: what the node kept open for it is closed now.
      if (session.state === 'open' && isLockedHere) void connection.call('app.lock', undefined)
    }
  }

  /** What was typed here of patients who were erased meanwhile, by whomever: nobody has to unlock for it. */
  async function dropGone(): Promise<void> {
    const patientIds = await kept.patients()
    for (let first = 0; first < patientIds.length; first += GONE_MAX) {
      const asked = patientIds.slice(first, first + GONE_MAX)
      const gone = goneAnswer.safeParse(await ask(LINK.gone, { patientIds: asked }).catch(() => null))
      // A node of an earlier version does not know the question: what it erased goes with its author's next unlock.
      if (!gone.success) return
      await kept.removeOf(new Set(gone.data))
    }
    await countKept()
  }

  /**
   * Of whoever did not unlock here again. The node throws drafts of this age away too, and a patient who was erased must not
   * last on this disk because somebody else's key opens the draft.
   */
  async function dropOld(): Promise<void> {
    await kept.removeBefore(world.now() - DRAFT_DAYS * DAY_MS, world.now())
    await countKept()
  }

  async function sendKept(): Promise<void> {
    if (draftKey === null || awaySince !== null) return
    if ((await drafts.send()) > 0) emit('records', 'draftsChanged', null)
    await countKept()
  }

  const connection = await openPlaceConnection({
    world,
    facts,
    limits,
    onEvent: hear,
    greet,
    address: nextAddress,
    onAway(problem) {
      const isNews = awaySince === null || isTurnedAway !== (problem === 'handshake')
      awaySince ??= world.now()
      isTurnedAway = problem === 'handshake'
      onReached()
      if (isNews) tell()
    },
  })
  const call = async (name: string, input: unknown): Promise<Reply<unknown>> =>
    checkedReply(name, await connection.call(name, input))
  const services = servicesOver(call, desktop)
  const drafts = createPlaceDrafts({
    node: services.records,
    kept,
    key: () => draftKey,
    isAway: () => awaySince !== null,
    placeId: facts.placeId,
    onKept: () => inBackground(countKept()),
    onRenamed: (renamed) => emit('records', 'draftRenamed', renamed),
  })

  async function ask<T>(name: string, input: unknown): Promise<T> {
    const reply = await call(name, input)
    if (reply.ok) return reply.value as T
    throw failureOf(reply.error.code, reply.error.detail)
  }

  function lockHere(): Session {
    isLockedHere = true
    forgetDraftKey()
    // What the node still holds open for this process is nobody's any more.
    token = null
    tell()
    return sessionNow()
  }
  async function lock(name: 'app.lock' | 'app.lockWholly'): Promise<Session> {
    // At once: a line that is silent must not keep patients on the screen.
    isLockedHere = true
    forgetDraftKey()
    tell()
    const reply = await call(name, undefined)
    if (!reply.ok) return lockHere()
    take(reply.value as Session)
    return sessionNow()
  }

  async function opening(name: 'app.unlock' | 'app.unlockByPin', input: unknown): ReturnType<App['unlock']> {
    const reply = await call(name, input)
    if (!reply.ok) {
      if (reply.error.code === 'node-away') return { kind: 'refused', reason: 'node-away' }
      throw failureOf(reply.error.code, reply.error.detail)
    }
    const answer = reply.value as Awaited<ReturnType<App['unlock']>>
    if (answer.kind === 'refused') return answer
    said = answer.session
    isLockedHere = false
    touchedAt = world.now()
    const key = draftKeyAnswer.safeParse(await ask(LINK.draftKey, null).catch(() => null))
    forgetDraftKey()
    if (key.success && key.data !== null) draftKey = fromHex(key.data)
    inBackground(sendKept())
    tell()
    return { kind: 'opened', session: sessionNow() }
  }

  const idleTimer = setInterval(() => {
    // While the node answers, it looks itself.
    if (!isOpen() || awaySince === null) return
    if (world.now() - touchedAt >= options.idleMinutes() * 60_000) lockHere()
  }, IDLE_LOOK_MS)
  idleTimer.unref()

  /** Files that came of answers of the node are told to its audit; everything else its own door has noted. */
  async function note({ operation, outcome, code, subject, person }: AuditedCall): Promise<void> {
    const right = rightOf(operation)
    if (outcome === 'refused' && right !== null && !isAllowed(right, person?.roles ?? null)) {
      // Our own door refused it. The node's refuses it too, before it looks at the input, and tells its audit; nothing that a
      // call takes is `null`, so that nothing happens either where the node knows of a role that we do not.
      void connection.call(operation, null)
      return
    }
    if (!WRITTEN_AT_PLACE.has(operation) || right?.act === 'none') return
    await ask(LINK.note, { operation, outcome, code, subject })
  }

  return {
    folder,
    app: {
      session: async () => sessionNow(),
      lock: () => lock('app.lock'),
      lockWholly: () => lock('app.lockWholly'),
      unlock: (input) => opening('app.unlock', input),
      unlockByPin: (input) => opening('app.unlockByPin', input),
      async setPin(input) {
        const answer = await ask<Awaited<ReturnType<App['setPin']>>>('app.setPin', input)
        if (answer.kind === 'refused') return answer
        take(answer.session)
        return { kind: 'set', session: sessionNow() }
      },
      async removePin() {
        take(await ask<Session>('app.removePin', undefined))
        return sessionNow()
      },
      async touched() {
        touchedAt = world.now()
        await connection.call('app.touched', undefined)
      },
    },
    handlers: withoutNodeOnly({ ...services, records: { ...services.records, ...drafts.handlers } }),
    caller: {
      person() {
        const now = sessionNow()
        return now.state === 'open' ? now.person : null
      },
      absence: () => 'locked',
      // The node asks.
      confirmations: alwaysConfirmed,
      audit: { note },
      // It weighs them.
      openings: undefined,
    },
    get isLocked() {
      return !isOpen()
    },
    async idleAfter(minutes) {
      await connection.call(LINK.idleAfter, { idleMinutes: minutes })
    },
    reached: () => firstReached,
    async close() {
      clearInterval(idleTimer)
      // Nobody comes back to this session.
      if (awaySince === null) await connection.call('app.lockWholly', undefined)
      await connection.close()
      forgetDraftKey()
      await folderLock.release()
    },
  }
}

/** Nobody waits for it: what the disk or the node refuses now is tried again when the line comes back. */
function inBackground(work: Promise<void>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof Failure) && errorCode(error) === null) throw error
  })
}
