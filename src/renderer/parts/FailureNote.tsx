/** What happened, what it means for the data, what to do. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { failureCode, node } from '../lib/node.ts'
import { Callout } from '../ui/Callout.tsx'
import { useWords, wordsNow, type Words } from '../words/catalogue.ts'

export function failureWords(code: string, t: Words): { what: string; means: string; todo: string } {
  const known = t.failures.byCode as Record<string, { what: string; means: string; todo: string }>
  return known[code] ?? known['unexpected'] ?? { what: code, means: '', todo: '' }
}

/** More of the hospital's own patients than a day's work asks for (docs/spec/access.md section 5). */
const TOO_MANY = 'too-many-patients'

/** Whether the catalogue has words of its own for a code. */
export const failureIsKnown = (code: string, t: Words): boolean => Object.hasOwn(t.failures.byCode, code)

/** What may be gone on with by the passphrase; `onDone` does the step again. */
async function goOn(onDone: (() => void) | undefined): Promise<void> {
  await node.access.goOn({})
  onDone?.()
}

export function FailureNote({ code, onRetry }: { readonly code: string; onRetry?(): void }) {
  const t = useWords()
  const isClosed = code === TOO_MANY
  const words = failureWords(code, t)
  return (
    <Callout
      tone="bad"
      isLive
      title={words.what}
      action={
        onRetry && (
          <Button
            variant="default"
            onClick={isClosed ? () => void goOn(onRetry).catch(tellFailure) : onRetry}
          >
            {isClosed ? t.access.house.goOn : t.shell.retry}
          </Button>
        )
      }
    >
      {words.means} {words.todo}
    </Callout>
  )
}

/** Where the step has no place of its own, the person does it again. */
async function goOnElsewhere(): Promise<void> {
  await goOn(() => notifications.show({ message: wordsNow().access.house.wentOn })).catch(tellFailure)
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
    message: (
      <>
        {words.means} {words.todo}
        {code === TOO_MANY && (
          <Button mt="xs" variant="default" size="compact-sm" onClick={() => void goOnElsewhere()}>
            {wordsNow().access.house.goOn}
          </Button>
        )}
      </>
    ),
    autoClose: 10_000,
  })
}
