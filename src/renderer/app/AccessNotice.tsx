/** That somebody broke the glass over our records, or reads in bulk, wherever one is in the application. */
import { Anchor } from '@mantine/core'
import type { Payload } from '../lib/bridge.ts'
import { formatPlace } from '../lib/router.ts'
import { useWords } from '../words/catalogue.ts'

interface Props {
  readonly notice: Payload<'access', 'noticed'>
  onLook(): void
}

export function AccessNotice({ notice: { kind, reader }, onLook }: Props) {
  const t = useWords().access
  return (
    <>
      {t.noticed[kind](reader)}{' '}
      <Anchor href={formatPlace('network', 'access')} inherit onClick={onLook}>
        {t.look}
      </Anchor>
    </>
  )
}
