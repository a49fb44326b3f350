"""Exploring lineage by hand, for each database: what the exploration is compared with."""

from collections.abc import Mapping
from typing import NamedTuple


class ByHand(NamedTuple):
    """Statements that take a key. `step` (itself, up, down) returns a node a row: its key, and what is shown of it.

    `five` returns the key of everything at most five steps downstream.
    """

    step: tuple[str, str, str]
    five: str


_SQLITE_SHOWN = """f.key AS key, f.props AS props, e.props,
(SELECT count(*) FROM edge WHERE target = f.id AND type = 'HAS_DOWNSTREAM'),
(SELECT count(*) FROM edge WHERE source = f.id AND type = 'HAS_DOWNSTREAM')
+ (SELECT count(*) FROM edge WHERE target = f.id AND type = 'DASHBOARD_WITH_TABLE'),
(SELECT json_group_array(u.key) FROM edge o JOIN node u ON u.id = o.target
WHERE o.source = f.id AND o.type = 'OWNER'),
(SELECT json_group_array(json_array(b.key, b.props ->> 'category')) FROM edge h JOIN node b ON b.id = h.target
WHERE h.source = f.id AND h.type = 'HAS_BADGE')"""
_SQLITE_STEP = """SELECT {shown} FROM node s JOIN edge e ON e.{near} = s.id AND e.type = '{type}'
JOIN node f ON f.id = e.{far} WHERE s.label = 'Table' AND s.key = :key"""
_SQLITE_ITSELF = (
    f"SELECT {_SQLITE_SHOWN} FROM node f, (SELECT '{{}}' AS props) e WHERE f.label = 'Table' AND f.key = :key"  # noqa: S608
)
_SQLITE_RANKED = "SELECT * FROM ({arms}) ORDER BY props ->> 'fram_reads' DESC, key LIMIT 20"


def _sqlite_step(*arms: tuple[str, str, str]) -> str:
    steps = (_SQLITE_STEP.format(shown=_SQLITE_SHOWN, near=near, type=kind, far=far) for near, kind, far in arms)
    return _SQLITE_RANKED.format(arms=" UNION ALL ".join(steps))


_NEO4J_SHOWN = """WITH f, e ORDER BY f.fram_reads DESC, f.key LIMIT 20
RETURN f.key, f.name, f.fram_reads, properties(e), COUNT { (f)<-[:HAS_DOWNSTREAM]-() },
COUNT { (f)-[:HAS_DOWNSTREAM]->() } + COUNT { (f)<-[:DASHBOARD_WITH_TABLE]-() },
[(f)-[:OWNER]->(u:User) | u.key], [(f)-[:HAS_BADGE]->(b:Badge) | [b.key, b.category]]"""
_NEO4J_DOWN = """MATCH (s:Table {key: $key}) CALL (s) { MATCH (s)-[e:HAS_DOWNSTREAM]->(f) RETURN e, f
UNION ALL MATCH (s)<-[e:DASHBOARD_WITH_TABLE]-(f) RETURN e, f } """

BY_HAND: Mapping[str, ByHand] = {
    "SQLite": ByHand(
        (
            _SQLITE_ITSELF,
            _sqlite_step(("target", "HAS_DOWNSTREAM", "source")),
            _sqlite_step(("source", "HAS_DOWNSTREAM", "target"), ("target", "DASHBOARD_WITH_TABLE", "source")),
        ),
        """WITH RECURSIVE down (id, depth) AS (
        SELECT id, 0 FROM node WHERE label = 'Table' AND key = :key
        UNION SELECT e.target, depth + 1 FROM down JOIN edge e ON e.source = down.id AND e.type = 'HAS_DOWNSTREAM'
        WHERE depth < 5
        UNION SELECT e.source, depth + 1 FROM down JOIN edge e ON e.target = down.id AND e.type = 'DASHBOARD_WITH_TABLE'
        WHERE depth < 5)
        SELECT DISTINCT n.key FROM down JOIN node n USING (id) WHERE depth > 0""",
    ),
    "Neo4j": ByHand(
        (
            f"MATCH (f:Table {{key: $key}}) WITH f, f AS e {_NEO4J_SHOWN}",
            f"MATCH (:Table {{key: $key}})<-[e:HAS_DOWNSTREAM]-(f) {_NEO4J_SHOWN}",
            f"{_NEO4J_DOWN}{_NEO4J_SHOWN}",
        ),
        """MATCH (:Table {key: $key})-[:HAS_DOWNSTREAM*1..5]->(t) WITH DISTINCT t RETURN t.key AS key
        UNION MATCH (:Table {key: $key})-[:HAS_DOWNSTREAM*0..4]->(t) WITH DISTINCT t
        MATCH (t)<-[:DASHBOARD_WITH_TABLE]-(d:Dashboard) RETURN d.key AS key""",
    ),
}

PATHS = "MATCH (:Table {{key: $key}})-[:HAS_DOWNSTREAM*1..{depth}]->(t) RETURN t.key"
