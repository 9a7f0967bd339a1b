/** What a version of a tariff still needs before it can be made. Pure. */
import { parseDay } from '../../../../shared/domain/dates.ts'

export interface VersionHead {
  readonly name: string
  readonly validFrom: string
  readonly currency: string
}

/** In the order of the room; empty where it can be made. */
export function lacksForVersion({ name, validFrom, currency }: VersionHead): readonly (keyof VersionHead)[] {
  const isThere: Readonly<Record<keyof VersionHead, boolean>> = {
    name: name.trim() !== '',
    validFrom: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(validFrom) && parseDay(validFrom) !== null,
    currency: /^[A-Z]{3}$/.test(currency),
  }
  return (['name', 'validFrom', 'currency'] as const).filter((each) => !isThere[each])
}
