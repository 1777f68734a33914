/** How a portal starts: in its language, once somebody is signed in. */
import { MantineProvider } from '@mantine/core'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './tokens.css'
import './fonts.css'
import { ToastRegion } from './components/toasts.tsx'
import { startLanguage, type Texts } from './language.ts'
import { PUBLIC_URL } from './page-facts.ts'
import type { EntryProblem } from './sign-in.ts'
import { theme } from './theme/theme.ts'

/** A portal: its texts, what it keeps of its API's answers, how one enters, and what is drawn then. */
export type Portal = {
  texts: Texts<string>
  queries: QueryClient
  enter: () => Promise<EntryProblem | undefined>
  content: ReactNode
  refused: (problem: EntryProblem) => ReactNode
}

/** Starts it. Sign-in knows one address of this server: under any other the person would be sent to and fro. */
export async function startPortal({ texts, queries, enter, content, refused }: Portal): Promise<void> {
  if (location.origin !== PUBLIC_URL) {
    location.replace(PUBLIC_URL + location.pathname + location.search + location.hash)
    return
  }
  startLanguage(texts)
  const problem = await enter()
  draw(queries, problem ? refused(problem) : content)
}

function draw(queries: QueryClient, content: ReactNode): void {
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
