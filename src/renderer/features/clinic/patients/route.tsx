import { IconUsers } from '@tabler/icons-react'
import { lazy } from 'react'
import { go } from '../../../lib/router.ts'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'patients',
  title: (t) => t.shell.rooms.patients,
  icon: IconUsers,
  roles: rolesOfRoom('patients'),
  Page: lazy(async () => ({ default: (await import('./Patients.tsx')).Patients })),
  actions: [
    { id: 'new-patient', label: (t) => t.shell.newPatient, run: () => go('patients', 'new') },
    { id: 'awaited-results', label: (t) => t.people.late.open, run: () => go('patients', 'awaited') },
    { id: 'check-summary', label: (t) => t.history.check.title, run: () => go('patients', 'check') },
  ],
}
