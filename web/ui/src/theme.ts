// Dark, light, or as the system has it; kept in this browser.
export type Theme = "system" | "light" | "dark";
const STORED = "fram.theme";
export const THEMES: Theme[] = ["system", "light", "dark"];

export function storedTheme(): Theme {
  const stored = recall(STORED);
  return THEMES.find((theme) => theme === stored) ?? "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  remember(STORED, theme);
}

/** What this browser remembers; nothing, where it is told to remember nothing. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that forgets is no reason to fail
  }
}
