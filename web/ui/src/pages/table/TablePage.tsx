import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { table as tableQuery, tableDashboards } from "../../api/queries";
import type { Metadata } from "../../api/routes";
import { Badges } from "../../components/Badges";
import { Bookmark } from "../../components/Bookmark";
import { Description } from "../../components/Description";
import { EntityHeader } from "../../components/EntityHeader";
import { History } from "../../components/History";
import { Owners, Tags } from "../../components/Labels";
import { LineageLists } from "../../components/LineageLists";
import { Field, Outside, Time } from "../../components/Parts";
import { DashboardRow } from "../../components/Resource";
import { Sources, Vanished } from "../../components/Sources";
import { Empty, Failed, Loading } from "../../components/States";
import { type Tab, Tabs } from "../../components/Tabs";
import { keyIn, lineageOf } from "../../text/keys";
import { useTitle } from "../../title";
import { Columns } from "./Columns";
import { Joins, Usage, Watermarks } from "./Facts";
import { Generated } from "./Generated";

export default function TablePage() {
  const { pathname } = useLocation();
  const key = keyIn(pathname, "/table/");
  const { data, error, refetch } = useQuery(tableQuery(key));
  useTitle(data ? `${data.schema}.${data.name}` : "Table");
  if (data) return <Table key={key} table={data} of={key} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "table", key }} />;
  return <Loading what="the table" />;
}

function Table({ table, of }: { table: Metadata.Table; of: string }) {
  return (
    <article className="entity-page">
      <EntityHeader
        kind="table"
        name={table.name}
        path={[table.is_view ? "view" : "", table.database, table.cluster, table.schema]}
        of={of}
        labels={<Badges of={{ kind: "table", key: of }} badges={table.badges} cached={["table", of]} />}
        actions={
          <>
            <Bookmark kind="table" of={of} />
            <Link className="button" to={lineageOf("table", of)}>
              Explore lineage
            </Link>
          </>
        }
      />
      <Vanished kind="table" of={of} />
      <div className="entity-body">
        <div>
          <section aria-label="Description">
            <Description
              of={{ kind: "table", key: of }}
              text={table.description}
              label={`description of ${table.name}`}
              cached={["table", of]}
            />
          </section>
          <Tabs label="About this table" tabs={tabsOf(table, of)} />
        </div>
        <Aside table={table} of={of} />
      </div>
    </article>
  );
}

function tabsOf(table: Metadata.Table, of: string): Tab[] {
  return [
    {
      id: "columns",
      name: "Columns",
      count: table.columns.length,
      content: () => <Columns of={of} columns={table.columns} />,
    },
    { id: "lineage", name: "Lineage", content: () => <LineageLists kind="table" of={of} /> },
    { id: "dashboards", name: "Dashboards", content: () => <Dashboards of={of} /> },
    { id: "usage", name: "Usage", count: table.table_readers.length, content: () => <Usage table={table} /> },
    {
      id: "watermarks",
      name: "Watermarks",
      count: table.watermarks.length,
      content: () => <Watermarks watermarks={table.watermarks} />,
    },
    {
      id: "joins",
      name: "Joins & filters",
      count: table.common_joins.length + table.common_filters.length,
      content: () => <Joins table={table} />,
    },
    { id: "history", name: "History", content: () => <History kind="table" of={of} /> },
  ];
}

function Dashboards({ of }: { of: string }) {
  const { data, error, refetch } = useQuery(tableDashboards(of));
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading what="dashboards" />;
  if (data.dashboards.length === 0) return <Empty>No dashboard is known to use this table.</Empty>;
  return data.dashboards.map((dashboard) => <DashboardRow key={dashboard.uri} dashboard={dashboard} />);
}

function Aside({ table, of }: { table: Metadata.Table; of: string }) {
  return (
    <aside aria-label="Facts">
      <Field name="Owners">
        <Owners kind="table" of={of} owners={table.owners} />
      </Field>
      <Field name="Tags">
        <Tags kind="table" of={of} tags={table.tags} />
      </Field>
      <Sources kind="table" of={of} description={table.description} />
      <Field name="Last updated">
        <Time at={table.last_updated_timestamp} none="not known" />
      </Field>
      {table.watermarks
        .filter((mark) => mark.watermark_type === "high_watermark")
        .map((mark) => (
          <Field key={mark.partition_key} name="Data up to">
            <code>{mark.partition_value}</code>
          </Field>
        ))}
      <Generated descriptions={table.programmatic_descriptions} />
      {table.source && (
        <Field name="Source">
          <Outside to={table.source.source}>{table.source.source_type}</Outside>
        </Field>
      )}
      {table.table_apps.length > 0 && (
        <Field name="Applications">
          <ul>
            {table.table_apps.map((app) => (
              <li key={`${app.kind ?? ""} ${app.id}`}>
                <Outside to={app.application_url}>{app.id}</Outside>{" "}
                <span className="quiet">{[app.kind?.toLowerCase(), app.name].filter(Boolean).join(", ")}</span>
              </li>
            ))}
          </ul>
        </Field>
      )}
      {table.resource_reports.length > 0 && (
        <Field name="Reports">
          <ul>
            {table.resource_reports.map((report) => (
              <li key={report.name}>
                <Outside to={report.url}>{report.name}</Outside>
              </li>
            ))}
          </ul>
        </Field>
      )}
    </aside>
  );
}
