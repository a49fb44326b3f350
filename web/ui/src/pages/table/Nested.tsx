import type { Metadata } from "../../api/routes";
import { plain } from "../../text/plain";

/** The fields of a nested type, as a tree. */
export function Nested({ types }: { types: Metadata.TypeMetadata[] }) {
  return (
    <ul className="nested">
      {[...types]
        .sort((a, b) => a.sort_order - b.sort_order)
        .map((type) => (
          <li key={type.key}>
            <span dir="auto">{NAMES[type.name] ?? type.name}</span>{" "}
            <code className="type">{type.children.length ? type.kind : type.data_type}</code>
            {type.description && <span className="quiet"> {plain(type.description, 120)}</span>}
            {type.children.length > 0 && <Nested types={type.children} />}
          </li>
        ))}
    </ul>
  );
}

const NAMES: Record<string, string> = { _inner_: "each", _map_key: "key", _map_value: "value" };
