"""Every setting of Fram in one place: its type, default and what it does; docs/settings.md is checked against it.

A setting is read from the environment as FRAM_<NAME>; a command's own option wins over it. An unknown FRAM_ name is
refused, so that a misspelt setting never passes for a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from schemas.errors import InvalidSetting

PREFIX = "FRAM_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Names of the scripts in docker/local/ and of the tests, which are not settings of the program.
NOT_SETTINGS = (
    "FRAM_CACHE",
    "FRAM_NEO4J_PORT",
    "FRAM_OPENSEARCH_PORT",
    "FRAM_TEST_NEO4J_URL",
    "FRAM_TEST_OPENSEARCH_URL",
)


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Settings:
    """What a process of Fram is told from outside."""

    data: str = _setting("fram-data", "Folder of the embedded stores; made when missing.")
    graph_url: str = _setting(
        "",
        "The graph: sqlite:///PATH, memory:, neo4j://USER:PASSWORD@HOST/DATABASE or bolt://…. Empty: graph.db in data.",
    )
    search_url: str = _setting(
        "",
        "The search index: tantivy:///PATH, memory:, or opensearch://USER:PASSWORD@HOST:PORT/PREFIX (opensearchs://… "
        "for TLS). Empty: the folder search in data.",
    )
    search_shards: int = _setting(1, "Shards of a new index in OpenSearch.")
    search_replicas: int = _setting(0, "Copies of each shard of a new index in OpenSearch, besides the shard itself.")
    search_ca_file: str = _setting("", "Certificates of authorities trusted for opensearchs://. Empty: the usual ones.")
    search_timeout_seconds: float = _setting(10.0, "Time for a search in OpenSearch; a write may take six times that.")
    host: str = _setting("127.0.0.1", "Address to listen on. Anything but loopback needs `expose`.")
    port: int = _setting(5002, "Port of the metadata service.")
    search_port: int = _setting(5001, "Port of the search service.")
    ingest_port: int = _setting(5003, "Port of the ingest service.")
    web_port: int = _setting(5000, "Port of the web page.")
    metadata_service: str = _setting("", "URL of the metadata service behind the web page. Empty: its port here.")
    search_service: str = _setting("", "URL of the search service behind the web page. Empty: its port here.")
    ingest_service: str = _setting("", "URL of the ingest service behind the web page. Empty: its port here.")
    sync_seconds: float = _setting(1.0, "Seconds between two passes that publish changes to the search index.")
    reconcile_seconds: float = _setting(300.0, "Seconds between two comparisons of the whole index with the graph.")
    jobs: str = _setting("", "File of ingestion jobs. Empty: fram-jobs.toml beside the folder data, where it is there.")
    ingest_retention_days: float = _setting(
        30.0, "Days for which what no source says any more is kept, and runs can be undone."
    )
    openlineage_namespaces: tuple[str, ...] = _setting(
        (),
        "Which database (and cluster) a namespace in OpenLineage's events is, as in postgres://db:5432=postgres/eu, "
        "separated by commas; a * at its end stands for any rest. Others: by the rules of source-openlineage.md.",
    )
    expose: bool = _setting(False, "Allow an address that other machines reach, though nothing asks who is calling.")
    threads: int = _setting(8, "Requests answered at once.")
    max_body_bytes: int = _setting(1_000_000, "Largest request body that is read.")
    actor_header: str = _setting("X-Fram-Actor", "Request header that says who edits; recorded, not verified.")
    badge_whitelist: tuple[str, ...] = _setting(
        (), "Badges that may be set over HTTP, as name or category:name, separated by commas. Empty: any."
    )
    popular_minimum_readers: int = _setting(10, "Readers a resource needs to count as popular.")
    user_other_keys: tuple[str, ...] = _setting(
        ("mode_user_id",), "Properties of people shown under other_key_values, separated by commas."
    )
    lineage_max_items: int = _setting(10_000, "Relations after which a lineage walk ends, marked incomplete.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings. Raises InvalidSetting for an unknown name or a value that is not of its type."""
        known = {f"{PREFIX}{setting.name.upper()}": setting.name for setting in fields(cls)}
        given: dict[str, Any] = {}
        for name, text in environment.items():
            if name in known:
                given[known[name]] = _parse(name, text, getattr(cls, known[name]))
            elif name.startswith(PREFIX) and name not in NOT_SETTINGS:
                raise InvalidSetting(f"{name} is not a setting of Fram; docs/settings.md lists them all.")
        return cls(**given)

    def with_options(self, **options: Any) -> Self:
        """Return these settings with every option that is not None in place of the setting of its name."""
        return replace(self, **{name: value for name, value in options.items() if value is not None})

    @property
    def store_url(self) -> str:
        """The URL of the graph, the embedded default filled in."""
        return self.graph_url or f"sqlite:///{self.data}/graph.db"

    @property
    def index_url(self) -> str:
        """The URL of the search index, the embedded default filled in."""
        return self.search_url or f"tantivy:///{self.data}/search"


def _parse(name: str, text: str, default: Any) -> Any:
    try:
        match default:
            case bool():
                return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
                    text.lower()
                ]
            case int() | float():
                return _checked(type(default)(text), default)
            case tuple():
                return tuple(part.strip() for part in text.split(",") if part.strip())
            case _:
                return text
    except (KeyError, ValueError):
        kind = {bool: "true or false", int: "a positive whole number", float: "a positive number"}[type(default)]
        kind += " or 0" if default == 0 and default is not False else ""
        raise InvalidSetting(f"{name} is {text[:80]!r}; it must be {kind}.") from None


def _checked(number: float, default: float) -> float:
    """Return a number that is positive or its default, which may be none."""
    if not (0 < number < float("inf") or number == default):
        raise ValueError
    return number
