import type { Metadata } from "../../api/routes";
import { Badges } from "../../components/Badges";
import { Description } from "../../components/Description";

/** The fields of a nested type, as a tree; each is described and given badges in place. */
export function Nested({ types, cached }: { types: Metadata.TypeMetadata[]; cached: readonly unknown[] }) {
  return (
    <ul className="nested">
      {[...types]
        .sort((a, b) => a.sort_order - b.sort_order)
        .map((type) => (
          <li key={type.key}>
            <Field type={type} cached={cached} />
            {type.children.length > 0 && <Nested types={type.children} cached={cached} />}
          </li>
        ))}
    </ul>
  );
}

function Field({ type, cached }: { type: Metadata.TypeMetadata; cached: readonly unknown[] }) {
  const of = { kind: "type_metadata", key: type.key } as const;
  const name = NAMES[type.name] ?? type.name;
  return (
    <div className="nested-field">
      <span dir="auto">{name}</span> <code className="type">{type.children.length ? type.kind : type.data_type}</code>
      <Badges of={of} badges={type.badges} cached={cached} name={name} />
      <Description of={of} text={type.description} label={`description of ${name}`} cached={cached} small />
    </div>
  );
}

const NAMES: Record<string, string> = { _inner_: "each", _map_key: "key", _map_value: "value" };
