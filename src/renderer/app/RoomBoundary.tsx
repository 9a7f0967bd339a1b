/** A defect in one room leaves the others, and what was typed, alone. */
import { Button, Code, Stack, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { Callout } from '../ui/Callout.tsx'
import { useWords } from '../words/catalogue.ts'

interface Props {
  readonly children: ReactNode
}

export class RoomBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }
  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
  override render() {
    if (!this.state.error) return this.props.children
    return <Crashed error={this.state.error} onRetry={() => this.setState({ error: null })} />
  }
}

function Crashed({ error, onRetry }: { readonly error: Error; onRetry(): void }) {
  const t = useWords().shell
  return (
    <Stack p="xl" maw={640}>
      <Callout
        tone="bad"
        isLive
        title={t.crashed.title}
        action={<Button onClick={onRetry}>{t.crashed.retry}</Button>}
      >
        {t.crashed.body}
      </Callout>
      <details>
        <summary>
          <Text span size="xs">
            {t.crashed.details}
          </Text>
        </summary>
        <Code block>{error.stack ?? error.message}</Code>
      </details>
    </Stack>
  )
}
