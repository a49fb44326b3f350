import { Link } from "react-router";

import type { Metadata } from "../../api/routes";
import { useParameter } from "../../components/parameter";
import { Copy, Field, Outside, Time } from "../../components/Parts";
import { Empty } from "../../components/States";
import { pageOf, partsOf } from "../../text/keys";
import { short } from "../../text/measures";
import { Aliases, Stage } from "./marks";
import { Signature } from "./Signature";

/** One version: what it takes and returns, the run that made it, and what that has read. */
export function Version({ model }: { model: Metadata.Model }) {
  const [chosen, choose] = useParameter("version", model.versions[0]?.version);
  const version = model.versions.find((each) => each.version === chosen) ?? model.versions[0];
  if (!version) return <Empty>No version is registered.</Empty>;
  return (
    <div className="version">
      <label className="choice">
        Version{" "}
        <select value={version.version} onChange={(event) => choose(event.target.value)}>
          {model.versions.map((each) => (
            <option key={each.key}>{each.version}</option>
          ))}
        </select>
      </label>
      <p className="row">
        <Stage stage={version.stage} /> <Aliases aliases={version.aliases} />
        {version.flavors.map((flavor) => (
          <span key={flavor} className="badge">
            {flavor}
          </span>
        ))}
        {version.url && <Outside to={version.url}>In MLflow</Outside>}
      </p>
      {version.description && <p dir="auto">{version.description}</p>}
      {version.status_message && <p className="quiet">{version.status_message}</p>}
      <Signature version={version} />
      <Made version={version} />
      <Datasets version={version} />
    </div>
  );
}

function Made({ version }: { version: Metadata.ModelVersion }) {
  const { run } = version;
  if (!run) return <Empty>The run that made it is not known.</Empty>;
  return (
    <section className="made">
      <h3>
        Made by run{" "}
        <Link to={pageOf("run", run.key)} dir="auto">
          {run.name}
        </Link>
      </h3>
      <p className="quiet">
        {run.user && <span dir="auto">{run.user} · </span>}
        <Time at={run.started_at} none="not known when" />
        {run.git_commit && (
          <>
            {" · commit "}
            <code>{run.git_commit.slice(0, 10)}</code> <Copy text={run.git_commit} what="commit" />
          </>
        )}
      </p>
      <div className="both">
        <Values title="Parameters" values={run.parameters} />
        <Values
          title="Metrics"
          values={Object.fromEntries(Object.entries(run.metrics).map(([name, value]) => [name, short(value)]))}
        />
      </div>
    </section>
  );
}

/** Names with their values. */
export function Values({ title, values }: { title: string; values: Record<string, string> }) {
  const names = Object.keys(values).sort();
  return (
    <section className="values">
      <h4>{title}</h4>
      {names.length === 0 && <Empty>None.</Empty>}
      <dl>
        {names.map((name) => (
          <div key={name}>
            <dt dir="auto">{name}</dt>
            <dd dir="auto">{values[name]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Datasets({ version }: { version: Metadata.ModelVersion }) {
  return (
    <section>
      <h3>What it learned from</h3>
      <DatasetList datasets={version.datasets} />
      {version.columns.length > 0 && (
        <Field name={`Columns, known by its ${version.columns[0]?.known_by ?? "lineage"}`}>
          <span className="row">
            {version.columns.map((column) => (
              <Link key={column.key} className="tag" to={pageOf("column", column.key)} dir="auto">
                {partsOf(column.key).name}
              </Link>
            ))}
          </span>
        </Field>
      )}
    </section>
  );
}

/** Datasets with the tables they are taken from. */
export function DatasetList({ datasets }: { datasets: Metadata.DatasetRead[] }) {
  if (datasets.length === 0) return <Empty>No dataset is known.</Empty>;
  return (
    <ul className="plain-list">
      {datasets.map((dataset) => (
        <li key={dataset.key}>
          <span dir="auto">{dataset.name}</span>{" "}
          <span className="quiet">
            {[dataset.context, dataset.source_type, `digest ${dataset.digest}`].filter(Boolean).join(" · ")}
          </span>
          {dataset.tables.map((table) => (
            <span key={table}>
              {" from "}
              <Link to={pageOf("table", table)} dir="auto">
                {partsOf(table).name}
              </Link>
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
