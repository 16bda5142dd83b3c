/** The desktop app's boot list. Everything native is set up here, one file a concern; the work itself is the engine's. */
import { app } from 'electron';
import { registerAppScheme, setupAppProtocol } from './app-protocol.ts';
import { setupEngine } from './engine.ts';
import { exposeCollector } from './garbage.ts';
import { setupMenu } from './menu.ts';
import { messages } from './messages.ts';
import { setupPaths } from './paths.ts';
import { setupRelay } from './relay.ts';
import { setupSecurity } from './security.ts';
import { setupWindow } from './window.ts';

if (app.requestSingleInstanceLock()) {
  registerAppScheme();
  exposeCollector();
  setupPaths();
  const engine = setupEngine();
  void app.whenReady().then(() => {
    setupSecurity();
    setupAppProtocol(engine);
    setupMenu();
    setupRelay(engine);
    setupWindow();
  });
} else {
  console.log(messages.runningAlready);
  app.quit();
}
