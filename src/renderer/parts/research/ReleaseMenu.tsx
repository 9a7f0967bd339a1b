/** The one button beside whatever may leave this page. */
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { tellFailure } from '../FailureNote.tsx'
import { useWords } from '../../words/catalogue.ts'
import { FORMS, releaseAs, type Releasable, type ReleaseForm, type ReleaseOf } from './release-output.ts'

interface Props {
  readonly what: Releasable
  readonly of: ReleaseOf
  /** Instead of the usual words, where another button beside it saves something else. */
  readonly label?: string | undefined
}

export function ReleaseMenu({ what, of, label }: Props) {
  const t = useWords().question
  const called = label ?? t.release
  const [isBusy, setIsBusy] = useState(false)
  const take = (form: ReleaseForm) => {
    setIsBusy(true)
    releaseAs(what, form, of)
      .catch(tellFailure)
      .finally(() => setIsBusy(false))
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          loading={isBusy}
          aria-label={`${called}: ${what.name}`}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {called}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMS[what.kind].map((form) => (
          <Menu.Item key={form} onClick={() => take(form)}>
            {t.releaseAs[form]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
