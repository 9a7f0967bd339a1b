/**
 * An institution that is open on this machine: its profile and node, the work that people started, and the door for the
 * command line. The window and a headless run both stand on it.
 */
import type { AllHandlers, EmitEvent } from '../shared/contract/index.ts'
import type { NodeStatus } from '../shared/contract/node.ts'
import { compareBytes, equalBytes, toHex, type Bytes } from '../shared/std/bytes.ts'
import { Failure } from '../shared/std/failure.ts'
import { isRecovery, isStatement } from './node/hospital-statements.ts'
import { keyTail, rangeOf } from './node/storage/buckets.ts'
import { openCodeLists } from './codes/code-lists.ts'
import { openGovernanceHome } from './governance/governance-home.ts'
import { noDesktop, type Desktop } from './desktop.ts'
import { serveLocalSocket } from './local-socket/server.ts'
import type { Credentials } from './node/vault/people-keys.ts'
import type { Lease } from './profile/keyring.ts'
import type { OpenProfile, ProfileWorld } from './profile/open-profile.ts'
import { errorCode } from './profile/atomic-file.ts'
import { destroyOldKeys, timeToDestroy } from './profile/backup-keys.ts'
import { failedAttempts } from './profile/profile-folder.ts'
import { ProfileFailure } from './profile/profile-failure.ts'
import { openAuditHome, type AuditHome } from './audit/audit-home.ts'
import { noAudit, type AuditPort } from './services/audit-port.ts'
import { alwaysConfirmed, type Confirmations } from './services/confirmations.ts'
import { dispatch, type Caller } from './services/dispatch.ts'
import { personOf } from './services/context.ts'
import { pseudonymOf } from './services/audit-subject.ts'
import { hospitalName } from './services/elsewhere.ts'
import { createJobs, type Jobs } from './services/jobs.ts'
import { civilDateIn } from './services/facility-time.ts'
import { createProfileServices, type ProfileServices } from './services/profile-services.ts'

/** Names of one person that an entry of the audit holds: linked entries and epochs of linkage have one each. */
const PSEUDONYMS_MAX = 8

export interface Institution {
  readonly profile: OpenProfile
  readonly jobs: Jobs
  /** What the door tells; silent where no node runs, and nothing can be opened then. */
  readonly audit: AuditPort
  readonly auditHome: AuditHome | null
  /** Who opened it, after how many wrong passphrases. */
  noteOpened(lease: Lease | null): Promise<void>
  noteLocked(person: ReturnType<typeof personOf>, because: 'person' | 'idle' | 'closed'): Promise<void>
  /** As the profile's, and the audit hears of it. @throws {ProfileFailure} `wrong-passphrase` */
  unlock(given: Credentials, isAtWindow?: boolean): Promise<Lease>
  /** As the profile's, and the audit hears of it. */
  unlockByPin: OpenProfile['unlockByPin']
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
/** How often keys of old backups are looked at: their time is over by the day. */
const BACKUP_KEYS_EVERY_MS = 3_600_000

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
  const audit: AuditHome | null =
    profile.node === null
      ? null
      : await openAuditHome({
          store: profile.store,
          storePath: profile.storePath,
          node: profile.node,
          crypto: world.crypto,
          random: world.random,
          now: world.now,
          onFound: () => tell('audit', 'changed', { at: world.now() }),
        })
  const port: AuditPort = world.audit ?? audit ?? noAudit
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
      profile.node.onItem(({ content, signed }) => {
        const { clear } = signed.item
        if (clear.kind === 'membership' && clear.change === 'replace')
          if (equalBytes(clear.member.memberId, profile.node!.memberId)) void unheard(audit?.changeKey())
        if (content === null || !isStatement(content)) return
        tell('patients', 'linksChanged', null)
        tell('erasures', 'changed', null)
        if (isRecovery(content)) {
          tell('shares', 'changed', null)
          tell('governance', 'changed', { at: world.now() })
        }
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
      await port.note({
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
          pseudonyms: content.patient.slice(0, PSEUDONYMS_MAX).map(pseudonymOf).join('+'),
        },
        // What they typed lies with the access itself, which its id names.
        basis: { kind: content.basis },
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

  /** What keeps a place from being written is told on the checklist; the folder's own file is tried again in an hour. */
  async function destroyOldBackupKeys(): Promise<void> {
    const { folder, facts, ledger } = profile
    const time = timeToDestroy(world.now(), ledger.state.lastTime)
    const done = await destroyOldKeys(folder, facts.memberId, time).catch((error: unknown) => {
      if (errorCode(error) === null) throw error
      return null
    })
    if (done === null || done.destroyedCount === 0) return
    await unheard(audit?.say('node.backupKeysDestroyed', { subject: { keyCount: done.destroyedCount } }))
  }
  if (profile.node !== null) {
    const timer = setInterval(() => void destroyOldBackupKeys(), BACKUP_KEYS_EVERY_MS)
    timer.unref()
    stops.push(() => clearInterval(timer))
    await destroyOldBackupKeys()
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
    if (entries.length > 0) await unheard(audit?.forget(entries))
  }

  async function noteUnlocked(lease: Lease, code?: 'pin'): Promise<void> {
    const person = personOf(lease, profile.roster)
    audit?.forgetRepeats()
    await unheard(audit?.say('session.unlocked', { person, ...(code === undefined ? {} : { code }) }))
    await unheard(audit?.notePeople(profile.roster?.revision ?? 0))
  }

  const unlockByPin: OpenProfile['unlockByPin'] = async (digits) => {
    const answer = await profile.unlockByPin(digits)
    if (answer.kind === 'opened') await noteUnlocked(answer.lease, 'pin')
    else {
      const subject: Readonly<Record<string, number>> =
        answer.kind === 'wrong' ? { triesLeft: answer.triesLeft } : {}
      const code = answer.kind === 'wrong' ? 'wrong-pin' : 'pin-gone'
      await unheard(audit?.say('session.unlocked', { outcome: 'refused', code, subject }))
    }
    return answer
  }

  async function unlock(given: Credentials, isAtWindow = false): Promise<Lease> {
    try {
      const lease = await profile.unlock(given, isAtWindow)
      await noteUnlocked(lease)
      return lease
    } catch (error) {
      if (error instanceof ProfileFailure && error.detail.code === 'wrong-passphrase') {
        const { count: attempts } = await failedAttempts(profile.folder)
        const subject = { attempts }
        await unheard(
          audit?.say('session.unlocked', { outcome: 'refused', code: 'wrong-passphrase', subject }),
        )
      }
      throw error
    }
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
      audit: () => audit,
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
    audit: port,
  })

  const socket = await serveLocalSocket({
    folder: profile.folder,
    async welcome(credentials, emitTo) {
      const lease = credentials === null ? null : await unlock(credentials)
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
    audit: port,
    auditHome: audit,
    async noteOpened(lease) {
      const { count: failedAttempts } = profile.failedBefore
      const person = personOf(lease, profile.roster)
      audit?.forgetRepeats()
      await unheard(audit?.say('session.opened', { person, subject: { failedAttempts } }))
      await unheard(audit?.notePeople(profile.roster?.revision ?? 0))
    },
    async noteLocked(person, because) {
      audit?.forgetRepeats()
      await unheard(audit?.say('session.locked', { person, code: because }))
    },
    unlock,
    unlockByPin,
    servicesFor,
    callerWith,
    async close() {
      await socket.close()
      await jobs.close()
      await Promise.all([...callers].map((caller) => caller.close()))
      await codeLists.close()
      for (const stop of stops) stop()
      await unheard(audit?.say('node.stopped'))
      await audit?.close()
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

/**
 * Nobody is kept from locking or from the end of a node by an audit that cannot write; whoever wants to see something is.
 */
async function unheard(noting: Promise<void> | undefined): Promise<void> {
  await noting?.catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
  })
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
