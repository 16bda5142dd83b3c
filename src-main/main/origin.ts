/** Where the page comes from: the built files behind `app://`, or electron-vite's server while developing. */

export const scheme = 'app';

/** Set by `electron-vite dev`; absent in the built app. */
export const devServer: string | undefined = process.env['ELECTRON_RENDERER_URL'];

export const pageUrl = devServer ?? `${scheme}://receptive/index.html`;

/** `URL.origin` is "null" for our own scheme, so it is put together here. */
export function originOf(url: string): string | null {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return null;
  }
}

export const pageOrigin = originOf(pageUrl);

export function isOurPage(url: string): boolean {
  return originOf(url) === pageOrigin;
}
