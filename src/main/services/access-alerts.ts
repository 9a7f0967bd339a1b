/** What of reading other hospitals' visits needs a person here: glasses that nobody has looked at, and whoever reads or exports in bulk. */
import type { AlertView } from '../../shared/contract/governance.ts'
import { mayCall } from '../../shared/contract/rights.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { REVIEW_MS } from '../node/chain/access.ts'
import type { ChainNode } from '../node/node.ts'
import { houseAlarmView, isReviewedBy } from './access-service.ts'
import { personOf, profileOf, type ServiceContext } from './context.ts'
import { hospitalName } from './elsewhere.ts'

const ALARM_SHOWN_MS = 24 * 3_600_000
const HOUR_MS = 3_600_000

export function accessAlerts(node: ChainNode, now: number): AlertView[] {
  const alerts: AlertView[] = []
  for (const entry of node.accesses.glasses()) {
    if (isReviewedBy(entry, node.memberId)) continue
    const { accessId, at } = entry.content
    const leftMs = at + REVIEW_MS - now
    alerts.push({
      alertId: `glass ${toHex(accessId)}`,
      kind: leftMs < 0 ? 'glass-overdue' : 'glass-broken',
      tone: leftMs < 0 ? 'bad' : 'warn',
      at,
      memberName: hospitalName({ node }, entry.author),
      amount: Math.max(0, Math.ceil(leftMs / HOUR_MS)),
      detail: entry.side,
    })
  }
  for (const [position, alarm] of node.accesses.alarms().entries()) {
    if (now - alarm.at > ALARM_SHOWN_MS) continue
    alerts.push({
      alertId: `bulk ${alarm.at} ${position}`,
      kind: 'bulk-opening',
      tone: 'bad',
      at: alarm.at,
      memberName: hospitalName({ node }, alarm.reader),
      amount: alarm.patientCount,
      detail: alarm.watched,
    })
  }
  return alerts
}

/** Of the own house: for administrators and auditors, since it names a colleague. */
export async function houseAlerts(context: ServiceContext): Promise<AlertView[]> {
  const { now } = context.world
  const roles = personOf(context.lease(), profileOf(context).roster)?.roles ?? null
  if (!mayCall('access.review', roles)) return []
  const alarms = (await context.openings?.()?.alarms()) ?? []
  return alarms
    .filter(({ at }) => now() - at <= ALARM_SHOWN_MS)
    .map((alarm, position) => {
      const { at, kind, personName, patientCount } = houseAlarmView(context, alarm)
      return {
        alertId: `house ${at} ${position}`,
        kind: kind === 'exported-all' ? 'exported-all' : 'house-opening',
        tone: 'bad',
        at,
        // Of the person, whose hospital this is.
        memberName: personName,
        amount: patientCount,
        detail: kind,
      }
    })
}
