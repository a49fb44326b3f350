// Sizes of what is drawn, in the picture's own units: all are known, so nothing has to be measured.
export const CARD = { width: 210, height: 58 };
export const ROW = 24; // of a column on a card
export const GAP = 18; // between cards above each other
export const STEP = CARD.width + 90; // from one level to the next

export interface Position {
  x: number;
  y: number;
}

/** What is to be laid out: the height of each card, in the order of importance, and the edges among them. */
export interface Graph {
  heights: ReadonlyMap<string, number>;
  edges: readonly (readonly [source: string, target: string])[];
}

export type Positions = ReadonlyMap<string, Position>;
