/** Where all hospitals would be asked and no snapshot is there: why, and in a demonstration of one hospital that none will come. */
import { useOpenSession } from '../../lib/session.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'

export function NoSnapshot() {
  const t = useWords().requests.catalogue
  const isDemonstration = useOpenSession()?.demonstration !== undefined
  return (
    <Callout tone="warn">
      {t.noSnapshot}
      {isDemonstration && ` ${t.noSnapshotHere}`}
    </Callout>
  )
}
