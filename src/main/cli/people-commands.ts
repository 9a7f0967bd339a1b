/** The people of an institution from the command line; `--as NAME` says who is at the keyboard. */
import { readFile } from 'node:fs/promises'
import { role, type Role } from '../../shared/contract/app.ts'
import { plainAccount } from '../node/vault/people.ts'
import {
  failed,
  needPassphrase,
  ok,
  usage,
  withProfile,
  type Command,
  type CommandResult,
} from './commands.ts'

/** A file that holds a passphrase in its first line. */
async function passphraseIn(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0]!
}

function rolesOf(text: string): Role[] | null {
  const names = text.split(',').map((each) => each.trim())
  const known = role.options.filter((each) => names.includes(each))
  return known.length === names.length ? known : null
}

type Changed =
  | { kind: 'changed'; people?: unknown }
  | { kind: 'reset' }
  | { kind: 'refused'; reason: string }
  | { kind: 'wrong-passphrase'; waitSeconds: number | null }

function answerOf(answer: Changed): CommandResult {
  switch (answer.kind) {
    case 'refused':
      return failed(answer.reason)
    case 'wrong-passphrase':
      return failed('wrong-passphrase', answer.waitSeconds)
    default:
      return ok(answer)
  }
}

const VERBS = ['list', 'add', 'roles', 'leave', 'come-back', 'passphrase', 'reset'] as const

export const PEOPLE_COMMANDS: Readonly<Record<string, Command>> = {
  people: {
    usage:
      'people list|add|roles|leave|come-back|passphrase|reset --profile DIR [--as ACCOUNT] [--account ACCOUNT] ' +
      '[--name NAME] [--roles ROLE,...] [--new-passphrase-file FILE] [--second ACCOUNT --second-passphrase-file FILE] ' +
      '[--kit FILE]',
    grammar: {
      options: {
        profile: 'required',
        account: 'optional',
        name: 'optional',
        roles: 'optional',
        'new-passphrase-file': 'optional',
        second: 'optional',
        'second-passphrase-file': 'optional',
        kit: 'optional',
      },
      rest: [1, 1],
    },
    async run(given, world) {
      const { options, rest } = given
      const verb = VERBS.find((each) => each === rest[0])
      if (verb === undefined) return usage(`people ${VERBS.join('|')}`)
      const account = options.get('account')
      const roles = options.has('roles') ? rolesOf(options.get('roles')!) : undefined
      if (roles === null) return usage(`--roles is a list of ${role.options.join(', ')}`)
      if (verb !== 'list' && verb !== 'passphrase' && account === undefined)
        return usage('--account is missing')
      const file = options.get('new-passphrase-file')
      const isWithNew = verb === 'add' || verb === 'come-back' || verb === 'passphrase' || verb === 'reset'
      if (isWithNew && file === undefined) return usage('--new-passphrase-file is missing')
      const passphrase = await needPassphrase(world)
      const theirs = file === undefined ? '' : await passphraseIn(file)
      return withProfile(given, world, Promise.resolve(passphrase), async ({ ask }) => {
        const people = await ask.people.list()
        const person = people.find((each) => each.account === plainAccount(account ?? ''))
        switch (verb) {
          case 'list':
            return ok({ people })
          case 'passphrase':
            return answerOf(await ask.people.changePassphrase({ passphrase, newPassphrase: theirs }))
          case 'add':
            if (roles === undefined) return usage('--roles is missing')
            return answerOf(
              await ask.people.add({
                name: options.get('name') ?? account!,
                account: account!,
                roles,
                theirPassphrase: theirs,
                passphrase,
              }),
            )
          case 'reset': {
            const approvers = [{ account: options.get('as') ?? '', passphrase }]
            const second = options.get('second')
            const secondFile = options.get('second-passphrase-file')
            if (second !== undefined && secondFile !== undefined)
              approvers.push({ account: second, passphrase: await passphraseIn(secondFile) })
            const kit = options.has('kit') ? await readFile(options.get('kit')!, 'utf8') : null
            return answerOf(
              await ask.people.reset({ account: account!, newPassphrase: theirs, approvers, kit }),
            )
          }
          default:
        }
        if (person === undefined) return failed('unknown-person')
        const { personId } = person
        switch (verb) {
          case 'roles': {
            const name = options.get('name') ?? person.name
            return answerOf(
              await ask.people.change({ personId, name, roles: roles ?? person.roles, passphrase }),
            )
          }
          case 'leave':
            return answerOf(await ask.people.leave({ personId, passphrase }))
          case 'come-back':
            return answerOf(await ask.people.comeBack({ personId, theirPassphrase: theirs, passphrase }))
        }
      })
    },
  },
}
