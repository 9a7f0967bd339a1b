/**
 * What messages say of people rather than of visits: their data (ADT A28, A31), and that two numbers are one person (A40).
 * Data fill what is missing here and write over nothing; two entries that are known here are joined by a link in the chain,
 * as when a clerk joins them, and one that a person here ended is not made again. docs/spec/hl7v2.md, section 4.
 */
import type { SourcePatient } from '../../shared/domain/source.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import type { ChainNode } from '../node/node.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import type { NamesTable } from '../patients/names-table.ts'
import { nationalIdentity, type PatientRow } from '../patients/patient-row.ts'
import { changedRow, learnt, type SourcePerson } from '../patients/person-changes.ts'
import { personGroups } from '../services/person-groups.ts'
import { sayLink } from '../services/say-link.ts'
import { identitiesOf, rowOfSource } from './intake-desk.ts'

export type PersonQuestion =
  | { readonly kind: 'person'; readonly patient: SourcePatient; readonly person: SourcePerson }
  /** `before`: who the message says was entered once more, by the numbers alone. */
  | { readonly kind: 'merge'; readonly patient: SourcePatient; readonly before: SourcePatient }

export type PersonAnswer =
  | { kind: 'nothing-new' }
  | { kind: 'updated' }
  /** Fields that are known otherwise here, and stay. */
  | { kind: 'differs'; fields: readonly string[] }
  | { kind: 'unknown' }
  | { kind: 'linked' }
  | { kind: 'already-linked' }
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
}

export function createPersonDesk({ node, keys, names, now, inTurn }: PersonDeskOptions) {
  const by = { by: keys.person.userKeyId, byName: keys.person.name, how: 'import' as const }
  const desk = { node, keys, names }

  async function answerOf(question: PersonQuestion): Promise<PersonAnswer> {
    switch (question.kind) {
      case 'person': {
        const row = rowOfSource(names, question.patient)
        return row === null ? { kind: 'unknown' } : update(row, question.patient, question.person)
      }
      case 'merge':
        return merge(rowOfSource(names, question.patient), rowOfSource(names, question.before), question)
      default:
        return unreachable(question)
    }
  }

  async function update(
    row: PatientRow,
    patient: SourcePatient,
    person: SourcePerson,
    others: readonly string[] = [],
  ): Promise<PersonAnswer> {
    const { said, differs } = learnt(row, person)
    const owner = said.nationalId && names.findByIdentity(nationalIdentity(said.nationalId))
    // A number that another entry has stays with that one.
    const { nationalId: _nationalId, ...rest } = said
    const isTaken = owner && owner.patientId !== row.patientId
    const changed = changedRow(row, isTaken ? rest : said, { ...by, at: now() }) ?? row
    const fresh = [...identitiesOf(patient), ...others].filter(
      (each) => !changed.identities.includes(each) && names.findByIdentity(each) === null,
    )
    if (changed !== row || fresh.length > 0) {
      const staged = names.stage()
      staged.change({ ...changed, identities: [...changed.identities, ...fresh] })
      await node.write(staged.writes())
      staged.apply()
    }
    if (differs.length > 0) return { kind: 'differs', fields: differs }
    return { kind: changed !== row || fresh.length > 0 ? 'updated' : 'nothing-new' }
  }

  /** Of one who is known under one number only, the other number becomes one more of theirs. */
  async function merge(
    row: PatientRow | null,
    before: PatientRow | null,
    question: Extract<PersonQuestion, { kind: 'merge' }>,
  ): Promise<PersonAnswer> {
    const known = row ?? before
    if (known === null) return { kind: 'unknown' }
    if (row === null || before === null)
      return update(known, question.patient, question.patient, identitiesOf(question.before))
    if (row.patientId === before.patientId) return { kind: 'already-linked' }
    const groups = await personGroups(desk)
    const isEnded = groups.links.some((link) => {
      const ends = [groups.idOf(link, 'first'), groups.idOf(link, 'second')]
      return link.end !== null && ends.includes(row.patientId) && ends.includes(before.patientId)
    })
    if (isEnded && !groups.entriesOf(row.patientId).includes(before.patientId)) return { kind: 'link-ended' }
    const said = await sayLink(desk, [row, before], { reason: 'import', text: null, at: now() })
    switch (said.kind) {
      case 'queued':
        return { kind: 'linked' }
      case 'same':
        return { kind: 'already-linked' }
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
