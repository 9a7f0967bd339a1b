import { IconSettings } from '@tabler/icons-react'
import { lazy } from 'react'
import { go } from '../../lib/router.ts'
import { rolesOfRoom } from '../../../shared/contract/rights.ts'
import type { Route } from '../../parts/route.ts'

export const route: Route = {
  room: 'settings',
  title: (t) => t.shell.rooms.settings,
  icon: IconSettings,
  roles: rolesOfRoom('settings'),
  Page: lazy(async () => ({ default: (await import('./Settings.tsx')).Settings })),
  actions: [{ id: 'kit', label: (t) => t.settings.kitAgain, run: () => go('settings', 'kit') }],
}
