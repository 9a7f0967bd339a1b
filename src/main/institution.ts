/**
 * An institution that is open on this machine: its profile and node, the work that people started, and the door for the
 * command line. The window and a headless run both stand on it.
 */
import { availableParallelism, totalmem } from 'node:os'
import { mayHear } from '../shared/contract/audience.ts'
import type { AllHandlers, EmitEvent } from '../shared/contract/index.ts'
import type { NodeStatus } from '../shared/contract/node.ts'
import { equalBytes, toHex, type Bytes } from '../shared/std/bytes.ts'
import { Failure } from '../shared/std/failure.ts'
import type { ItemKind } from './node/chain/item.ts'
import { isRecovery, isStatement } from './node/hospital-statements.ts'
import { isIn, keyTail } from './node/storage/buckets.ts'
import { recordsOf } from './analytics/analysed-records.ts'
import { openAnalysisHome } from './analytics/analysis-home.ts'
import { openGateway } from './gateway/open-gateway.ts'
import { openCodeLists } from './codes/code-lists.ts'
import { openGovernanceHome } from './governance/governance-home.ts'
import type { Desktop } from './desktop.ts'
import { askedDesktop } from './local-socket/asked-desktop.ts'
import { serveLocalSocket } from './local-socket/server.ts'
import type { Credentials } from './node/vault/people-keys.ts'
import type { Lease } from './profile/keyring.ts'
import type { OpenProfile, ProfileWorld } from './profile/open-profile.ts'
import { errorCode } from './profile/atomic-file.ts'
import { destroyOldKeys, timeToDestroy } from './profile/backup-keys.ts'
import { failedAttempts } from './profile/profile-folder.ts'
import { ProfileFailure } from './profile/profile-failure.ts'
import { openAuditHome, type AuditHome } from './audit/audit-home.ts'
import { createHouseOpenings, type HouseOpenings } from './audit/house-openings.ts'
import { noAudit, type AuditedCall, type AuditPort } from './services/audit-port.ts'
import { alwaysConfirmed, type Confirmations } from './services/confirmations.ts'
import { dispatch, type Caller } from './services/dispatch.ts'
import { personNamed, personOf } from './services/context.ts'
import { pseudonymsOf } from './services/audit-subject.ts'
import { hospitalName } from './services/elsewhere.ts'
import { createJobs, type Jobs } from './services/jobs.ts'
import { civilDateIn } from './services/facility-time.ts'
import { createProfileServices, type ProfileServices } from './services/profile-services.ts'
import type { Seat } from './work-place/place-session.ts'
import { openWorkPlaces, type WorkPlacesHome } from './work-place/work-places.ts'

export interface Institution {
  readonly profile: OpenProfile
  readonly jobs: Jobs
  /** What the door tells; silent where no node runs, and nothing can be opened then. */
  readonly audit: AuditPort
  readonly auditHome: AuditHome | null
  /** How many patients of the own house people open; null where no node runs. */
  readonly openings: HouseOpenings | null
  /** Who opened it, after how many wrong passphrases. */
  noteOpened(lease: Lease | null): Promise<void>
  noteLocked(
    person: ReturnType<typeof personOf>,
    because: 'person' | 'idle' | 'closed',
    at?: AuditedCall['subject'],
  ): Promise<void>
  /** As the profile's or the seat's, and the audit hears of it. @throws {ProfileFailure} `wrong-passphrase` */
  unlock(given: Credentials, isAtWindow?: boolean, seat?: Seat): Promise<Lease>
  /** As the profile's or the seat's, and the audit hears of it. */
  unlockByPin(digits: string, seat?: Seat): ReturnType<OpenProfile['unlockByPin']>
  /** Services for one caller with its own lease, until `forget`; `emit` hears what this caller may hear. */
  servicesFor(
    lease: () => Lease | null,
    desktop: Desktop,
    emit: EmitEvent,
    confirmations: Confirmations,
    seat?: Seat,
  ): ProfileServices & { forget(): void }
  /** Whoever comes with this lease, as the door sees them. `at` is noted with each of their calls. */
  callerWith(lease: () => Lease | null, confirmations: Confirmations, at?: AuditedCall['subject']): Caller
  /** Cancels work that runs, closes the door, the node and the store. */
  close(): Promise<void>
}

/** What a room of requests, checks or snapshots shows comes with these items. */
const ABOUT_STUDIES: ReadonlySet<ItemKind> = new Set([
  'study',
  'result',
  'check',
  'review',
  'registration',
  'snapshot',
  'suspension',
])
/** Status events are sent at most this often; the last one always arrives. */
const STATUS_EVERY_MS = 100
/** How often keys of old backups are looked at: their time is over by the day. */
const BACKUP_KEYS_EVERY_MS = 3_600_000

export async function openInstitution(world: ProfileWorld, profile: OpenProfile): Promise<Institution> {
  // The window of this process, whoever listens over the local socket, and the work places: each hears what it may.
  const listeners = new Set<{ readonly emit: EmitEvent; readonly lease: () => Lease | null }>()
  const tell: EmitEvent = (service, event, payload) => {
    for (const { emit, lease } of listeners) {
      const roles = personOf(lease(), profile.roster)?.roles ?? null
      if (mayHear(service, event, roles)) emit(service, event, payload)
    }
  }
  /** What one caller does is news to all; whoever left has nothing open any more, wherever they had unlocked. */
  const tellAll: EmitEvent = (service, event, payload) => {
    tell(service, event, payload)
    if (service !== 'people') return
    for (const { lease } of listeners) if (personOf(lease(), profile.roster) === null) lease()?.release()
  }
  const jobs = createJobs(tell, world.now)
  const callers = new Set<ProfileServices>()
  let workPlaces: WorkPlacesHome | null = null
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
  const { node } = profile
  const analysis =
    node === null
      ? null
      : openAnalysisHome({
          records: recordsOf(node, profile.storePath, profile.facts.memberId, world.crypto),
          ...analysisLimits(),
          onState: () => tell('cohorts', 'stateChanged', {}),
        })
  const gateway =
    profile.node === null || analysis === null
      ? null
      : await openGateway({
          node: profile.node,
          store: profile.store,
          crypto: world.crypto,
          random: world.random,
          now: world.now,
          analysis,
          note: (operation, subject, code) =>
            unheard(audit?.say(operation, { subject, ...(code === undefined ? {} : { code }) })),
          // Told where it is looked for: the study stays open, and the next start goes on with it.
          onFailure: () => void unheard(audit?.say('node.gatewayFailed', { outcome: 'failed' })),
        })
  const openings =
    audit === null
      ? null
      : createHouseOpenings({
          audit,
          now: world.now,
          onAlarm({ kind, person, patientCount }) {
            tell('access', 'noticedHere', {
              kind,
              personName: personNamed(world.crypto, profile.roster, person),
              patientCount,
            })
            tell('access', 'changed', null)
            tell('governance', 'changed', { at: world.now() })
          },
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
        if (ABOUT_STUDIES.has(clear.kind)) tell('requests', 'changed', {})
        if (content === null || !isStatement(content, clear.kind)) return
        tell('patients', 'linksChanged', null)
        tell('erasures', 'changed', null)
        if (isRecovery(content, clear.kind)) {
          tell('shares', 'changed', null)
          tell('governance', 'changed', { at: world.now() })
        }
      }),
      profile.node.erasures.onDone((erasureId, gone) => {
        void forgetErased(gone)
        void forgetFacts(erasureId)
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
          pseudonyms: pseudonymsOf(content.patient),
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
    const within = (bucket: 'n' | 'd') => keys.filter((key) => isIn(bucket, key))
    profile.node?.countDrafts(-within('d').length)
    jobs.forgetPatients()
    const entries = within('n').map((key) => toHex(keyTail('n', key)))
    for (const { lease } of listeners)
      await lease()?.session.names?.then((table) => table.remove(entries), ignore)
    if (entries.length > 0) await unheard(audit?.forget(entries))
  }

  async function forgetFacts(erasureId: Bytes): Promise<void> {
    const done = (await profile.node!.erasures.list()).find((each) => equalBytes(each.erasureId, erasureId))
    await analysis?.forget(done?.roots ?? [])
  }

  async function noteUnlocked(lease: Lease, subject: AuditedCall['subject'], code?: 'pin'): Promise<void> {
    const person = personOf(lease, profile.roster)
    audit?.forgetRepeats()
    await unheard(
      audit?.say('session.unlocked', { person, subject, ...(code === undefined ? {} : { code }) }),
    )
    await unheard(audit?.notePeople(profile.roster?.revision ?? 0))
  }

  const unlockByPin: Institution['unlockByPin'] = async (digits, seat) => {
    const answer = await (seat?.desk ?? profile).unlockByPin(digits)
    if (answer.kind === 'opened') await noteUnlocked(answer.lease, seat?.subject ?? {}, 'pin')
    else {
      const subject: AuditedCall['subject'] = {
        ...seat?.subject,
        ...(answer.kind === 'wrong' ? { triesLeft: answer.triesLeft } : {}),
      }
      const code = answer.kind === 'wrong' ? 'wrong-pin' : 'pin-gone'
      await unheard(audit?.say('session.unlocked', { outcome: 'refused', code, subject }))
    }
    return answer
  }

  async function unlock(given: Credentials, isAtWindow = false, seat?: Seat): Promise<Lease> {
    try {
      const lease = await (seat === undefined ? profile.unlock(given, isAtWindow) : seat.desk.unlock(given))
      await noteUnlocked(lease, seat?.subject ?? {})
      return lease
    } catch (error) {
      if (error instanceof ProfileFailure && error.detail.code === 'wrong-passphrase') {
        const attempts =
          seat === undefined ? (await failedAttempts(profile.folder)).count : await seat.desk.failedAttempts()
        const subject = { ...seat?.subject, attempts }
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
    emit: EmitEvent,
    confirmations: Confirmations,
    seat?: Seat,
  ) {
    const services = createProfileServices({
      // Wrong passphrases at one place make nobody wait elsewhere.
      world: seat === undefined ? world : { ...world, attemptsFolder: seat.desk.folder },
      unlockAgain: seat === undefined ? (given) => profile.unlock(given) : (given) => seat.desk.unlock(given),
      desktop,
      emit: tellAll,
      jobs: jobs.of(() => {
        const held = lease()
        return held === null || held.isReleased ? null : held.session.person.personId
      }),
      profile: () => profile,
      governance: () => governance,
      codeLists: () => codeLists,
      audit: () => audit,
      openings: () => openings,
      analysis: () => analysis,
      gateway: () => gateway,
      workPlaces: () => workPlaces,
      lease,
      confirmations,
    })
    const listener = { emit, lease }
    callers.add(services)
    listeners.add(listener)
    return {
      ...services,
      forget() {
        callers.delete(services)
        listeners.delete(listener)
        void services.close()
      },
    }
  }

  const callerWith: Institution['callerWith'] = (lease, confirmations, at) => ({
    person: () => personOf(lease(), profile.roster),
    absence: () => 'locked',
    confirmations,
    audit: at === undefined ? port : notingPlace(port, at),
    openings: openings ?? undefined,
  })
  const noteLocked: Institution['noteLocked'] = async (person, because, subject = {}) => {
    audit?.forgetRepeats()
    await unheard(audit?.say('session.locked', { person, code: because, subject }))
  }

  const socket = await serveLocalSocket({
    folder: profile.folder,
    async welcome(credentials, emitTo, ask) {
      const lease = credentials === null ? null : await unlock(credentials)
      const services = servicesFor(() => lease, askedDesktop(ask), emitTo, alwaysConfirmed)
      const handlers: AllHandlers = { ...services.handlers, ...noApp() }
      const caller = callerWith(() => lease, alwaysConfirmed)
      return {
        userKeyId: lease?.session.person.userKeyId ?? null,
        dispatch: (name, input) => dispatch(handlers, caller, name, input),
        close() {
          services.forget()
          lease?.release()
        },
      }
    },
  })

  workPlaces =
    profile.node === null
      ? null
      : await openWorkPlaces({
          world,
          host: { world, profile, servicesFor, callerWith, unlock, unlockByPin, noteLocked },
          note: (operation, subject) =>
            unheard(
              audit?.say(operation, {
                subject,
                ...(operation === 'node.workPlacesChanged' ? { outcome: 'failed' } : {}),
              }),
            ),
          onChanged: () => tell('workPlaces', 'changed', null),
        })

  return {
    profile,
    jobs,
    audit: port,
    auditHome: audit,
    openings,
    async noteOpened(lease) {
      const { count: failedAttempts } = profile.failedBefore
      const person = personOf(lease, profile.roster)
      audit?.forgetRepeats()
      await unheard(audit?.say('session.opened', { person, subject: { failedAttempts } }))
      await unheard(audit?.notePeople(profile.roster?.revision ?? 0))
    },
    noteLocked,
    unlock,
    unlockByPin,
    servicesFor,
    callerWith,
    async close() {
      await workPlaces?.close()
      await socket.close()
      await jobs.close()
      await Promise.all([...callers].map((caller) => caller.close()))
      await codeLists.close()
      // Together: the service waits for what it computes, and the end of the thread ends that.
      await Promise.all([gateway?.close(), analysis?.close()])
      for (const stop of stops) stop()
      await unheard(audit?.say('node.stopped'))
      await audit?.close()
      await governance?.close()
      await profile.close()
    },
  }
}

/** One core stays for the window and the node; memory by what the machine has. */
function analysisLimits(): { threads: number; memoryMb: number } {
  return {
    threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
    memoryMb: Math.max(512, Math.floor(totalmem() / 2 ** 20 / 4)),
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

/** What comes from a work place says so, beside who it was. */
function notingPlace(port: AuditPort, at: AuditedCall['subject']): AuditPort {
  return {
    note: (call) => port.note({ ...call, subject: { ...call.subject, ...at } }),
    get isWriting() {
      return port.isWriting !== false
    },
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
