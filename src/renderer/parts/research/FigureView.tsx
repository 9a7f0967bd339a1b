/** A figure on the screen: the shapes of the file, in the colours of the window. */
import { TEXT_SIZE, type Figure, type Shape } from './figure.ts'
import styles from './Figure.module.css'

export function FigureView({ figure }: { readonly figure: Figure }) {
  return (
    <svg
      className={styles.figure}
      viewBox={`0 0 ${figure.width} ${figure.height}`}
      role="img"
      aria-label={figure.description}
    >
      {figure.shapes.map((shape, i) => (
        <One key={i} shape={shape} />
      ))}
    </svg>
  )
}

function One({ shape }: { readonly shape: Shape }) {
  switch (shape.kind) {
    case 'line':
      return (
        <line
          x1={shape.x1}
          y1={shape.y1}
          x2={shape.x2}
          y2={shape.y2}
          className={styles.stroke}
          data-tone={shape.tone}
          strokeWidth={shape.width ?? 1}
          strokeDasharray={shape.dash}
        />
      )
    case 'box':
      return (
        <rect
          x={shape.x}
          y={shape.y}
          width={shape.width}
          height={shape.height}
          className={styles.fill}
          data-tone={shape.tone}
        />
      )
    case 'path':
      return (
        <path
          d={shape.d}
          className={styles.stroke}
          data-tone={shape.tone}
          fill="none"
          strokeWidth={1.75}
          strokeDasharray={shape.dash}
        />
      )
    case 'band':
      return <path d={shape.d} className={styles.band} data-tone={shape.tone} />
    case 'text':
      return (
        <text
          {...(shape.isUpright === true
            ? { transform: `translate(${shape.x} ${shape.y}) rotate(-90)` }
            : { x: shape.x, y: shape.y })}
          textAnchor={shape.anchor ?? 'start'}
          className={styles.text}
          data-tone={shape.tone ?? 'ink'}
          data-seam={shape.hasSeam === true || undefined}
          fontSize={shape.size ?? TEXT_SIZE}
          fontWeight={shape.isBold === true ? 600 : undefined}
        >
          {shape.text}
        </text>
      )
  }
}
