import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { run as runQuery } from "../../api/models";
import type { Metadata } from "../../api/routes";
import { EntityHeader } from "../../components/EntityHeader";
import { Copy, Field, Outside, Some, Time } from "../../components/Parts";
import { Failed, Loading } from "../../components/States";
import { keyIn, lineageOf, pageOf } from "../../text/keys";
import { short } from "../../text/measures";
import { useTitle } from "../../title";
import { Aliases, Stage } from "../model/marks";
import { DatasetList, Values } from "../model/Version";

export default function RunPage() {
  const { pathname } = useLocation();
  const key = keyIn(pathname, "/run/");
  const { data, error, refetch } = useQuery(runQuery(key));
  useTitle(data?.name ?? "Run");
  if (data) return <Run key={key} run={data} of={key} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "run", key }} />;
  return <Loading what="the run" />;
}

function Run({ run, of }: { run: Metadata.Run; of: string }) {
  const metrics = Object.fromEntries(Object.entries(run.metrics).map(([name, value]) => [name, short(value)]));
  return (
    <article className="entity-page">
      <EntityHeader
        kind="run"
        name={run.name}
        path={[run.experiment?.name ?? "", run.status?.toLowerCase() ?? ""]}
        of={of}
        actions={
          <Link className="button" to={lineageOf("run", of)}>
            Explore lineage
          </Link>
        }
      />
      <div className="entity-body">
        <div>
          {run.description && <p dir="auto">{run.description}</p>}
          <div className="both">
            <Values title="Parameters" values={run.parameters} />
            <Values title="Metrics" values={metrics} />
          </div>
          <section>
            <h3>What it read</h3>
            <DatasetList datasets={run.datasets} />
          </section>
          {run.versions.length > 0 && (
            <section>
              <h3>What it made</h3>
              <ul className="plain-list">
                {run.versions.map((version) => (
                  <li key={version.key} className="row">
                    <Link to={pageOf("model_version", version.key)} dir="auto">
                      {version.name}
                    </Link>
                    <Stage stage={version.stage} /> <Aliases aliases={version.aliases} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          <Nested run={run} />
        </div>
        <Aside run={run} />
      </div>
    </article>
  );
}

function Nested({ run }: { run: Metadata.Run }) {
  if (run.children.length === 0) return null;
  return (
    <section>
      <h3>Runs within it</h3>
      <Some items={run.children} limit={20}>
        {(some) => (
          <ul className="plain-list">
            {some.map((child) => (
              <li key={child.key}>
                <Link to={pageOf("run", child.key)} dir="auto">
                  {child.name}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Some>
    </section>
  );
}

function Aside({ run }: { run: Metadata.Run }) {
  const facts: [name: string, value: string | null][] = [
    ["Who", run.user],
    ["Source", run.source_name],
    ["Branch", run.git_branch],
    ["Repository", run.git_repository],
    ["Entry point", run.entry_point],
    ["Properties", run.properties.join(", ")],
  ];
  return (
    <aside aria-label="Facts">
      {run.experiment && (
        <Field name="Experiment">
          <Link to={pageOf("experiment", run.experiment.key)} dir="auto">
            {run.experiment.name}
          </Link>
        </Field>
      )}
      {run.parent && (
        <Field name="Within run">
          <Link to={pageOf("run", run.parent.key)} dir="auto">
            {run.parent.name}
          </Link>
        </Field>
      )}
      {facts.map(
        ([name, value]) =>
          value && (
            <Field key={name} name={name}>
              <span dir="auto">{value}</span>
            </Field>
          ),
      )}
      {run.git_commit && (
        <Field name="Commit">
          <code>{run.git_commit.slice(0, 10)}</code> <Copy text={run.git_commit} what="commit" />
        </Field>
      )}
      {run.url && (
        <Field name="In MLflow">
          <Outside to={run.url}>Open</Outside>
        </Field>
      )}
      <Field name="Started">
        <Time at={run.started_at} none="not known" />
      </Field>
      <Field name="Ended">
        <Time at={run.ended_at} none="not yet" />
      </Field>
    </aside>
  );
}
