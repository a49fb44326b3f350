"""Settings: typed, refused when unknown, and each told in docs/settings.md."""

from dataclasses import fields
from pathlib import Path

import pytest

from schemas.errors import InvalidSetting
from schemas.settings import NOT_SETTINGS, Settings

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_settings_are_read_by_their_types():
    given = {
        "FRAM_PORT": "6000",
        "FRAM_EXPOSE": "yes",
        "FRAM_LINEAGE_MAX_ITEMS": "25",
        "FRAM_BADGE_WHITELIST": "gold, status:beta,",
        "FRAM_DATA": "here",
        "FRAM_SEARCH_REPLICAS": "0",
        "HOME": "/nowhere",
        **dict.fromkeys(NOT_SETTINGS, "x"),
    }
    settings = Settings.from_environment(given)
    assert (settings.port, settings.expose, settings.lineage_max_items) == (6000, True, 25)
    assert settings.badge_whitelist == ("gold", "status:beta")
    assert settings.store_url == "sqlite:///here/graph.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRAM_PORT", "many"),
        ("FRAM_PORT", "-1"),
        ("FRAM_PORT", "0"),
        ("FRAM_SEARCH_REPLICAS", "-1"),
        ("FRAM_SEARCH_TIMEOUT_SECONDS", "0"),
        ("FRAM_EXPOSE", "maybe"),
        ("FRAM_PROT", "5002"),
    ],
)
def test_bad_setting_is_named(name: str, value: str):
    with pytest.raises(InvalidSetting, match=name):
        Settings.from_environment({name: value})


def test_options_win_and_absent_ones_do_not():
    settings = Settings(port=1).with_options(port=2, host=None)
    assert (settings.port, settings.host) == (2, "127.0.0.1")


def test_every_setting_is_documented_with_its_default_and_meaning():
    text = DOCS.read_text()
    for setting in fields(Settings):
        default = setting.default
        shown = (
            ",".join(default)
            if isinstance(default, tuple)
            else str(default).lower()
            if isinstance(default, bool)
            else default
        )
        row = f"| `FRAM_{setting.name.upper()}` | `{shown}` | {setting.metadata['about']} |"
        assert row in text, row
