/** The command line `consilium`. So far it knows its version; the last line of standard output is one JSON object. */
const [command] = process.argv.slice(2)
if (command === '--version') {
  process.stdout.write(`${JSON.stringify({ node: process.versions.node })}\n`)
} else {
  process.stderr.write('usage: consilium --version\n')
  process.stdout.write(`${JSON.stringify({ ok: false, code: 'usage' })}\n`)
  process.exitCode = 2
}
