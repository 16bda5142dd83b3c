/**
 * The engine's environment: the user's own, without whatever would change how Node, its loader or Electron behave, and
 * without what npm adds when it runs a script.
 */
export function scrubEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const unwanted = /^(NODE_|ELECTRON_|CHROME_|NPM_|UV_|LD_PRELOAD$|LD_AUDIT$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !unwanted.test(name)));
}
