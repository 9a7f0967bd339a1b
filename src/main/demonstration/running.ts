/**
 * A demonstration consortium that runs: six nodes as processes of their own, talking over loopback, and a visitor who
 * is one of their people and may become another.
 */
import type { Role, Session } from '../../shared/contract/app.ts'
import type { AllHandlers, EmitEvent } from '../../shared/contract/index.ts'
import type { NodeStatus } from '../../shared/contract/node.ts'
import { present } from '../../shared/std/assert.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Desktop } from '../desktop.ts'
import { DEMONSTRATION_PASSPHRASE } from '../headless.ts'
import { connectServices, RemoteFailure, type RemoteServices } from '../local-socket/remote-services.ts'
import type { MemberKind } from '../node/chain/members.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { loadFacts, type ProfileFacts } from '../profile/profile-folder.ts'
import { HOSPITAL_COUNT } from './cast.ts'
import type { DemonstrationAccount, DemonstrationFolder } from './demonstration-folder.ts'
import { askDemonstrationStudies } from './demonstration-studies.ts'
import { writeExposure } from './insurer-file.ts'
import { letMembersMeet } from './meet.ts'

export interface NodeProcess {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Asks it to close in order, and ends it when it does not. */
  stop(): Promise<void>
}
/** Starts a node on a profile as this account, whose passphrase is the demonstration's. */
export type StartNode = (profileFolder: string, account: string) => NodeProcess

export class DemonstrationFailure extends Failure<{ code: 'demonstration-node-ended'; member: string }> {}

export interface DemonstrationPerson {
  /** `folder/role` of the first person there, `folder/role/2` of the second. */
  readonly personId: string
  readonly institutionName: string
  readonly kind: MemberKind
  readonly name: string
  readonly role: Role
}

export interface FillProgress {
  /** Visits that are final at every member, and those that hospitals have accepted and some member has not. */
  readonly final: number
  readonly waiting: number
  /** Patients that were read, of all. */
  readonly patientsDone: number
  readonly isReading: boolean
}

export interface RunningDemonstration {
  readonly folder: string
  readonly people: readonly DemonstrationPerson[]
  session(): Session
  services(): Omit<AllHandlers, 'app'>
  /** Another person, perhaps of another institution. @throws {RemoteFailure} `invalid-input` */
  become(personId: string): void
  lock(): Promise<void>
  /** @throws {ProfileFailure} `wrong-passphrase` */
  unlock(passphrase: string): void
  /** Takes the patients in at the four hospitals and waits until every visit is final at all six members; resolves early when cancelled. */
  fill(onProgress: (progress: FillProgress) => void, signal: AbortSignal): Promise<FillProgress>
  /** Once the visits are there: what a visitor finds in the rooms of research. */
  askStudies(signal: AbortSignal): Promise<void>
  /** Height, tip and visits of every member, in the order of the cast. */
  statuses(): Promise<NodeStatus[]>
  close(): Promise<void>
}

export interface RunOptions {
  readonly demonstration: DemonstrationFolder
  readonly startNode: StartNode
  readonly desktop: Desktop
  /** What the institution that the visitor is at says of itself. */
  readonly emit: EmitEvent
  readonly world: Pick<ProfileWorld, 'openStore' | 'sleep'>
  /** Members that run, while it starts. */
  readonly onStarted?: (count: number) => void
  /** Stops the start. */
  readonly signal?: AbortSignal
}

interface Member {
  readonly folder: string
  readonly facts: ProfileFacts
  readonly kind: MemberKind
  readonly process: NodeProcess
  /** One for each of its people, in the order of the cast: the node knows them apart. */
  readonly seats: readonly Seat[]
  /** As its first person. */
  readonly services: RemoteServices
}

interface Seat {
  readonly account: DemonstrationAccount
  readonly services: RemoteServices
}

const LOOK_MS = 100
const ATTEMPTS = 600

/** @throws {DemonstrationFailure} where a node did not start; the others are stopped again */
export async function runDemonstration(options: RunOptions): Promise<RunningDemonstration> {
  const { demonstration, desktop, world } = options
  /** Whose node is heard: what it says to one of its people it says to all, so one line is listened to. */
  let here: { readonly folder: string; readonly account: string | null } | null = null
  const emitOf =
    (folder: string, account: string | null): EmitEvent =>
    (service, event, payload) => {
      if (here?.folder === folder && here.account === account) options.emit(service, event, payload)
    }

  async function connect(
    folder: string,
    account: string | null,
    process: NodeProcess,
  ): Promise<RemoteServices> {
    let hasEnded = false
    void process.ended.then(() => (hasEnded = true))
    const credentials = account === null ? null : { account, passphrase: DEMONSTRATION_PASSPHRASE }
    for (let attempt = 0; attempt < ATTEMPTS && !hasEnded && options.signal?.aborted !== true; attempt++) {
      const services = await connectServices(folder, credentials, desktop, emitOf(folder, account))
      if (services !== null) return services
      await world.sleep(LOOK_MS)
    }
    throw new DemonstrationFailure({ code: 'demonstration-node-ended', member: folder })
  }

  await letMembersMeet(
    world,
    demonstration.members.map(({ folder }) => folder),
  )
  const processes = demonstration.members.map(({ folder, people: [founder] }) =>
    options.startNode(folder, founder!.account),
  )
  const stopAll = (): Promise<unknown> => Promise.all(processes.map((process) => process.stop()))
  let members: Member[]
  let startedCount = 0
  try {
    members = await Promise.all(
      demonstration.members.map(async ({ folder, kind, people: accounts }, i): Promise<Member> => {
        const process = processes[i]!
        const facts = await loadFacts(folder)
        const seats: Seat[] = []
        for (const account of accounts)
          seats.push({ account, services: await connect(folder, account.account, process) })
        options.onStarted?.(++startedCount)
        return { folder, facts, kind, process, seats, services: seats[0]!.services }
      }),
    )
  } catch (error) {
    await stopAll()
    throw error
  }

  const people = members.flatMap((member) =>
    member.seats.flatMap((seat, place) =>
      seat.account.roles.map((role): DemonstrationPerson & { member: Member; seat: Seat } => ({
        personId: [demonstration.nameOf(member.folder), role, ...(place === 0 ? [] : [place + 1])].join('/'),
        institutionName: member.facts.institutionName,
        kind: member.kind,
        name: seat.account.name,
        role,
        member,
        seat,
      })),
    ),
  )
  const listed = people.map(({ member: _, seat: __, ...each }): DemonstrationPerson => each)
  let person = people[0]!
  const hear = ({ member, seat }: typeof person): void =>
    void (here = { folder: member.folder, account: seat.account.account })
  hear(person)

  const hospitals = members.slice(0, HOSPITAL_COUNT)
  const statuses = (): Promise<NodeStatus[]> =>
    Promise.all(members.map(({ services }) => services.handlers.node.status(undefined)))

  // While locked the window hears and sees what anybody may; the passphrase of made-up data protects nothing.
  let locked: RemoteServices | null = null

  function unlock(passphrase: string): void {
    if (passphrase !== '' && passphrase !== DEMONSTRATION_PASSPHRASE)
      throw new ProfileFailure({ code: 'wrong-passphrase' })
    locked?.close()
    locked = null
    hear(person)
  }

  return {
    folder: demonstration.folder,
    people: listed,
    session() {
      const { facts, folder } = person.member
      const { institutionName } = facts
      if (locked !== null) return { state: 'locked', institutionName, folder, isSynthetic: true }
      return {
        state: 'open',
        institutionName,
        memberId: facts.memberId,
        chainId: facts.chainId,
        folder,
        zone: facts.zone,
        isSynthetic: true,
        person: {
          name: person.name,
          userKeyId: present(person.seat.services.userKeyId, 'whoever sits there gave a passphrase'),
          roles: [person.role],
        },
        // Nothing here is worth a recovery kit.
        isRecoveryKitProven: true,
        demonstration: {
          personId: person.personId,
          people: listed,
          passphrase: DEMONSTRATION_PASSPHRASE,
          silent: [...demonstration.silent],
        },
      }
    },
    services: () => (locked ?? person.seat.services).handlers,
    become(personId) {
      const next = people.find((each) => each.personId === personId)
      if (next === undefined) throw new RemoteFailure({ code: 'invalid-input' })
      person = next
      unlock('')
    },
    async lock() {
      const { folder, process } = person.member
      locked ??= await connect(folder, null, process)
      here = { folder, account: null }
    },
    unlock,
    async fill(onProgress, signal) {
      const { patients, seed, population, insurers } = demonstration
      // A clinic is one hospital's; the others hold its chain and have no patients of their own.
      const filled = population === 'diabetes-clinic' ? hospitals.slice(0, 1) : hospitals
      const jobs = await Promise.all(
        filled.map(async ({ services }, part) => {
          const { jobId } = await services.handlers.imports.startSynthetic({
            patients,
            seed,
            part,
            of: filled.length,
            population,
            insurers,
          })
          return jobId
        }),
      )
      for (;;) {
        const reading = await Promise.all(
          filled.map(async ({ services }, i) =>
            (await services.handlers.jobs.list(undefined)).find(({ jobId }) => jobId === jobs[i]),
          ),
        )
        const failed = reading.find((job) => job?.state === 'failed')
        if (failed?.error !== undefined) throw new RemoteFailure({ code: failed.error.code })
        const now = await statuses()
        const waiting = now.reduce((sum, { queuedCount }) => sum + queuedCount, 0)
        const final = Math.min(...now.map(({ blockCount }) => blockCount))
        const isSame = new Set(now.map(({ tip }) => tip)).size === 1
        const progress: FillProgress = {
          final,
          waiting: Math.max(waiting, Math.max(...now.map(({ blockCount }) => blockCount)) - final),
          patientsDone: Math.min(...reading.map((job) => job?.done ?? 0)),
          isReading: reading.some((job) => job?.state === 'running'),
        }
        onProgress(progress)
        if (signal.aborted) {
          await Promise.all(
            filled.map(({ services }, i) => services.handlers.jobs.cancel({ jobId: jobs[i]! })),
          )
          return progress
        }
        if (!progress.isReading && waiting === 0 && isSame) return progress
        await world.sleep(LOOK_MS)
      }
    },
    async askStudies(signal) {
      const university = members.find(({ kind }) => kind === 'university')
      if (university === undefined) return
      await askDemonstrationStudies({
        hospital: hospitals[0]!.services.handlers,
        university: university.services.handlers,
        patientCount: demonstration.patients,
        insurer: members.find(({ kind }) => kind === 'insurer')?.services.handlers ?? null,
        exposureFile: () => writeExposure(demonstration),
        locale: demonstration.locale,
        sleep: world.sleep,
        signal,
      })
    },
    statuses: () => Promise.all(members.map(({ services }) => services.handlers.node.status(undefined))),
    async close() {
      locked?.close()
      for (const { seats } of members) for (const { services } of seats) services.close()
      await stopAll()
    },
  }
}
