"""People: how a User node reads, and how it is written."""

from collections.abc import Mapping

from metadata_service.catalog import writes
from metadata_service.catalog.selections import only, optional_text, props_of
from metadata_service.store.mutations import NodeRef, Outcome, PutNode
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Order, Props, Record, Select, Shape
from schemas import entities
from schemas.errors import NotFound
from schemas.graph import GONE, Value

EVERYTHING = None

OWNERS = Select(("OWNER",), "User", props=EVERYTHING)
READERS = Select(
    ("READ_BY",),
    "User",
    props=EVERYTHING,
    edge_props=("read_count",),
    order=(Order("read_count", on="edge", descending=True),),
    limit=5,
)
_DETAIL = Shape("User", EVERYTHING, {"manager": Select(("MANAGE_BY",), "User", props=("full_name",))})


def person(
    key: str, props: Props, other_keys: tuple[str, ...] = (), manager_fullname: str | None = None
) -> entities.User:
    """Read a User node; a bare one (made by a source or a bookmark) is its key."""
    email = optional_text(props, "email") or key
    return entities.User(
        user_id=optional_text(props, "user_id") or email,
        email=email,
        first_name=optional_text(props, "first_name"),
        last_name=optional_text(props, "last_name"),
        full_name=optional_text(props, "full_name"),
        display_name=optional_text(props, "display_name"),
        is_active=props.get("is_active") is not False,
        github_username=optional_text(props, "github_username"),
        team_name=optional_text(props, "team_name"),
        slack_id=optional_text(props, "slack_id"),
        employee_type=optional_text(props, "employee_type"),
        manager_fullname=optional_text(props, "manager_fullname") or manager_fullname,
        manager_email=optional_text(props, "manager_email"),
        manager_id=optional_text(props, "manager_id"),
        role_name=optional_text(props, "role_name"),
        profile_url=optional_text(props, "profile_url"),
        other_key_values={name: str(props[name]) for name in other_keys if name in props},
    )


def owners(record: Record) -> list[entities.User]:
    return [person(item.key, item.props) for item in record.children["owners"]]


def get_user(store: GraphStore, user_id: str, other_keys: tuple[str, ...] = ()) -> entities.User:
    """Return a person. Raises NotFound."""
    record = store.fetch(user_id, _DETAIL)
    if record is None:
        raise NotFound(f"User id {user_id} does not exist")
    manager = optional_text(props_of(only(record, "manager")), "full_name")
    # Amundsen says '' and not null for nobody above; its page tells the two apart.
    return person(record.key, record.props, other_keys, manager_fullname=manager or "")


def list_users(store: GraphStore, other_keys: tuple[str, ...] = ()) -> list[entities.User]:
    """Return everybody who is marked active, by key."""
    found: list[entities.User] = []
    after = ""
    while page := store.list_nodes("User", after):
        after = page[-1].ref.key
        found += [person(ref.key, props, other_keys) for ref, props in page if _is_active(props)]
    return found


def _is_active(props: Props) -> bool:
    return props.get("is_active") is True and GONE not in props


def put_user(
    store: GraphStore, user: Mapping[str, Value], other: Mapping[str, str], author: writes.Author
) -> tuple[entities.User, bool]:
    """Create or update a person, leaving alone what is not given; return them and whether they are new."""
    ref = NodeRef("User", str(user["user_id"]))
    receipt = writes.apply(store, [PutNode(ref, {"email": ref.key, **user, **other})], author)
    record = store.fetch(ref.key, _DETAIL)
    if record is None:  # removed by somebody else in the meantime
        raise NotFound(f"User id {ref.key} does not exist")
    return person(ref.key, record.props, tuple(other)), receipt.outcomes[0] is Outcome.CREATED
