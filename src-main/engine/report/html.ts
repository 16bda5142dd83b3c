/** Text for a place in HTML, attributes included. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** 0.8215 -> "82.2 %" */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
