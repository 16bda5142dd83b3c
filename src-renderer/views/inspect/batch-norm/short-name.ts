/** The file and its folder, which often is its class: enough to know it by. */
export const shortName = (path: string): string => path.split('/').slice(-2).join('/');
