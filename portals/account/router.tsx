/** TABLE: the pages and their addresses below `/account`. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { PageFailed, PageMissing } from '../shared/shell/page-problems.tsx'
import { Overview } from './pages/overview.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: PageMissing, errorComponent: PageFailed })
const below = { getParentRoute: () => root }

const pages = [
  createRoute({ ...below, path: '/', component: Overview }),
  createRoute({
    ...below,
    path: '/personal',
    component: lazyRouteComponent(() => import('./pages/personal/personal.tsx'), 'Personal'),
  }),
  createRoute({
    ...below,
    path: '/security',
    component: lazyRouteComponent(() => import('./pages/security/security.tsx'), 'Security'),
  }),
  createRoute({
    ...below,
    path: '/activity',
    component: lazyRouteComponent(() => import('./pages/activity/activity.tsx'), 'Activity'),
  }),
  createRoute({
    ...below,
    path: '/privacy',
    component: lazyRouteComponent(() => import('./pages/privacy/privacy.tsx'), 'Privacy'),
  }),
]

/** Knows which page is open. */
export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: '/account',
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
})
