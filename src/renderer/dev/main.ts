import { installFakeNode } from './fake-node.ts'

installFakeNode(new URLSearchParams(window.location.search))
await import('../main.tsx')
