/** What happened, what it means for the data, what to do. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { failureCode } from '../lib/node.ts'
import { Callout } from '../ui/Callout.tsx'
import { useWords, wordsNow, type Words } from '../words/catalogue.ts'

export function failureWords(code: string, t: Words): { what: string; means: string; todo: string } {
  const known = t.failures.byCode as Record<string, { what: string; means: string; todo: string }>
  return known[code] ?? known['unexpected'] ?? { what: code, means: '', todo: '' }
}

/** Whether the catalogue has words of its own for a code. */
export const failureIsKnown = (code: string, t: Words): boolean => Object.hasOwn(t.failures.byCode, code)

export function FailureNote({ code, onRetry }: { readonly code: string; onRetry?(): void }) {
  const t = useWords()
  const words = failureWords(code, t)
  return (
    <Callout
      tone="bad"
      isLive
      title={words.what}
      action={
        onRetry && (
          <Button variant="default" onClick={onRetry}>
            {t.shell.retry}
          </Button>
        )
      }
    >
      {words.means} {words.todo}
    </Callout>
  )
}

/** For an action whose failure has no place of its own on the page. */
export function tellFailure(error: unknown): void {
  const code = failureCode(error)
  const words = failureWords(code, wordsNow())
  // What was thrown may be a defect of ours: leave the trail where support looks for it.
  if (code === 'unexpected') console.error(error)
  notifications.show({
    color: 'red',
    title: words.what,
    message: `${words.means} ${words.todo}`,
    autoClose: 10_000,
  })
}
