/** The passphrase of whoever is at the window, for one act. In a demonstration it is no secret, and is said beside the field. */
import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useOpenSession } from '../lib/session.ts'
import { useWords } from '../words/catalogue.ts'

interface Props extends Omit<PasswordInputProps, 'value' | 'onChange' | 'autoComplete'> {
  readonly value: string
  onChange(passphrase: string): void
}

export function OwnPassphrase({ value, onChange, description, ...rest }: Props) {
  const t = useWords()
  const demonstration = useOpenSession()?.demonstration
  return (
    <PasswordInput
      {...rest}
      description={
        demonstration === undefined ? (
          description
        ) : (
          <>
            {description} {t.shell.demonstrationPassphrase(demonstration.passphrase)}
          </>
        )
      }
      value={value}
      autoComplete="current-password"
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': t.firstRun.show }}
    />
  )
}
