interface Chosen {
  label: string;
  value: string;
  choose: (value: string) => void;
  options: readonly (readonly [value: string, name: string])[];
  /** Of the element, where a label of its own is seen beside it. */
  id?: string;
}

/** One of several values, in a list that opens. */
export function Choice({ label, value, choose, options, id }: Chosen) {
  return (
    <select id={id} aria-label={label} value={value} onChange={(event) => choose(event.target.value)}>
      {options.map(([of, name]) => (
        <option key={of} value={of}>
          {name}
        </option>
      ))}
    </select>
  );
}
