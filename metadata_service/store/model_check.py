"""Refuse what the graph model does not have, before anything reaches a database."""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from types import NoneType
from typing import Any

from metadata_service.store.mutations import Authority, Batch, EdgeRef, Fans, NodeRef, PutEdge, PutNode
from metadata_service.store.port import Related
from metadata_service.store.shapes import Select, Shape
from metadata_service.store.ways import Ask, Way
from schemas.errors import Invalid, TooLarge
from schemas.graph import GONE, LABELS, RELATIONS, RESERVED_PREFIX, Value

MAX_KEY_BYTES = 4_000  # Neo4j indexes strings up to about 8 kB
MAX_VALUE_CHARACTERS = 1_000_000
MAX_INTEGER = 2**63 - 1

_RELATIONS = frozenset((r.type, source, target) for r in RELATIONS.values() for source, target in r.ends)


# The names with the reserved prefix that a batch may write itself, by whose word it is; None: every one.
_RESERVED_FOR: Mapping[Authority, frozenset[str] | None] = {
    Authority.PERSON: frozenset(),
    Authority.SOURCE: frozenset((GONE,)),
    Authority.COPY: None,
}

# Beside text, the types of values that can be looked at all at once.
_PLAIN: frozenset[type] = frozenset((int, bool, NoneType))
_PROPERTY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")


def check_label(label: str) -> None:
    """Raise Invalid unless the model has this label."""
    if label not in LABELS:
        raise Invalid(f"The graph model has no label {label[:80]!r}.")


def check_relations(relations: Sequence[str]) -> None:
    """Raise Invalid unless the model has each of these relation types."""
    for relation in relations:
        if relation not in RELATIONS:
            raise Invalid(f"The graph model has no relation {relation[:80]!r}.")


def check_text(*texts: str) -> None:
    """Raise Invalid for what no stored key can hold: a NUL character or a lone surrogate."""
    text = "".join(texts)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(f"The key {text[:80]!a} is not valid Unicode text.") from None
    if "\x00" in text:
        raise Invalid(f"The key {text[:80]!a} holds a NUL character.")


def check_refs(refs: Collection[NodeRef]) -> None:
    """Raise Invalid unless the model has each of these labels and a store could hold the keys."""
    for label in {ref.label for ref in refs}:
        check_label(label)
    check_text(*(ref.key for ref in refs))


def check_roots(refs: Collection[NodeRef]) -> None:
    """Raise Invalid unless each is an index root. Another program may have written keys longer than we take."""
    for ref in refs:
        _check_key(ref)
        check_root_label(ref.label)


def check_ways(asked: Sequence[Ask], ways: Sequence[Way], by: str) -> None:
    """Raise Invalid unless the model has what is asked for."""
    check_refs([ask.near for ask in asked] + [ask.after.ref for ask in asked if ask.after is not None])
    _check_ways(tuple(ways), by)


@lru_cache(maxsize=64)
def _check_ways(ways: tuple[Way, ...], *by: str) -> None:
    check_relations([way.relation for way in ways])
    check_names(by)


def check_picture(refs: Collection[NodeRef], shapes: Mapping[str, Shape], ways: Sequence[Way]) -> None:
    """Raise Invalid unless the model has what a picture is to show."""
    check_refs(refs)
    _check_ways(tuple(ways))
    for shape in shapes.values():
        check_shape(shape)


def check_ranking(label: str, names: Iterable[str], after: tuple[float, str] | None) -> None:
    """Raise Invalid unless the model can have a ranking of this label by these properties, and a place in it."""
    check_label(label)
    check_names(names)
    if after is not None:
        check_text(after[1])
        if not abs(after[0]) <= MAX_INTEGER:
            raise Invalid("No node is ranked by a number of more than 64 bits.")


def check_root_label(label: str) -> None:
    """Raise Invalid unless nodes of this label have documents of their own."""
    check_label(label)
    if not LABELS[label].root:
        raise Invalid(f"A {label} has no search document of its own.")


def check_names(names: Iterable[str]) -> None:
    """Raise Invalid for what cannot be the name of a property."""
    for name in names:
        if name == "key" or not _PROPERTY_NAME.match(name):
            raise Invalid(f"{name[:80]!r} cannot be a property name.")


def check_tests(tests: Iterable[Related]) -> None:
    """Raise Invalid unless the model has what these tests ask for."""
    for test in tests:
        check_relations(test.via)
        for label in test.to:
            check_label(label)
        check_names([test.non_empty] if test.non_empty else [])


@lru_cache(maxsize=512)
def check_shape(shape: Shape) -> None:
    """Raise Invalid unless the model has every label, relation and property name of a shape."""
    check_label(shape.label)
    check_names(shape.props or ())
    for select in shape.children.values():
        _check_select(select)


def _check_select(select: Select) -> None:
    check_label(select.to)
    check_relations((*select.via, *select.repeat))
    check_names((*(select.props or ()), *select.edge_props, *select.where, *(order.name for order in select.order)))
    for child in select.children.values():
        _check_select(child)


def check_batch(batch: Batch, named: Collection[NodeRef], edges: Collection[EdgeRef]) -> None:
    """Raise Invalid or TooLarge for a label, relation, key, property name or value that cannot be stored.

    `named`: every node that the batch names beside those of its fans; `edges`: likewise every relation.
    """
    allowed = _RESERVED_FOR[batch.authority]
    _check_text("reason", batch.reason)
    _check_nodes(named, batch.fans)
    check_names({expectation.property for expectation in batch.expect})
    kinds = {(ref[0], ref[1][0], ref[2][0]) for ref in edges}
    kinds.update([(fan.relation, fan.parent[0], fan.label) for fan in batch.fans])
    for kind in sorted(kinds - _RELATIONS):
        relation, source, target = [name[:80] for name in kind]
        raise Invalid(f"The graph model has no relation {relation!r} from {source} to {target}.")
    puts = [m.props for m in batch.mutations if (type(m) is PutNode or type(m) is PutEdge) and m.props]
    puts += filter(None, chain(batch.nodes.values(), batch.edges.values()))
    _check_puts(puts, allowed)
    if batch.fans:
        _check_fans(batch)


def _check_fans(batch: Batch) -> None:
    if not batch.fans.are_apart(batch.nodes):
        raise Invalid("A node of a fan is put by something else as well.")
    if any(len(fan.keys) != len(fan.props) for fan in batch.fans):
        raise Invalid("A fan has as many nodes as properties of nodes.")
    props = list(chain.from_iterable([fan.props for fan in batch.fans]))
    if not _check_puts(props, frozenset(), _PLAIN - {NoneType}) and any(None in each.values() for each in props):
        raise Invalid("No property in a fan is None.")


def _check_puts(
    puts: Sequence[Mapping[str, Value | None]], allowed: frozenset[str] | None, plain: frozenset[type] = _PLAIN
) -> bool:
    """Look at properties; say whether all values are of types that are `plain`."""
    _check_own_names(tuple(sorted(set().union(*puts))), allowed)
    if _are_plain(list(chain.from_iterable([props.values() for props in puts])), plain):
        return True
    for props in puts:
        check_props(props, allowed)
    return False


def _are_plain(values: Sequence[object], plain: frozenset[type]) -> bool:
    """Look at all values at once; False where one of them has to be looked at by itself."""
    texts = [value for value in values if type(value) is str]
    others = [value for value in values if type(value) is not str]
    if not plain >= set(map(type, others)):
        return False
    text = "".join(texts)
    if "\x00" in text or (len(text) > MAX_VALUE_CHARACTERS and max(map(len, texts)) > MAX_VALUE_CHARACTERS):
        return False
    integers = [value for value in others if type(value) is int]
    if integers and max(*integers, -min(integers)) > MAX_INTEGER:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _check_nodes(refs: Collection[NodeRef], fans: Fans) -> None:
    """Look at all keys at once; only where something may be wrong, at one after the other to say with which."""
    texts = [*map(itemgetter(1), refs), *chain.from_iterable([fan.keys for fan in fans])]
    labels = {*map(itemgetter(0), refs), *[fan.label for fan in fans]}
    text = "".join(texts)
    sound = all(texts) and text.isascii() and "\x00" not in text and labels <= LABELS.keys()
    if not sound or max(map(len, texts), default=0) > MAX_KEY_BYTES:
        for ref in chain(refs, *[fan.refs() for fan in fans]):
            _check_node(ref)


def _check_node(ref: NodeRef) -> None:
    length = _check_key(ref)
    if length > MAX_KEY_BYTES:
        raise TooLarge(f"The {ref.label} key {ref.key[:80]!r}… is longer than {MAX_KEY_BYTES} bytes.")


def _check_key(ref: NodeRef) -> int:
    """Return how many bytes a key has. Raises Invalid for one that no store can hold, or a label there is not."""
    label, key = ref
    check_label(label)
    if not key or "\x00" in key:
        raise Invalid(f"A {label} needs a key that is not empty and holds no NUL character.")
    try:
        return len(key) if key.isascii() else len(key.encode())
    except UnicodeEncodeError:
        raise Invalid(f"The {label} key {key[:80]!a} is not valid Unicode text.") from None


def check_props(props: Mapping[str, Value | None], allowed: frozenset[str] | None = frozenset()) -> None:
    """Raise Invalid or TooLarge for a property name or value that a store cannot hold.

    Names with the reserved prefix are the stores' own: refused unless `allowed` (None: all are).
    """
    _check_own_names(tuple(props), allowed)
    for name, value in props.items():
        if type(value) is str and len(value) <= MAX_VALUE_CHARACTERS and value.isascii() and "\x00" not in value:
            continue  # most are such
        check = _CHECKS.get(type(value))
        if check is None:
            raise Invalid(f"Property {name!r} holds a {type(value).__name__}, which cannot be stored.")
        check(name, value)


@lru_cache(maxsize=4096)
def _check_own_names(names: tuple[str, ...], allowed: frozenset[str] | None) -> None:
    """Remember which sets of names are good: an ingestion sends the same few for ever."""
    for name in names:
        if allowed is not None and name.startswith(RESERVED_PREFIX) and name not in allowed:
            raise Invalid(f"{name[:80]!r} cannot be a property name: the prefix is reserved.")
    check_names(names)


def _check_text(name: str, value: str) -> None:
    if len(value) > MAX_VALUE_CHARACTERS:
        raise TooLarge(f"Property {name!r} is longer than {MAX_VALUE_CHARACTERS} characters.")
    if "\x00" in value:
        raise Invalid(f"Property {name!r} holds a NUL character.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Invalid(f"Property {name!r} is not valid Unicode text.") from None


def _check_integer(name: str, value: int) -> None:
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Invalid(f"Property {name!r} holds an integer of more than 64 bits.")


def _check_float(name: str, value: float) -> None:
    if not math.isfinite(value):
        raise Invalid(f"Property {name!r} holds a number that is not finite.")


def _check_list(name: str, value: list[object]) -> None:
    for item in value:
        if not isinstance(item, str):
            raise Invalid(f"Property {name!r} holds a list of something other than text.")
        _check_text(name, item)


def _accept(_name: str, _value: object) -> None:
    pass


# By the exact type: a store gives back plain values, so only those can be told to be unchanged.
_CHECKS: dict[type, Callable[[str, Any], None]] = {
    NoneType: _accept,
    bool: _accept,
    str: _check_text,
    int: _check_integer,
    float: _check_float,
    list: _check_list,
}
