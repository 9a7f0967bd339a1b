/** The one button beside whatever may leave this page. */
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { tellFailure } from '../FailureNote.tsx'
import { useWords } from '../../words/catalogue.ts'
import { FORMS, releaseAs, type Releasable, type ReleaseForm } from './release-output.ts'

export function ReleaseMenu({ what, jobId }: { readonly what: Releasable; readonly jobId: string }) {
  const t = useWords().question
  const [isBusy, setIsBusy] = useState(false)
  const take = (form: ReleaseForm) => {
    setIsBusy(true)
    releaseAs(what, form, jobId)
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
          aria-label={`${t.release}: ${what.name}`}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t.release}
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
