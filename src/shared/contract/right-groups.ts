/** The matrix in as many lines as a person reads: what one service offers to the same roles is one line. */
import { role, type Role } from './app.ts'
import { allRights, isAllowed, type Right, type Who } from './rights.ts'

export interface RightGroup {
  /** `service:who`, the key of its words. */
  readonly key: string
  readonly who: Who
  /** Roles that may, in the order of the contract. */
  readonly roles: readonly Role[]
  readonly operations: readonly string[]
  /** At least one of its operations asks for the passphrase although a session is open. */
  readonly isAsking: boolean
  readonly isAudited: boolean
}

export const rightGroups: readonly RightGroup[] = grouped()

function grouped(): RightGroup[] {
  const rows = new Map<string, { operation: string; right: Right }[]>()
  for (const row of allRights) {
    const key = keyOf(row)
    const before = rows.get(key)
    if (before === undefined) rows.set(key, [row])
    else before.push(row)
  }
  return [...rows].map(([key, members]) => {
    const { right } = members[0]!
    return {
      key,
      who: right.who,
      roles: role.options.filter((each) => isAllowed(right, [each])),
      operations: members.map(({ operation }) => operation),
      isAsking: members.some(({ right: each }) => each.asking !== 'never'),
      isAudited: members.some(({ right: each }) => each.act !== 'none'),
    }
  })
}

function keyOf({ operation, right: { who } }: { operation: string; right: Right }): string {
  return `${operation.split('.', 1)[0]!}:${typeof who === 'string' ? who : who.join('+')}`
}
