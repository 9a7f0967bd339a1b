/** Why an insurer's room has no monitoring table to show. Pure. */
import type { MonitorSource } from '../../../shared/contract/monitor.ts'
import type { RequestRow } from '../../../shared/contract/requests.ts'

/** `to-be-asked`: by the demonstration itself, in a moment. `withheld`: one was answered and nothing of it may be shown. */
export type NoTable = 'to-be-asked' | 'being-answered' | 'withheld' | 'never-asked'

type Asked = Pick<RequestRow, 'output' | 'state'>

const OPEN: ReadonlySet<Asked['state']> = new Set(['handing-over', 'charged', 'computing', 'held'])

/** Asked and not answered yet. */
export const isOpenTable = ({ output, state }: Asked): boolean => output === 'monitor' && OPEN.has(state)

/** @param answered tables that the chain says were answered, whatever is in them */
export function whyNoTable(
  answered: readonly Pick<MonitorSource, 'contents'>[],
  requests: readonly Asked[],
  isDemonstration: boolean,
): NoTable {
  // Its first request of all is the monitoring table.
  if (isDemonstration && requests.length === 0) return 'to-be-asked'

  // Between the block that says so and the answer's arrival here it is still on its way; and one with numbers is read in a moment.
  const isComing =
    answered.some(({ contents }) => contents !== 'withheld') ||
    requests.some(
      (each) =>
        isOpenTable(each) ||
        (answered.length === 0 && each.output === 'monitor' && each.state === 'answered'),
    )
  return isComing ? 'being-answered' : answered.length > 0 ? 'withheld' : 'never-asked'
}
