import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { model as modelQuery } from "../../api/models";
import type { Metadata } from "../../api/routes";
import { Badges } from "../../components/Badges";
import { Description } from "../../components/Description";
import { EntityHeader } from "../../components/EntityHeader";
import { History } from "../../components/History";
import { Owners, Tags } from "../../components/Labels";
import { LineageLists } from "../../components/LineageLists";
import { Field, Outside, Time } from "../../components/Parts";
import { Sources, Vanished } from "../../components/Sources";
import { Failed, Loading } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { keyIn, lineageOf } from "../../text/keys";
import { useTitle } from "../../title";
import { Changes } from "./Changes";
import { Compare } from "./Compare";
import { Version } from "./Version";
import { Versions } from "./Versions";

export default function ModelPage() {
  const { pathname } = useLocation();
  const key = keyIn(pathname, "/model/");
  const { data, error, refetch } = useQuery(modelQuery(key));
  useTitle(data?.name ?? "Model");
  if (data) return <Model key={key} model={data} of={key} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "model", key }} />;
  return <Loading what="the model" />;
}

function Model({ model, of }: { model: Metadata.Model; of: string }) {
  return (
    <article className="entity-page">
      <EntityHeader
        kind="model"
        name={model.name}
        path={["mlflow", model.instance]}
        of={of}
        labels={<Badges of={{ kind: "model", key: of }} badges={model.badges} cached={["model", of]} />}
        actions={
          <Link className="button" to={lineageOf("model", of)}>
            Explore lineage
          </Link>
        }
      />
      <Vanished kind="model" of={of} />
      <div className="entity-body">
        <div>
          <section aria-label="Description">
            <Description
              of={{ kind: "model", key: of }}
              text={model.description}
              label={`description of ${model.name}`}
              cached={["model", of]}
            />
          </section>
          <Tabs
            label="About this model"
            tabs={[
              {
                id: "versions",
                name: "Versions",
                count: model.versions.length,
                content: () => <Versions model={model} />,
              },
              { id: "version", name: "One version", content: () => <Version model={model} /> },
              { id: "compare", name: "Compare", content: () => <Compare model={model} /> },
              { id: "changes", name: "Transitions", count: model.changes.length, content: () => <Changes model={model} /> },
              { id: "lineage", name: "Lineage", content: () => <LineageLists kind="model" of={of} /> },
              { id: "history", name: "History", content: () => <History kind="model" of={of} /> },
            ]}
          />
        </div>
        <Aside model={model} of={of} />
      </div>
    </article>
  );
}

function Aside({ model, of }: { model: Metadata.Model; of: string }) {
  return (
    <aside aria-label="Facts">
      <Field name="Owners">
        <Owners kind="model" of={of} owners={model.owners} />
      </Field>
      <Field name="Tags">
        <Tags kind="model" of={of} tags={model.tags} />
      </Field>
      <Sources kind="model" of={of} description={model.description} />
      {model.properties.length > 0 && (
        <Field name="Properties">
          <ul className="plain-list">
            {model.properties.map((property) => (
              <li key={property} dir="auto">
                {property}
              </li>
            ))}
          </ul>
        </Field>
      )}
      {model.url && (
        <Field name="In MLflow">
          <Outside to={model.url}>Open</Outside>
        </Field>
      )}
      <Field name="Created">
        <Time at={model.created_at} none="not known" />
      </Field>
      <Field name="Last updated">
        <Time at={model.updated_at} none="not known" />
      </Field>
    </aside>
  );
}
