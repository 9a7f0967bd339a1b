/** The people of the demonstration whom a visitor may be: how each is called, and the change to one of them. */
import type { Session } from '../../shared/contract/app.ts'
import { node } from '../lib/node.ts'
import { parsePlace, replacePlace } from '../lib/router.ts'
import { session as liveSession } from '../lib/session.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import type { Words } from '../words/catalogue.ts'
import { mayEnter, rooms } from './rooms.ts'

type People = NonNullable<Extract<Session, { state: 'open' }>['demonstration']>['people']

/** Role, name where their institution has more than one person, and institution. */
export function personWords(
  { institutionName, name, role }: People[number],
  people: People,
  words: Words,
): string {
  const at = people.filter((each) => each.institutionName === institutionName)
  const isAlone = at.every((each) => each.name === name)
  const roleName = words.clinical.roleNames[role]
  return words.shell.personOf(isAlone ? roleName : words.shell.roleOf(roleName, name), institutionName)
}

/** What fails is told; then the person stays who it was. */
export async function become(personId: string): Promise<void> {
  try {
    const answer = await node.app.changePerson({ personId })
    if (answer.kind !== 'opened') return
    // The room of the person before may be closed to this one.
    const opened = answer.session.state === 'open' ? answer.session.person.roles : []
    const { room: here } = parsePlace(window.location.hash)
    const room = rooms.find((each) => each.room === here)
    if (room !== undefined && !mayEnter(room, opened)) replacePlace('')
    liveSession.set(answer.session)
  } catch (error) {
    tellFailure(error)
  }
}
