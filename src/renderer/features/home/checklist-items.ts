/** Which of the checklist is done, to do, or not to be done yet. */
import type { Checklist } from '../../../shared/contract/upkeep.ts'

export interface Item {
  readonly kind: 'kit' | 'address' | 'codes' | 'backup'
  readonly standing: 'done' | 'open' | 'not-yet'
  /** Which sentence says it. */
  readonly sentence: 'open' | 'done' | Checklist['address'] | 'none' | 'untried'
  /** Why a member that tried did not get through. */
  readonly callBack: Checklist['callBack']
}

export function itemsOf({
  isKitProven,
  address,
  callBack,
  areCodeListsConfirmed,
  backup,
}: Checklist): Item[] {
  const simple = (kind: Item['kind'], isDone: boolean): Item => ({
    kind,
    standing: isDone ? 'done' : 'open',
    sentence: isDone ? 'done' : 'open',
    callBack: null,
  })
  return [
    simple('kit', isKitProven),
    simple('codes', areCodeListsConfirmed),
    {
      kind: 'backup',
      // A backup that was tried once proves the way; a later one need not be tried for this.
      standing: backup.lastCheck === null ? 'open' : 'done',
      sentence: backup.lastCheck !== null ? 'done' : backup.last === null ? 'none' : 'untried',
      callBack: null,
    },
    {
      kind: 'address',
      standing: ({ alone: 'not-yet', waiting: 'open', reached: 'done' } as const)[address],
      sentence: address,
      callBack: address === 'waiting' ? callBack : null,
    },
  ]
}
