/**
 * A demonstration consortium that runs: six nodes as processes of their own, talking over loopback, and a visitor who
 * is one of their people and may become another.
 */
import type { Role, Session } from '../../shared/contract/app.ts'
import type { AllHandlers, EmitEvent } from '../../shared/contract/index.ts'
import type { NodeStatus } from '../../shared/contract/node.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Desktop } from '../desktop.ts'
import { DEMONSTRATION_PASSPHRASE } from '../headless.ts'
import { connectServices, RemoteFailure, type RemoteServices } from '../local-socket/remote-services.ts'
import type { MemberKind } from '../node/chain/members.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { loadFacts, type ProfileFacts } from '../profile/profile-folder.ts'
import { HOSPITAL_COUNT } from './cast.ts'
import type { DemonstrationFolder } from './demonstration-folder.ts'
import { askDemonstrationStudies } from './demonstration-studies.ts'
import { writeExposure } from './insurer-file.ts'
import { letMembersMeet } from './meet.ts'

export interface NodeProcess {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Asks it to close in order, and ends it when it does not. */
  stop(): Promise<void>
}
/** Starts a node on a profile whose passphrase is the demonstration's. */
export type StartNode = (profileFolder: string) => NodeProcess

export class DemonstrationFailure extends Failure<{ code: 'demonstration-node-ended'; member: string }> {}

export interface DemonstrationPerson {
  /** `folder/role` */
  readonly personId: string
  readonly institutionName: string
  readonly kind: MemberKind
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
  readonly roles: readonly Role[]
  readonly process: NodeProcess
  readonly services: RemoteServices
}

const LOOK_MS = 100
const ATTEMPTS = 600

/** @throws {DemonstrationFailure} where a node did not start; the others are stopped again */
export async function runDemonstration(options: RunOptions): Promise<RunningDemonstration> {
  const { demonstration, desktop, world } = options
  let here: Member | null = null
  const emitOf =
    (folder: string): EmitEvent =>
    (service, event, payload) => {
      if (here?.folder === folder) options.emit(service, event, payload)
    }

  async function connect(
    folder: string,
    passphrase: string | null,
    process: NodeProcess,
  ): Promise<RemoteServices> {
    let hasEnded = false
    void process.ended.then(() => (hasEnded = true))
    for (let attempt = 0; attempt < ATTEMPTS && !hasEnded && options.signal?.aborted !== true; attempt++) {
      const services = await connectServices(folder, passphrase, desktop, emitOf(folder))
      if (services !== null) return services
      await world.sleep(LOOK_MS)
    }
    throw new DemonstrationFailure({ code: 'demonstration-node-ended', member: folder })
  }

  await letMembersMeet(
    world,
    demonstration.members.map(({ folder }) => folder),
  )
  const processes = demonstration.members.map(({ folder }) => options.startNode(folder))
  const stopAll = (): Promise<unknown> => Promise.all(processes.map((process) => process.stop()))
  let members: Member[]
  let startedCount = 0
  try {
    members = await Promise.all(
      demonstration.members.map(async ({ folder, kind, roles }, i): Promise<Member> => {
        const process = processes[i]!
        const services = await connect(folder, DEMONSTRATION_PASSPHRASE, process)
        options.onStarted?.(++startedCount)
        return { folder, facts: await loadFacts(folder), kind, roles, process, services }
      }),
    )
  } catch (error) {
    await stopAll()
    throw error
  }

  const people = members.flatMap((member) =>
    member.roles.map((role): DemonstrationPerson & { member: Member } => ({
      personId: `${demonstration.nameOf(member.folder)}/${role}`,
      institutionName: member.facts.institutionName,
      kind: member.kind,
      role,
      member,
    })),
  )
  let person = people[0]!
  here = person.member

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
  }

  return {
    folder: demonstration.folder,
    people: people.map(({ member: _, ...each }) => each),
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
          name: demonstration.personName,
          userKeyId: facts.memberId.slice(0, 16),
          roles: [person.role],
        },
        // Nothing here is worth a recovery kit.
        isRecoveryKitProven: true,
        demonstration: {
          personId: person.personId,
          people: people.map(({ member: _, ...each }) => each),
          passphrase: DEMONSTRATION_PASSPHRASE,
        },
      }
    },
    services: () => (locked ?? person.member.services).handlers,
    become(personId) {
      const next = people.find((each) => each.personId === personId)
      if (next === undefined) throw new RemoteFailure({ code: 'invalid-input' })
      unlock('')
      person = next
      here = next.member
    },
    async lock() {
      const { folder, process } = person.member
      locked ??= await connect(folder, null, process)
    },
    unlock,
    async fill(onProgress, signal) {
      const { patients, seed, population } = demonstration
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
            insurer: members.find(({ kind }) => kind === 'insurer')?.facts.institutionName,
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
        insurer: members.find(({ kind }) => kind === 'insurer')?.services.handlers ?? null,
        exposureFile: () => writeExposure(demonstration),
        sleep: world.sleep,
        signal,
      })
    },
    statuses: () => Promise.all(members.map(({ services }) => services.handlers.node.status(undefined))),
    async close() {
      locked?.close()
      for (const { services } of members) services.close()
      await stopAll()
    },
  }
}
