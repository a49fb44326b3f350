"""What things are made from, and who reads them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from ingest.records import Put, bare_user, link, present
from metadata_service.store.mutations import NodeRef
from schemas import keys
from schemas.errors import Invalid
from schemas.statements import Lineage, Usage

_KEYS: Mapping[str, type[keys.Key]] = MappingProxyType(
    {"table": keys.TableKey, "dashboard": keys.DashboardKey, "feature": keys.FeatureKey}
)


def key_of(said: Lineage | Usage) -> str:
    return resource(said.kind, said.key).key


def resource(kind: str, key: str) -> NodeRef:
    """Identify what a statement is about. Raises Invalid for another kind, InvalidKey for what is no key of it."""
    grammar = _KEYS.get(kind)
    if grammar is None:
        raise Invalid(f"kind: {kind[:80]!r} is none of {', '.join(_KEYS)}.")
    grammar.parse(key)
    return NodeRef(grammar.label, key)


def lineage(said: Lineage) -> Iterator[Put]:
    """Put where something comes from. Raises InvalidKey for what is no key, Invalid for the column of another thing."""
    ref = resource(said.kind, said.key)
    for key in said.upstream:
        if key == said.key:
            continue  # a table that is read to make itself is not above itself
        yield link("HAS_DOWNSTREAM", NodeRef("Table", checked(keys.TableKey, key)), ref)
    for step in said.columns:
        source = NodeRef("Column", checked(keys.ColumnKey, step.source))
        target = ref if step.target == said.key else _own_column(ref, step.target)
        if source != target:
            yield link("HAS_DOWNSTREAM", source, target, present(transformation=step.transformation))


def _own_column(ref: NodeRef, key: str) -> NodeRef:
    if ref.label != "Table" or keys.ColumnKey.parse(key).table_key != ref.key:
        raise Invalid(f"columns: {key[:200]!r} is not a column of {ref.key[:200]!r}.")
    return NodeRef("Column", key)


@lru_cache(maxsize=256)  # one key is named again and again
def checked(grammar: type[keys.Key], key: str) -> str:
    """Return a key as it stands. Raises InvalidKey when it does not follow the grammar."""
    grammar.parse(key)
    return key


def usage(said: Usage) -> Iterator[Put]:
    """Put who reads something, each once: what is said of one person in several items is added up."""
    ref = resource(said.kind, said.key)
    reads: dict[str, int] = {}
    for reader in said.readers:
        if not reader.email:
            raise Invalid("readers: a reader needs an email.")
        reads[reader.email] = reads.get(reader.email, 0) + reader.count
    for email, count in reads.items():
        person = bare_user(email)
        yield person
        yield link("READ_BY", ref, person.ref, {"read_count": count})
