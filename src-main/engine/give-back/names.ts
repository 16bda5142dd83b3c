/** Names of files and folders for whatever an image or a class is called. */
import { extname } from 'node:path';

/** Of a name on Linux's file systems, in bytes. */
const longestName = 255;
/** Room for a number that tells two names apart. */
const roomForNumber = 8;

/** "cats/dogs" -> "cats_dogs"; ".hidden" -> "_hidden", since names with a leading dot are passed over by readers. */
export function safeName(name: string): string {
  const safe = name.replaceAll(/[/\p{Cc}]/gu, '_').replace(/^\./, '_');
  return cut(safe, longestName - roomForNumber) || '_';
}

/** Hands out each name once: "a.png", "a-2.png", "a-3.png". */
export class UniqueNames {
  readonly #taken = new Set<string>();

  /** Differences of letters' case alone do not count: some disks know none. */
  take(name: string): string {
    const safe = safeName(name);
    const extension = extname(safe);
    const stem = safe.slice(0, safe.length - extension.length);
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? safe : `${stem}-${number}${extension}`;
      const key = candidate.toLowerCase();
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return candidate;
    }
  }
}

/** At most `bytes` bytes of UTF-8, whole characters, the extension kept. */
function cut(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name;
  const extension = extname(name).slice(0, 16);
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    if (Buffer.byteLength(stem + character + extension) > bytes) break;
    stem += character;
  }
  return stem + extension;
}
