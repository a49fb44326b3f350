"""A registered model as its page shows it: versions, what became of them, and what they were made of."""

from metadata_service.catalog import people, selections
from metadata_service.catalog.models_training import DATASETS, ROW, dataset, json_of, summary, texts
from metadata_service.catalog.selections import PRESENT, children, only, optional_int, optional_text, props_of, text
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Order, Props, Record, Select, Shape
from schemas import model_entities as entities
from schemas.errors import InvalidKey, NotFound
from schemas.graph import Direction
from schemas.keys import ModelKey
from schemas.model_statements import SignatureField, UsedColumn

MAX_VERSIONS = 200
MAX_CHANGES = 500

_VERSION_PROPS = (
    *("version", "url", "stage", "aliases", "status", "status_message", "flavors", "inputs", "outputs", "size_bytes"),
    *("model_id", "source_uri", "created_at", "updated_at", "properties"),
)
_OF_VERSION = children(
    description=selections.DESCRIPTION,
    runs=Select(("PRODUCED",), "MLRun", Direction.IN, props=ROW, children={"datasets": DATASETS}),
    columns=Select(("HAS_DOWNSTREAM",), "Column", Direction.IN, edge_props=("transformation",)),
)
_MODEL = Shape(
    "MLModel",
    ("name", "url", "created_at", "updated_at", "properties"),
    children(
        description=selections.DESCRIPTION,
        owners=people.OWNERS,
        tags=selections.TAGS,
        badges=selections.BADGES,
        versions=Select(
            ("HAS_VERSION",),
            "MLModelVersion",
            props=_VERSION_PROPS,
            where=PRESENT,
            children=_OF_VERSION,
            order=(Order("created_at", descending=True),),
            limit=MAX_VERSIONS + 1,
        ),
        changes=Select(
            ("CHANGED",),
            "MLChange",
            props=("kind", "subject", "before", "after", "observed_at", "run"),
            order=(Order("observed_at", descending=True),),
            limit=MAX_CHANGES + 1,
        ),
    ),
)
_VERSION = Shape(
    "MLModelVersion",
    _VERSION_PROPS,
    {**_OF_VERSION, "model": Select(("HAS_VERSION",), "MLModel", Direction.IN, props=("name",))},
)


def get_model(store: GraphStore, key: str) -> entities.Model:
    """Return a model with its newest versions and changes. Raises NotFound."""
    record = store.fetch(key, _MODEL)
    if record is None:
        raise NotFound(f"model {key} does not exist")
    props, versions, changes = record.props, record.children["versions"], record.children["changes"]
    name = text(props, "name")
    return entities.Model(
        key=key,
        name=name,
        instance=_instance(key),
        url=optional_text(props, "url"),
        description=selections.description(record),
        owners=people.owners(record),
        tags=selections.tags(record),
        badges=selections.badges(record),
        properties=texts(props, "properties"),
        created_at=optional_int(props, "created_at"),
        updated_at=optional_int(props, "updated_at"),
        versions=sorted((_version(each, key, name) for each in versions[:MAX_VERSIONS]), key=_newest),
        changes=[_change(each.props) for each in changes[:MAX_CHANGES]],
        complete=len(versions) <= MAX_VERSIONS and len(changes) <= MAX_CHANGES,
    )


def get_version(store: GraphStore, key: str) -> entities.ModelVersion:
    """Return a version of a model. Raises NotFound."""
    record = store.fetch(key, _VERSION)
    if record is None:
        raise NotFound(f"model_version {key} does not exist")
    model = only(record, "model")
    return _version(record, model.key if model else key.rpartition("/version/")[0], text(props_of(model), "name"))


def _newest(version: entities.ModelVersion) -> tuple[int, str]:
    return -int(version.version) if version.version.isdecimal() else 0, version.version


def _version(record: Record, model: str, name: str) -> entities.ModelVersion:
    props, run = record.props, only(record, "runs")
    return entities.ModelVersion(
        key=record.key,
        model=model,
        name=name,
        version=text(props, "version"),
        url=optional_text(props, "url"),
        stage=optional_text(props, "stage"),
        aliases=texts(props, "aliases"),
        status=optional_text(props, "status"),
        status_message=optional_text(props, "status_message"),
        description=selections.description(record),
        flavors=texts(props, "flavors"),
        inputs=_signature(props, "inputs"),
        outputs=_signature(props, "outputs"),
        size_bytes=optional_int(props, "size_bytes"),
        model_id=optional_text(props, "model_id"),
        source_uri=optional_text(props, "source_uri"),
        created_at=optional_int(props, "created_at"),
        updated_at=optional_int(props, "updated_at"),
        properties=texts(props, "properties"),
        run=summary(run) if run else None,
        datasets=[dataset(each) for each in run.children["datasets"]] if run else [],
        columns=[UsedColumn(each.key, text(each.edge, "transformation")) for each in record.children["columns"]],
    )


def _signature(props: Props, name: str) -> list[SignatureField] | None:
    found = json_of(props, name)
    if not isinstance(found, list):
        return None
    return [
        SignatureField(str(each.get("name", "")), str(each.get("type", "")), each.get("required") is not False)
        for each in found
        if isinstance(each, dict)
    ]


def _change(props: Props) -> entities.ModelChange:
    return entities.ModelChange(
        kind=text(props, "kind"),
        subject=text(props, "subject"),
        before=optional_text(props, "before"),
        after=optional_text(props, "after"),
        observed_at=optional_int(props, "observed_at") or 0,
        run=text(props, "run"),
    )


def _instance(key: str) -> str:
    try:
        return ModelKey.parse(key).instance
    except InvalidKey:
        return ""
