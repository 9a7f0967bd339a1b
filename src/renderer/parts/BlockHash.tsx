/** A hash, shortened in the middle: whole on hover, copied by a click. */
import { Tooltip, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { shortHash } from '../lib/format.ts'
import { node } from '../lib/node.ts'
import { useWords } from '../words/catalogue.ts'

interface Props {
  readonly hash: string
  readonly each?: number
  /** Plain text, for rows that are themselves buttons. */
  readonly isPlain?: boolean
}

export function BlockHash({ hash, each = 6, isPlain }: Props) {
  const t = useWords()
  if (isPlain)
    return (
      <span className="mono" title={hash}>
        {shortHash(hash, each)}
      </span>
    )
  const copy = async () => {
    await node.app.copyText({ text: hash, isSecret: false })
    notifications.show({ message: t.shell.copied, autoClose: 1500 })
  }
  return (
    <Tooltip
      label={<span className="mono">{hash}</span>}
      multiline
      maw={420}
      style={{ wordBreak: 'break-all' }}
    >
      <UnstyledButton className="mono" onClick={() => void copy()} style={{ minHeight: 24, borderRadius: 3 }}>
        <span className="visually-hidden">{t.shell.copy} </span>
        {shortHash(hash, each)}
      </UnstyledButton>
    </Tooltip>
  )
}
