import { IconDoorEnter } from '@tabler/icons-react'
import { lazy } from 'react'
import type { Route } from '../../parts/route.ts'

export const route: Route = {
  room: 'start',
  title: (t) => t.firstRun.welcome,
  icon: IconDoorEnter,
  roles: 'everyone',
  Page: lazy(async () => ({ default: (await import('./FirstRun.tsx')).FirstRun })),
}
