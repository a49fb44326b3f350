"""Keys: Amundsen's formats, there and back for any text, and never one key for two things."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas import keys
from schemas.errors import InvalidKey
from schemas.graph import LABELS
from schemas.keys import (
    KINDS,
    ColumnKey,
    DashboardGroupKey,
    DashboardKey,
    ExperimentKey,
    FeatureKey,
    Key,
    ModelKey,
    ModelVersionKey,
    RunKey,
    SchemaKey,
    StatKey,
    TableKey,
    TypeMetadataKey,
    column_keys,
    owner_of,
    type_metadata_root,
)

VECTORS = Path(__file__).parents[2] / "vectors"
EXAMPLES = [example for group in json.loads((VECTORS / "keys.json").read_text()).values() for example in group]
INVALID = [
    (kind, text) for kind, texts in json.loads((VECTORS / "keys_invalid.json").read_text()).items() for text in texts
]

# Any text, with more of what keys are made of than chance would bring.
segments = st.text(min_size=1, max_size=12) | st.text(alphabet="/%.:_-25Fab ", min_size=1, max_size=8)
tables = st.builds(TableKey, segments, segments, segments, segments)
columns = st.builds(lambda table, name: ColumnKey(str(table), name), tables, segments)
dashboards = st.builds(DashboardKey, segments, segments, segments, segments)
features = st.builds(FeatureKey, segments, segments, segments)
schemas = st.builds(SchemaKey, segments, segments, segments)
groups = st.builds(DashboardGroupKey, segments, segments, segments)
models = st.builds(ModelKey, segments, segments)
learning = st.one_of(*(st.builds(kind, segments, segments) for kind in (ExperimentKey, RunKey, ModelKey)))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "path": st.lists(segments, min_size=1, max_size=4).map(tuple),
    "table_key": tables.map(str),
    "column_key": columns.map(str),
    "dashboard_key": dashboards.map(str),
    "feature_key": features.map(str),
    "model_key": models.map(str),
    "measured_key": st.one_of(tables, columns).map(str),
    "resource_key": st.one_of(tables, columns, dashboards, features, schemas, groups, learning).map(str),
}


def keys_of(kind: type[Key]) -> st.SearchStrategy[Key]:
    names = [name for name in get_type_hints(kind) if name in kind._names]
    return st.builds(kind, **{name: FIELDS.get(name, segments) for name in names})


few = settings(max_examples=40, deadline=None)  # of each kind
many = settings(deadline=None)
SAME_LABEL = [(one, other) for one, other in combinations(KINDS, 2) if one.label == other.label]
all_kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@pytest.mark.parametrize(("name", "fields", "text"), EXAMPLES, ids=[text for _, _, text in EXAMPLES])
def test_a_key_has_amundsens_format(name: str, fields: dict[str, Any], text: str):
    kind = getattr(keys, name)
    fields = {field: tuple(value) if isinstance(value, list) else value for field, value in fields.items()}
    assert str(kind(**fields)) == text
    assert kind.parse(text) == kind(**fields)


def test_every_kind_has_an_example():
    assert {name for name, _, _ in EXAMPLES} == {kind.__name__ for kind in KINDS}
    assert {kind.label for kind in KINDS} <= LABELS.keys()


def test_examples_are_filed_under_their_label():
    for label, group in json.loads((VECTORS / "keys.json").read_text()).items():
        assert {getattr(keys, name).label for name, _, _ in group} == {label}


@pytest.mark.parametrize(("name", "text"), INVALID, ids=[f"{name} {text!r}" for name, text in INVALID])
def test_what_does_not_follow_the_grammar_is_refused(name: str, text: str):
    kind = getattr(keys, name)
    with pytest.raises(InvalidKey) as caught:
        kind.parse(text)
    assert kind.label in caught.value.message


@all_kinds
@few
@given(data=st.data())
def test_a_key_comes_back_as_it_was(kind: type[Key], data: st.DataObject):
    key = data.draw(keys_of(kind))
    assert kind.parse(str(key)) == key


@all_kinds
@few
@given(data=st.data())
def test_a_text_needs_no_key(kind: type[Key], data: st.DataObject):
    key = data.draw(keys_of(kind))
    parts = [getattr(key, name) for name in kind._names]
    assert kind.text(*parts) == str(key)
    if kind.template.endswith("}"):
        assert kind.texts(*parts[:-1])(parts[-1]) == str(key)


def test_a_text_has_no_empty_part():
    with pytest.raises(InvalidKey):
        TableKey.text("hive", "gold", "core", "")
    with pytest.raises(InvalidKey):
        ColumnKey.texts("hive://gold.core/t")("")
    with pytest.raises(InvalidKey):
        ColumnKey.texts("no table")


@all_kinds
@few
@given(data=st.data())
def test_no_two_things_share_a_key(kind: type[Key], data: st.DataObject):
    one, other = data.draw(keys_of(kind)), data.draw(keys_of(kind))
    assert (str(one) == str(other)) == (one == other)


@pytest.mark.parametrize(("one", "other"), SAME_LABEL, ids=lambda kind: kind.__name__)
@few
@given(data=st.data())
def test_two_kinds_of_a_label_share_no_key(one: type[Key], other: type[Key], data: st.DataObject):
    assert str(data.draw(keys_of(one))) != str(data.draw(keys_of(other)))


@many
@given(table=tables, dashboard=dashboards, schema=schemas, group=groups)
def test_a_database_called_like_a_products_dashboards_shares_no_key_with_them(
    table: TableKey, dashboard: DashboardKey, schema: SchemaKey, group: DashboardGroupKey
):
    assert str(table) != str(dashboard)
    assert str(schema) != str(group)
    named = TableKey(f"{dashboard.product}_dashboard", dashboard.cluster, dashboard.group, dashboard.dashboard)
    assert str(named) != str(dashboard)


@many
@given(place=st.tuples(segments, segments, segments), name=segments)
def test_a_database_called_mlflow_shares_no_key_with_what_is_learned(place: tuple[str, str, str], name: str):
    cluster, schema, instance = place
    for kind in "experiment", "run", "model":
        table = TableKey("mlflow", cluster, schema, kind)
        column = ColumnKey(str(table), name)
        for kind_of_key in ExperimentKey, RunKey, ModelKey:
            assert str(kind_of_key(instance, name)) not in (str(table), str(column))
        assert owner_of("Description", f"{column}/_description") == ("Table", str(table))


@all_kinds
@few
@given(data=st.data())
def test_any_text_is_parsed_or_refused(kind: type[Key], data: st.DataObject):
    """What is parsed formats to a key that means the same, so parsing is never a guess."""
    text = data.draw(st.text(max_size=30) | st.text(alphabet="/%.:_-25Fab", max_size=40))
    try:
        key = kind.parse(text)
    except InvalidKey:
        return
    try:
        formatted = str(key)
    except InvalidKey:
        return
    assert kind.parse(formatted) == key


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind._names], ids=lambda kind: kind.__name__)
@few
@given(data=st.data())
def test_an_empty_part_is_refused(kind: type[Key], data: st.DataObject):
    key = data.draw(keys_of(kind))
    for name in kind._names:
        empty: Any = () if name == "path" else ""
        parts = {other: getattr(key, other) for other in kind._names} | {name: empty}
        with pytest.raises(InvalidKey):
            str(kind(**parts))


@many
@given(text=segments)
def test_what_hangs_under_a_key_wants_that_key(text: str):
    assume("://" not in text and text.count("/") != 2)  # neither the key of a resource nor that of a feature
    for key in ColumnKey(text, "c"), StatKey(text, "max"), TypeMetadataKey(text, ("c",)):
        with pytest.raises(InvalidKey, match="is not a key that this one can hang under"):
            str(key)


def test_unencoded_keys_of_an_older_amundsen_are_read():
    assert TableKey.parse("hive://gold.core/100%") == TableKey("hive", "gold", "core", "100%")
    assert TableKey.parse("hive://gold.a.b/t") == TableKey("hive", "gold", "a.b", "t")


# Owners

OWNERS = {
    "Column": "{table}/c",
    "Type_Metadata": "{table}/c/type/c",
    "Description": "{table}/_description",
    "Programmatic_Description": "{table}/_dbt_description",
    "Watermark": "{table}/high_watermark/",
    "Stat": "{table}/rows/",
    "Timestamp": "{table}/timestamp",
    "Source": "{table}/_source",
    "Report": "{table}/_report/profile",
}
DEEPER = {
    "Type_Metadata": ["{table}/c/type/c/_inner_/b/_map_key"],
    "Description": ["{table}/c/_description", "{table}/c/type/c/x/_description"],
    "Stat": ["{table}/c/max/"],
}
OF_DASHBOARDS = {
    "Description": "{dashboard}/_description",
    "Timestamp": "{dashboard}/_last_modified_timestamp",
    "Query": "{dashboard}/query/q",
    "Chart": "{dashboard}/query/q/chart/c",
    "Execution": "{dashboard}/execution/_last_execution",
    "Report": "{dashboard}/_report/profile",
}
OF_FEATURES = {
    "Description": "{feature}/_description",
    "Feature_Watermark": "{feature}/low_watermark",
    "Feature_Generation_Code": "{feature}/_generation_code",
    "Report": "{feature}/_report/profile",
}
OF_MODELS = {
    "MLModelVersion": "{model}/version/3",
    "MLChange": "{model}/change/alias/champion/run-1",
    "Description": "{model}/_description",
    "Report": "{model}/_report/profile",
}
OWNERLESS = ["Database", "Cluster", "Schema", "Table", "Tag", "Badge", "User", "Updatedtimestamp", "Application"]
OWNERLESS += ["Dashboardgroup", "Dashboard", "Join", "Where", "Feature_Group", "Feature", "Fram_Edit", "Fram_Copy"]
OWNERLESS += ["Fram_Statement", "Fram_Undo", "Fram_Source", "Fram_Run", "Fram_Event"]
OWNERLESS += ["MLExperiment", "MLRun", "MLModel", "MLDataset"]


@many
@given(table=tables.map(str))
def test_what_hangs_under_a_table_is_owned_by_it(table: str):
    for label, template in OWNERS.items():
        for one in template, *DEEPER.get(label, ()):
            assert owner_of(label, one.replace("{table}", table)) == ("Table", table)


@many
@given(dashboard=dashboards.map(str))
def test_what_hangs_under_a_dashboard_is_owned_by_it(dashboard: str):
    for label, template in OF_DASHBOARDS.items():
        assert owner_of(label, template.replace("{dashboard}", dashboard)) == ("Dashboard", dashboard)


@many
@given(feature=features.map(str))
def test_what_hangs_under_a_feature_is_owned_by_it(feature: str):
    assume("://" not in feature)
    for label, template in OF_FEATURES.items():
        assert owner_of(label, template.replace("{feature}", feature)) == ("Feature", feature)


@many
@given(model=models)
def test_what_hangs_under_a_model_is_owned_by_it(model: ModelKey):
    for label, template in OF_MODELS.items():
        assert owner_of(label, template.replace("{model}", str(model))) == ("MLModel", str(model))
    version = ModelVersionKey(str(model), "3")
    assert owner_of("Description", f"{version}/_description") == ("MLModel", str(model))


@many
@given(key=learning)
def test_a_description_of_what_is_learned_is_owned_by_it(key: Key):
    assert owner_of("Description", f"{key}/_description") == (key.label, str(key))


@many
@given(schema=schemas.map(str), group=groups.map(str))
def test_what_describes_a_schema_or_a_group_is_owned_by_it(schema: str, group: str):
    assert owner_of("Description", f"{schema}/_description") == ("Schema", schema)
    assert owner_of("Description", f"{group}/_description") == ("Dashboardgroup", group)


@many
@given(label=st.sampled_from(OWNERLESS), key=tables.map(str) | segments)
def test_what_stands_for_itself_has_no_owner(label: str, key: str):
    assert owner_of(label, key) is None


def test_every_label_has_its_owner_tested():
    owned = OWNERS.keys() | OF_DASHBOARDS.keys() | OF_FEATURES.keys() | OF_MODELS.keys()
    assert owned | set(OWNERLESS) == LABELS.keys()
    assert not owned & set(OWNERLESS)


@many
@given(label=st.sampled_from(sorted(LABELS)), key=st.text(max_size=40) | st.text(alphabet="/:_ab", max_size=40))
def test_an_odd_key_has_an_owner_of_the_model_or_none(label: str, key: str):
    owner = owner_of(label, key)
    assert owner is None or owner[0] in LABELS
    assert owner is None or key.startswith(owner[1])


def test_a_statement_from_a_query_log_has_no_owner():
    assert owner_of("Query", "748c28f86de411b1d2b9deb6ae105eba") is None
    assert owner_of("Execution", "748c28f86de411b1d2b9deb6ae105eba-1600000000") is None


@many
@given(column=columns)
def test_a_columns_own_type_is_named_after_it(column: ColumnKey):
    assert TypeMetadataKey.parse(type_metadata_root(str(column))) == TypeMetadataKey(str(column), (column.column,))


@many
@given(table=tables.map(str), names=st.lists(segments | st.sampled_from("abc")))
def test_keys_of_many_columns_are_those_of_each(table: str, names: list[str]):
    assert column_keys(table, names) == [str(ColumnKey(table, name)) for name in names]


def test_keys_of_many_columns_need_a_table_and_names():
    with pytest.raises(InvalidKey):
        column_keys("hive://gold/t", ["a"])
    with pytest.raises(InvalidKey):
        column_keys("hive://gold.s/t", ["a", ""])
