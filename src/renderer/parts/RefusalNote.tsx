/** Why a folder or a kit did not open: cause, effect on the data, next step. */
import type { z } from 'zod'
import type { openRefusal } from '../../shared/contract/app.ts'
import { Callout } from '../ui/Callout.tsx'
import { useWords } from '../words/catalogue.ts'

export interface Refusal {
  readonly reason: z.infer<typeof openRefusal> | 'not-a-kit' | 'damaged' | 'other-institution' | 'older-keys'
  readonly detail?: string | undefined
}

export function RefusalNote({ refusal }: { readonly refusal: Refusal | undefined }) {
  const t = useWords().firstRun
  if (!refusal) return null
  const { reason, detail } = refusal
  const sentence = reason === 'damaged' ? t.kit.damaged : t.refusals[reason]
  const more =
    detail === undefined || detail === ''
      ? ''
      : reason === 'wrong-passphrase' && /^[0-9]+$/.test(detail)
        ? t.waitSeconds(detail)
        : reason === 'wrong-pin'
          ? t.pinTriesLeft(Number(detail))
          : t.refusalDetail(detail)
  return (
    <Callout tone="bad" isLive>
      {sentence} {more}
    </Callout>
  )
}
