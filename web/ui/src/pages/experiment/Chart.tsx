import { useMemo } from "react";
import { useNavigate } from "react-router";

import type { Metadata } from "../../api/routes";
import { Choice } from "../../components/Choice";
import { useParameter } from "../../components/parameter";
import { Empty } from "../../components/States";
import { pageOf } from "../../text/keys";
import { short } from "../../text/measures";
import { namesOf } from "./RunTable";
import { axisOf, type Axis, type Point, pointsOf, tellingOf } from "./points";

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 64;
const BOTTOM = 36;
const EDGE = 12;

/** A parameter against a metric, a dot a run; each dot leads to its run. */
export function Chart({ runs }: { runs: Metadata.RunSummary[] }) {
  const parameters = useMemo(() => namesOf(runs.map((run) => run.parameters)), [runs]);
  const metrics = useMemo(() => namesOf(runs.map((run) => run.metrics)), [runs]);
  const telling = useMemo(() => tellingOf(runs, parameters, metrics), [runs, parameters, metrics]);
  const [x, setX] = useParameter("x", telling.x);
  const [y, setY] = useParameter("y", telling.y);
  if (parameters.length === 0 || metrics.length === 0) return null;
  const points = pointsOf(runs, x, y);
  return (
    <figure className="chart">
      <figcaption>
        <Choice label="Metric" options={metrics.map(itself)} value={y} choose={setY} /> over{" "}
        <Choice label="Parameter" options={parameters.map(itself)} value={x} choose={setX} />
      </figcaption>
      {points.length === 0 ? <Empty>No run shown has both.</Empty> : <Dots points={points} x={x} y={y} />}
    </figure>
  );
}

const itself = (name: string) => [name, name] as const;

function Dots({ points, x, y }: { points: Point[]; x: string; y: string }) {
  const go = useNavigate();
  const across = axisOf(points.map((point) => point.x), LEFT, WIDTH - EDGE);
  const up = axisOf(points.map((point) => point.y), HEIGHT - BOTTOM, EDGE);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${y} over ${x}, ${points.length} runs`}>
      <Grid across={across} up={up} />
      {points.map((point) => (
        <circle key={point.run.key} className="dot" cx={across.at(point.x)} cy={up.at(point.y)} r="5" onClick={() => void go(pageOf("run", point.run.key))}>
          <title>{`${point.run.name}: ${x} ${point.run.parameters[x] ?? ""}, ${y} ${short(point.y)}`}</title>
        </circle>
      ))}
    </svg>
  );
}

function Grid({ across, up }: { across: Axis; up: Axis }) {
  return (
    <g className="grid" aria-hidden="true">
      {up.marks.map((mark) => (
        <g key={mark.text}>
          <line x1={LEFT} x2={WIDTH - EDGE} y1={mark.at} y2={mark.at} />
          <text x={LEFT - 8} y={mark.at + 4} textAnchor="end">
            {mark.text}
          </text>
        </g>
      ))}
      {across.marks.map((mark) => (
        <g key={mark.text}>
          <line x1={mark.at} x2={mark.at} y1={EDGE} y2={HEIGHT - BOTTOM} />
          <text x={mark.at} y={HEIGHT - BOTTOM + 20} textAnchor="middle">
            {mark.text}
          </text>
        </g>
      ))}
    </g>
  );
}
