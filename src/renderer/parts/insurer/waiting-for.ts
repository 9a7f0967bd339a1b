/** Which versions of tariffs wait for a decision of whoever looks. Pure. */
import type { TariffRow } from '../../../shared/contract/tariffs.ts'

/** Whoever made one does not decide on it. */
export const waitingFor = <Row extends Pick<TariffRow, 'state' | 'isOwn'>>(
  rows: readonly Row[],
): readonly Row[] => rows.filter(({ state, isOwn }) => state === 'waiting' && !isOwn)
