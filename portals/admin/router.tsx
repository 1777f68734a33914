/** TABLE: the pages and their addresses below `/admin`. What a page shows of a list stands in the address. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { PageFailed, PageMissing } from '../shared/shell/page-problems.tsx'
import { Home } from './home/home.tsx'
import { readQuery, writeQuery } from './search.ts'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: PageMissing,
  errorComponent: PageFailed,
  validateSearch: (query: Record<string, string>) => query,
})
const below = { getParentRoute: () => root }

const pages = [
  createRoute({ ...below, path: '/', component: Home }),
  createRoute({
    ...below,
    path: '/members',
    component: lazyRouteComponent(() => import('./members/members.tsx'), 'Members'),
  }),
  createRoute({
    ...below,
    path: '/members/new',
    component: lazyRouteComponent(() => import('./new-member/new-member.tsx'), 'NewMemberPage'),
  }),
  createRoute({
    ...below,
    path: '/members/$userId',
    component: lazyRouteComponent(() => import('./member/member.tsx'), 'MemberPage'),
  }),
  createRoute({
    ...below,
    path: '/invitations',
    component: lazyRouteComponent(() => import('./invitations/invitations.tsx'), 'Invitations'),
  }),
  createRoute({
    ...below,
    path: '/jobs',
    component: lazyRouteComponent(() => import('./jobs/jobs.tsx'), 'Jobs'),
  }),
  createRoute({
    ...below,
    path: '/jobs/$jobId',
    component: lazyRouteComponent(() => import('./jobs/job-page.tsx'), 'JobPage'),
  }),
  createRoute({
    ...below,
    path: '/roles',
    component: lazyRouteComponent(() => import('./roles/roles.tsx'), 'Roles'),
  }),
  createRoute({
    ...below,
    path: '/activity',
    component: lazyRouteComponent(() => import('./activity/activity.tsx'), 'Activity'),
  }),
  createRoute({
    ...below,
    path: '/terms',
    component: lazyRouteComponent(() => import('./terms/terms-page.tsx'), 'TermsPage'),
  }),
  createRoute({
    ...below,
    path: '/terms/new',
    component: lazyRouteComponent(() => import('./terms/new-terms.tsx'), 'NewTermsPage'),
  }),
  createRoute({
    ...below,
    path: '/terms/$termsId',
    component: lazyRouteComponent(() => import('./terms/one-terms.tsx'), 'OneTermsPage'),
  }),
  createRoute({
    ...below,
    path: '/terms/$termsId/publish',
    component: lazyRouteComponent(() => import('./terms/publish.tsx'), 'PublishPage'),
  }),
  createRoute({
    ...below,
    path: '/branding',
    component: lazyRouteComponent(() => import('./branding/branding.tsx'), 'Branding'),
  }),
  createRoute({
    ...below,
    path: '/settings',
    component: lazyRouteComponent(() => import('./settings/settings.tsx'), 'SettingsPage'),
  }),
]

/** Knows which page is open. */
export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: '/admin',
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
  parseSearch: readQuery,
  stringifySearch: writeQuery,
})
