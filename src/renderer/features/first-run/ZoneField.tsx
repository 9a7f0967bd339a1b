/** The facility's time zone; the machine's own is proposed. */
import { Autocomplete } from '@mantine/core'
import { useMemo } from 'react'
import { useWords } from '../../words/catalogue.ts'

export function ZoneField({ value, onChange }: { readonly value: string; onChange(zone: string): void }) {
  const t = useWords().firstRun
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), [])
  return (
    <Autocomplete
      size="sm"
      label={t.zone}
      description={t.zoneHint}
      data={zones}
      limit={20}
      value={value}
      onChange={onChange}
      spellCheck={false}
    />
  )
}
