"""URL converters whose patterns are the key grammar, so that a table called `description` is still a table."""

from collections.abc import Mapping

from werkzeug.routing import BaseConverter


class TableConverter(BaseConverter):
    """A table or a dashboard."""

    regex = r"[^/]+://[^/]+/[^/]+"


class ColumnConverter(BaseConverter):
    regex = r"[^/]+://[^/]+/[^/]+/[^/]+"


class TypeMetadataConverter(BaseConverter):
    regex = r"[^/]+://[^/]+/[^/]+/[^/]+/type/.+"


class FeatureConverter(BaseConverter):
    regex = r"[^/]+/[^/]+/[^/]+"


def _learned(kind: str) -> type[BaseConverter]:
    return type(f"{kind.title()}Converter", (BaseConverter,), {"regex": rf"mlflow://[^/]+/{kind}/[^/]+"})


class ModelVersionConverter(BaseConverter):
    regex = r"mlflow://[^/]+/model/[^/]+/version/[^/]+"


class AnythingConverter(BaseConverter):
    """Tried last: what does not look like a key of its kind, for a clear 404."""

    regex = ".+"
    part_isolating = False  # slashes too: Werkzeug guesses otherwise from a pattern that names none
    weight = 1000


# How each converter's values look, for the documentation.
EXAMPLES = {
    "table": "hive://gold.core/orders",
    "column": "hive://gold.core/orders/amount",
    "dashboard": "mode_dashboard://gold.finance/revenue",
    "type": "hive://gold.core/orders/address/type/address",
    "feature": "customers/lifetime_value/1",
    "experiment": "mlflow://prod/experiment/7",
    "run": "mlflow://prod/run/0b1f2c",
    "model": "mlflow://prod/model/churn",
    "model_version": "mlflow://prod/model/churn/version/3",
    "path": "ada@example.com",
    "anything": "anything",
    "default": "name",
}


CONVERTERS: Mapping[str, type[BaseConverter]] = {
    "table": TableConverter,
    "column": ColumnConverter,
    "dashboard": TableConverter,
    "type": TypeMetadataConverter,
    "feature": FeatureConverter,
    "experiment": _learned("experiment"),
    "run": _learned("run"),
    "model": _learned("model"),
    "model_version": ModelVersionConverter,
    "anything": AnythingConverter,
}
