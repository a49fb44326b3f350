"""A JSON object read piece by piece is what it is when it is read at once."""

import json
import tracemalloc
from pathlib import Path

import pytest
from dbt_project import manifest, write
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.dbt.artifacts import Manifest
from ingest.extract.dbt.json_members import BadMember, Members, read_object
from ingest.extract.dbt.source import Dbt, DbtSettings
from schemas.errors import InvalidSource

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(whole=st.dictionaries(st.text(), VALUES), indent=st.none() | st.integers(0, 3), is_ascii=st.booleans())
def test_members_are_those_of_the_object(whole: dict[str, object], indent: int | None, is_ascii: bool):
    data = json.dumps(whole, indent=indent, ensure_ascii=is_ascii).encode(errors="surrogatepass")
    try:
        data.decode()
    except UnicodeDecodeError:
        return  # half of a pair of surrogates, which no UTF-8 holds
    members = Members(data, "x.json")
    assert list(members) == list(whole)
    for key, value in whole.items():
        try:
            assert members[key] == value
        except BadMember:
            assert "\\ud" in data.decode()  # half of a pair, escaped


@given(cut=st.integers(0))
def test_file_that_is_cut_off_anywhere_is_an_error(tmp_path_factory: pytest.TempPathFactory, cut: int):
    data = json.dumps(manifest(12)).encode()
    path = tmp_path_factory.mktemp("cut") / "manifest.json"
    path.write_bytes(data[: cut % len(data)])
    with pytest.raises(InvalidSource, match=r"manifest\.json"):
        Dbt(**DbtSettings().load({"manifest": str(path)})).check()


def test_cut_off_names_where(tmp_path: Path):
    path = tmp_path / "manifest.json"
    path.write_text('{"metadata": {}, "nodes": {"model.a.b": {"name": "b"')
    with pytest.raises(InvalidSource, match=r"manifest\.json is cut off in nodes"):
        read_object(path)


def test_member_that_is_no_json_harms_no_other():
    members = Members(b'{"a": {"x": nan}, "b": [1, {"y": "}"}]}', "x.json")
    assert members["b"] == [1, {"y": "}"}]
    with pytest.raises(BadMember):
        members["a"]


def test_large_manifest_is_opened_in_little_more_memory_than_its_file_has(tmp_path: Path):
    large = manifest(12)
    node = large["nodes"]["model.shop.orders"]
    for number in range(3_000):
        large["nodes"][f"model.shop.m{number}"] = node | {"unique_id": f"model.shop.m{number}", "alias": f"m{number}"}
    path = write(tmp_path, "manifest.json", large)
    size = Path(path).stat().st_size
    del large
    tracemalloc.start()
    try:
        assert sum(1 for _ in Manifest(path).all("nodes")) > 3_000
        assert tracemalloc.get_traced_memory()[1] < 1.6 * size
    finally:
        tracemalloc.stop()


def test_byte_order_mark_is_left_out(tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_bytes(b'\xef\xbb\xbf {"a": 1}')
    assert dict(read_object(path)) == {"a": 1}
