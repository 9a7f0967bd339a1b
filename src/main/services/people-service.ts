/** The people of the open institution, and the passphrase given once more for one call. */
import { contract } from '../../shared/contract/index.ts'
import { rightOf } from '../../shared/contract/rights.ts'
import type { Handlers, Service as Methods } from '../../shared/contract/kit.ts'
import type { people as peopleContract, PersonView } from '../../shared/contract/people.ts'
import { role } from '../../shared/contract/app.ts'
import type { PeopleChange } from '../node/vault/institution-vault.ts'
import type { Roster } from '../node/vault/people.ts'
import { forgetKit, readKit } from '../node/vault/recovery-kit.ts'
import { changeOwnPassphrase, changePeopleOf, resetPassphrase } from '../profile/people-file.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { nameSubject } from './audit-subject.ts'
import { parse } from './dispatch.ts'
import { AccessFailure, accountOf, leaseOf, profileOf, type ServiceContext } from './context.ts'

type Service = Handlers<typeof peopleContract>
type WrongPassphrase = { kind: 'wrong-passphrase'; waitSeconds: number | null }

export function createPeopleService(context: ServiceContext): Service {
  const { world } = context

  function views(roster: Roster | null): PersonView[] {
    const self = context.lease()?.session.person.personId
    return (roster?.people ?? [])
      .map(({ personId, name, account, roles, isActive, changedAt }) => ({
        personId,
        name,
        account,
        roles: role.options.filter((each) => roles.includes(each)),
        isActive,
        isSelf: personId === self,
        changedAt,
      }))
      .sort((a, b) => Number(b.isActive) - Number(a.isActive) || (a.account < b.account ? -1 : 1))
  }

  function note(roster: Roster): PersonView[] {
    profileOf(context).noteRoster(roster)
    void context.audit()?.notePeople(roster.revision)
    context.emit('people', 'changed', { at: world.now() })
    return views(roster)
  }

  async function change(passphrase: string, wish: PeopleChange): ReturnType<Service['add']> {
    if ('roles' in wish) nameSubject({ roles: wish.roles.join('+') })
    const profile = profileOf(context)
    const by = { account: accountOf(context), passphrase }
    // One writer of the file at a time.
    const answer = await profile.inTurn(() =>
      answering(() => changePeopleOf(world, profile.folder, by, wish)),
    )
    if (answer.kind !== 'changed') return answer
    if (wish.kind === 'add') nameSubject({ personId: newestOf(answer.roster) })
    return { kind: 'changed', people: note(answer.roster) }
  }

  return {
    list: async () => views(profileOf(context).roster),
    add: ({ passphrase, theirPassphrase, ...person }) =>
      change(passphrase, { kind: 'add', ...person, passphrase: theirPassphrase }),
    change: ({ passphrase, ...person }) => change(passphrase, { kind: 'roles', ...person }),
    leave: ({ passphrase, personId }) => change(passphrase, { kind: 'leave', personId }),
    comeBack: ({ passphrase, theirPassphrase, personId }) =>
      change(passphrase, { kind: 'return', personId, passphrase: theirPassphrase }),
    async changePassphrase({ passphrase, newPassphrase }) {
      const profile = profileOf(context)
      const by = { account: accountOf(context), passphrase }
      return profile.inTurn(() =>
        answering(() => changeOwnPassphrase(world, profile.folder, by, newPassphrase)),
      )
    },
    async reset({ kit: text, ...reset }) {
      const profile = profileOf(context)
      const read = text === null ? null : readKit(text)
      if (read?.kind === 'refused') return { kind: 'refused', reason: 'not-a-kit' }
      try {
        const root = read?.kit.keys.root.root ?? null
        const answer = await profile.inTurn(() =>
          answering(() => resetPassphrase(world, profile.folder, { ...reset, root })),
        )
        if (answer.kind !== 'changed') return answer
        note(answer.roster)
        return { kind: 'reset' }
      } finally {
        if (read !== null) forgetKit(read.kit)
      }
    },
    async confirm({ operation, input, passphrase }) {
      const profile = profileOf(context)
      const asking = leaseOf(context)
      const checked = await answering(async () => {
        const unlock = context.unlockAgain ?? ((given) => profile.unlock(given))
        const lease = await unlock({ account: accountOf(context), passphrase })
        lease.release()
        return { kind: 'confirmed' as const }
      })
      // A lock came while the passphrase was tried, and somebody else may have unlocked since: it was not theirs.
      if (asking.isReleased || context.lease() !== asking) throw new AccessFailure({ code: 'locked' })
      const parsed = inputOf(operation, input)
      if (checked.kind === 'confirmed' && parsed !== null) context.confirmations.give(operation, parsed.value)
      return checked
    },
  }
}

const newestOf = ({ people }: Roster): string => people.at(-1)?.personId ?? ''

/** As the door will see it; null for what it would refuse anyway. */
function inputOf(operation: string, input: unknown): { value: unknown } | null {
  if (rightOf(operation) === null) return null
  const [service, method] = operation.split('.') as [string, string]
  const parsed = parse((contract as Readonly<Record<string, Methods>>)[service]![method]!.input, input)
  return parsed?.success === true ? { value: parsed.data } : null
}

/** A wrong passphrase is an answer; everything else stays a failure. */
async function answering<T>(work: () => Promise<T>): Promise<T | WrongPassphrase> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProfileFailure) || error.detail.code !== 'wrong-passphrase') throw error
    const seconds = Number(error.detail.detail)
    return { kind: 'wrong-passphrase', waitSeconds: Number.isFinite(seconds) ? seconds : null }
  }
}
