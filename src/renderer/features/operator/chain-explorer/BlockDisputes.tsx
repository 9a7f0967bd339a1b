/** What hospitals say against the visit of a block, and the way to say so: for clerks, whether the record opens here or not. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { DisputeVisit } from '../../../parts/DisputeVisit.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Chain.module.css'

export function BlockDisputes({ merkleRoot }: { readonly merkleRoot: string }) {
  const roles = useOpenSession()?.person.roles ?? []
  // Nobody else holds the keys of patients, and every refusal is noted.
  return mayCall('records.disputesOf', roles) ? <Disputes merkleRoot={merkleRoot} /> : null
}

function Disputes({ merkleRoot }: { readonly merkleRoot: string }) {
  const t = useWords().people.dispute
  const [isDisputing, setDisputing] = useState(false)
  const asked = useAsk(
    () => node.records.disputesOf({ merkleRoot }),
    [merkleRoot],
    ['patients.linksChanged', 'node.segmentFinal'],
  )
  const known = asked.value
  if (!known) return null
  return (
    <>
      {known.disputes.map((each, i) => (
        <Callout key={i} tone="warn">
          {t.by(each.memberName, each.path, each.text)}
        </Callout>
      ))}
      {!known.isOwn && (
        <div className={styles.viewHead}>
          <Button size="compact-sm" variant="default" onClick={() => setDisputing(true)}>
            {t.action}
          </Button>
        </div>
      )}
      {isDisputing && (
        <DisputeVisit
          merkleRoot={merkleRoot}
          onClose={() => {
            setDisputing(false)
            asked.again()
          }}
        />
      )}
    </>
  )
}
