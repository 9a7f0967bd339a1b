import { IconMessageQuestion } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import { go } from '../../../lib/router.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'requests',
  title: (t) => t.shell.rooms.requests,
  icon: IconMessageQuestion,
  roles: rolesOfRoom('requests'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Requests.tsx')).Requests })),
  actions: [
    { id: 'new-request', label: (t) => t.requests.start, run: () => go('requests', 'compose') },
    { id: 'privacy-budget', label: (t) => t.requests.budget.inPalette, run: () => go('requests') },
    { id: 'asked-requests', label: (t) => t.requests.list.label, run: () => go('requests', 'list') },
    {
      id: 'register-protocol',
      label: (t) => t.requests.protocols.register,
      run: () => go('requests', 'protocols'),
    },
  ],
}
