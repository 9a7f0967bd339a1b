/** What a patient at the counter is owed: who looked at the record. */
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { DisclosureReport } from '../../../parts/DisclosureReport.tsx'

export function DisclosurePage({ patientId }: { readonly patientId: string }) {
  const name = useAsk(async () => (await node.patients.get({ patientId }))?.name ?? null, [patientId]).value
  return (
    <DisclosureReport
      patientId={patientId}
      name={name ?? null}
      onBack={() => go('patients', patientId, 'privacy')}
    />
  )
}
