import { IconStethoscope } from '@tabler/icons-react'
import { lazy } from 'react'
import { go, parsePlace } from '../../../lib/router.ts'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

/** On the page of a patient it is theirs. */
function newVisit(): void {
  const { room, parts } = parsePlace(window.location.hash)
  const [patientId] = parts
  if (room === 'patients' && patientId !== undefined && !ROOMS_BESIDE.has(patientId))
    go('record', 'for', patientId)
  else go('record')
}
/** Places of the patients' room that are no patient. */
const ROOMS_BESIDE = new Set(['new', 'awaited', 'check'])

export const route: Route = {
  room: 'record',
  title: (t) => t.shell.rooms.record,
  icon: IconStethoscope,
  roles: rolesOfRoom('record'),
  Page: lazy(async () => ({ default: (await import('./RecordEntry.tsx')).RecordEntry })),
  actions: [{ id: 'new-visit', label: (t) => t.shell.newVisit, run: newVisit }],
}
