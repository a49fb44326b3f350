"""Pictures in one SQLite statement: of every node one cell of JSON with all that is read of it, then the relations.

For shapes that ask no more than what a picture shows: related nodes in the order of their keys, all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson

from metadata_service.store.mutations import Edge, EdgeRef, NodeRef
from metadata_service.store.port import Picture, Portrait
from metadata_service.store.shapes import Props, Record, Select, Shape, matches
from metadata_service.store.sqlite_neighbours import count_of
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from metadata_service.store.sqlite_transaction import by_label
from metadata_service.store.ways import Degrees, Way, leading, relations_of

# Row ids never leave the statement. `kind` says which of the labels it is; places are those of all refs in one list.
_SHOWN = (
    "SELECT n.id, {kind}, :first{kind} + k.key, n.props FROM json_each(:keys{kind}) AS k"
    " CROSS JOIN node AS n ON n.label = :label{kind} AND n.key = k.value"
)
_NODES = "SELECT place, NULL, NULL, json_array(json(props), {cells}) FROM shown WHERE kind = {kind}"
_EDGES = (
    "SELECT * FROM (SELECT walk.place, b.place, e.type, e.props FROM shown AS walk CROSS JOIN edge AS e"
    " ON e.source = walk.id AND e.type IN ({kinds}) JOIN shown AS b ON b.id = e.target LIMIT :limit) AS edges"
)
_CHILD = (
    "(SELECT json_group_array(json_array({cells})) FROM edge AS e{depth} CROSS JOIN node AS n{depth}"
    " ON n{depth}.id = e{depth}.{far} AND n{depth}.label = '{label}' WHERE e{depth}.{near} = {above} AND"
    " e{depth}.type = '{relation}')"
)

_Read = Callable[[str, Props, list[Any]], Record]

_BY_KEY = attrgetter("key")
_new = tuple.__new__  # Edge(…) and the like without their detour through Python, as in sqlite_steps.py


@lru_cache(maxsize=64)
def are_plain(shapes: tuple[Shape, ...]) -> bool:
    """Say whether shapes can be read here: every selection by one relation, all of it, in the order of its keys."""
    return all(_is_plain(select) for shape in shapes for select in shape.children.values())


def _is_plain(select: Select) -> bool:
    more = len(select.via) != 1 or select.edge_props or select.order or select.limit is not None or select.repeat
    return not more and all(map(_is_plain, select.children.values()))


def picture(
    session: Session, refs: Iterable[NodeRef], shapes: Mapping[str, Shape], ways: tuple[Way, ...], limit: int
) -> Picture:
    """Read a picture of plain shapes."""
    groups = by_label(refs)
    nodes: dict[NodeRef, Portrait] = {}
    edges: list[Edge] = []
    if not groups:
        return Picture(nodes, edges)
    plan = _plan(tuple(shapes[label] for label in groups), ways)
    told: dict[str, object] = {**plan.told, "limit": limit}
    placed: list[tuple[NodeRef, _Read]] = []
    for kind, (named, read) in enumerate(zip(groups.values(), plan.readers, strict=True)):
        told[f"first{kind}"], told[f"keys{kind}"] = len(placed), as_json(list(named))
        placed += [(ref, read) for ref in named.values()]
    for place, far, relation, cell in session.run(plan.statement, told).fetchall():
        ref, read = placed[place]
        if relation is None:
            props, against, along, *cells = orjson.loads(cell)
            nodes[ref] = _new(Portrait, (read(ref.key, props, cells), _new(Degrees, (against, along))))
        else:
            edges.append(_new(Edge, (_new(EdgeRef, (relation, ref, placed[far][0])), orjson.loads(cell))))
    return Picture(nodes, edges)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a picture is read: the statement, what it is told each time, and what makes records, label by label."""

    statement: str
    told: dict[str, object]
    readers: tuple[_Read, ...]


@lru_cache(maxsize=64)
def _plan(shapes: tuple[Shape, ...], ways: tuple[Way, ...]) -> _Plan:
    relations = relations_of(ways)
    shown = " UNION ALL ".join(_SHOWN.format(kind=kind) for kind in range(len(shapes)))
    nodes = [_NODES.format(kind=kind, cells=_cells(shape, ways, relations)) for kind, shape in enumerate(shapes)]
    edges = _EDGES.format(kinds=", ".join(f":kind{place}" for place in range(len(relations))))
    told: dict[str, object] = {f"kind{place}": relation for place, relation in enumerate(relations)}
    told |= {f"label{kind}": shape.label for kind, shape in enumerate(shapes)}
    return _Plan(
        f"WITH shown (id, kind, place, props) AS ({shown}) {' UNION ALL '.join([*nodes, edges])}",
        told,
        tuple(_reader(shape.children) for shape in shapes),
    )


def _cells(shape: Shape, ways: tuple[Way, ...], relations: list[str]) -> str:
    counts = [count_of(leading(ways, shape.label, along), relations, "shown.id") for along in (False, True)]
    return ", ".join([*counts, *_children(shape.children, "shown.id", 1)])


def _children(selects: Mapping[str, Select], above: str, depth: int) -> list[str]:
    """Write a subquery for each child. What stands in it are names of the model and no values."""
    return [
        _CHILD.format(
            cells=", ".join(
                [
                    f"n{depth}.key",
                    *([f"json(n{depth}.props)"] if _has_props(select) else ()),
                    *_children(select.children, f"n{depth}.id", depth + 1),
                ]
            ),
            above=above,
            depth=depth,
            label=select.to,
            relation=select.via[0],
            **ENDS[select.direction],
        )
        for select in selects.values()
    ]


def _has_props(select: Select) -> bool:
    return select.props != () or bool(select.where)


def _reader(selects: Mapping[str, Select]) -> _Read:
    """Return what makes a record of a key, properties and the cells of its children."""
    if not selects:
        return lambda key, props, _: Record(key, props, {}, {})
    below = [(name, _reader_below(select)) for name, select in selects.items()]

    def read(key: str, props: Props, cells: list[Any]) -> Record:
        children = {name: made(cell) if cell else cell for (name, made), cell in zip(below, cells, strict=True)}
        return Record(key, props, {}, children)

    return read


def _reader_below(select: Select) -> Callable[[list[Any]], list[Record]]:
    read, where, has_props = _reader(select.children), select.where, _has_props(select)

    def made(found: list[Any]) -> list[Record]:
        if has_props:
            records = [read(key, props, cells) for key, props, *cells in found]
        else:
            records = [read(key, {}, cells) for key, *cells in found]
        if where:
            records = [record for record in records if matches(record.props, where)]
        if len(records) > 1:
            records.sort(key=_BY_KEY)
        return records

    return made
