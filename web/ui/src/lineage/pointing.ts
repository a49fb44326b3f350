// What somebody points at, by the pointer or with the keyboard: its path is lit.
import { useEffect, useState } from "react";

type Hand = "pointer" | "keyboard";

export const REST = 80; // milliseconds on one thing: who only passes lights nothing
export const TREMBLE = 8; // pixels that a hand moves while it clicks

type Place = readonly [x: number, y: number];

/**
 * What is pointed at once the pointer rests. A press ends the wait until the pointer moves on: to light a path styles
 * the whole picture, and who clicks on arrival would wait for that before what they clicked for.
 */
export class Pointing {
  private at: string | null = null;
  private by: Hand = "pointer";
  private lit: string | null = null;
  private pressed: Place | null = null;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly light: (id: string | null) => void) {}

  come(id: string, by: Hand) {
    this.at = id;
    this.by = by;
    this.pressed = null;
    this.stop();
    this.wait();
  }

  /** Let go of what the same hand came to: a focus that goes elsewhere takes nothing from the pointer. */
  leave(by: Hand) {
    if (by !== this.by) return;
    this.at = null;
    this.stop();
    this.show();
  }

  press(where: Place) {
    this.pressed = where;
    this.stop();
  }

  move([x, y]: Place) {
    if (this.pressed && Math.hypot(x - this.pressed[0], y - this.pressed[1]) < TREMBLE) return;
    this.pressed = null;
    this.wait();
  }

  stop() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  private wait() {
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
    const press = ({ clientX, clientY }: PointerEvent) => pointing.press([clientX, clientY]);
    const move = ({ clientX, clientY }: PointerEvent) => pointing.move([clientX, clientY]);
    document.addEventListener("pointerdown", press, true);
    document.addEventListener("pointermove", move, { passive: true });
    return () => {
      pointing.stop();
      document.removeEventListener("pointerdown", press, true);
      document.removeEventListener("pointermove", move);
    };
  }, [steady]);
  return { pointed, hover: steady.hover, focus: steady.focus };
}
