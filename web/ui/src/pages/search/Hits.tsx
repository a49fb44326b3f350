import { Fragment } from "react";

import type { Search } from "../../api/routes";
import { BadgeMark } from "../../components/Parts";
import { Resource } from "../../components/Resource";
import { around, type Piece, piecesOf } from "../../text/highlights";
import { count, plain } from "../../text/plain";
import { Aliases, Stage } from "../model/marks";

type Hit = Search.TableHit | Search.DashboardHit | Search.FeatureHit | Search.UserHit | Search.MLModelHit | Search.MLExperimentHit;

/** What was found, with what matched marked. */
export function Hits({ kind, found }: { kind: string; found: Hit[] }) {
  return (
    <>
      {found.map((hit) => {
        const shown = SHOW[kind]?.(hit);
        return shown && <Resource key={shown.of} kind={kind} {...shown} text={<Line hit={hit} text={shown.text} />} />;
      })}
    </>
  );
}

interface Shown {
  of: string;
  name: React.ReactNode;
  within: string;
  text: string | null;
  labels?: React.ReactNode;
}

const SHOW: Record<string, (hit: Hit) => Shown> = {
  table: (hit) => {
    const table = hit as Search.TableHit;
    return {
      of: table.key ?? "",
      name: marked(hit, ["name"], table.table ?? ""),
      within: [table.database, table.schema].filter(Boolean).join(" · "),
      text: table.description,
      labels: <HitBadges badges={table.badges} />,
    };
  },
  dashboard: (hit) => {
    const dashboard = hit as Search.DashboardHit;
    return {
      of: dashboard.key ?? "",
      name: marked(hit, ["name"], dashboard.name ?? ""),
      within: dashboard.group_name ?? "",
      text: dashboard.description,
    };
  },
  feature: (hit) => {
    const feature = hit as Search.FeatureHit;
    return {
      of: feature.key ?? "",
      name: marked(hit, ["name"], feature.feature_name ?? ""),
      within: [feature.feature_group, feature.version].filter(Boolean).join(" · "),
      text: feature.description,
      labels: <HitBadges badges={feature.badges} />,
    };
  },
  user: (hit) => {
    const user = hit as Search.UserHit;
    return {
      of: user.key ?? user.email ?? "",
      name: marked(hit, ["name"], user.full_name ?? user.email ?? ""),
      within: user.email ?? "",
      text: null,
    };
  },
  model: (hit) => {
    const model = hit as Search.MLModelHit;
    return {
      of: model.key ?? "",
      name: marked(hit, ["name"], model.name ?? ""),
      within: [model.instance, model.latest_version && `version ${model.latest_version}`].filter(Boolean).join(" · "),
      text: model.description,
      labels: (
        <>
          {model.stages.map((stage) => (
            <Stage key={stage} stage={stage} />
          ))}
          <Aliases aliases={model.aliases} />
          <HitBadges badges={model.badges} />
        </>
      ),
    };
  },
  experiment: (hit) => {
    const experiment = hit as Search.MLExperimentHit;
    return {
      of: experiment.key ?? "",
      name: marked(hit, ["name"], experiment.name ?? ""),
      within: [experiment.instance, `${count(experiment.run_count ?? 0)} runs`].filter(Boolean).join(" · "),
      text: experiment.description,
      labels: <HitBadges badges={experiment.badges} />,
    };
  },
};

function HitBadges({ badges }: { badges: string[] }) {
  return (
    <span className="row">
      {badges.map((badge) => (
        <BadgeMark key={badge} name={badge} />
      ))}
    </span>
  );
}

function marked(hit: Hit, fields: string[], otherwise: string) {
  const text = fields.map((field) => hit.highlight[field]?.[0]).find(Boolean);
  return text ? <Pieces pieces={piecesOf(text)} /> : otherwise;
}

const CALLED: Record<string, string> = {
  columns: "Column",
  column_descriptions: "Column text",
  tags: "Tag",
  schema: "Schema",
  chart_names: "Chart",
  query_names: "Query",
  owner_names: "Owner",
  group_name: "Group",
  inputs: "Input",
  tables: "Table",
  parameters: "Parameter",
  metrics: "Metric",
};

/** The line under a hit: its description around the match, and where else something matched. */
function Line({ hit, text }: { hit: Hit; text: string | null }) {
  const description = hit.highlight.description?.[0];
  const others = Object.entries(CALLED).filter(([field]) => hit.highlight[field]?.length);
  return (
    <>
      <span>{description ? <Pieces pieces={around(tidy(piecesOf(description)), 220)} /> : plain(text)}</span>
      {others.slice(0, 3).map(([field, name]) => (
        <span key={field} className="also">
          {name}: <Pieces pieces={around(tidy(piecesOf((hit.highlight[field] ?? []).slice(0, 4).join(" · "))), 90)} />
        </span>
      ))}
    </>
  );
}

/** Without the marks of Markdown, which mean nothing in one line. */
function tidy(pieces: Piece[]): Piece[] {
  return pieces.map((piece) => ({ ...piece, text: piece.text.replace(/[*`|#]+|-{3,}/g, "").replace(/\s+/g, " ") }));
}

function Pieces({ pieces }: { pieces: Piece[] }) {
  return (
    <>
      {pieces.map((piece, index) =>
        piece.match ? <mark key={index}>{piece.text}</mark> : <Fragment key={index}>{piece.text}</Fragment>,
      )}
    </>
  );
}
