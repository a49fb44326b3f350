import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";

import { experiment as experimentQuery } from "../../api/models";
import type { Metadata } from "../../api/routes";
import { Badges } from "../../components/Badges";
import { Description } from "../../components/Description";
import { EntityHeader } from "../../components/EntityHeader";
import { History } from "../../components/History";
import { Owners, Tags } from "../../components/Labels";
import { Field, Outside, Time } from "../../components/Parts";
import { Sources, Vanished } from "../../components/Sources";
import { Failed, Loading } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { keyIn } from "../../text/keys";
import { useTitle } from "../../title";
import { Runs } from "./Runs";

export default function ExperimentPage() {
  const { pathname } = useLocation();
  const key = keyIn(pathname, "/experiment/");
  const { data, error, refetch } = useQuery(experimentQuery(key));
  useTitle(data?.name ?? "Experiment");
  if (data) return <Experiment key={key} experiment={data} of={key} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "experiment", key }} />;
  return <Loading what="the experiment" />;
}

function Experiment({ experiment, of }: { experiment: Metadata.Experiment; of: string }) {
  return (
    <article className="entity-page">
      <EntityHeader
        kind="experiment"
        name={experiment.name}
        path={["mlflow", experiment.instance]}
        of={of}
        labels={<Badges of={{ kind: "experiment", key: of }} badges={experiment.badges} cached={["experiment", of]} />}
      />
      <Vanished kind="experiment" of={of} />
      <div className="entity-body">
        <div>
          <section aria-label="Description">
            <Description
              of={{ kind: "experiment", key: of }}
              text={experiment.description}
              label={`description of ${experiment.name}`}
              cached={["experiment", of]}
            />
          </section>
          <Tabs
            label="About this experiment"
            tabs={[
              {
                id: "runs",
                name: "Runs",
                count: experiment.run_count ?? undefined,
                content: () => <Runs experiment={experiment} />,
              },
              { id: "history", name: "History", content: () => <History kind="experiment" of={of} /> },
            ]}
          />
        </div>
        <Aside experiment={experiment} of={of} />
      </div>
    </article>
  );
}

function Aside({ experiment, of }: { experiment: Metadata.Experiment; of: string }) {
  const lists: [name: string, values: string[]][] = [
    ["Datasets", experiment.datasets],
    ["People", experiment.users],
    ["Properties", experiment.properties],
  ];
  return (
    <aside aria-label="Facts">
      <Field name="Owners">
        <Owners kind="experiment" of={of} owners={experiment.owners} />
      </Field>
      <Field name="Tags">
        <Tags kind="experiment" of={of} tags={experiment.tags} />
      </Field>
      <Sources kind="experiment" of={of} description={experiment.description} />
      {lists.map(
        ([name, values]) =>
          values.length > 0 && (
            <Field key={name} name={name}>
              <span dir="auto">{values.join(", ")}</span>
            </Field>
          ),
      )}
      {experiment.url && (
        <Field name="In MLflow">
          <Outside to={experiment.url}>Open</Outside>
        </Field>
      )}
      <Field name="Created">
        <Time at={experiment.created_at} none="not known" />
      </Field>
    </aside>
  );
}
