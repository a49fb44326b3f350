"""What OpenLineage's facets hold, by what they are of and by name, after its own schemas. Others are taken as they are.

Members that a schema does not name are allowed everywhere, as they are there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from schemas.wire.checks import (
    Check,
    Wrong,
    all_of,
    any_of,
    anything,
    by_member,
    flag,
    many,
    mapping,
    moment,
    number,
    one_of,
    positive,
    record,
    text,
    together,
    uri,
    uuid,
    whole,
)

BASE = record({"_producer": uri, "_schemaURL": uri})
DELETABLE = all_of(BASE, record({}, {"_deleted": flag}))

_NAMED = {"namespace": text, "name": text}
_TAG = {"key": text, "value": text}
_JOB = record(_NAMED)
_OWNERS = record({}, {"owners": many(record({"name": text}, {"type": text}))})
_TEXT = record({"description": text}, {"contentType": text})


def _recursive(name: str) -> Check:
    """Refer to a check of this module that is made further down, itself perhaps."""

    def check(value: Any) -> Wrong | None:
        found: Check = globals()[name]
        return found(value)

    return check


_FIELD = record(
    {"name": text},
    {"type": text, "description": text, "ordinal_position": whole, "fields": many(_recursive("_FIELD"))},
)
_TRANSFORMATION = record({"type": text}, {"subtype": text, "description": text, "masking": flag})
_INPUT_FIELD = record({**_NAMED, "field": text}, {"transformations": many(_TRANSFORMATION)})
_COLUMN_LINEAGE = record(
    {
        "fields": mapping(
            record({"inputFields": many(_INPUT_FIELD)}, {"transformationDescription": text, "transformationType": text})
        )
    },
    {"dataset": many(_INPUT_FIELD)},
)
_METRICS = record(
    {
        "columnMetrics": mapping(
            record(
                {},
                {
                    "nullCount": whole,
                    "distinctCount": whole,
                    "sum": number,
                    "count": number,
                    "min": number,
                    "max": number,
                    "quantiles": mapping(number),
                },
            )
        )
    },
    {"rowCount": whole, "bytes": whole, "fileCount": whole, "lastUpdated": moment},
)
_CHECKED = {
    "severity": text,
    "name": text,
    "expected": text,
    "actual": text,
    "content": text,
    "contentType": text,
    "description": text,
    "params": mapping(anything),
}
_ASSERTIONS = record({"assertions": many(record({"assertion": text, "success": flag}, {"column": text, **_CHECKED}))})
_COUNTS = record({}, {"rowCount": whole, "size": whole, "fileCount": whole})

# Where data flows from: the facet that says lineage outright.
_JOB_END = all_of(
    together(("namespace", "name")),
    record({}, {"namespace": text, "name": text, "runId": uuid, "transformations": many(_TRANSFORMATION)}),
)
_LINEAGE_INPUT = by_member(
    "type",
    {"DATASET": record(_NAMED, {"field": text, "transformations": many(_TRANSFORMATION)}), "JOB": _JOB_END},
)
_INPUTS = {"inputs": many(_LINEAGE_INPUT)}
_FIELDS = {"fields": mapping(record(_INPUTS))}
_LINEAGE_OF_DATASET = record({}, {**_INPUTS, **_FIELDS})
LINEAGE_OF_JOB = record(
    {
        "entries": many(
            by_member(
                "type",
                {
                    "DATASET": record(_NAMED, {**_INPUTS, **_FIELDS}),
                    "JOB": all_of(_JOB_END, record({}, _INPUTS)),
                },
            )
        )
    }
)
_LINEAGE = any_of(LINEAGE_OF_JOB, _LINEAGE_OF_DATASET)

# Which part of a dataset was read or written.
_OPERAND = by_member("type", {"field": record({"field": text}), "literal": record({"value": text})})
_BRANCH = _recursive("_CONDITION")
_CONDITION = by_member(
    "type",
    {
        "binary": record({"left": _BRANCH, "right": _BRANCH, "operator": text}),
        "compare": record({"left": _OPERAND, "right": _OPERAND, "comparison": text}),
        "partition": record({"partitions": many(record({"dimensions": mapping(anything)}, {"identifier": text}))}),
        "location": record({"locations": many(text)}),
    },
)

_RUN_IDENTITY = {"run": record({"runId": uuid}, {"facets": mapping(BASE)})}
_JOB_IDENTITY = {"job": record(_NAMED, {"facets": mapping(DELETABLE)})}
_DEPENDENCY = record(
    {"job": _JOB},
    {
        "run": record({"runId": uuid}),
        **dict.fromkeys(("dependency_type", "sequence_trigger_rule", "status_trigger_rule"), text),
    },
)

RUN: Mapping[str, Check] = MappingProxyType(
    {
        "nominalTime": record({"nominalStartTime": moment}, {"nominalEndTime": moment}),
        "parent": record({**_RUN_IDENTITY, **_JOB_IDENTITY}, {"root": record({**_RUN_IDENTITY, **_JOB_IDENTITY})}),
        "errorMessage": record({"message": text, "programmingLanguage": text}, {"stackTrace": text}),
        "processing_engine": record({"version": text}, {"name": text, "openlineageAdapterVersion": text}),
        "externalQuery": record({"externalQueryId": text, "source": text}),
        "extractionError": record(
            {
                "totalTasks": whole,
                "failedTasks": whole,
                "errors": many(record({"errorMessage": text}, {"stackTrace": text, "task": text, "taskNumber": whole})),
            }
        ),
        "environmentVariables": record({"environmentVariables": many(record({"name": text, "value": text}))}),
        "executionParameters": record(
            {},
            {
                "parameters": many(
                    record({"key": text}, {"name": text, "description": text, "value": text}, closed=True)
                )
            },
        ),
        "jobDependencies": record(
            {}, {"upstream": many(_DEPENDENCY), "downstream": many(_DEPENDENCY), "trigger_rule": text}
        ),
        "tags": record({}, {"tags": many(record(_TAG, {"source": text}))}),
        "test": record({"tests": many(record({"name": text, "status": text}, {"type": text, **_CHECKED}))}),
    }
)
JOB: Mapping[str, Check] = MappingProxyType(
    {
        "documentation": _TEXT,
        "sql": record({"query": text}, {"dialect": text}),
        "sourceCode": record({"language": text, "sourceCode": text}),
        "sourceCodeLocation": record(
            {"type": text, "url": uri},
            dict.fromkeys(("repoUrl", "path", "version", "tag", "branch", "pullRequestNumber"), text),
        ),
        "ownership": _OWNERS,
        "jobType": record(
            {"processingType": text, "integration": text},
            {
                "jobType": text,
                "emissionPattern": record(
                    {"eventTrigger": text, "eventContentMode": text}, {"windowDuration": positive}
                ),
            },
        ),
        "tags": record({}, {"tags": many(record(_TAG, {"source": text}))}),
        "lineage": _LINEAGE,
    }
)
DATASET: Mapping[str, Check] = MappingProxyType(
    {
        "schema": record({}, {"fields": many(_FIELD)}),
        "dataSource": record({}, {"name": text, "uri": uri}),
        "documentation": _TEXT,
        "ownership": _OWNERS,
        "columnLineage": _COLUMN_LINEAGE,
        "symlinks": record({}, {"identifiers": many(record({**_NAMED, "type": text}))}),
        "lifecycleStateChange": record(
            {"lifecycleStateChange": one_of("ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE")},
            {"previousIdentifier": _JOB},
        ),
        "version": record({"datasetVersion": text}),
        "storage": record({"storageLayer": text}, {"fileFormat": text}),
        "datasetType": record({"datasetType": text}, {"subType": text}),
        "dataQualityMetrics": _METRICS,
        "dataQualityAssertions": _ASSERTIONS,
        "hierarchy": record({"hierarchy": many(record({"type": text, "name": text}))}),
        "catalog": record(
            {"framework": text, "type": text, "name": text},
            {"metadataUri": text, "warehouseUri": text, "source": text, "catalogProperties": mapping(text)},
        ),
        "tags": record({}, {"tags": many(record(_TAG, {"source": text, "field": text}))}),
        "lineage": _LINEAGE,
    }
)
INPUT: Mapping[str, Check] = MappingProxyType(
    {
        "dataQualityMetrics": _METRICS,
        "dataQualityAssertions": _ASSERTIONS,
        "inputStatistics": _COUNTS,
        "subset": record({"inputCondition": _CONDITION}),
    }
)
OUTPUT: Mapping[str, Check] = MappingProxyType(
    {"outputStatistics": _COUNTS, "subset": record({"outputCondition": _CONDITION})}
)
