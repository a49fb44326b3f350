"""Compile shapes to Cypher: one statement a shape, nested lists of rows, no cartesian products. Pure.

A selection becomes a list of rows, and a row a list of cells with the rows of its children behind them: lists decode
faster than maps. Names in the text are checked against the graph model; every value is a parameter. Children are
sorted where they are read, but for a limit: then the database sorts and cuts, so that no more than needed comes over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from metadata_service.store.model_check import check_shape
from metadata_service.store.shapes import MAX_NESTING, Order, Select, Shape
from schemas.graph import LABELS, RELATIONS, Direction, Value, is_relation

MAX_PLANNED_DEPTH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What stands where in the rows of one selection. Compared by identity, as the shape it belongs to.

    First `width` cells: node properties (None: one map of all of them), at `key` the key, relation properties, what
    else the rows are sorted by. Then the rows of each child; then, with `repeat`, what is nested: rows that
    begin with the key of the node they hang under and the type of the relation walked, the row itself third.
    """

    props: tuple[str, ...] | None
    key: int
    edge: tuple[str, ...]
    order: Mapping[Order, int]  # and the cell it sorts by
    width: int
    children: tuple[tuple[str, "Layout"], ...]
    limit: int | None
    repeat: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement that takes `$keys` beside its own parameters and returns one `row` per node that exists."""

    statement: str
    parameters: dict[str, Value]
    layout: Layout


@lru_cache(maxsize=512)
def compile_shape(shape: Shape) -> Compiled:
    """Compile a shape. Raises Invalid for what the graph model does not have."""
    check_shape(shape)
    compiler = _Compiler()
    row, layout = compiler.row(Select((), shape.label, props=shape.props, children=shape.children), "n0", "")
    statement = f"UNWIND $keys AS key MATCH (n0:{shape.label} {{key: key}}) RETURN {row} AS row"
    return Compiled(statement, compiler.parameters, layout)


def step(near: str, relation: str, direction: Direction, far: str) -> str:
    """Write a pattern that walks from `near` to `far`."""
    return f"({near})-[{relation}]->({far})" if direction is Direction.OUT else f"({near})<-[{relation}]-({far})"


def forward_only(relations: Iterable[str], near: str, far: str, direction: Direction) -> list[str]:
    """Return which of these relations the graph model has, in this direction, between two labels."""
    source, target = (near, far) if direction is Direction.OUT else (far, near)
    return [kind for kind in relations if is_relation(kind, source, target)]


@lru_cache(maxsize=256)
def compile_reach(label: str, relations: tuple[str, ...], direction: Direction, depth: int) -> str:
    """Write the statement of `reach`: the nodes that steps begin at, each once, then their steps.

    Neo4j prunes a walk of which only distinct ends are asked, so it never enumerates paths. Depths beyond
    MAX_PLANNED_DEPTH share a plan, which walks to the end.
    """
    kinds = "|".join(relations)
    bound = depth - 1 if depth <= MAX_PLANNED_DEPTH else ""
    walk = f"MATCH {step('s', f':{kinds}*0..{bound}', direction, 'n')} WITH DISTINCT n" if depth > 1 else "WITH s AS n"
    return (
        f"MATCH (s:{label} {{key: $key}}) {walk} MATCH {step('n', f':{kinds}', direction, 'm')} "
        "WITH DISTINCT n, m LIMIT $limit RETURN collect([labels(n), n.key, labels(m), m.key])"
    )


def by_code_point(text: str) -> str:
    """Write what text sorts by: where no index gives the order, Neo4j compares UTF-16 units, astral ones too low.

    Nearly all text sorts by itself; a hub of a hundred thousand neighbours is ranked in half the time for it.
    """
    lifted = "WHEN '\\uD7FF' < c < '\\uE000' THEN '\\uFFFF' + c WHEN c = '\\uFFFF' THEN '\\uFFFF\\u0000'"
    each = f"reduce(s = '', c IN split({text}, '') | s + CASE {lifted} ELSE c END)"
    return f"CASE WHEN {text} =~ '[\\\\u0000-\\\\uD7FF]*' THEN {text} ELSE {each} END"


def bound_by_code_point(name: str, value: str) -> str:
    """Write what a parameter sorts by, given its value: for nearly all text the parameter itself, quick to compile."""
    return f"${name}" if value.isascii() or max(value) <= "\ud7ff" else by_code_point(f"${name}")


class _Compiler:
    """Writes expressions and gathers their parameters."""

    def __init__(self) -> None:
        self.parameters: dict[str, Value] = {}
        self._variables = 0

    def row(self, select: Select, node: str, edge: str) -> tuple[str, Layout]:
        """Write the row of one node and of the relation that led to it."""
        props = [f"properties({node})"] if select.props is None else [f"{node}.{name}" for name in select.props]
        cells = [*props, f"{node}.key", *(f"{edge}.{name}" for name in select.edge_props)]
        order = {}
        for wanted in select.order:
            cell = _sorted_by(wanted, node, edge)
            if cell not in cells:
                cells.append(cell)
            order[wanted] = cells.index(cell)
        children = [(name, *self._rows(node, select.to, child)) for name, child in select.children.items()]
        layout = Layout(
            props=select.props,
            key=len(props),
            edge=select.edge_props,
            order=order,
            width=len(cells),
            children=tuple((name, child) for name, _, child in children),
            limit=select.limit,
            repeat=select.repeat,
        )
        return f"[{', '.join([*cells, *(rows for _, rows, _ in children)])}]", layout

    def _rows(self, near: str, label: str, select: Select) -> tuple[str, Layout]:
        """Write the list of rows that a selection yields from one node; a reverse relation is never followed."""
        via = forward_only(select.via, label, select.to, select.direction)
        node, edge = self._variable("n"), self._variable("r")
        row, layout = self.row(select, node, edge)
        where = self._where(select, node)
        if select.repeat:
            row = f"{row[:-1]}, {self._nested(node, select)}]"
        paths = [f"{step(near, f'{edge}:{kind}', select.direction, f'{node}:{select.to}')}{where}" for kind in via]
        if len(paths) == 1 and _may_cut(select, via[0]):
            return self._limited(paths[0], select, (node, edge, row)), layout
        return " + ".join(f"[{path} | {row}]" for path in paths) or "[]", layout

    def _limited(self, path: str, select: Select, far: tuple[str, str, str]) -> str:
        """Write a selection that the database sorts and cuts.

        It lets twice as many through, since a relation may be there twice in a graph that others write to.
        """
        node, edge, row = far
        cells = [(_sorted_by(wanted, node, edge), " DESC" * wanted.descending) for wanted in select.order]
        sorting = [f"{cell} IS NULL, {cell}{descending}" for cell, descending in cells]
        order = ", ".join([*sorting, by_code_point(f"{node}.key")])
        limit = self._parameter(2 * (select.limit or 0))
        return f"COLLECT {{ MATCH {path} WITH {node}, {edge} ORDER BY {order} LIMIT {limit} RETURN {row} }}"

    def _nested(self, near: str, select: Select) -> str:
        """Write the rows of everything that `repeat` leads to, each with the key of the node it hangs under."""
        node, edge, path = self._variable("n"), self._variable("r"), self._variable("p")
        row, _ = self.row(select, node, f"last({edge})")
        kinds = f"{edge}:{'|'.join(select.repeat)}*1..{MAX_NESTING - 1}"
        walk = step(near, kinds, select.direction, f"{node}:{select.to}")
        where = self._where(select, node)
        return f"[{path} = {walk}{where} | [nodes({path})[-2].key, type(last({edge})), {row}]]"

    def _where(self, select: Select, node: str) -> str:
        tests = [
            f"{node}.{name} IS NULL" if value is None else f"{node}.{name} = {self._parameter(value)}"
            for name, value in select.where.items()
        ]
        return f" WHERE {' AND '.join(tests)}" if tests else ""

    def _parameter(self, value: Value) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def _variable(self, letter: str) -> str:
        self._variables += 1
        return f"{letter}{self._variables}"


def _sorted_by(order: Order, node: str, edge: str) -> str:
    return f"{node if order.on == 'node' else edge}.{order.name}"


def _may_cut(select: Select, kind: str) -> bool:
    """Say whether the database may apply a limit: it sorts everything but text as we do."""
    if select.limit is None or select.repeat:
        return False
    declared = {"node": LABELS[select.to].properties, "edge": RELATIONS[kind].properties}
    return all(declared[order.on].get(order.name) in (int, float, bool) for order in select.order)
