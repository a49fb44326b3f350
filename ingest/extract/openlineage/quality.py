"""What was measured and tested of a dataset: statistics of the table and its columns, and assertions in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.statements import Measure

_TABLE = {"rowCount": "row_count", "bytes": "bytes", "fileCount": "file_count"}
_WRITTEN = {"rowCount": "rows_written", "size": "bytes_written", "fileCount": "files_written"}
_COLUMN = {"nullCount": "null_count", "distinctCount": "distinct_count"}
_METRICS = "dataQualityMetrics"


def measures_of(facets: Mapping[str, Any], said_at: Mapping[str, int]) -> Iterator[Measure]:
    """Yield the statistics of a table; what the last run wrote is called apart from what there is."""
    for facet, called in ((_METRICS, _TABLE), ("outputStatistics", _WRITTEN)):
        at = said_at.get(facet)
        for name, measure in called.items():
            if (value := facets.get(facet, {}).get(name)) is not None:
                yield Measure(measure, _shown(value), at, at)
    tested = facets.get("dataQualityAssertions", {}).get("assertions", ())
    if tested:
        at = said_at.get("dataQualityAssertions")
        passed = sum(one["success"] for one in tested)
        yield Measure("assertions_passed", f"{passed} of {len(tested)}", at, at)


def column_measures(facets: Mapping[str, Any], said_at: Mapping[str, int]) -> dict[str, list[Measure]]:
    """Return the statistics of columns by their names."""
    at = said_at.get(_METRICS)
    return {
        column: [Measure(name, _shown(value), at, at) for name, value in _flat(measured)]
        for column, measured in facets.get(_METRICS, {}).get("columnMetrics", {}).items()
    }


def _flat(measured: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("nullCount", "distinctCount", "sum", "count", "min", "max"):
        if name in measured:
            yield _COLUMN.get(name, name), measured[name]
    for quantile, value in measured.get("quantiles", {}).items():
        yield f"quantile_{quantile}".replace("/", "_"), value


def _shown(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def assertions_told(facets: Mapping[str, Any]) -> str:
    """Say which assertions held, a line for each."""
    lines = []
    for one in facets.get("dataQualityAssertions", {}).get("assertions", ()):
        of = f" of `{one['column']}`" if one.get("column") else ""
        severity = f" ({one['severity']})" if one.get("severity") and not one["success"] else ""
        lines.append(f"- {one['assertion']}{of}: {'passed' if one['success'] else 'failed'}{severity}")
    return "\n".join(lines)
