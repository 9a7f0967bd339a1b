/** A key or a chord as it is printed on keyboards. */
import { Kbd as MantineKbd } from '@mantine/core'

export function Keys({ of }: { readonly of: string }) {
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', rowGap: 2 }}>
      {of.split(' ').map((key, i) => (
        <MantineKbd key={i} size="xs" mx={1}>
          {key}
        </MantineKbd>
      ))}
    </span>
  )
}
