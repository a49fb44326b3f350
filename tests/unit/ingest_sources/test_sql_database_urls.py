"""What a URL may be, and what is told of one: never its password."""

import logging
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from ingest.extract.sql_database.source import SqlDatabase
from schemas.errors import InvalidSource, SourceUnavailable


def check(url: str, **settings: Any) -> str:
    return SqlDatabase(**SqlDatabase.settings().load({"url": url, **settings})).check()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a url", "it is no URL of a database"),
        ("postgresql://u:geheim@host:port/x", "it is no URL of a database"),
        ("://u:geheim@h/x", "it is no URL of a database"),
        ("nosuch://u:geheim@h/x", "no driver for 'nosuch' is installed"),
        ("postgresql+nosuch://u:geheim@h/x", "no driver for 'postgresql+nosuch' is installed"),
        ("sqlite://", "a database in memory has nothing to read"),
        ("duckdb:///:memory:", "a database in memory has nothing to read"),
        ("sqlite:////no/such/file", "there is no file /no/such/file."),
        ("duckdb:////no/such/file", "there is no file /no/such/file."),
        ("sqlite+aiosqlite:///{here}", "no driver for 'sqlite+aiosqlite' is installed"),
        ("sqlite:///{here}", "not a database"),
        ("duckdb:///{here}", "not a valid DuckDB database"),
        ("sqlite:///{here}?nonsense=1", "url: "),
    ],
)
def test_a_bad_url_is_refused_by_the_name_of_its_setting(url: str, said: str, tmp_path: Path):
    here = tmp_path / "text"
    here.write_text("no database " * 1000)

    with pytest.raises(InvalidSource, match=r"^url: ") as raised:
        check(url.format(here=here))

    assert said in raised.value.message
    assert "geheim" not in raised.value.message


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_password_is_told_nowhere(scheme: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)

    with pytest.raises(SourceUnavailable, match=r"postgresql://127\.0\.0\.1:1/x does not answer") as raised:
        check(f"{scheme}://u:geheim@127.0.0.1:1/x?sslpassword=geheim2")

    seen = [str(raised.value), repr(raised.value.__cause__), caplog.text]
    assert not [text for text in seen if "geheim" in text]


def test_secrets_are_marked_as_such():
    fields = SqlDatabase.settings().fields

    assert {name for name, field in fields.items() if field.metadata.get("secret")} == {"url", "password"}
    assert [name for name, field in fields.items() if not field.metadata.get("description")] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", ""),
        ("row_counts", "many"),
        ("sample_rows", 0),
        ("query_seconds", 0),
        ("include_tables", "sales.*"),
        ("exclude_schemas", [""]),
        ("dialect", "klingon"),
        ("tables", ["unknown"]),
    ],
)
def test_a_bad_setting_is_named(name: str, value: object):
    with pytest.raises(ValidationError) as raised:
        SqlDatabase.settings().load({"url": "sqlite:////x", name: value})

    assert list(raised.value.messages) == [name]  # type: ignore[arg-type]
