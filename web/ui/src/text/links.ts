// Links that texts and sources may lead to. Anything that could run is no link.
const SAFE = ["http:", "https:", "mailto:"];

export function safeLink(url: string | null | undefined): string | null {
  if (!url) return null;
  try {
    return SAFE.includes(new URL(url).protocol) ? url : null; // a relative one leads nowhere: it was meant elsewhere
  } catch {
    return null;
  }
}
