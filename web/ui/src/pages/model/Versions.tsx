import type { Metadata } from "../../api/routes";
import { Time } from "../../components/Parts";
import { Empty } from "../../components/States";
import { short } from "../../text/measures";
import { Aliases, metricsOf, Stage, VersionLink } from "./marks";

const METRICS = 3; // columns of them

/** Every version as a row: where it is used, and how good it was. */
export function Versions({ model }: { model: Metadata.Model }) {
  if (model.versions.length === 0) return <Empty>No version is registered.</Empty>;
  const metrics = [...new Set(model.versions.flatMap((version) => Object.keys(metricsOf(version))))].slice(0, METRICS);
  return (
    <div className="scrolled" tabIndex={0} role="region" aria-label="Versions">
      <table className="dense">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Stage</th>
            <th scope="col">Aliases</th>
            {metrics.map((name) => (
              <th key={name} scope="col" className="number" dir="auto">
                {name}
              </th>
            ))}
            <th scope="col">Status</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {model.versions.map((version) => (
            <tr key={version.key}>
              <th scope="row">
                <VersionLink version={version.version} />
              </th>
              <td>
                <Stage stage={version.stage} />
              </td>
              <td>
                <Aliases aliases={version.aliases} />
              </td>
              {metrics.map((name) => {
                const value = metricsOf(version)[name];
                return (
                  <td key={name} className="number">
                    {value === undefined ? "" : short(value)}
                  </td>
                );
              })}
              <td>{version.status?.toLowerCase()}</td>
              <td>
                <Time at={version.created_at} none="not known" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!model.complete && <p className="quiet">Older versions and changes are not shown.</p>}
    </div>
  );
}
