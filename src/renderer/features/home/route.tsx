import { IconHome } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../shared/contract/rights.ts'
import type { Route } from '../../parts/route.ts'

export const route: Route = {
  room: '',
  title: (t) => t.shell.rooms.home,
  icon: IconHome,
  roles: rolesOfRoom('home'),
  Page: lazy(async () => ({ default: (await import('./Home.tsx')).Home })),
}
