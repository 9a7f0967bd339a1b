/** Who computed a request and found the same, who found something else, and who said nothing; each by name. */
import type { RequestTakers } from '../../../shared/contract/requests.ts'
import { formatNumber } from '../../lib/format.ts'
import { useLocale, useWords } from '../../words/catalogue.ts'

export function TakersNote({
  takers: { same, otherwise, silent },
  isRecomputation = false,
}: {
  readonly takers: RequestTakers
  readonly isRecomputation?: boolean
}) {
  const t = useWords().requests
  const locale = useLocale()
  return (
    <>
      {isRecomputation && same.length > 0 && (
        <p>{t.takers.same(formatNumber(same.length, locale), same.join(t.listComma))}</p>
      )}
      {otherwise.map(({ hospital, outcome, isSuspended, isOfOtherEngine }) => (
        <p key={hospital} data-testid="found-otherwise">
          <strong>{t.takers.otherwise(hospital, outcome, isSuspended)}</strong>
          {isOfOtherEngine && ` ${t.takers.otherEngine}`}
        </p>
      ))}
      {isRecomputation && silent.length > 0 && same.length > 0 && (
        <p>{t.takers.silent(silent.join(t.listComma))}</p>
      )}
    </>
  )
}
