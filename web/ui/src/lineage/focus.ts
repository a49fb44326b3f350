import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from "react";

/** A part of the page that keeps the focus when what had it goes away: a form that was sent, an item that was removed. */
export function useKeptFocus(part: RefObject<HTMLElement | null>) {
  const within = useRef(false);
  useLayoutEffect(() => {
    if (within.current && document.activeElement === document.body) part.current?.focus({ preventScroll: true });
  });
  return {
    tabIndex: -1,
    onFocus: () => {
      within.current = true;
    },
    onBlur: ({ target }: FocusEvent) => {
      // What is still there was left by the reader.
      setTimeout(() => {
        within.current = target.isConnected ? (part.current?.contains(document.activeElement) ?? false) : within.current;
      });
    },
  };
}
