/** A sentence for whoever may answer, wherever in the application it is, and the way to the proposal. */
import { Anchor } from '@mantine/core'
import type { Payload } from '../lib/bridge.ts'
import { formatPlace } from '../lib/router.ts'
import { useWords } from '../words/catalogue.ts'

interface Props {
  readonly proposal: Payload<'governance', 'proposalArrived'>
  onLook(): void
}

export function ArrivedProposal({ proposal: { authorName, awaitsAnswer }, onLook }: Props) {
  const t = useWords().network
  const { arrived, arrivedAnswer } = t.proposals
  return (
    <>
      {awaitsAnswer ? arrivedAnswer(authorName) : arrived(authorName)}{' '}
      <Anchor href={formatPlace('network', 'proposals')} inherit onClick={onLook}>
        {t.alerts.look}
      </Anchor>
    </>
  )
}
