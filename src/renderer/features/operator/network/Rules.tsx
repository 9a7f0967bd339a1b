/** The numbers that the consortium agreed on, and the key of its network. */
import { Button, Group, NativeSelect, NumberInput, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Overview, PlanInput } from '../../../../shared/contract/governance.ts'
import { formatNumber } from '../../../lib/format.ts'
import { isShareOfBudget } from '../../../parts/rule-number.ts'
import { RhoInput } from '../../../parts/RhoInput.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'
import { isYesOrNo, rulesBySubject, ruleValue } from './rule-groups.ts'
import { ruleName } from './sentences.ts'

interface Props {
  readonly view: Overview
  readonly mayDecide: boolean
  onWish(plan: PlanInput): void
}

/** Heights that the others have to see a change of the network's key before it starts. */
const KEY_CHANGE_HEIGHTS = 20
/** Heights that are left to those who have not installed the new version. */
const PROTOCOL_CHANGE_HEIGHTS = 1_000

export function Rules({ view, mayDecide, onWish }: Props) {
  const t = useWords().network.rules
  const network = useWords().network
  const { cancel } = useWords().shell
  const locale = useLocale()
  const [edited, setEdited] = useState<{ name: string; value: number }>()
  return (
    <>
      <Panel title={t.title}>
        <p className={styles.quiet}>{t.hint}</p>
        {rulesBySubject(view.policy).map(({ subject, rules }) => (
          <section key={subject}>
            <h3>{t.subjects[subject]}</h3>
            <ul className={styles.rules}>
              {rules.map(({ name, value, bounds }) => (
                <li key={name}>
                  <span>
                    {ruleName(name, network)}
                    {!isYesOrNo(name) && (
                      <span className="secondary">
                        {' '}
                        {bounds === null
                          ? t.unknown
                          : t.bounds(
                              ruleValue(name, bounds.least, network, locale),
                              ruleValue(name, bounds.greatest, network, locale),
                            )}
                      </span>
                    )}
                  </span>
                  {edited?.name === name && bounds !== null ? (
                    <form
                      className={styles.edit}
                      onSubmit={(event) => {
                        event.preventDefault()
                        onWish({ kind: 'policy', name, value: edited.value })
                        setEdited(undefined)
                      }}
                      onKeyDown={(event) => {
                        if (event.key === 'Escape') setEdited(undefined)
                      }}
                    >
                      {isYesOrNo(name) ? (
                        <NativeSelect
                          aria-label={t.newValue}
                          size="xs"
                          value={String(edited.value)}
                          data={[
                            { value: '1', label: t.yes },
                            { value: '0', label: t.no },
                          ]}
                          autoFocus
                          onChange={(event) => setEdited({ name, value: Number(event.currentTarget.value) })}
                        />
                      ) : isShareOfBudget(name) ? (
                        <RhoInput
                          aria-label={t.newValue}
                          size="xs"
                          microRho={edited.value}
                          least={bounds.least}
                          most={bounds.greatest}
                          autoFocus
                          onMicroRho={(next) => setEdited({ name, value: next })}
                        />
                      ) : (
                        <NumberInput
                          aria-label={t.newValue}
                          size="xs"
                          value={edited.value}
                          min={bounds.least}
                          max={bounds.greatest}
                          allowDecimal={false}
                          autoFocus
                          onChange={(next) => setEdited({ name, value: Number(next) })}
                        />
                      )}
                      <Button size="compact-sm" type="submit">
                        {t.change}
                      </Button>
                      <Button size="compact-sm" variant="subtle" onClick={() => setEdited(undefined)}>
                        {cancel}
                      </Button>
                    </form>
                  ) : (
                    <span className={styles.value}>
                      {ruleValue(name, value, network, locale)}
                      {mayDecide && bounds !== null && (
                        <Button
                          size="compact-xs"
                          variant="subtle"
                          aria-label={`${t.change} ${ruleName(name, network)}`}
                          onClick={() => setEdited({ name, value })}
                        >
                          {t.change}
                        </Button>
                      )}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </Panel>
      {mayDecide && (
        <Panel title={network.about.generation}>
          <Group justify="space-between" align="center">
            <Stack gap={0}>
              <span>{formatNumber(view.networkGeneration, locale)}</span>
              <span className="secondary">{t.keyChangeHint}</span>
            </Stack>
            <Button
              variant="default"
              onClick={() => onWish({ kind: 'network', afterHeights: KEY_CHANGE_HEIGHTS })}
            >
              {t.keyChange}
            </Button>
          </Group>
        </Panel>
      )}
      {mayDecide && <ProtocolPanel view={view} onWish={onWish} />}
    </>
  )
}

function ProtocolPanel({ view, onWish }: Pick<Props, 'view' | 'onWish'>) {
  const { rules: t, about } = useWords().network
  const locale = useLocale()
  const { protocolVersion, newestProtocol, strength } = view
  const next = protocolVersion + 1
  const ready = view.members.filter(
    ({ isVoter, connection }) => isVoter && (connection.newestProtocol ?? 0) >= next,
  ).length
  return (
    <Panel title={about.protocol}>
      <Group justify="space-between" align="center" wrap="nowrap">
        <Stack gap={0}>
          <span>{formatNumber(protocolVersion, locale)}</span>
          <span className="secondary">
            {newestProtocol < next
              ? t.protocolNewest
              : t.protocolHint(ready, strength.voters, strength.quorum)}
          </span>
        </Stack>
        {newestProtocol >= next && (
          <Button
            variant="default"
            onClick={() => onWish({ kind: 'protocol', afterHeights: PROTOCOL_CHANGE_HEIGHTS })}
          >
            {t.protocolChange(formatNumber(next, locale))}
          </Button>
        )}
      </Group>
    </Panel>
  )
}
