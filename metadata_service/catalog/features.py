"""A feature as its page shows it, with its generation code, statistics and sample."""

from metadata_service.catalog import people, selections
from metadata_service.catalog.selections import children, only, optional_int, optional_text, text
from metadata_service.catalog.summaries import FEATURE_GROUP, feature_group
from metadata_service.catalog.writes import bare
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Select, Shape
from schemas import entities
from schemas.errors import NotFound

FEATURE_DETAIL = Shape(
    "Feature",
    ("name", "version", "status", "entity", "data_type", "created_timestamp", "last_updated_timestamp"),
    children(
        group=FEATURE_GROUP,
        availability=Select(("FEATURE_AVAILABLE_IN",), "Database", props=("name",)),
        description=selections.DESCRIPTION,
        programmatic=selections.PROGRAMMATIC,
        owners=people.OWNERS,
        badges=selections.BADGES,
        tags=selections.TAGS,
        watermarks=Select(("WATERMARK",), "Feature_Watermark", props=("timestamp", "time", "watermark_type")),
    ),
)
_CODE = Select(("GENERATION_CODE",), "Feature_Generation_Code", props=("text", "source"))


_WITH_CODE = Shape("Feature", (), {"code": _CODE})
_WITH_STATS = Shape("Feature", (), {"stats": selections.STATS})


def get_feature(store: GraphStore, key: str) -> entities.Feature:
    """Return a feature. Raises NotFound."""
    return _feature(_fetch(store, key, FEATURE_DETAIL))


def get_generation_code(store: GraphStore, key: str) -> entities.GenerationCode:
    """Return the code a feature is computed by. Raises NotFound for an unknown feature and for one without code."""
    found = only(_fetch(store, key, _WITH_CODE), "code")
    if found is None:
        raise NotFound(f"Generation code for id {key} does not exist")
    return entities.GenerationCode(found.key, text(found.props, "text"), optional_text(found.props, "source"))


def list_stats(store: GraphStore, key: str) -> list[entities.Stat]:
    """Return the statistics of a feature. Raises NotFound."""
    return selections.stats(_fetch(store, key, _WITH_STATS))


def get_sample(store: GraphStore, key: str) -> entities.DataSample:
    """Return sample rows of a feature, of which the graph holds none: says so in `error_text`. Raises NotFound."""
    _fetch(store, key, bare("Feature"))
    return entities.DataSample((), (), "The catalogue holds no sample rows of this feature.")


def _fetch(store: GraphStore, key: str, shape: Shape) -> Record:
    record = store.fetch(key, shape)
    if record is None:
        raise NotFound(f"feature_uri {key} does not exist")
    return record


def _feature(record: Record) -> entities.Feature:
    return entities.Feature(
        key=record.key,
        name=text(record.props, "name"),
        version=text(record.props, "version"),
        status=optional_text(record.props, "status"),
        feature_group=feature_group(record),
        entity=optional_text(record.props, "entity"),
        data_type=optional_text(record.props, "data_type"),
        availability=[text(item.props, "name") for item in record.children["availability"]],
        description=selections.description(record),
        owners=people.owners(record),
        badges=selections.badges(record),
        tags=selections.tags(record),
        programmatic_descriptions=selections.programmatic_descriptions(record),
        watermarks=[_watermark(item) for item in record.children["watermarks"]],
        last_updated_timestamp=optional_int(record.props, "last_updated_timestamp"),
        created_timestamp=optional_int(record.props, "created_timestamp"),
    )


def _watermark(record: Record) -> entities.FeatureWatermark:
    """Read a watermark; databuilder writes its time as `timestamp`, older graphs as `time`."""
    kind = optional_text(record.props, "watermark_type") or record.key.rpartition("/")[2]
    return entities.FeatureWatermark(record.key, kind, text(record.props, "time") or text(record.props, "timestamp"))
