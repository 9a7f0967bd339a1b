/** Whoever may agree hears of a request for an erasure wherever in the application it is; Home says so until it is answered. */
import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import type { Role } from '../../shared/contract/app.ts'
import type { ErasureView } from '../../shared/contract/erasures.ts'
import { formatNumber } from '../lib/format.ts'
import { listen, node } from '../lib/node.ts'
import { formatPlace } from '../lib/router.ts'
import { useLocale, useWords } from '../words/catalogue.ts'

const STAYS_MS = 15_000

export function useAskedErasures(roles: readonly Role[]): void {
  const mayAnswer = roles.includes('administrator')
  useEffect(() => {
    if (!mayAnswer) return
    let isGone = false
    // Those that were there before are told by Home.
    let known: ReadonlySet<string> | null = null
    const look = () =>
      node.erasures.list().then(
        (list) => {
          if (isGone) return
          const waiting = list.filter(({ mayApprove }) => mayApprove === 'yes')
          const before = known
          known = new Set(waiting.map(({ erasureId }) => erasureId))
          if (before === null) return
          for (const each of waiting) if (!before.has(each.erasureId)) tell(each)
        },
        // Looked at without a passphrase, or locked meanwhile.
        () => undefined,
      )
    void look()
    const stop = listen('erasures', 'changed', () => void look())
    return () => {
      isGone = true
      stop()
    }
  }, [mayAnswer])
}

function tell(erasure: ErasureView): void {
  const { erasureId } = erasure
  notifications.show({
    id: erasureId,
    color: 'red',
    message: <AskedErasure erasure={erasure} onLook={() => notifications.hide(erasureId)} />,
    autoClose: STAYS_MS,
  })
}

interface Props {
  readonly erasure: ErasureView
  onLook(): void
}

function AskedErasure({ erasure: { hospital, versionCount }, onLook }: Props) {
  const words = useWords()
  const locale = useLocale()
  return (
    <>
      {words.erasures.arrived(hospital, formatNumber(versionCount, locale))}{' '}
      <Anchor href={formatPlace('network', 'erasures')} inherit onClick={onLook}>
        {words.network.alerts.look}
      </Anchor>
    </>
  )
}
