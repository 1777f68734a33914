/** The admin portal: starts when somebody is signed in. */
import { RouterProvider } from '@tanstack/react-router'
import { EntryRefused } from '../shared/shell/entry-refused.tsx'
import { startPortal } from '../shared/start-portal.tsx'
import { BASE, enter, signInAnew } from './auth.ts'
import { queries } from './data.ts'
import { router } from './router.tsx'
import { texts } from './texts/texts.ts'

await startPortal({
  texts,
  queries,
  enter,
  content: <RouterProvider router={router} />,
  // Not in the organization that may have refused.
  refused: (problem) => <EntryRefused problem={problem} home={BASE} signIn={signInAnew} />,
})
