/**
 * What messages say of people rather than of visits: their data (ADT A28, A31), and that two numbers are one person (A40).
 * Data fill what is missing here and write over nothing; two entries that are known here are joined by a link in the chain,
 * as when a clerk joins them, and one that a person here ended is not made again. docs/spec/hl7v2.md, section 4.
 */
import type { PersonalField } from '../../shared/contract/patients.ts'
import type { SourcePatient } from '../../shared/domain/source.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import type { ChainNode } from '../node/node.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import type { NamesTable } from '../patients/names-table.ts'
import { nationalIdentity, type PatientRow } from '../patients/patient-row.ts'
import { changedRow, learnt, type SourcePerson } from '../patients/person-changes.ts'
import { personGroups } from '../services/person-groups.ts'
import { sayLink } from '../services/say-link.ts'
import { identitiesOf } from './intake-desk.ts'

export type PersonQuestion =
  | { readonly kind: 'person'; readonly patient: SourcePatient; readonly person: SourcePerson }
  /** `before`: who the message says was entered once more, by the numbers alone. */
  | { readonly kind: 'merge'; readonly patient: SourcePatient; readonly before: SourcePatient }

export type PersonAnswer =
  /** `differs`: fields that are known otherwise here, and stay. */
  | { kind: 'nothing-new' | 'updated' | 'linked' | 'already-linked'; differs: readonly PersonalField[] }
  | { kind: 'unknown' }
  /** A person here said that they are two. */
  | { kind: 'link-ended' }
  | { kind: 'not-a-hospital' }

interface PersonDeskOptions {
  readonly node: ChainNode
  readonly keys: SessionKeys
  readonly names: NamesTable
  readonly now: () => number
  /** See `OpenProfile.inTurn`. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** Says what would become of it, and writes nothing. */
  readonly isTrial?: boolean
}

export function createPersonDesk({ node, keys, names, now, inTurn, isTrial = false }: PersonDeskOptions) {
  const by = { by: keys.person.userKeyId, byName: keys.person.name, how: 'import' as const }
  const desk = { node, keys, names }

  async function answerOf(question: PersonQuestion): Promise<PersonAnswer> {
    switch (question.kind) {
      case 'person': {
        const row = rowOfNumbers(names, question.patient)
        return row === null ? { kind: 'unknown' } : update(row, question.patient, question.person)
      }
      case 'merge':
        return merge(rowOfNumbers(names, question.patient), rowOfNumbers(names, question.before), question)
      default:
        return unreachable(question)
    }
  }

  async function update(
    row: PatientRow,
    patient: SourcePatient,
    person: SourcePerson,
    others: readonly string[] = [],
  ): Promise<Extract<PersonAnswer, { differs: unknown }>> {
    const { said, differs } = learnt(row, person)
    const isOthers = (identity: string): boolean =>
      (names.findByIdentity(identity) ?? row).patientId !== row.patientId
    // A number that another entry has stays with that one; what this entry has stays too.
    const { nationalId, ...rest } = said
    const isTaken =
      nationalId !== undefined && nationalId !== row.nationalId && isOthers(nationalIdentity(nationalId))
    const changed = changedRow(row, isTaken ? rest : said, { ...by, at: now() }) ?? row
    const isIdOpen = !isTaken && !differs.includes('nationalId')
    const fresh = [...identitiesOf(patient), ...others].filter(
      (each) =>
        !changed.identities.includes(each) &&
        names.findByIdentity(each) === null &&
        // A national id that was not believed does not lead here the next time.
        (isIdOpen || !isNational(each)),
    )
    if (!isTrial && (changed !== row || fresh.length > 0)) {
      const staged = names.stage()
      staged.change({ ...changed, identities: [...changed.identities, ...fresh] })
      await node.write(staged.writes())
      staged.apply()
    }
    // `source|` names the same number as `source-id|`, for the patient key.
    const isNew = changed !== row || fresh.some((each) => !each.startsWith('source|'))
    return {
      kind: isNew ? 'updated' : 'nothing-new',
      differs: [...new Set([...differs, ...(await numbersOfOthers([row], patient))])],
    }
  }

  /** Which numbers of the source lead to somebody else than these, whom nobody here linked with them. */
  async function numbersOfOthers(
    rows: readonly PatientRow[],
    patient: SourcePatient,
  ): Promise<PersonalField[]> {
    const known = rows.map(({ patientId }) => patientId)
    const strange = identitiesOf(patient).flatMap((identity) => {
      const owner = names.findByIdentity(identity)
      return owner === null || known.includes(owner.patientId) ? [] : [{ identity, owner }]
    })
    if (strange.length === 0) return []
    const groups = await personGroups(desk)
    const linked = known.flatMap((patientId) => groups.entriesOf(patientId))
    return strange
      .filter(({ owner }) => !linked.includes(owner.patientId))
      .map(({ identity }) => (isNational(identity) ? 'nationalId' : 'medicalRecordNumber'))
  }

  /** Of one who is known under one number only, the other number becomes one more of theirs. */
  async function merge(
    row: PatientRow | null,
    before: PatientRow | null,
    question: Extract<PersonQuestion, { kind: 'merge' }>,
  ): Promise<PersonAnswer> {
    const known = row ?? before
    if (known === null) return { kind: 'unknown' }
    if (row === null || before === null || row.patientId === before.patientId) {
      // One of two record numbers is not the one here: that is what the message is about.
      const { medicalRecordNumber: _number, ...person } = question.patient
      const answer = await update(known, question.patient, person, identitiesOf(question.before))
      const isSame = row !== null && before !== null && answer.kind === 'nothing-new'
      return isSame ? { ...answer, kind: 'already-linked' } : answer
    }
    const groups = await personGroups(desk)
    const isEnded = groups.links.some((link) => {
      const ends = [groups.idOf(link, 'first'), groups.idOf(link, 'second')]
      return link.end !== null && ends.includes(row.patientId) && ends.includes(before.patientId)
    })
    if (isEnded && !groups.entriesOf(row.patientId).includes(before.patientId)) return { kind: 'link-ended' }
    const differs = [...new Set(await numbersOfOthers([row, before], question.patient))]
    const isLinked = groups.entriesOf(row.patientId).includes(before.patientId)
    if (isTrial) return { kind: isLinked ? 'already-linked' : 'linked', differs }
    const said = await sayLink(desk, [row, before], { reason: 'import', text: null, at: now() })
    switch (said.kind) {
      case 'queued':
        return { kind: 'linked', differs }
      case 'same':
      case 'already-linked':
        return { kind: 'already-linked', differs }
      default:
        return said
    }
  }

  /** One after the other: what one says the next may build on. */
  return (questions: readonly PersonQuestion[]): Promise<PersonAnswer[]> =>
    inTurn(async () => {
      const answers: PersonAnswer[] = []
      for (const question of questions) answers.push(await answerOf(question))
      return answers
    })
}

/**
 * By the hospital's own numbers, and by a national id only where none of them is known: a merge or a correction often says of
 * an entry the id that another one has.
 */
function rowOfNumbers(names: NamesTable, patient: SourcePatient): PatientRow | null {
  const identities = identitiesOf(patient)
  const isFirst = (identity: string): boolean => identity === `source-id|${patient.sourceKey}`
  const own = identities
    .filter((each) => !isNational(each))
    .sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
  for (const identity of [...own, ...identities.filter(isNational)]) {
    const row = names.findByIdentity(identity)
    if (row !== null) return row
  }
  return null
}

const isNational = (identity: string): boolean => identity.startsWith('national-id|')
