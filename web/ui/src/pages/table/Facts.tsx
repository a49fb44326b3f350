import type { Metadata } from "../../api/routes";
import { Copy, PersonLink, Time } from "../../components/Parts";
import { Empty } from "../../components/States";
import { Link } from "react-router";

import { pageOf, tableKey } from "../../text/keys";
import { count } from "../../text/plain";
import { parsed } from "../../text/times";

export function Usage({ table }: { table: Metadata.Table }) {
  if (table.table_readers.length === 0) return <Empty>Nobody is known to have read it.</Empty>;
  const most = Math.max(...table.table_readers.map((reader) => reader.read_count));
  return (
    <table className="facts">
      <thead>
        <tr>
          <th>Who reads it most</th>
          <th className="number">Reads</th>
          <th aria-hidden="true" className="wide" />
        </tr>
      </thead>
      <tbody>
        {table.table_readers.map((reader) => (
          <tr key={reader.user.user_id ?? reader.user.email}>
            <td>
              <PersonLink user={reader.user} />
              {reader.user.team_name && <span className="quiet"> {reader.user.team_name}</span>}
            </td>
            <td className="number">{count(reader.read_count)}</td>
            <td>
              <meter min={0} max={most} value={reader.read_count} aria-label="Reads" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const MARKS: Record<string, string> = { high_watermark: "newest", low_watermark: "oldest" };

export function Watermarks({ watermarks }: { watermarks: Metadata.Watermark[] }) {
  if (watermarks.length === 0) return <Empty>It is not known from when to when its data is.</Empty>;
  return (
    <table className="facts">
      <thead>
        <tr>
          <th>Partition</th>
          <th>Data</th>
          <th>Value</th>
          <th>Seen</th>
        </tr>
      </thead>
      <tbody>
        {watermarks.map((mark, index) => (
          <tr key={index}>
            <td>{mark.partition_key}</td>
            <td>{MARKS[mark.watermark_type ?? ""] ?? mark.watermark_type}</td>
            <td>
              <code>{mark.partition_value}</code>
            </td>
            <td>
              <Time at={parsed(mark.create_time)} none="not known" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Joins({ table }: { table: Metadata.Table }) {
  if (table.common_joins.length + table.common_filters.length === 0) {
    return <Empty>No queries over it are known.</Empty>;
  }
  return (
    <>
      {table.common_joins.length > 0 && <h3>Often joined</h3>}
      {table.common_joins.map((join, index) => (
        <div key={index} className="query">
          <p>
            <code>{join.column}</code> with{" "}
            <Link to={pageOf("table", tableKey(join.joined_on_table))}>
              {join.joined_on_table.schema}.{join.joined_on_table.name}
            </Link>
            .<code>{join.joined_on_column}</code> <span className="quiet">{join.join_type}</span>{" "}
            <Copy text={join.join_sql} what="SQL" />
          </p>
          <pre>{join.join_sql}</pre>
        </div>
      ))}
      {table.common_filters.length > 0 && <h3>Often filtered</h3>}
      {table.common_filters.map((filter) => (
        <pre key={filter.where_clause}>{filter.where_clause}</pre>
      ))}
    </>
  );
}
