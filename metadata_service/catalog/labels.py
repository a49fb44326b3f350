"""What people put on resources by hand: tags, badges and owners."""

from metadata_service.catalog import writes
from metadata_service.catalog.descriptions import missing
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode, RemoveEdge
from metadata_service.store.port import GraphStore
from schemas import entities
from schemas.errors import Conflict, NotAcceptable
from schemas.graph import Direction, is_relation

DEFAULT = "default"
_TAGGED = ("TAGGED_BY", "TAG")  # databuilder tags dashboards the other way round; both are taken off


def put_tag(store: GraphStore, ref: NodeRef, tag: str, tag_type: str | None, author: writes.Author) -> None:
    """Tag a resource. A tag that exists keeps its type unless one is given. Raises NotFound for the resource."""
    writes.require(store, ref, missing(ref))
    node = NodeRef("Tag", tag)
    known = store.fetch(tag, writes.bare("Tag")) is not None
    kind = tag_type or (None if known else DEFAULT)
    properties = {} if kind is None else {"tag_type": kind}
    writes.apply(store, [PutNode(node, properties), PutEdge(EdgeRef("TAGGED_BY", ref, node))], author)


def remove_tag(store: GraphStore, ref: NodeRef, tag: str, author: writes.Author) -> None:
    """Take a tag off a resource; what is not there stays away. The tag itself stays."""
    _unlink(store, ref, NodeRef("Tag", tag), _TAGGED, author)


def check_tag_type(kind: str | None, tag: str, label: str, key: str, reserved: set[str]) -> None:
    """Refuse a type that is no tag's. Raises NotAcceptable for `badge`, Conflict for a badge's name and for `owner`."""
    said = f"The tag {tag} for id {key} with type {kind or DEFAULT} and resource_type {label} is not added successfully"
    if kind == "badge":
        raise NotAcceptable(f"{said} because badges are not tags; PUT it under /badge/ instead")
    if kind == "owner" and label == "Feature":
        raise Conflict(f"{said} because owner tags are not editable")
    if tag in reserved:
        raise Conflict(f"{said} because tag {tag} is reserved for badge")


def put_badge(store: GraphStore, ref: NodeRef, badge: str, category: str, author: writes.Author) -> None:
    """Give a resource a badge and the badge its category, for every resource that has it. Raises NotFound."""
    writes.require(store, ref, missing(ref))
    node = NodeRef("Badge", badge)
    writes.apply(store, [PutNode(node, {"category": category}), PutEdge(EdgeRef("HAS_BADGE", ref, node))], author)


def remove_badge(store: GraphStore, ref: NodeRef, badge: str, author: writes.Author) -> None:
    """Take a badge off a resource; what is not there stays away."""
    _unlink(store, ref, NodeRef("Badge", badge), ("HAS_BADGE",), author)


def put_person(store: GraphStore, ref: NodeRef, relation: str, user_id: str, author: writes.Author) -> None:
    """Make somebody an owner or follower; creates the person's node when there is none. Raises NotFound."""
    writes.require(store, ref, missing(ref))
    link = PutEdge(EdgeRef(relation, ref, NodeRef("User", user_id)))
    writes.apply(store, [writes.somebody(user_id), link], author)


def remove_person(store: GraphStore, ref: NodeRef, relation: str, user_id: str, author: writes.Author) -> None:
    """Undo `put_person`; what is not there stays away."""
    _unlink(store, ref, NodeRef("User", user_id), (relation,), author)


def list_tags(store: GraphStore) -> list[entities.TagUsage]:
    """Return the tags of type `default` in use, each with how many resources have it, by name."""
    found = store.degrees("Tag", _TAGGED, Direction.IN)
    return [
        entities.TagUsage(node.ref.key, count)
        for node, count in found
        if (node.props.get("tag_type") or DEFAULT) == DEFAULT
    ]


def list_badges(store: GraphStore) -> list[entities.Badge]:
    """Return every badge, by name."""
    found: list[entities.Badge] = []
    after = ""
    while page := store.list_nodes("Badge", after):
        after = page[-1].ref.key
        found += [entities.Badge(ref.key, str(props.get("category") or "")) for ref, props in page]
    return found


def _unlink(store: GraphStore, ref: NodeRef, far: NodeRef, relations: tuple[str, ...], author: writes.Author) -> None:
    removals: list[Mutation] = [
        RemoveEdge(EdgeRef(relation, ref, far)) for relation in relations if is_relation(relation, ref.label, far.label)
    ]
    writes.apply(store, removals, author)
