// What somebody points at, by the pointer or with the keyboard: its path is lit.
import { useEffect, useState } from "react";

type Hand = "pointer" | "keyboard";

export const REST = 80; // milliseconds on one thing: who only passes lights nothing

/**
 * What is pointed at once the pointer rests. A press ends the wait until the pointer moves again: to light a path styles
 * the whole picture, and who clicks on arrival would wait for that before what they clicked for.
 */
export class Pointing {
  private at: string | null = null;
  private by: Hand = "pointer";
  private lit: string | null = null;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly light: (id: string | null) => void) {}

  come(id: string, by: Hand) {
    this.at = id;
    this.by = by;
    this.press();
    this.move();
  }

  /** Let go of what the same hand came to: a focus that goes elsewhere takes nothing from the pointer. */
  leave(by: Hand) {
    if (by !== this.by) return;
    this.at = null;
    this.press();
    this.show();
  }

  press() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  move() {
    if (this.at !== this.lit) this.waiting ??= setTimeout(() => this.show(), REST);
  }

  private show() {
    this.waiting = undefined;
    this.lit = this.at;
    this.light(this.lit);
  }
}

/** What is lit, and what tells of coming and leaving. */
export function usePointing() {
  const [pointed, setPointed] = useState<string | null>(null);
  const [steady] = useState(() => {
    const pointing = new Pointing(setPointed);
    const by = (hand: Hand) => (id: string | null) => (id === null ? pointing.leave(hand) : pointing.come(id, hand));
    return { pointing, hover: by("pointer"), focus: by("keyboard") };
  });
  useEffect(() => {
    const { pointing } = steady;
    const [press, move] = [() => pointing.press(), () => pointing.move()];
    document.addEventListener("pointerdown", press, true);
    document.addEventListener("pointermove", move, { passive: true });
    return () => {
      pointing.press();
      document.removeEventListener("pointerdown", press, true);
      document.removeEventListener("pointermove", move);
    };
  }, [steady]);
  return { pointed, hover: steady.hover, focus: steady.focus };
}
