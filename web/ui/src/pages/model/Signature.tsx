import type { Metadata } from "../../api/routes";
import { Empty } from "../../components/States";

/** What a version takes and returns. */
export function Signature({ version }: { version: Metadata.ModelVersion }) {
  if (!version.inputs && !version.outputs) return <Empty>It has no signature.</Empty>;
  return (
    <div className="both">
      <Fields title="Takes" fields={version.inputs} />
      <Fields title="Returns" fields={version.outputs} />
    </div>
  );
}

function Fields({ title, fields }: { title: string; fields: Metadata.SignatureField[] | null }) {
  return (
    <section className="values">
      <h3>{title}</h3>
      {!fields?.length && <Empty>Nothing is said.</Empty>}
      <dl>
        {fields?.map((field) => (
          <div key={field.name}>
            <dt dir="auto">{field.name}</dt>
            <dd>
              <code>{field.type}</code>
              {!field.required && <span className="quiet"> optional</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
