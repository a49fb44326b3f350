"""The file MLmodel: what it says, and that nothing in it can do harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.mlflow.signature import MAX_DEPTH, NOTHING, read_model_file
from schemas.model_statements import SignatureField


def inputs(json: str) -> list[tuple[str, str, bool]] | None:
    found = read_model_file(f"signature:\n  inputs: '{json}'\n".encode()).inputs
    return None if found is None else [(each.name, each.type, each.required) for each in found]


@pytest.mark.parametrize(
    ("json", "fields"),
    [
        ('[{"type": "long", "name": "a", "required": true}]', [("a", "long", True)]),
        ('[{"type": "string", "name": "b", "optional": true}]', [("b", "string", False)]),
        ('[{"type": "double"}]', [("0", "double", True)]),
        (
            '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}, "name": "x"}]',
            [("x", "tensor(float64, [-1, 3])", True)],
        ),
        ('[{"type": "array", "items": {"type": "string"}, "name": "c"}]', [("c", "array<string>", True)]),
        (
            '[{"type": "object", "properties": {"p": {"type": "long"}, "q": {"type": "array", "items": "x"}}}]',
            [("0", "struct<p:long,q:array<x>>", True)],
        ),
        ('[{"type": "map", "values": {"type": "long"}, "name": "m"}]', [("m", "map<string,long>", True)]),
        ('[{"type": 5, "name": ""}, "x", null]', [("0", "", True)]),
        ("[]", []),
        ("{}", None),
        ("[", None),
        ("null", None),
    ],
)
def test_signature_is_read(json: str, fields: list[tuple[str, str, bool]] | None):
    assert inputs(json) == fields


def test_nested_types_end():
    deep = '{"type": "array", "items": ' * 200 + '"long"' + "}" * 200
    (found,) = inputs(f"[{deep}]") or ()
    assert found[1].count("array<") == MAX_DEPTH + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[1, 2]",
        "a: [",
        "!!python/object/apply:os.system ['true']",
        "flavors: !!python/name:os.system",
        "[" * 3000,
        "flavors: 5\nsignature: 6\nmodel_size_bytes: {a: b}",
        "model_size_bytes: 99999999999999999999999999",
        "model_size_bytes: -1",
        "\x00",
    ],
)
def test_what_is_no_such_file_says_nothing(text: str):
    assert read_model_file(text.encode()) == NOTHING


def test_aliases_that_explode_when_written_out_stay_small():
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    text = "\n".join([*lines, "flavors: {f: *a39}"])
    assert read_model_file(text.encode()).flavors == ["f"]


@given(data=st.binary(max_size=200) | st.text(alphabet="ab:{}[]'\"&*!- \n", max_size=80).map(str.encode))
@settings(deadline=None, max_examples=200)
def test_anything_is_read_or_says_nothing(data: bytes):
    found = read_model_file(data)
    assert all(isinstance(each, SignatureField) for each in found.inputs or ())
