import { useQuery } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { isSignedIn, sessionQuery } from './api/session.ts'
import { ErrorState, Skeleton } from './components/states.tsx'
import { pages } from './pages/index.ts'
import type { PageEntry } from './pages/page-entry.ts'
import { NotFound } from './shell/not-found.tsx'
import { RequireSession } from './shell/require-session.tsx'
import { Shell } from './shell/shell.tsx'

type Search = Record<string, string | undefined>

const root = createRootRoute({
  validateSearch: (search: Search): Search => search,
  search: { middlewares: [retainSearchParams(['project'])] },
  component: Outlet,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
})

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Shell })

const home = createRoute({ getParentRoute: () => frame, path: '/', component: Home })

/** The first page that the reader may see: without a session, one of development. */
function Home() {
  const { data: session, isPending } = useQuery(sessionQuery)
  if (isPending) return null
  const first = pages.find(({ access }) => access === 'development' || isSignedIn(session))
  return <Navigate to={(first?.path ?? '/sign-in') as '.'} replace />
}

const missing = createRoute({ getParentRoute: () => frame, path: '$', component: NotFound })

/** One route for each page, with those of its panels below it. */
function createPageRoute({ path, access, load, panels = [] }: PageEntry) {
  const Page: ComponentType = lazyRouteComponent(load) as ComponentType
  const page = createRoute({
    getParentRoute: () => frame,
    path,
    component: () =>
      access === 'session' ? (
        <RequireSession>
          <Page />
        </RequireSession>
      ) : (
        <Page />
      ),
  })
  const below = panels.map((panel) =>
    createRoute({ getParentRoute: () => page, path: panel.path, component: lazyRouteComponent(panel.load) }),
  )
  return page.addChildren(below)
}

/** The addresses of the console. They lie below the path of `<base>`, wherever a proxy puts it. */
export const createConsoleRouter = () =>
  createRouter({
    routeTree: root.addChildren([signIn, frame.addChildren([home, ...pages.map(createPageRoute), missing])]),
    basepath: new URL(document.baseURI).pathname,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingMs: 150,
    defaultPendingComponent: () => (
      <div className="p-8">
        <Skeleton />
      </div>
    ),
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
    // Values stay texts: the router's own reading makes a number of a phone number.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: renderSearch,
  })

function renderSearch(search: Search): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const text = new URLSearchParams(given).toString()
  return text === '' ? '' : `?${text}`
}
