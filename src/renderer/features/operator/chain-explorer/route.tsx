import { IconLink } from '@tabler/icons-react'
import { lazy } from 'react'
import { go } from '../../../lib/router.ts'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'chain',
  title: (t) => t.shell.rooms.chain,
  icon: IconLink,
  roles: rolesOfRoom('chain'),
  Page: lazy(async () => ({ default: (await import('./ChainExplorer.tsx')).ChainExplorer })),
  actions: [{ id: 'verify-chain', label: (t) => t.shell.verifyChain, run: () => go('chain', 'verify') }],
}
