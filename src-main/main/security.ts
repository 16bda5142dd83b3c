/** What no page may do, set for every web contents there will ever be. */
import { app, session } from 'electron';
import { devServer, isOurPage, originOf, pageOrigin, scheme } from './origin.ts';

/** The page's policy: nothing but its own files, our images, and styles that scripts set. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Panes and pop-ups place themselves by style attributes and elements; nothing can be fetched from within them.
  "style-src 'self' 'unsafe-inline'",
  `img-src 'self' ${scheme}: blob: data:`,
  "font-src 'self'",
  // Hot reloading talks to the development server, and waits for it in a worker; the built page talks to nobody.
  ...(devServer
    ? [`connect-src 'self' ${devServer.replace(/^http/, 'ws')}`, 'worker-src blob:']
    : ["connect-src 'none'"]),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Addresses the app itself is made of. Whatever else is asked for would leave this computer. */
function isOurs(url: string): boolean {
  if (/^(app|blob|data|devtools):/.test(url)) return true;
  return devServer !== undefined && originOf(url.replace(/^ws/, 'http')) === pageOrigin;
}

export function setupSecurity(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOurs(url) }));
  if (devServer) {
    defaultSession.webRequest.onHeadersReceived(({ responseHeaders }, answer) =>
      answer({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': [contentSecurityPolicy] } }),
    );
  }

  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event) => {
      // The page may only reload itself. A file dropped beside a drop zone would otherwise replace the app.
      if (!isOurPage(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
  });
}
