/** What the application understands of its command line. Everything else is Chromium's or nobody's. */
export interface LaunchOptions {
  /** `--profile DIR`: show this institution's folder first. */
  readonly profileFolder: string | null
  /** `--hidden`: start the node without a window, e.g. at log-in. */
  readonly isHidden: boolean
  /** `--self-test`: check this installation, print one JSON line, exit 0 or 1. */
  readonly isSelfTest: boolean
}

/** @param argv without the executable (and, in development, without the application's folder) */
export function parseCommandLine(
  argv: readonly string[],
  resolvePath: (path: string) => string,
): LaunchOptions {
  const valueOf = (name: string): string | null => {
    const at = argv.indexOf(name)
    const next = at >= 0 ? argv[at + 1] : undefined
    const joined = argv.find((argument) => argument.startsWith(`${name}=`))
    return joined !== undefined
      ? joined.slice(name.length + 1)
      : next !== undefined && !next.startsWith('-')
        ? next
        : null
  }
  const folder = valueOf('--profile')
  return {
    profileFolder: folder === null || folder === '' ? null : resolvePath(folder),
    isHidden: argv.includes('--hidden'),
    isSelfTest: argv.includes('--self-test'),
  }
}
