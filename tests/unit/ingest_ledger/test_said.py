"""Statements as they are kept: what was said is read back, however long it is and whichever version kept it."""

import zlib
from base64 import b64encode

import pytest

from ingest.ledger.said import pack, read, said, unpack
from schemas.statements import Column, Table


@pytest.mark.parametrize("columns", [0, 1, 5, 500])
def test_a_statement_is_read_back(columns: int):
    table = Table("hive", "gold", "core", "t", columns=[Column(f"c{n}", "int", "Größe \0") for n in range(columns)])
    item = said(table)
    kept = pack(item.body)
    assert len(kept) <= len(item.body.decode())
    assert read(item.kind, unpack(kept)) == read(item.kind, item.body)
    assert said(read(item.kind, unpack(kept))).hash == item.hash


def test_a_short_statement_that_was_kept_packed_is_read_too():
    body = said(Table("hive", "gold", "core", "t")).body
    assert unpack(b64encode(zlib.compress(body, 1)).decode()) == body
