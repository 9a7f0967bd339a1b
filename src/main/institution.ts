/**
 * An institution that is open on this machine: its profile and node, the work that people started, and the door for the
 * command line. The window and a headless run both stand on it.
 */
import type { AllHandlers, EmitEvent } from '../shared/contract/index.ts'
import type { NodeStatus } from '../shared/contract/node.ts'
import { compareBytes, toHex, type Bytes } from '../shared/std/bytes.ts'
import { Failure } from '../shared/std/failure.ts'
import { isStatement } from './node/hospital-statements.ts'
import { keyTail, rangeOf } from './node/storage/buckets.ts'
import { openCodeLists } from './codes/code-lists.ts'
import { openGovernanceHome } from './governance/governance-home.ts'
import { noDesktop, type Desktop } from './desktop.ts'
import { serveLocalSocket } from './local-socket/server.ts'
import type { Lease } from './profile/keyring.ts'
import type { OpenProfile, ProfileWorld } from './profile/open-profile.ts'
import { noAudit } from './services/audit-port.ts'
import { alwaysConfirmed, type Confirmations } from './services/confirmations.ts'
import { dispatch, type Caller } from './services/dispatch.ts'
import { personOf } from './services/context.ts'
import { basisOf } from './services/access-service.ts'
import { hospitalName } from './services/elsewhere.ts'
import { createJobs, type Jobs } from './services/jobs.ts'
import { civilDateIn } from './services/facility-time.ts'
import { createProfileServices, type ProfileServices } from './services/profile-services.ts'

export interface Institution {
  readonly profile: OpenProfile
  readonly jobs: Jobs
  /** Services for one caller with its own lease, until `forget`. */
  servicesFor(
    lease: () => Lease | null,
    desktop: Desktop,
    emit: EmitEvent,
    confirmations: Confirmations,
  ): ProfileServices & { forget(): void }
  /** Whoever comes with this lease, as the door sees them. */
  callerWith(lease: () => Lease | null, confirmations: Confirmations): Caller
  /** Cancels work that runs, closes the door, the node and the store. */
  close(): Promise<void>
}

/** Status events are sent at most this often; the last one always arrives. */
const STATUS_EVERY_MS = 100

/** @param emit to the window: what the node and the jobs say */
export async function openInstitution(
  world: ProfileWorld,
  profile: OpenProfile,
  emit: EmitEvent,
): Promise<Institution> {
  // The window of this process, and whoever listens over the local socket.
  const listeners = new Set<EmitEvent>([emit])
  const tell: EmitEvent = (service, event, payload) => {
    for (const listener of listeners) listener(service, event, payload)
  }
  const jobs = createJobs(tell, world.now)
  const callers = new Set<ProfileServices>()
  const leases = new Set<() => Lease | null>()
  const codeLists = openCodeLists({
    folder: profile.folder,
    memberId: profile.facts.memberId,
    today: () => civilDateIn(profile.facts.zone, world.now()),
    now: world.now,
  })
  const governance = await openGovernanceHome(
    world,
    profile,
    () => tell('governance', 'changed', { at: world.now() }),
    (proposal) => tell('governance', 'proposalArrived', proposal),
  )
  const stops: (() => void)[] = []
  if (profile.node !== null) {
    const status = createThrottle((now: NodeStatus) => tell('node', 'statusChanged', now), STATUS_EVERY_MS)
    stops.push(
      profile.node.onStatus(status.say),
      profile.node.onFinal((segment) => {
        const { height, firstIndex, count } = segment
        tell('node', 'segmentFinal', { height, firstIndex, count })
        for (const caller of callers) caller.onFinal(segment)
      }),
      profile.node.onItem(({ content }) => {
        if (content === null || !isStatement(content)) return
        tell('patients', 'linksChanged', null)
        tell('erasures', 'changed', null)
      }),
      profile.node.erasures.onDone((_, gone) => {
        void forgetErased(gone)
        tell('erasures', 'changed', null)
      }),
      status.stop,
    )
    const { node } = profile
    // What another hospital is handed is an opening of ours, by its person and without one here.
    node.accesses.guardAnswers(async ({ content, reader, versions }) => {
      await world.audit?.note({
        operation: 'access.answered',
        act: 'opening',
        outcome: 'done',
        code: null,
        person: null,
        subject: {
          accessId: toHex(content.accessId),
          memberId: toHex(reader),
          theirPerson: content.userKeyId,
          versions: versions.length,
        },
        basis: basisOf(content),
      })
    })
    const accessChanged = createThrottle(() => tell('access', 'changed', null), STATUS_EVERY_MS)
    stops.push(
      node.accesses.onNotice((notice) => {
        accessChanged.say(null)
        if (notice.kind === 'changed') return
        const reader = notice.kind === 'bulk' ? notice.alarm.reader : notice.entry.author
        tell('access', 'noticed', { kind: notice.kind, reader: hospitalName({ node }, reader) })
        tell('governance', 'changed', { at: world.now() })
      }),
      accessChanged.stop,
    )
  }

  /** What was erased is in the memory of whoever has unlocked, too. */
  async function forgetErased(keys: readonly Bytes[]): Promise<void> {
    const within = (bucket: 'n' | 'd') => {
      const { from, to } = rangeOf(bucket)
      return keys.filter((key) => compareBytes(key, from) >= 0 && compareBytes(key, to!) < 0)
    }
    profile.node?.countDrafts(-within('d').length)
    const entries = within('n').map((key) => toHex(keyTail('n', key)))
    for (const lease of leases) await lease()?.session.names?.then((table) => table.remove(entries), ignore)
  }

  function servicesFor(
    lease: () => Lease | null,
    desktop: Desktop,
    emitTo: EmitEvent,
    confirmations: Confirmations,
  ) {
    const services = createProfileServices({
      world,
      desktop,
      emit: emitTo,
      jobs,
      profile: () => profile,
      governance: () => governance,
      codeLists: () => codeLists,
      lease,
      confirmations,
    })
    callers.add(services)
    leases.add(lease)
    return {
      ...services,
      forget() {
        callers.delete(services)
        leases.delete(lease)
        void services.close()
      },
    }
  }

  const callerWith = (lease: () => Lease | null, confirmations: Confirmations): Caller => ({
    person: () => personOf(lease(), profile.roster),
    absence: () => 'locked',
    confirmations,
    audit: world.audit ?? noAudit,
  })

  const socket = await serveLocalSocket({
    folder: profile.folder,
    async welcome(credentials, emitTo) {
      const lease = credentials === null ? null : await profile.unlock(credentials)
      const services = servicesFor(() => lease, noDesktop, emitTo, alwaysConfirmed)
      const handlers: AllHandlers = { ...services.handlers, ...noApp() }
      const caller = callerWith(() => lease, alwaysConfirmed)
      listeners.add(emitTo)
      return {
        dispatch: (name, input) => dispatch(handlers, caller, name, input),
        close() {
          listeners.delete(emitTo)
          services.forget()
          lease?.release()
        },
      }
    },
  })

  return {
    profile,
    jobs,
    servicesFor,
    callerWith,
    async close() {
      await socket.close()
      await jobs.close()
      await Promise.all([...callers].map((caller) => caller.close()))
      await codeLists.close()
      for (const stop of stops) stop()
      await governance?.close()
      await profile.close()
    },
  }
}

/** A command speaks to the profile; the window's own life is not its business. */
export function noApp(): Pick<AllHandlers, 'app' | 'joining'> {
  const refuse = () => Promise.reject(new Failure({ code: 'not-available' }))
  return {
    app: new Proxy({} as AllHandlers['app'], { get: () => refuse }),
    joining: new Proxy({} as AllHandlers['joining'], { get: () => refuse }),
  }
}

/** Names that could not be read are told where they are used. */
function ignore(): void {}

function createThrottle<T>(tell: (value: T) => void, everyMs: number) {
  let latest: { readonly value: T } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const flush = (): void => {
    timer = null
    if (latest === null) return
    const { value } = latest
    latest = null
    tell(value)
    timer = setTimeout(flush, everyMs)
    timer.unref()
  }
  return {
    say(value: T) {
      latest = { value }
      if (timer === null) flush()
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}
