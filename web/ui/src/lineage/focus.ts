import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from "react";

/** Whether a focus came with the keyboard: a press gives one, too. */
export function byKeyboard(focused: Element): boolean {
  return focused.matches(":focus-visible");
}

/**
 * A part of the page that keeps the focus of a keyboard when what had it goes away: a form that was sent, an item that
 * was removed, a button that gives its place to another. `heir` says what gets it; the part itself, unless told.
 */
export function useKeptFocus(part: RefObject<HTMLElement | null>, heir?: string) {
  const within = useRef(false);
  useLayoutEffect(() => {
    if (!within.current || document.activeElement !== document.body) return;
    const next = heir ? part.current?.querySelector<HTMLElement>(heir) : part.current;
    next?.focus({ preventScroll: true });
  });
  return {
    onFocus: ({ target }: FocusEvent) => {
      within.current = byKeyboard(target);
    },
    onBlur: ({ target }: FocusEvent) => {
      setTimeout(() => {
        if (target.isConnected && !part.current?.contains(document.activeElement)) within.current = false; // it was left
      });
    },
  };
}
