"""The sources there are: classes that packages name by entry points in the group `fram.sources`, imported when used."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from ingest.extract.source import Source
from schemas.errors import InvalidSetting

GROUP = "fram.sources"


def find_sources() -> Mapping[str, EntryPoint]:
    """Return where each source is found, by its name, in order; nothing is imported."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}


def load_source(name: str) -> type[Source]:
    """Import a source. Raises InvalidSetting where there is none of that name, or it cannot be imported."""
    found = find_sources()
    if name not in found:
        raise InvalidSetting(
            f"source: {name[:80]!r} is none of {', '.join(found) or 'those installed (there are none)'}."
        )
    try:
        loaded = found[name].load()
    except ImportError as error:
        raise InvalidSetting(f"source: {name} cannot be used here: {error}.") from error
    if not (isinstance(loaded, type) and issubclass(loaded, Source)):
        raise InvalidSetting(f"source: {name} is installed, but {found[name].value} is no source.")
    return loaded
