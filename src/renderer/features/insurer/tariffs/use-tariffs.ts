/** The store of the room of tariffs: the versions, and the one that is open. */
import { create } from 'zustand'
import type { OpenedTariff, TariffRow } from '../../../../shared/contract/tariffs.ts'
import { node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'

interface TariffsState {
  readonly rows: readonly TariffRow[] | null
  readonly opened: OpenedTariff | null
  load(): Promise<void>
  open(hash: string): Promise<void>
}

const nothing = { rows: null, opened: null }

export const useTariffs = create<TariffsState>()((set, get) => ({
  ...nothing,
  async load() {
    set({ rows: await node.tariffs.list() })
    const { opened } = get()
    if (opened !== null) await get().open(opened.row.hash)
  },
  async open(hash) {
    set({ opened: await node.tariffs.open({ hash }) })
  },
}))

ofOnePerson(() => useTariffs.setState(nothing))
