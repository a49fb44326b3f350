"""What is remembered of facets that come with every run changes nothing of what is understood of them."""

from typing import Any

import pytest

from benchmarks.openlineage import BASE, COLUMNS, DB, event
from ingest.extract.openlineage.events import kind_of
from ingest.extract.openlineage.flows import REMEMBERED_BYTES, flow_of
from ingest.extract.openlineage.naming import Names
from schemas.errors import InvalidBody

TARGET = "postgres://wh.public/out_1"


def lineage(columns: int, field: str = "ID") -> dict[str, Any]:
    source = {"namespace": DB, "name": "wh.public.in_1", "field": field}
    fields = {f"Column_{n}": {"inputFields": [source]} for n in range(columns)}
    return {"columnLineage": {**BASE, "fields": fields}}


def test_facet_that_was_right_is_looked_at_when_it_has_changed():
    for _ in range(2):
        assert kind_of(event(1, 1, "START")) == "run"
    wrong = event(1, 1, "START")
    fields = wrong["outputs"][0]["facets"]["schema"]["fields"]
    fields[COLUMNS - 1]["name"] = 7
    for _ in range(2):
        with pytest.raises(InvalidBody) as refused:
            kind_of(wrong)
        assert f"outputs[0].facets.schema.fields[{COLUMNS - 1}].name" in refused.value.message


def test_facet_is_looked_at_as_what_it_is_called():
    """The same members under another name are another facet."""
    said = event(1, 1, "START")
    facets = said["outputs"][0]["facets"]
    facets["columnLineage"] = facets["schema"]
    with pytest.raises(InvalidBody, match="columnLineage"):
        kind_of(said)


@pytest.mark.parametrize("columns", [1, COLUMNS, 1_000])
def test_rows_are_those_of_the_facet_the_table_and_the_names(columns: int):
    assert (len(str(lineage(columns))) > REMEMBERED_BYTES) is (columns == 1_000)
    lower, as_said = Names(case="lower"), Names()
    for _ in range(2):
        assert {row[0] for row in flow_of(TARGET, lineage(columns), lower).rows} == {
            f"column_{n}" for n in range(columns)
        }
        assert {row[2] for row in flow_of(TARGET, lineage(columns, "OTHER"), lower).rows} == {"other"}
        assert {row[2] for row in flow_of(TARGET, lineage(columns), as_said).rows} == {"ID"}
        assert {row[0] for row in flow_of("kafka://x.y/z", lineage(columns), lower).rows} == {
            f"Column_{n}" for n in range(columns)
        }
