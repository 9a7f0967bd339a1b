/** Reading patients' visits at other hospitals, and looking at who did. */
import type { access as accessContract, AccessView, HouseAlarmView } from '../../shared/contract/access.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { mayCall } from '../../shared/contract/rights.ts'
import { present } from '../../shared/std/assert.ts'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import type { HouseAlarm } from '../audit/opening-meter.ts'
import type { AccessEntry } from '../node/access/access-entry.ts'
import type { AccessAsk } from '../node/access/accesses.ts'
import { ACCESS_MS_MAX, REVIEW_MS } from '../node/chain/access.ts'
import { nameBasis, nameSubject, nothingOpened, pseudonymsOf } from './audit-subject.ts'
import {
  leaseOf,
  nodeOf,
  personNamed,
  personOf,
  profileOf,
  readAtDesk,
  type Desk,
  type ServiceContext,
} from './context.ts'
import { elsewhereOf, foundElsewhere, hospitalName, namesOfPerson, visitsThatStand } from './elsewhere.ts'

type AccessHandlers = Handlers<typeof accessContract>
type Opened = Awaited<ReturnType<AccessHandlers['open']>>

const BLOCKS_SHOWN = 20
const HOUSE_SHOWN = 100
const DAY_MS = 86_400_000

export function createAccessService(context: ServiceContext): AccessHandlers {
  const { crypto, now } = context.world

  async function openedBy(desk: Desk, patientId: string, ask: Omit<AccessAsk, 'patient' | 'userKeyId'>) {
    const patient = await namesOfPerson(desk, patientId)
    if (patient === null) return refused('unknown-patient')
    const { node, keys } = desk
    await node.accesses.finder.settled()
    if (visitsThatStand(await foundElsewhere(desk, patient)).length === 0) return refused('nothing-elsewhere')
    const entry = await node.accesses.open({ ...ask, patient, userKeyId: keys.person.userKeyId })
    if (entry === null) return refused('not-a-hospital')
    nameEntry(entry)
    return answer(desk, patientId, patient)
  }

  async function answer(
    desk: Desk,
    patientId: string,
    patient: Parameters<typeof elsewhereOf>[3],
  ): Promise<Opened> {
    const elsewhere = await elsewhereOf(crypto, desk, patientId, patient)
    nameSubject({ openedElsewhere: elsewhere.openCount })
    return { kind: 'opened', elsewhere }
  }

  return {
    elsewhere: ({ patientId }) =>
      readAtDesk(context, async (desk) => {
        const patient = await namesOfPerson(desk, patientId)
        if (patient === null) return null
        const elsewhere = await elsewhereOf(crypto, desk, patientId, patient)
        const [entry] = desk.node.accesses.readingNow(patient)
        // That there are some is no opening.
        if (elsewhere.openCount === 0 || entry === undefined) nothingOpened()
        else nameEntry(entry)
        nameSubject({ openedElsewhere: elsewhere.openCount })
        return elsewhere
      }),
    open: ({ patientId, basis }) =>
      readAtDesk(context, (desk) =>
        openedBy(
          desk,
          patientId,
          basis.kind === 'treatment'
            ? { basis: 'treatment', durationMs: ACCESS_MS_MAX.treatment, reason: null, text: null }
            : {
                basis: 'consent',
                durationMs: basis.days * DAY_MS,
                reason: null,
                text: basis.reference.normalize('NFC'),
              },
        ),
      ),
    askAgain: ({ patientId, accessId }) =>
      readAtDesk(context, async (desk) => {
        const patient = await namesOfPerson(desk, patientId)
        if (patient === null) return refused('unknown-patient')
        const reading = desk.node.accesses.readingNow(patient)
        const entry = reading.find(({ content }) => toHex(content.accessId) === accessId)
        if (entry === undefined) return refused('unknown-access')
        await desk.node.accesses.askAgain(entry.content.accessId)
        nameEntry(entry)
        return answer(desk, patientId, patient)
      }),
    breakGlass: ({ patientId, reason, text }) =>
      readAtDesk(context, (desk) =>
        openedBy(desk, patientId, {
          basis: 'break-glass',
          durationMs: ACCESS_MS_MAX['break-glass'],
          reason,
          text: text.normalize('NFC'),
        }),
      ),
    goOn: async () => {
      const person = present(hereNow(), 'the door let somebody in')
      const alarm = await context.openings?.()?.goOn(person)
      return { kind: alarm == null ? 'not-closed' : 'taken' }
    },
    end: async ({ accessId }) => {
      const by = leaseOf(context).session.person.userKeyId
      const { accesses } = nodeOf(context)
      const entry = await accesses.get(fromHex(accessId))
      if (entry !== null) nameAct(entry)
      return { isTaken: await accesses.end(fromHex(accessId), by) }
    },
    list: async ({ limit }) => {
      const node = nodeOf(context)
      const by = ownKeyIds()
      const accesses: AccessView[] = []
      for (const entry of await node.accesses.list(limit)) accesses.push(await viewOf(entry, by))
      const alarms = node.accesses.alarms().map(({ reader, userKeyId, ...alarm }) => ({
        ...alarm,
        reader: hospitalName({ node }, reader),
        by: userKeyId,
      }))
      const house = mayCall('access.review', hereNow()?.roles ?? null)
        ? ((await context.openings?.()?.alarms()) ?? [])
        : []
      return {
        accesses,
        alarms,
        house: house.slice(0, HOUSE_SHOWN).map((alarm) => houseAlarmView(context, alarm)),
      }
    },
    review: async ({ accessId, verdict, text }) => {
      const node = nodeOf(context)
      const by = leaseOf(context).session.person.userKeyId
      const entry = await node.accesses.get(fromHex(accessId))
      if (entry === null || entry.content.basis !== 'break-glass') return { kind: 'unknown' }
      nameAct(entry)
      if (isOwnAct(entry, ownKeyIds())) return { kind: 'own-act' }
      const note = text?.normalize('NFC').trim() || null
      // Whoever objects says to what.
      if (verdict === 'object' && note === null) return { kind: 'note-missing' }
      const isTaken = await node.accesses.review(entry.content.accessId, verdict, note, by)
      return { kind: isTaken ? 'taken' : 'unknown' }
    },
  }

  function hereNow() {
    return personOf(leaseOf(context), profileOf(context).roster)
  }

  /** Of the person here; keys that a reset replaced are one's own. */
  function ownKeyIds(): readonly string[] {
    const { userKeyId, formerKeyIds } = leaseOf(context).session.person
    return [userKeyId, ...formerKeyIds]
  }

  function isOwnAct({ author, content }: AccessEntry, by: readonly string[]): boolean {
    return equalBytes(author, nodeOf(context).memberId) && by.includes(content.userKeyId)
  }

  async function viewOf(entry: AccessEntry, by: readonly string[]): Promise<AccessView> {
    const node = nodeOf(context)
    const { content, author } = entry
    const isOwn = entry.side === 'reader'
    const all = await node.accesses.finder.find(content.patient)
    const found = all.filter((each) => equalBytes(each.author, node.memberId) !== isOwn)
    const end = entry.ends.find(
      (each) => equalBytes(each.author, author) || equalBytes(each.author, node.memberId),
    )
    return {
      accessId: toHex(content.accessId),
      reader: hospitalName({ node }, author),
      isOwn,
      basis: content.basis,
      reason: content.reason,
      text: content.text,
      by: content.userKeyId,
      at: content.at,
      expiresAt: content.expiresAt,
      state: end !== undefined ? 'ended' : node.accesses.isActive(entry) ? 'active' : 'expired',
      isFinal: entry.height !== null,
      isPatientOfReader: all.some((each) => equalBytes(each.author, author)),
      patient: toHex(content.patient[0]!.key).slice(0, 8),
      blocks: found.slice(0, BLOCKS_SHOWN).map(({ index }) => index),
      blockCount: found.length,
      ends: entry.ends.map((each) => ({
        hospital: hospitalName({ node }, each.author),
        by: each.userKeyId,
        at: each.at,
      })),
      reviews: entry.reviews.map(({ author: reviewer, verdict, text, userKeyId, at }) => ({
        hospital: hospitalName({ node }, reviewer),
        verdict,
        text,
        by: userKeyId,
        at,
      })),
      review:
        content.basis === 'break-glass'
          ? reviewOf(entry, [...new Set(found.map((each) => each.author))], by)
          : null,
    }
  }

  function reviewOf(
    entry: AccessEntry,
    written: readonly AccessEntry['author'][],
    by: readonly string[],
  ): NonNullable<AccessView['review']> {
    const node = nodeOf(context)
    const { author, content } = entry
    const expected = [author, node.memberId, ...written].filter(
      (each, i, all) => all.findIndex((other) => equalBytes(other, each)) === i,
    )
    const missing = expected.filter((each) => !isReviewedBy(entry, each))
    const isOpenHere = missing.some((each) => equalBytes(each, node.memberId))
    const dueAt = content.at + REVIEW_MS
    return {
      dueAt,
      isOpenHere,
      isOverdue: missing.length > 0 && now() > dueAt,
      missing: missing.map((each) => hospitalName({ node }, each)),
      mayReview: !isOpenHere ? 'done' : isOwnAct(entry, by) ? 'own-act' : 'yes',
    }
  }
}

export function houseAlarmView(
  context: ServiceContext,
  { at, kind, person, patientCount }: HouseAlarm,
): HouseAlarmView {
  const personName = personNamed(context.world.crypto, profileOf(context).roster, person)
  return { at, kind, personName, patientCount }
}

/** At the hospital that broke it, somebody else than who did. */
export function isReviewedBy({ author, content, reviews }: AccessEntry, hospital: Uint8Array): boolean {
  return reviews.some(
    (each) =>
      equalBytes(each.author, hospital) &&
      !(equalBytes(hospital, author) && each.userKeyId === content.userKeyId),
  )
}

function nameEntry({ content }: AccessEntry): void {
  nameBasis(basisOf(content))
  nameSubject({ accessId: toHex(content.accessId) })
}

/** What was done with an access, by whom needs no patient of this hospital: it is named as hospitals name it. */
function nameAct({ content }: AccessEntry): void {
  // What was typed stands with the opening itself.
  nameBasis({ kind: content.basis })
  nameSubject({ accessId: toHex(content.accessId), pseudonyms: pseudonymsOf(content.patient) })
}

/** As the audit has it. */
export function basisOf({ basis, reason, text }: AccessEntry['content']): {
  kind: string
  reason?: string
} {
  const said = [reason, text].filter((part) => part !== null).join(': ')
  return { kind: basis, ...(said === '' ? {} : { reason: said }) }
}

const refused = (reason: Extract<Opened, { kind: 'refused' }>['reason']): Opened => ({
  kind: 'refused',
  reason,
})
