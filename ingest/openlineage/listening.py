"""What takes in events in one process and says what they tell, put together."""

from dataclasses import dataclass
from typing import Self

from ingest.extract.openlineage.naming import Names
from ingest.ledger.precedence import Precedence
from ingest.openlineage.intake import Intake
from ingest.openlineage.telling import Telling
from metadata_service.store.port import GraphStore
from schemas.errors import InvalidSetting
from schemas.settings import Settings


@dataclass(frozen=True, slots=True)
class Listening:
    """Takes in events by `intake`; `telling` says what is due, called now and then for what no request has said."""

    intake: Intake
    telling: Telling

    @classmethod
    def over(cls, store: GraphStore, settings: Settings, order: Precedence) -> Self:
        """Listen over a graph; `order` sorts sources. Raises InvalidSetting for namespaces that cannot be read."""
        names = Names(dict(_pair(one) for one in settings.openlineage_namespaces))
        telling = Telling(store, names, order)
        return cls(Intake(store, names, told=telling.work), telling)


def _pair(told: str) -> tuple[str, str]:
    namespace, equals, database = told.rpartition("=")
    if not (namespace and equals and database):
        raise InvalidSetting(f"openlineage_namespaces: {told[:80]!r} must be NAMESPACE=DATABASE or =DATABASE/CLUSTER.")
    return namespace.strip(), database.strip()
