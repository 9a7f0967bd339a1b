/** What a correction changes, beside its reason: seen before it is signed. */
import { useDeferredValue } from 'react'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { facilityZone } from '../../../lib/facility-clock.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { instantText } from '../../../lib/zone.ts'
import { VersionDiff } from '../../../parts/VersionDiff.tsx'
import { readForm } from './read-form.ts'
import { type Change, todayNow, useEntry } from './use-entry.ts'

export function CorrectionDiff({ change }: { readonly change: Change }) {
  const form = useDeferredValue(useEntry((entry) => entry.form))
  const patientId = useEntry((entry) => entry.patient?.patientId ?? '')
  const asked = useAsk(() => node.records.open({ merkleRoot: change.supersedes }), [change.supersedes])
  if (asked.value?.kind !== 'record') return null
  const { record } = asked.value
  const { visit } = readForm(form, {
    patientId,
    today: todayNow(),
    // As what is saved: the difference that is seen is the one that is signed.
    zone: facilityZone(),
    instantText,
    confirmations: [],
  })
  return <VersionDiff before={visitInputOf(record, patientId)} after={visit} />
}
