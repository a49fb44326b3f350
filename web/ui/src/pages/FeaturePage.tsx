import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { Problem } from "../api/client";
import { feature as featureQuery, featureCode } from "../api/queries";
import type { Metadata } from "../api/routes";
import { Badges } from "../components/Badges";
import { Bookmark } from "../components/Bookmark";
import { Description } from "../components/Description";
import { EntityHeader } from "../components/EntityHeader";
import { History } from "../components/History";
import { Owners, Tags } from "../components/Labels";
import { LineageLists } from "../components/LineageLists";
import { Copy, Field, Time } from "../components/Parts";
import { Empty, Failed, Loading } from "../components/States";
import { Tabs } from "../components/Tabs";
import { keyIn, lineageOf } from "../text/keys";
import { parsed } from "../text/times";
import { useTitle } from "../title";
import { Generated } from "./table/Generated";

export default function FeaturePage() {
  const { pathname } = useLocation();
  const key = keyIn(pathname, "/feature/");
  const { data, error, refetch } = useQuery(featureQuery(key));
  useTitle(data?.name ?? "Feature");
  if (data) return <Feature key={key} feature={data} of={key} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "feature", key }} />;
  return <Loading what="the feature" />;
}

function Feature({ feature, of }: { feature: Metadata.Feature; of: string }) {
  return (
    <article className="entity-page">
      <EntityHeader
        kind="feature"
        name={feature.name}
        path={[feature.feature_group, `version ${feature.version}`]}
        of={of}
        labels={<Badges of={{ kind: "feature", key: of }} badges={feature.badges} cached={["feature", of]} />}
        actions={
          <>
            <Bookmark kind="feature" of={of} />
            <Link className="button" to={lineageOf("feature", of)}>
              Explore lineage
            </Link>
          </>
        }
      />
      <div className="entity-body">
        <div>
          <section aria-label="Description">
            <Description
              of={{ kind: "feature", key: of }}
              text={feature.description}
              label={`description of ${feature.name}`}
              cached={["feature", of]}
            />
          </section>
          <Tabs
            label="About this feature"
            tabs={[
              { id: "lineage", name: "Lineage", content: () => <LineageLists kind="feature" of={of} /> },
              { id: "code", name: "How it is made", content: () => <Code of={of} /> },
              { id: "history", name: "History", content: () => <History kind="feature" of={of} /> },
            ]}
          />
        </div>
        <Aside feature={feature} of={of} />
      </div>
    </article>
  );
}

function Code({ of }: { of: string }) {
  const { data, error, refetch } = useQuery(featureCode(of));
  if (error instanceof Problem && error.status === 404) return <Empty>Its code is not known.</Empty>;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading what="the code" />;
  return (
    <div className="query">
      <p className="quiet">
        {data.source} <Copy text={data.text} what="code" />
      </p>
      <pre>{data.text}</pre>
    </div>
  );
}

function Aside({ feature, of }: { feature: Metadata.Feature; of: string }) {
  const facts: [name: string, value: string | null][] = [
    ["Status", feature.status],
    ["Entity", feature.entity],
    ["Type", feature.data_type],
    ["Available in", feature.availability.join(", ")],
  ];
  return (
    <aside aria-label="Facts">
      <Field name="Owners">
        <Owners kind="feature" of={of} owners={feature.owners} />
      </Field>
      <Field name="Tags">
        <Tags kind="feature" of={of} tags={feature.tags} />
      </Field>
      {facts.map(
        ([name, value]) =>
          value && (
            <Field key={name} name={name}>
              {value}
            </Field>
          ),
      )}
      {feature.watermarks.map((mark) => (
        <Field key={mark.key} name={(mark.watermark_type ?? "watermark").replace(/_/g, " ")}>
          {parsed(mark.time) === null ? mark.time : <Time at={parsed(mark.time)} />}
        </Field>
      ))}
      <Field name="Last updated">
        <Time at={feature.last_updated_timestamp} none="not known" />
      </Field>
      <Generated descriptions={feature.programmatic_descriptions} />
    </aside>
  );
}
