import { IconHome } from '@tabler/icons-react'
import { lazy } from 'react'
import type { Route } from '../../parts/route.ts'

export const route: Route = {
  room: '',
  title: (t) => t.shell.rooms.home,
  icon: IconHome,
  roles: 'everyone',
  Page: lazy(async () => ({ default: (await import('./Home.tsx')).Home })),
}
