import { IconChartDots3 } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import { go } from '../../../lib/router.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'groups',
  title: (t) => t.shell.rooms.groups,
  icon: IconChartDots3,
  roles: rolesOfRoom('groups'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Groups.tsx')).Groups })),
  actions: [
    { id: 'ask-monitoring', label: (t) => t.groups.ask.title, run: () => go('groups', 'ask') },
    { id: 'exposure-file', label: (t) => t.groups.file.title, run: () => go('groups', 'file') },
  ],
}
