import { type KeyboardEvent, type ReactNode, type RefObject, useId, useState } from "react";

interface Props<Item> {
  label: string;
  listLabel: string;
  placeholder: string;
  text: string;
  found: Item[]; // what is offered for the text; only asked for while it is open
  idOf: (item: Item) => string;
  itemOf: (item: Item) => ReactNode;
  write: (text: string) => void;
  open: boolean;
  setOpen: (open: boolean) => void;
  take: (item: Item) => void;
  first: boolean; // whether Enter takes the first item unless another was chosen, or what was typed
  input?: RefObject<HTMLInputElement | null>;
  children?: ReactNode; // between the box and its list
}

/**
 * A box with a list of what may be meant: arrows choose, Enter or a click takes, Escape closes the list. While an input
 * method composes a letter, the keys are its own.
 */
export function Combobox<Item>(props: Props<Item>) {
  const { label, listLabel, placeholder, text, idOf, itemOf, write, open, setOpen, take, first, input, children } = props;
  const found = open ? props.found : [];
  const start = first ? 0 : -1; // -1: nothing but what was typed
  const [picked, setPicked] = useState<string | null>(null); // by what it is: a later answer puts it elsewhere in the list
  const at = placeOf(picked, found.map(idOf), start);
  const list = useId();
  const close = () => {
    setOpen(false);
    setPicked(null);
  };
  const chosen = found[at];
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      const next = found[stepped(at, step, start, found.length)];
      setPicked(next ? idOf(next) : null);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault(); // it takes, and does not yet send the form
      close();
      take(chosen);
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // it closes the list, and nothing else: the text stays
      event.stopPropagation();
      close();
    }
  };
  return (
    <>
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen ? `${list}-${at}` : undefined}
        placeholder={placeholder}
        value={text}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        onChange={(event) => {
          write(event.target.value);
          setOpen(true);
          setPicked(null);
        }}
        onKeyDown={onKey}
        onBlur={() => setOpen(false)}
      />
      {children}
      <ul id={list} className="offered" role="listbox" aria-label={listLabel} hidden={found.length === 0}>
        {found.map((item, index) => (
          <li
            key={idOf(item)}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault(); // before the box loses focus and the list is gone
              close();
              take(item);
            }}
          >
            {itemOf(item)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where in the list what was picked is now; where one starts, if it is there no more. */
export function placeOf(picked: string | null, ids: string[], start: number): number {
  const place = picked === null ? -1 : ids.indexOf(picked);
  return place < 0 ? start : place;
}

/** One step through the places from `start` to the last one, round and round. */
export function stepped(at: number, step: number, start: number, length: number): number {
  const places = length - start;
  return ((at - start + step + places) % places) + start;
}
