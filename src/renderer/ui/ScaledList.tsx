/** A listbox of any number of rows of equal height: keyboard, wheel and thumb, and only the rows in sight are drawn. */
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type Ref,
} from 'react'
import {
  clampOffset,
  type Extent,
  offsetOfScrollTop,
  offsetToShow,
  scrollerHeight,
  scrollTopOfOffset,
  visibleRows,
} from './scaled-scroll.ts'
import styles from './ScaledList.module.css'

export interface ScaledListHandle {
  show(row: number): void
  focus(): void
}

interface Props {
  readonly label: string
  readonly rowCount: number
  /** Height of a row in rem, so that larger type keeps its room. */
  readonly rowRem?: number
  readonly selected: number | null
  onSelect(row: number): void
  onOpen?(row: number): void
  /** Told which rows are in sight, half-open. */
  onVisible?(first: number, end: number): void
  renderRow(row: number): ReactNode
  readonly idPrefix: string
  readonly ref?: Ref<ScaledListHandle>
}

export function ScaledList(props: Props) {
  const { rowCount, selected, onSelect, onOpen, onVisible, renderRow } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [viewportHeight, setViewportHeight] = useState(0)
  const [rowHeight, setRowHeight] = useState(32)
  const [offset, setOffset] = useState(0)
  const offsetNow = useRef(0)
  /** Scroll position that we set ourselves: its event must not coarsen the exact offset. */
  const ownScrollTop = useRef(-1)
  const extent: Extent = { rowCount, rowHeight, viewportHeight }
  const extentNow = useRef(extent)
  extentNow.current = extent

  const moveTo = useCallback((wanted: number) => {
    const next = clampOffset(wanted, extentNow.current)
    offsetNow.current = next
    setOffset(next)
    const element = scroller.current
    if (!element) return
    element.scrollTop = scrollTopOfOffset(next, extentNow.current)
    ownScrollTop.current = element.scrollTop
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => {
      const viewport = element.clientHeight
      const row = parseFloat(getComputedStyle(document.documentElement).fontSize) * (props.rowRem ?? 2)
      // Whoever asks for a row right after the first drawing asks before the next one.
      extentNow.current = { ...extentNow.current, viewportHeight: viewport, rowHeight: row }
      setViewportHeight(viewport)
      setRowHeight(row)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [props.rowRem])

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    // React's wheel listener is passive and could not hold the browser's own, coarser step back.
    const wheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) return
      const size = extentNow.current
      const step =
        event.deltaMode === 1
          ? event.deltaY * size.rowHeight
          : event.deltaMode === 2
            ? event.deltaY * size.viewportHeight
            : event.deltaY
      event.preventDefault()
      moveTo(offsetNow.current + step)
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [moveTo])

  // Fewer rows or a taller window may have left the offset beyond the end.
  useLayoutEffect(() => {
    if (offsetNow.current !== clampOffset(offsetNow.current, extentNow.current)) moveTo(offsetNow.current)
  }, [rowCount, viewportHeight, rowHeight, moveTo])

  const { first, end } = visibleRows(offset, extent)
  useEffect(() => {
    if (viewportHeight > 0) onVisible?.(first, end)
  }, [first, end, viewportHeight, onVisible])

  const show = useCallback(
    (row: number) => moveTo(offsetToShow(row, offsetNow.current, extentNow.current)),
    [moveTo],
  )
  useImperativeHandle(props.ref, () => ({ show, focus: () => scroller.current?.focus() }), [show])

  const choose = (row: number) => {
    if (rowCount === 0) return
    const next = Math.min(Math.max(0, row), rowCount - 1)
    show(next)
    onSelect(next)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(viewportHeight / rowHeight) - 1)
    const here = selected ?? Math.floor(offset / rowHeight) - 1
    const target: Record<string, number> = {
      ArrowDown: here + 1,
      ArrowUp: here - 1,
      PageDown: here + page,
      PageUp: here - page,
      Home: 0,
      End: rowCount - 1,
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const next = target[event.key]
    if (next !== undefined) {
      event.preventDefault()
      choose(next)
    } else if (event.key === 'Enter' && selected !== null) {
      event.preventDefault()
      onOpen?.(selected)
    }
  }

  const rows: ReactNode[] = []
  for (let row = first; row < end; row++) {
    rows.push(
      <div
        key={row}
        id={`${props.idPrefix}-${row}`}
        role="option"
        aria-selected={row === selected}
        aria-posinset={row + 1}
        aria-setsize={rowCount}
        className={styles.row}
        data-selected={row === selected || undefined}
        style={{ height: rowHeight, transform: `translateY(${row * rowHeight - offset}px)` }}
        onMouseDown={() => choose(row)}
        onDoubleClick={() => onOpen?.(row)}
      >
        {renderRow(row)}
      </div>,
    )
  }

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={
        selected !== null && selected >= first && selected < end ? `${props.idPrefix}-${selected}` : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        const top = event.currentTarget.scrollTop
        if (Math.abs(top - ownScrollTop.current) < 1) return
        ownScrollTop.current = -1
        const next = offsetOfScrollTop(top, extentNow.current)
        offsetNow.current = next
        setOffset(next)
      }}
    >
      <div role="presentation" style={{ height: scrollerHeight(extent) }}>
        <div role="presentation" className={styles.window} style={{ height: viewportHeight }}>
          {rows}
        </div>
      </div>
    </div>
  )
}
