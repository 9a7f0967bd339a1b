/** A new passphrase, typed twice, with its strength in words. Pasting is allowed: password managers are welcome. */
import { PasswordInput, Progress, Stack, Text } from '@mantine/core'
import { useWords } from '../words/catalogue.ts'
import { type Strength, strengthOf } from './passphrase.ts'

interface Props {
  readonly first: string
  readonly second: string
  readonly label?: string
  readonly isTried: boolean
  /** The page begins here. */
  readonly isFirst?: boolean
  onChange(first: string, second: string): void
}

const BAR: Record<Strength, { value: number; color: string }> = {
  empty: { value: 0, color: 'gray' },
  weak: { value: 20, color: 'red.7' },
  fair: { value: 50, color: 'yellow.8' },
  good: { value: 75, color: 'teal' },
  strong: { value: 100, color: 'teal' },
}

/** True when the two entries agree and are worth trying; the node has the last word. */
export const isPassphraseReady = (first: string, second: string): boolean =>
  first === second && !['empty', 'weak'].includes(strengthOf(first))

export function PassphraseFields({ first, second, label, isTried, isFirst, onChange }: Props) {
  const t = useWords().firstRun
  const strength = strengthOf(first)
  const bar = BAR[strength]
  const isRefused = isTried && (strength === 'weak' || strength === 'empty')
  return (
    <Stack gap="sm">
      <PasswordInput
        label={label ?? t.passphrase}
        description={t.passphraseHint}
        value={first}
        autoComplete="new-password"
        autoFocus={isFirst}
        onChange={(event) => onChange(event.currentTarget.value, second)}
        error={isRefused ? t.strength[strength] : undefined}
        visibilityToggleButtonProps={{ 'aria-label': t.show }}
      />
      <div>
        <Progress value={bar.value} color={bar.color} size="xs" aria-label={t.strength.label} />
        <Text size="xs" c="dimmed" mt={4} role="status" mih="1.2em">
          {strength === 'empty' || isRefused ? '' : t.strength[strength]}
        </Text>
      </div>
      <PasswordInput
        label={t.passphraseAgain}
        value={second}
        autoComplete="new-password"
        onChange={(event) => onChange(first, event.currentTarget.value)}
        error={
          (isTried || (second.length >= first.length && second !== '')) && first !== second
            ? t.passphraseDiffers
            : undefined
        }
        visibilityToggleButtonProps={{ 'aria-label': t.show }}
      />
    </Stack>
  )
}
