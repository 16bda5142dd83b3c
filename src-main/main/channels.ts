/** The three IPC channels between preload and main. The page sees none of them, only the bridge. */
export const requestChannel = 'receptive:request';
export const eventChannel = 'receptive:event';
export const pathsChannel = 'receptive:paths';
