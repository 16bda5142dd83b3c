import { extname } from 'node:path';

const extensions = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']);

/** Whether a file is called as an image is. What it really is, only the decoder finds out. */
export const hasImageName = (name: string): boolean => extensions.has(extname(name).toLowerCase());
