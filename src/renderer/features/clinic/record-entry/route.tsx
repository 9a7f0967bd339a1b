import { IconStethoscope } from '@tabler/icons-react'
import { lazy } from 'react'
import { go } from '../../../lib/router.ts'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'record',
  title: (t) => t.shell.rooms.record,
  icon: IconStethoscope,
  roles: rolesOfRoom('record'),
  Page: lazy(async () => ({ default: (await import('./RecordEntry.tsx')).RecordEntry })),
  actions: [{ id: 'new-visit', label: (t) => t.shell.newVisit, run: () => go('record') }],
}
