"""Every request of the metadata service: bodies and query parameters, validated before a use case sees them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

MAX_TEXT = 1_000_000
MAX_NAME = 1_000
MAX_NODES = 2_000  # that one request may name
LINEAGE_KINDS = ("table", "column", "dashboard", "feature", "run", "model_version", "model")


def _name(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=MAX_NAME), **options)


class Parameters(Schema):
    """Query parameters; unknown ones are ignored, as Amundsen ignores them."""

    class Meta:
        unknown = EXCLUDE


class NoParameters(Parameters):
    pass


class TagParameters(Parameters):
    tag_type = _name(load_default=None, metadata={"description": "Kind of tag; `default` unless the tag exists."})


class BadgeParameters(Parameters):
    category = _name(required=True, metadata={"description": "Category of the badge."})


class SyncStatusParameters(Parameters):
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(min=0, max=1000),
        metadata={"description": "How many postponed documents to list."},
    )


class PostponedBody(Schema):
    kind = _name(required=True)
    key = fields.String(required=True, validate=validate.Length(max=MAX_TEXT))


class RetryBody(Schema):
    documents = fields.List(
        fields.Nested(PostponedBody),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=1000),
        metadata={"description": "Documents to try again; null or left out: all that are postponed or parked."},
    )


class LineageParameters(Parameters):
    direction = _name(load_default="both", metadata={"description": "`upstream`, `downstream`; anything else is both."})
    depth = fields.Integer(
        load_default=1,
        validate=validate.Range(min=0, max=100_000),
        metadata={"description": "How many levels to walk."},
    )


def _some(about: str) -> fields.String:
    """Take names that are separated by commas."""
    return fields.String(load_default="", validate=validate.Length(max=10_000), metadata={"description": about})


class ExplorationParameters(Parameters):
    direction = fields.String(
        load_default="both",
        validate=validate.OneOf(("upstream", "downstream", "both")),
        metadata={"description": "Which way."},
    )
    depth = fields.Integer(
        load_default=1, validate=validate.Range(min=0, max=100), metadata={"description": "How many levels to walk."}
    )
    limit = fields.Integer(
        load_default=20,
        validate=validate.Range(min=1, max=1000),
        metadata={"description": "How many neighbours of each node, the most used first."},
    )
    cursor = fields.String(
        load_default="", validate=validate.Length(max=20_000), metadata={"description": "`next` of the page before."}
    )
    kinds = _some(f"Kinds to show, separated by commas: `{'`, `'.join(LINEAGE_KINDS)}`. Left out: all.")
    schema = _some("Schemas, groups of dashboards or features to show, separated by commas. Left out: all.")
    database = _some("Databases and dashboard products to show, separated by commas. Left out: all.")
    owner = _some("Show what one of these people owns.")
    badge = _some("Show what has one of these badges.")
    columns = fields.Boolean(load_default=False, metadata={"description": "Show the edges among columns, too."})

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        some = _split(data, "kinds", "schema", "database", "owner", "badge")
        unknown = sorted(some["kinds"].difference(LINEAGE_KINDS))
        if unknown:
            raise ValidationError(f"{unknown[0][:80]!r} is none of {', '.join(LINEAGE_KINDS)}.", "kinds")
        return {**data, **some}


class ImpactParameters(Parameters):
    format = fields.String(
        load_default=None,
        validate=validate.OneOf(("json", "csv")),
        metadata={"description": "`json` or `csv`. Left out: what `Accept` says."},
    )


class DependentModelsParameters(Parameters):
    stage = _some("Versions in one of these stages, separated by commas. With `alias`: or of one of its.")
    alias = _some("Versions of one of these aliases, separated by commas.")
    production = fields.Boolean(
        load_default=False,
        metadata={"description": "Only versions in the stage Production, or called champion, production or prod."},
    )

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, **_split(data, "stage", "alias")}


def _split(data: dict[str, Any], *names: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(part.strip() for part in data[name].split(",") if part.strip()) for name in names}


class _EndField(fields.String):
    """A kind and a key, as a path writes them."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        kind, _, key = super()._deserialize(value, *args, **options).partition("/")
        if kind not in LINEAGE_KINDS or not key:
            raise ValidationError(f"It must be a kind ({', '.join(LINEAGE_KINDS)}), a slash and a key.")
        return kind, key


class PathsParameters(Parameters):
    source = _EndField(
        required=True, data_key="from", metadata={"description": "Where the paths begin, as `<kind>/<key>`."}
    )
    target = _EndField(
        required=True, data_key="to", metadata={"description": "Where they end, downstream of it, as `<kind>/<key>`."}
    )
    limit = fields.Integer(
        load_default=10, validate=validate.Range(min=1, max=100), metadata={"description": "How many to return."}
    )


class EndBody(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(LINEAGE_KINDS))
    key = fields.String(required=True, validate=validate.Length(min=1, max=MAX_TEXT))


class AmongBody(Schema):
    nodes = fields.List(
        fields.Nested(EndBody),
        required=True,
        validate=validate.Length(min=1, max=MAX_NODES),
        metadata={"description": "The nodes to look among."},
    )
    columns = fields.Boolean(
        load_default=False, metadata={"description": "With the columns of these tables that have lineage."}
    )


class EdgeBody(Schema):
    source = fields.Nested(EndBody, required=True, metadata={"description": "What the target is made from."})
    target = fields.Nested(EndBody, required=True)
    reason = fields.String(
        load_default="", validate=validate.Length(max=10_000), metadata={"description": "Kept with the change."}
    )


class PopularParameters(Parameters):
    limit = fields.Integer(
        load_default=10, validate=validate.Range(min=0, max=1000), metadata={"description": "How many of each kind."}
    )


class _KindsField(fields.String):
    """Kinds of resources, separated by commas."""

    def __init__(self, kinds: tuple[str, ...], default: tuple[str, ...]) -> None:
        names, usual = (", ".join(f"`{kind}`" for kind in some) for some in (kinds, default))
        described = f"Kinds asked for, separated by commas: {names}. Left out: {usual}."
        super().__init__(load_default=default, metadata={"description": described})
        self._kinds = kinds

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        kinds = [kind.strip().lower() for kind in super()._deserialize(value, *args, **options).split(",")]
        unknown = [kind for kind in kinds if kind not in self._kinds]
        if unknown:
            raise ValidationError(f"{unknown[0][:80]!r} is none of {', '.join(self._kinds)}.")
        return tuple(kind for kind in self._kinds if kind in kinds)


class PopularResourcesParameters(PopularParameters):
    types = _KindsField(("table", "dashboard"), ("table",))


class UserResourcesParameters(Parameters):
    types = _KindsField(("table", "dashboard", "feature"), ("table", "dashboard"))


class UserReadsParameters(Parameters):
    types = _KindsField(("table", "dashboard", "feature"), ("table",))


class RunsOfExperimentParameters(Parameters):
    where = _some(
        "Conditions, separated by commas: `metrics.auc>0.9`, `parameters.kind=tree`, `status=FINISHED`; a word: "
        "what the run's name or user has."
    )
    sort = _name(
        load_default="started_at",
        metadata={"description": "`name`, `status`, `user`, `started_at`, …, `parameters.<name>`, `metrics.<name>`."},
    )
    direction = fields.String(
        load_default="descending",
        validate=validate.OneOf(("ascending", "descending")),
        metadata={"description": "What has no value is last either way."},
    )
    offset = fields.Integer(load_default=0, validate=validate.Range(min=0, max=100_000))
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=1000))


class HistoryParameters(Parameters):
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=1000))
    after = fields.String(
        load_default="", validate=validate.Length(max=10_000), metadata={"description": "`next` of the page before."}
    )


class RecentParameters(Parameters):
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=1000))
    cursor = fields.String(
        load_default="", validate=validate.Length(max=10_000), metadata={"description": "`next` of the page before."}
    )


class DescriptionBody(Schema):
    class Meta:
        unknown = EXCLUDE

    description = fields.String(
        required=True, allow_none=True, validate=validate.Length(max=MAX_TEXT), metadata={"description": "null clears."}
    )


class UserBody(Schema):
    """A person as Amundsen's clients send one: names and the id are filled from one another where they are missing."""

    class Meta:
        unknown = EXCLUDE

    user_id = _name(load_default=None, allow_none=True)
    email = _name(load_default=None, allow_none=True)
    first_name = _name(load_default=None, allow_none=True)
    last_name = _name(load_default=None, allow_none=True)
    full_name = _name(load_default=None, allow_none=True)
    display_name = _name(load_default=None, allow_none=True)
    is_active = fields.Boolean(load_default=True)
    github_username = _name(load_default=None, allow_none=True)
    team_name = _name(load_default=None, allow_none=True)
    slack_id = _name(load_default=None, allow_none=True)
    employee_type = _name(load_default=None, allow_none=True)
    manager_fullname = _name(load_default=None, allow_none=True)
    manager_email = _name(load_default=None, allow_none=True)
    manager_id = _name(load_default=None, allow_none=True)
    role_name = _name(load_default=None, allow_none=True)
    profile_url = _name(load_default=None, allow_none=True)
    other_key_values = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)

    @pre_load
    def fill(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data  # refused by the schema itself
        filled = {name: value for name, value in data.items() if not _is_blank(value)}
        if filled.get("first_name") and filled.get("last_name"):
            filled.setdefault("full_name", f"{filled['first_name']} {filled['last_name']}")
        for name, source in (("user_id", "email"), ("display_name", "full_name"), ("display_name", "email")):
            if source in filled:
                filled.setdefault(name, filled[source])
        if "user_id" not in filled:
            raise ValidationError("user_id or email must be given.", "user_id")
        if "display_name" not in filled:
            raise ValidationError("display_name, full_name or email must be given.", "display_name")
        return filled


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
