import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Metadata } from "../api/routes";
import { kindLetter, kindName, pageOf, tableKey } from "../text/keys";
import { plain } from "../text/plain";

interface Row {
  kind: string;
  of: string;
  name: ReactNode;
  within?: string;
  text?: ReactNode;
  labels?: ReactNode;
}

/** One entity in a list: what it is, what it is called, where it stands, and a line about it. */
export function Resource({ kind, of, name, within, text, labels }: Row) {
  return (
    <article className="resource">
      <span className={`kind ${kind}`} title={kindName(kind)}>
        <span aria-hidden="true">{kindLetter(kind)}</span>
        <span className="hidden">{kindName(kind)}</span>
      </span>
      <div>
        <h3>
          <Link to={pageOf(kind, of)} dir="auto" data-result>
            {name}
          </Link>
          {within && (
            <span className="within" dir="auto">
              {within}
            </span>
          )}
          {labels}
        </h3>
        {text && (
          <p className="line" dir="auto">
            {text}
          </p>
        )}
      </div>
    </article>
  );
}

/** Tables, dashboards and features, as lists of what somebody owns, follows or reads have them. */
export interface Listed {
  table: Metadata.PopularTable[];
  dashboard?: Metadata.DashboardSummary[];
  feature?: Metadata.FeatureSummary[];
}

export function sizeOf(listed: Listed): number {
  return listed.table.length + (listed.dashboard?.length ?? 0) + (listed.feature?.length ?? 0);
}

export function Rows({ listed }: { listed: Listed }) {
  return (
    <>
      {listed.table.map((table) => (
        <TableRow key={tableKey(table)} table={table} />
      ))}
      {listed.dashboard?.map((dashboard) => <DashboardRow key={dashboard.uri} dashboard={dashboard} />)}
      {listed.feature?.map((feature) => <FeatureRow key={feature.key} feature={feature} />)}
    </>
  );
}

export function TableRow({ table }: { table: Metadata.PopularTable }) {
  return (
    <Resource
      kind="table"
      of={tableKey(table)}
      name={table.name}
      within={`${table.database} · ${table.schema}`}
      text={plain(table.description, 160)}
    />
  );
}

export function DashboardRow({ dashboard }: { dashboard: Metadata.DashboardSummary }) {
  return (
    <Resource
      kind="dashboard"
      of={dashboard.uri}
      name={dashboard.name}
      within={`${dashboard.product} · ${dashboard.group_name}`}
      text={plain(dashboard.description, 160)}
    />
  );
}

function FeatureRow({ feature }: { feature: Metadata.FeatureSummary }) {
  return (
    <Resource
      kind="feature"
      of={feature.key}
      name={feature.name}
      within={`${feature.feature_group} · version ${feature.version}`}
      text={plain(feature.description, 160)}
    />
  );
}
