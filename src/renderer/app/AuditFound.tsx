/** Whoever reads the audit hears, wherever in the application it is, that it is no longer whole. */
import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import type { Role } from '../../shared/contract/app.ts'
import { mayCall } from '../../shared/contract/rights.ts'
import { listen, node } from '../lib/node.ts'
import { formatPlace } from '../lib/router.ts'
import { useWords } from '../words/catalogue.ts'

const ID = 'audit-found'

export function useAuditFound(roles: readonly Role[]): void {
  const mayRead = mayCall('audit.standing', roles)
  useEffect(() => {
    if (!mayRead) return
    let isGone = false
    const close = () => notifications.hide(ID)
    const look = () =>
      node.audit.standing().then(
        ({ verdict }) => {
          if (isGone) return
          if (verdict === null || verdict.findings.length === 0) close()
          else
            notifications.show({
              id: ID,
              color: 'red',
              message: <AuditFound onLook={close} />,
              autoClose: false,
            })
        },
        // Looked at without a passphrase, or locked meanwhile: the room itself says what is wrong.
        () => undefined,
      )
    void look()
    const stop = listen('audit', 'changed', () => void look())
    return () => {
      isGone = true
      stop()
      close()
    }
  }, [mayRead])
}

function AuditFound({ onLook }: { onLook(): void }) {
  const words = useWords()
  return (
    <>
      {words.audit.notWhole}{' '}
      <Anchor href={formatPlace('audit')} inherit onClick={onLook}>
        {words.network.alerts.look}
      </Anchor>
    </>
  )
}
