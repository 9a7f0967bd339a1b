/** Codes at the desk: finding them, the hospital's lists and their editions, and the work list of a coder. */
import { basename, resolve } from 'node:path'
import type {
  codes as codesContract,
  CodeTarget,
  CodingReport,
  HospitalCodes,
  WorkList,
} from '../../shared/contract/codes.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { records as recordsContract } from '../../shared/contract/records.ts'
import { Failure } from '../../shared/std/failure.ts'
import { openDeskCodes, type DeskCodes } from '../codes/desk-codes.ts'
import { readCodeMap } from '../codes/read-code-map.ts'
import { testHits } from '../codes/test-hits.ts'
import { isWords } from '../codes/uncoded.ts'
import { bearing } from '../governance/bearing.ts'
import type { PersonSession } from '../profile/keyring.ts'
import { amendVisits, createCodingMemory, gatherWorkList, thingOf, type CodingMemory } from './coding-desk.ts'
import {
  atDesk,
  leaseOf,
  patientsOf,
  profileOf,
  readAtDesk,
  type Desk,
  type ServiceContext,
} from './context.ts'
import type { RecordsService } from './records-service.ts'

type Service = Handlers<typeof codesContract>
type Submit = Handlers<typeof recordsContract>['submit']

export interface CodesService {
  readonly handlers: Service
  /** Remembers the codes of a visit that was queued, for whoever entered it. */
  noting(submit: Submit): Submit
}

/** What belongs to a session is gone with it: the window and a command of the same session share it. */
const deskCodesOf = new WeakMap<PersonSession, Promise<DeskCodes>>()
const memoryOf = new WeakMap<PersonSession, CodingMemory>()

export function createCodesService(context: ServiceContext, records: RecordsService): CodesService {
  const lists = () => context.codeLists()
  const personName = () => leaseOf(context).session.person.name

  function deskCodes(): Promise<DeskCodes> {
    const session = patientsOf(leaseOf(context))
    let opened = deskCodesOf.get(session)
    if (opened === undefined) {
      opened = openDeskCodes(profileOf(context).folder, session.keys.patientIndex)
      opened.catch(() => deskCodesOf.delete(session))
      deskCodesOf.set(session, opened)
    }
    return opened
  }
  function codingMemory(): CodingMemory {
    const { session } = leaseOf(context)
    let memory = memoryOf.get(session)
    if (memory === undefined) memoryOf.set(session, (memory = createCodingMemory()))
    return memory
  }
  async function hospital(): Promise<HospitalCodes> {
    // What the desk learnt is read by whoever works with patients; an administrator sees the lists alone.
    const { keys } = leaseOf(context).session
    const learnt = keys === null ? [] : [...(await deskCodes()).learnt]
    return { ...(await lists().hospital()), learnt }
  }
  async function chosenFile(path: string | undefined): Promise<string | null> {
    if (path !== undefined) return resolve(path)
    const [chosen] = await context.desktop.chooseFiles({ purpose: 'codes', folders: false, several: false })
    return chosen ?? null
  }
  const save = (codes: DeskCodes) => atDesk(context, async ({ keys }) => codes.save(keys.patientIndex))

  const handlers: Service = {
    async search({ list, text, limit, department }) {
      if (list === 'test') return testHits(text, limit)
      const lease = context.lease()
      if (lease === null || lease.isReleased || lease.session.keys === null)
        return lists().search(list, text, limit)
      const desk = await deskCodes()
      const { userKeyId } = lease.session.person
      const place = list === 'department' ? '' : (department ?? '')
      const { boosts, markOf } = desk.boosts(list, text, userKeyId, place)
      const hits = await lists().search(list, text, limit, boosts)
      return hits.map((hit) => {
        const mark = markOf(hit.code)
        return mark === undefined ? hit : { ...hit, mark }
      })
    },
    names: ({ codes }) => lists().names(codes),
    async pin({ list, code, isPinned }) {
      const desk = await deskCodes()
      desk.pin(list, code, isPinned, leaseOf(context).session.person.userKeyId)
      await save(desk)
    },

    lists: () => lists().lists(),
    async previewFile({ list, path, columns, system }) {
      const chosen = await chosenFile(path)
      return chosen === null ? { kind: 'cancelled' } : lists().preview(list, chosen, columns, system)
    },
    async importFile({ path, ...file }) {
      const answer = await lists().importFile(
        { ...file, path: resolve(path), source: basename(path) },
        personName(),
      )
      if (answer === 'imported') return { kind: 'imported', lists: await lists().lists() }
      return answer === 'changed' ? { kind: 'changed' } : { kind: 'refused', reason: answer }
    },
    async putInUse({ list, hash, from }) {
      await lists().putInUse(list, hash, from, personName())
      return lists().lists()
    },
    async removeEdition({ list, hash }) {
      await lists().removeEdition(list, hash)
      return lists().lists()
    },

    hospital,
    async addLocal(code) {
      const answer = await lists().addLocal(code)
      return answer === 'added'
        ? { kind: 'added', hospital: await hospital() }
        : { kind: 'refused', reason: answer }
    },
    async removeLocal({ list, code }) {
      await lists().removeLocal(list, code)
      return hospital()
    },
    async forgetLearnt({ list, text }) {
      const desk = await deskCodes()
      desk.forget(list, text)
      await save(desk)
      return hospital()
    },
    async importMap({ path }) {
      const chosen = await chosenFile(path)
      if (chosen === null) return { kind: 'cancelled' }
      const read = await readCodeMap(chosen)
      if (read.kind === 'refused') return read
      const by = personName()
      await lists().setMap({
        source: basename(chosen),
        importedAt: context.world.now(),
        importedBy: by,
        rows: read.rows,
      })
      const { malformed, malformedCount } = read
      return { kind: 'imported', hospital: await hospital(), malformed, malformedCount }
    },
    async dropMap() {
      await lists().setMap(null)
      return hospital()
    },

    async startWorkList() {
      const memory = codingMemory()
      const desk = await deskCodes()
      const { jobId } = context.jobs.start('work-list', 'visits', (control): Promise<WorkList> =>
        atDesk(context, (at) => gatherWorkList(at, lists(), desk, memory, context.world.crypto, control)),
      )
      return { jobId }
    },
    workList: ({ jobId }) =>
      readAtDesk(context, async () => context.jobs.result(jobId, 'work-list') as WorkList | null),
    async startCoding({ choices, teaches, amends }) {
      const memory = codingMemory()
      const codes = await deskCodes()
      const targets = new Map(choices.map(({ key, target }) => [key, target]))
      const { jobId } = context.jobs.start('coding', 'visits', (control): Promise<CodingReport> =>
        atDesk(context, async (desk) => {
          const learnt = teaches ? await teach(desk, codes, memory, targets) : 0
          const { amended, left } = amends
            ? await amendVisits(desk, lists(), memory, targets, records, context.world.crypto, control)
            : { amended: 0, left: [] }
          return { learnt, amended, left, isCancelled: control.signal.aborted }
        }),
      )
      return { jobId }
    },
    codingReport: async ({ jobId }) => context.jobs.result(jobId, 'coding') as CodingReport | null,
  }

  /** Words are found by everybody who writes them again; a source's code goes into the hospital's map. */
  async function teach(
    { keys }: Desk,
    codes: DeskCodes,
    memory: CodingMemory,
    targets: ReadonlyMap<string, CodeTarget>,
  ): Promise<number> {
    const mapped: [string, string, string][] = []
    let learnt = 0
    for (const [key, target] of targets) {
      const thing = thingOf(memory, key)
      if (thing === null) continue
      learnt++
      if (isWords(thing.code)) codes.learn(thing.list, thing.text, target)
      else mapped.push([thing.code.system, thing.code.code, target.code])
    }
    await codes.save(keys.patientIndex)
    if (mapped.length > 0) await lists().addToMap(mapped, keys.person.name)
    return learnt
  }

  return {
    handlers,
    noting: (submit) => async (input) => {
      const answer = await submit(input)
      const lease = context.lease()
      if (answer.kind === 'queued' && lease !== null && !lease.isReleased && input.change?.op !== 'retract') {
        const { userKeyId } = lease.session.person
        // The visit is durable; which codes it had is remembered beside, and a disk that takes nothing loses only that.
        const noted = deskCodes().then(async (desk) => {
          desk.note(input.visit, userKeyId)
          await bearing(() => save(desk))
        })
        noted.catch((error: unknown) => {
          // Locked meanwhile: the next visit is noted again. A bug is loud.
          if (!(error instanceof Failure)) throw error
        })
      }
      return answer
    },
  }
}
