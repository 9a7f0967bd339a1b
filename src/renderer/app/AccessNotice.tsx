/** That somebody broke the glass over our records, or reads in bulk, here or elsewhere, wherever one is in the application. */
import { Anchor } from '@mantine/core'
import type { Payload } from '../lib/bridge.ts'
import { formatPlace } from '../lib/router.ts'
import { formatNumber } from '../lib/format.ts'
import { useLocale, useWords } from '../words/catalogue.ts'

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

interface HouseProps {
  readonly notice: Payload<'access', 'noticedHere'>
  onLook(): void
}

export function HouseNotice({ notice: { kind, personName, patientCount }, onLook }: HouseProps) {
  const t = useWords().access
  const locale = useLocale()
  return (
    <>
      {t.house.row[kind](personName, formatNumber(patientCount, locale))}{' '}
      <Anchor href={formatPlace('network', 'access')} inherit onClick={onLook}>
        {t.look}
      </Anchor>
    </>
  )
}
