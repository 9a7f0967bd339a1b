/** The rules of a founding: set by whoever draws the document up, read by everybody before they sign. */
import { Button, NumberInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { RuleView } from '../../../shared/contract/governance.ts'
import { formatNumber } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { RhoInput } from '../../parts/RhoInput.tsx'
import { isShareOfBudget, ruleNumber } from '../../parts/rule-number.ts'
import { useLocale, useWords } from '../../words/catalogue.ts'
import styles from './FirstRun.module.css'

/** Said by a tick of its own, with what it means. */
const BY_TICK = 'votersBelowFourAllowed'

function useRuleName(): (name: string) => string {
  const names: Readonly<Record<string, string>> = useWords().network.rules.names
  return (name) => names[name] ?? name
}

/** Every rule with its value; one that differs from the usual says so. */
export function SignedRules({ rules }: { readonly rules: readonly RuleView[] }) {
  const t = useWords().joining
  const locale = useLocale()
  const nameOf = useRuleName()
  return (
    <div>
      <Text fw={600}>{t.rules}</Text>
      <Text size="sm">{t.rulesSign}</Text>
      <ul className={styles.signers} data-testid="founding-rules">
        {rules.map(({ name, value, standard }) => (
          <li key={name}>
            <span>{nameOf(name)}</span>
            <span className="number">
              {standard !== null && standard !== value && (
                <span className="secondary">{t.usually(ruleNumber(name, standard, locale))} · </span>
              )}
              {standard === value ? (
                ruleNumber(name, value, locale)
              ) : (
                <strong>{ruleNumber(name, value, locale)}</strong>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

interface Props {
  /** What differs from the usual values. */
  readonly changes: Readonly<Record<string, number>>
  onChange(changes: Readonly<Record<string, number>>): void
}

export function DraftRules({ changes, onChange }: Props) {
  const { joining: t, network } = useWords()
  const locale = useLocale()
  const nameOf = useRuleName()
  const [isOpen, setOpen] = useState(false)
  const rules = useAsk(() => node.joining.rules({}), [])
  if (!isOpen)
    return (
      <div>
        <Button variant="subtle" size="compact-sm" onClick={() => setOpen(true)}>
          {t.rulesDraft}
        </Button>
      </div>
    )
  const set = (name: string, value: number, standard: number | null) => {
    const { [name]: _, ...others } = changes
    onChange(value === standard ? others : { ...others, [name]: value })
  }
  return (
    <Stack gap="xs">
      {(rules.value ?? []).map(({ name, standard, bounds }) =>
        bounds === null || name === BY_TICK ? null : isShareOfBudget(name) ? (
          <RhoInput
            key={name}
            label={nameOf(name)}
            description={network.rules.bounds(
              ruleNumber(name, bounds.least, locale),
              ruleNumber(name, bounds.greatest, locale),
            )}
            microRho={changes[name] ?? standard ?? bounds.least}
            least={bounds.least}
            most={bounds.greatest}
            onMicroRho={(value) => set(name, value, standard)}
          />
        ) : (
          <NumberInput
            key={name}
            label={nameOf(name)}
            description={network.rules.bounds(
              formatNumber(bounds.least, locale),
              formatNumber(bounds.greatest, locale),
            )}
            value={changes[name] ?? standard ?? bounds.least}
            min={bounds.least}
            max={bounds.greatest}
            allowDecimal={false}
            onChange={(value) => {
              if (typeof value === 'number') set(name, value, standard)
            }}
          />
        ),
      )}
    </Stack>
  )
}
