/** What a change does to who must agree: the numbers, before and after. */
import type { ArithmeticView } from '../../../../shared/contract/governance.ts'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'

export function Arithmetic({ arithmetic }: { readonly arithmetic: ArithmeticView }) {
  const t = useWords().network.arithmetic
  const { before, after, seatsChanged, seatsAllowed } = arithmetic
  if (seatsChanged === 0) return <p className={styles.quiet}>{t.same}</p>
  return (
    <ul className={styles.arithmetic} data-testid="arithmetic">
      <li>{t.before(before)}</li>
      <li>
        {t.after(after)} {t.reach(after)}
      </li>
      {seatsAllowed !== null && <li>{t.seats(seatsChanged, seatsAllowed)}</li>}
    </ul>
  )
}
