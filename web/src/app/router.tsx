import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { NotFound } from './NotFound';
import { RouteError } from './RouteError';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('@/routes/chat'), 'NewChatPage'),
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: '/c/$conversationId',
  component: lazyRouteComponent(() => import('@/routes/chat'), 'ConversationPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/providers' });
  },
});

const providers = createRoute({
  getParentRoute: () => root,
  path: '/settings/providers',
  component: lazyRouteComponent(() => import('@/routes/settingsProviders'), 'SettingsProviders'),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: '/settings/projects',
  component: lazyRouteComponent(() => import('@/routes/settingsProjects'), 'SettingsProjects'),
});

const appearance = createRoute({
  getParentRoute: () => root,
  path: '/settings/appearance',
  component: lazyRouteComponent(() => import('@/routes/settingsAppearance'), 'SettingsAppearance'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, conversation, settings, providers, projects, appearance]),
  defaultErrorComponent: RouteError,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
