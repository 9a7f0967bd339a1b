/** What a feature's door says of it: where it is, who may enter, how it is called. */
import type { ComponentType, LazyExoticComponent } from 'react'
import type { TablerIcon } from '@tabler/icons-react'
import type { Role } from '../../shared/contract/app.ts'
import type { Words } from '../words/catalogue.ts'

export interface RoomProps {
  /** What follows the room's name in the place. */
  readonly parts: readonly string[]
}

export interface Action {
  readonly id: string
  label(t: Words): string
  readonly keys?: string
  run(): void
}

export interface Route {
  readonly room: string
  title(t: Words): string
  readonly icon: TablerIcon
  /** Whoever has one of these roles may enter; main checks every call again. */
  readonly roles: readonly Role[] | 'everyone'
  /** Of hospitals alone: hidden from members that are no gateway. */
  readonly isOfHospitals?: boolean
  /** What is copied there stays in the clipboard. */
  readonly showsNoPatient?: boolean
  readonly Page: LazyExoticComponent<ComponentType<RoomProps>>
  /** For the command palette. */
  readonly actions?: readonly Action[]
}
