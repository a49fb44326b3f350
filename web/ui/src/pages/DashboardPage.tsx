import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { dashboard as dashboardQuery } from "../api/queries";
import type { Metadata } from "../api/routes";
import { Badges } from "../components/Badges";
import { Bookmark } from "../components/Bookmark";
import { Description } from "../components/Description";
import { EntityHeader } from "../components/EntityHeader";
import { History } from "../components/History";
import { Owners, Tags } from "../components/Labels";
import { LineageLists } from "../components/LineageLists";
import { Copy, Field, Outside, PersonLink, Time } from "../components/Parts";
import { TableRow } from "../components/Resource";
import { Sources, Vanished } from "../components/Sources";
import { Empty, Failed, Loading } from "../components/States";
import { type Tab, Tabs } from "../components/Tabs";
import { keyIn, lineageOf, tableKey } from "../text/keys";
import { count } from "../text/plain";
import { useTitle } from "../title";

export default function DashboardPage() {
  const { pathname } = useLocation();
  const key = keyIn(pathname, "/dashboard/");
  const { data, error, refetch } = useQuery(dashboardQuery(key));
  useTitle(data?.name ?? "Dashboard");
  if (data) return <Dashboard key={key} dashboard={data} of={key} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "dashboard", key }} />;
  return <Loading what="the dashboard" />;
}

function Dashboard({ dashboard, of }: { dashboard: Metadata.Dashboard; of: string }) {
  return (
    <article className="entity-page">
      <EntityHeader
        kind="dashboard"
        name={dashboard.name}
        path={[dashboard.product, dashboard.cluster, dashboard.group_name]}
        of={of}
        labels={<Badges of={{ kind: "dashboard", key: of }} badges={dashboard.badges} cached={["dashboard", of]} />}
        actions={
          <>
            <Bookmark kind="dashboard" of={of} />
            <Link className="button" to={lineageOf("dashboard", of)}>
              Explore lineage
            </Link>
            {dashboard.url && <Outside to={dashboard.url} className="button">Open in {dashboard.product}</Outside>}
          </>
        }
      />
      <Vanished kind="dashboard" of={of} />
      <div className="entity-body">
        <div>
          <section aria-label="Description">
            <Description
              of={{ kind: "dashboard", key: of }}
              text={dashboard.description}
              label={`description of ${dashboard.name}`}
              cached={["dashboard", of]}
            />
          </section>
          <Tabs label="About this dashboard" tabs={tabsOf(dashboard, of)} />
        </div>
        <Aside dashboard={dashboard} of={of} />
      </div>
    </article>
  );
}

function tabsOf(dashboard: Metadata.Dashboard, of: string): Tab[] {
  return [
    { id: "tables", name: "Tables", count: dashboard.tables.length, content: () => <Tables tables={dashboard.tables} /> },
    { id: "lineage", name: "Lineage", content: () => <LineageLists kind="dashboard" of={of} /> },
    {
      id: "charts",
      name: "Charts & queries",
      count: dashboard.chart_names.length + dashboard.queries.length,
      content: () => <Charts dashboard={dashboard} />,
    },
    { id: "history", name: "History", content: () => <History kind="dashboard" of={of} /> },
  ];
}

function Tables({ tables }: { tables: Metadata.PopularTable[] }) {
  if (tables.length === 0) return <Empty>It is not known which tables it shows.</Empty>;
  return tables.map((table) => <TableRow key={tableKey(table)} table={table} />);
}

function Charts({ dashboard }: { dashboard: Metadata.Dashboard }) {
  if (dashboard.chart_names.length + dashboard.queries.length === 0) return <Empty>None are known.</Empty>;
  return (
    <>
      {dashboard.chart_names.length > 0 && <h3>Charts</h3>}
      {dashboard.chart_names.length > 0 && (
        <ul className="plain-list charts">
          {dashboard.chart_names.map((name) => (
            <li key={name} dir="auto">
              {name}
            </li>
          ))}
        </ul>
      )}
      {dashboard.queries.length > 0 && <h3>Queries</h3>}
      {dashboard.queries.map((query, index) => (
        <div key={index} className="query">
          <h4>
            {query.url ? <Outside to={query.url}>{query.name}</Outside> : query.name}{" "}
            {query.query_text && <Copy text={query.query_text} what="SQL" />}
          </h4>
          {query.query_text && <pre>{query.query_text}</pre>}
        </div>
      ))}
    </>
  );
}

function Aside({ dashboard, of }: { dashboard: Metadata.Dashboard; of: string }) {
  return (
    <aside aria-label="Facts">
      <Field name="Owners">
        <Owners kind="dashboard" of={of} owners={dashboard.owners} />
      </Field>
      <Field name="Tags">
        <Tags kind="dashboard" of={of} tags={dashboard.tags} />
      </Field>
      <Sources kind="dashboard" of={of} description={dashboard.description} />
      <Field name="Group">
        <Outside to={dashboard.group_url}>{dashboard.group_name}</Outside>
      </Field>
      <Field name="Last run">
        <Time at={dashboard.last_run_timestamp} none="not known" />
        {dashboard.last_run_state && <span className="quiet"> {dashboard.last_run_state}</span>}
      </Field>
      <Field name="Last good run">
        <Time at={dashboard.last_successful_run_timestamp} none="not known" />
      </Field>
      <Field name="Changed">
        <Time at={dashboard.updated_timestamp} none="not known" />
      </Field>
      <Field name="Made">
        <Time at={dashboard.created_timestamp} none="not known" />
      </Field>
      <Field name="Views">{count(dashboard.recent_view_count)}</Field>
      {dashboard.frequent_users.length > 0 && (
        <Field name="Who looks at it most">
          <ul className="plain-list">
            {dashboard.frequent_users.map((user) => (
              <li key={user.user_id}>
                <PersonLink user={user} />
              </li>
            ))}
          </ul>
        </Field>
      )}
    </aside>
  );
}
