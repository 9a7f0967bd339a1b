/** One sentence on what will be here, and one button that starts it. */
import { Button, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props {
  readonly icon?: ReactNode
  readonly children: ReactNode
  readonly action?: string
  onAction?(): void
}

export function EmptyState({ icon, children, action, onAction }: Props) {
  return (
    <Stack align="center" gap="sm" p="xl" c="dimmed">
      {icon}
      <Text ta="center" maw={420}>
        {children}
      </Text>
      {action && onAction && <Button onClick={onAction}>{action}</Button>}
    </Stack>
  )
}
