/** The profile portal: starts when somebody is signed in. */
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../shared/tokens.css'
import '../shared/fonts.css'
import { ToastRegion } from '../shared/components/toasts.tsx'
import { startLanguage } from '../shared/language.ts'
import { PUBLIC_URL } from '../shared/page-facts.ts'
import { theme } from '../shared/theme/theme.ts'
import { enter } from './auth.ts'
import { queries } from './profile.ts'
import { router } from './router.tsx'
import { EntryRefused } from './shell/entry-refused.tsx'
import { texts } from './texts/texts.ts'

// Sign-in knows one address of this server. Under any other the person would be sent to and fro.
if (location.origin === PUBLIC_URL) await start()
else location.replace(PUBLIC_URL + location.pathname + location.search + location.hash)

async function start(): Promise<void> {
  startLanguage(texts)
  const problem = await enter()
  draw(problem ? <EntryRefused problem={problem} /> : <RouterProvider router={router} />)
}

function draw(content: ReactNode): void {
  const place = document.getElementById('portal')
  if (!place) throw new Error('The page has no place for the portal.')
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          {content}
          <ToastRegion />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
