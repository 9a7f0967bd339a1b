/** The store of the room of tariffs: the versions, and the one that is open. */
import { create } from 'zustand'
import type { OpenedTariff, TariffRow } from '../../../../shared/contract/tariffs.ts'
import { node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'

interface TariffsState {
  readonly rows: readonly TariffRow[] | null
  /** What was asked for last: an answer about another one comes too late. */
  readonly wanted: string | null
  readonly opened: OpenedTariff | null
  load(): Promise<void>
  open(hash: string): Promise<void>
}

const nothing = { rows: null, wanted: null, opened: null }

export const useTariffs = create<TariffsState>()((set, get) => ({
  ...nothing,
  async load() {
    set({ rows: await node.tariffs.list() })
    const { wanted } = get()
    if (wanted !== null) await get().open(wanted)
  },
  async open(hash) {
    set({ wanted: hash })
    const opened = await node.tariffs.open({ hash })
    if (get().wanted === hash) set({ opened })
  },
}))

ofOnePerson(() => useTariffs.setState(nothing))
