import './page-policy.ts' // before everything else
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './ui/styles.css'
import './ui/forced-colors.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { leaveComposingKeys } from './ui/keys.ts'

leaveComposingKeys(window)
const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
