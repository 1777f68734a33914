/** The profile portal: starts when somebody is signed in. */
import { RouterProvider } from '@tanstack/react-router'
import { EntryRefused } from '../shared/shell/entry-refused.tsx'
import { startPortal } from '../shared/start-portal.tsx'
import { enter, signIn } from './auth.ts'
import { queries } from './profile.ts'
import { router } from './router.tsx'
import { texts } from './texts/texts.ts'

await startPortal({
  texts,
  queries,
  enter,
  content: <RouterProvider router={router} />,
  refused: (problem) => <EntryRefused problem={problem} home="/account" signIn={signIn} />,
})
