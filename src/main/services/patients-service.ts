/** The hospital's own table of names. Nothing of it ever enters a block. */
import type { patients as patientsContract, Patient } from '../../shared/contract/patients.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { parseInstant } from '../../shared/domain/dates.ts'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { membersOf } from '../node/chain/state.ts'
import { registerRow } from '../patients/names-table.ts'
import { toPatient, type PatientRow } from '../patients/patient-row.ts'
import type { PersonLink } from '../patients/person-links.ts'
import { nameSubject } from './audit-subject.ts'
import { atDesk, profileOf, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { questionOf, refusalOf, toCandidate, updatePerson } from './patient-update.ts'
import { sayLink } from './say-link.ts'
import { personGroups, standsFor, type PersonGroups } from './person-groups.ts'

type PatientsHandlers = Handlers<typeof patientsContract>

export function createPatientsService(context: ServiceContext): PatientsHandlers {
  return {
    search: ({ text, limit }) =>
      readAtDesk(context, async (desk) => {
        const groups = await personGroups(desk)
        // As many more as links could fold into one.
        const { rows, total } = desk.names.search(text, Math.min(1_000, limit * 2))
        const seen = new Set<string>()
        const patients: Patient[] = []
        let folded = 0
        for (const row of rows) {
          if (seen.has(row.patientId)) {
            folded++
            continue
          }
          for (const id of groups.entriesOf(row.patientId)) seen.add(id)
          if (patients.length < limit) patients.push(personIn(desk, groups, row))
        }
        return { patients, total: total - folded }
      }),
    get: ({ patientId }) =>
      readAtDesk(context, async (desk) => {
        const row = desk.names.get(patientId)
        if (row === null) return null
        const linked = (await personGroups(desk)).entriesOf(patientId).slice(1)
        return { ...toPatient(row), ...(linked.length === 0 ? {} : { linked }) }
      }),
    register: (input) => profileOf(context).inTurn(() => atDesk(context, (desk) => register(desk, input))),
    update: (input) =>
      profileOf(context).inTurn(() => atDesk(context, (desk) => updatePerson(context, desk, input))),
    changes: ({ patientId }) =>
      readAtDesk(context, async ({ names }) => [...(names.get(patientId)?.changes ?? [])].reverse()),
    registration: ({ patientId }) =>
      readAtDesk(context, async ({ names }) => names.get(patientId)?.registeredAlthough ?? null),
    links: ({ patientId }) =>
      readAtDesk(context, async (desk) => {
        const row = desk.names.get(patientId)
        if (row === null) return { candidates: [], links: [] }
        const groups = await personGroups(desk)
        const joined = new Set(groups.entriesOf(patientId))
        const candidates = desk.names
          .similar(row, patientId)
          .filter(({ row: other }) => !joined.has(other.patientId))
          .map(({ row: other, candidate }) => toCandidate(other, candidate))
        const links = groups.links.flatMap((link) => shownLink(desk, groups, link, patientId))
        return { candidates, links }
      }),
    link: (input) => profileOf(context).inTurn(() => atDesk(context, (desk) => link(desk, input))),
    unlink: (input) => profileOf(context).inTurn(() => atDesk(context, (desk) => unlink(desk, input))),
  }

  async function register(
    { names, node, profile, keys }: Desk,
    { patient, although, confirmed }: Parameters<PatientsHandlers['register']>[0],
  ): ReturnType<PatientsHandlers['register']> {
    const now = context.world.now()
    const refusal = refusalOf({ names, profile }, patient, now, null)
    if (refusal !== null) return refusal
    const question = questionOf(patient, confirmed)
    if (question !== null) return question
    await names.prepareSimilar()
    const similar = names.similar(patient)
    if (similar.length > 0 && although === null)
      return {
        kind: 'similar',
        candidates: similar.map(({ row, candidate }) => toCandidate(row, candidate)),
        isEstimated: names.isEstimated,
      }
    const kept =
      similar.length === 0 || although === null
        ? undefined
        : {
            reason: although.reason,
            ...(although.text === undefined ? {} : { text: although.text }),
            candidates: similar.map(({ row }) => row.patientId),
            by: keys.person.userKeyId,
            at: now,
          }
    const row = registerRow(patient, now, kept)
    const staged = names.stage()
    staged.add(row)
    await node.write(staged.writes())
    staged.apply()
    nameSubject({ patientId: row.patientId })
    context.emit('patients', 'personChanged', { patientId: row.patientId })
    return { kind: 'registered', patient: toPatient(row) }
  }

  async function link(
    desk: Desk,
    { patientId, otherId, reason, text }: Parameters<PatientsHandlers['link']>[0],
  ): ReturnType<PatientsHandlers['link']> {
    const { names } = desk
    if (patientId === otherId) return { kind: 'same' }
    const [row, other] = [names.get(patientId), names.get(otherId)]
    if (row === null || other === null) return { kind: 'unknown' }
    const at = context.world.now()
    const said = await sayLink(desk, [row, other], { reason, text: plainText(text), at })
    if (said.kind === 'queued') context.emit('patients', 'linksChanged', null)
    return said
  }

  async function unlink(
    desk: Desk,
    { linkId, reason, text }: Parameters<PatientsHandlers['unlink']>[0],
  ): ReturnType<PatientsHandlers['unlink']> {
    const { node, keys } = desk
    const found = (await personGroups(desk)).links.find(
      ({ statement }) => toHex(statement.content.linkId) === linkId,
    )
    if (found === undefined) return { kind: 'unknown' }
    if (found.end !== null) return { kind: 'ended' }
    if (!equalBytes(found.statement.author, node.memberId)) return { kind: 'not-ours' }
    await node.statements.say({
      kind: 'unlink',
      linkId: found.statement.content.linkId,
      reason,
      text: plainText(text),
      userKeyId: keys.person.userKeyId,
      at: context.world.now(),
    })
    context.emit('patients', 'linksChanged', null)
    return { kind: 'queued' }
  }
}

/** One person of a list: the entry that stands for it, with the visits of all. */
function personIn({ names }: Desk, groups: PersonGroups, row: PatientRow): Patient {
  const rows = groups.entriesOf(row.patientId).flatMap((id) => names.get(id) ?? [])
  if (rows.length < 2) return toPatient(row)
  const shown = standsFor(rows)
  const last = rows
    .flatMap(({ lastVisit }) => lastVisit ?? [])
    .sort((a, b) => (parseInstant(a)?.epochMs ?? 0) - (parseInstant(b)?.epochMs ?? 0))
    .at(-1)
  return {
    ...toPatient(shown),
    visitCount: rows.reduce((sum, each) => sum + each.visitCount, 0),
    lastVisit: last ?? null,
    linked: rows.map(({ patientId }) => patientId).filter((id) => id !== shown.patientId),
  }
}

/** As the page of one entry shows it; empty where the link is about others. */
function shownLink(
  { node, names }: Desk,
  groups: PersonGroups,
  link: PersonLink,
  patientId: string,
): Awaited<ReturnType<PatientsHandlers['links']>>['links'] {
  const ends = [groups.idOf(link, 'first'), groups.idOf(link, 'second')]
  if (!ends.includes(patientId)) return []
  const otherId = ends.find((id) => id !== patientId) ?? null
  const other = otherId === null ? null : names.get(otherId)
  const { content, author, height } = link.statement
  const member = membersOf(node.ledger.state.consortium).find(({ memberId }) => equalBytes(memberId, author))
  return [
    {
      linkId: toHex(content.linkId),
      other: other === null ? null : toPatient(other),
      reason: reasonOf(content.reason),
      text: content.text,
      memberId: toHex(author),
      memberName: member?.name ?? '',
      userKeyId: content.userKeyId,
      at: content.at,
      state: height === null ? 'queued' : 'final',
      height,
      end:
        link.end === null
          ? null
          : {
              reason: reasonOf(link.end.content.reason),
              text: link.end.content.text,
              userKeyId: link.end.content.userKeyId,
              at: link.end.content.at,
              state: link.end.height === null ? 'queued' : 'final',
              height: link.end.height,
            },
      isOurs: equalBytes(author, node.memberId),
    },
  ]
}

const REASONS = ['registered-twice', 'new-national-id', 'import', 'not-same-person', 'other'] as const
/** Another version of the application may give reasons that this one has no word for. */
const reasonOf = (reason: string) => REASONS.find((each) => each === reason) ?? 'other'

const plainText = (text: string | undefined): string | null => text?.normalize('NFC').trim() || null
