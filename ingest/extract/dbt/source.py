"""dbt as a source: its manifest, with the catalog and the results of runs if there are any."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate

from ingest.extract.dbt.artifacts import BadNode, Catalog, Manifest, refused
from ingest.extract.dbt.exposures import dashboards
from ingest.extract.dbt.lineage import DbtLineage, Made
from ingest.extract.dbt.merge import merged_lineage, merged_table
from ingest.extract.dbt.metrics import Metrics
from ingest.extract.dbt.owners import Owners
from ingest.extract.dbt.relations import Relation, Relations
from ingest.extract.dbt.tables import Context, Links, table_of
from ingest.extract.dbt.tests import Results, Tests
from ingest.extract.source import Refused, Source
from ingest.extract.sql.naming import FALLBACK, Naming, NamingSettings, dialect_of
from schemas.statements import Lineage, Statement, Table


class OneOrMore(fields.Field[list[str]]):
    """A text, or a list of them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[str]:
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValidationError("It must be a text, or a list of texts.")
        return texts


class DbtSettings(NamingSettings):
    manifest = fields.String(required=True, metadata={"description": "The path of manifest.json (v4 to v12)."})
    catalog = fields.String(metadata={"description": "The path of catalog.json, for types, statistics and `select *`."})
    run_results = OneOrMore(
        metadata={"description": "The path of run_results.json, for the results of tests; or a list of paths."}
    )
    database = fields.String(
        validate=validate.Length(min=1),
        metadata={
            "description": "The kind of database, as it is called in keys (default: dbt's adapter: snowflake, …)."
        },
    )
    product = fields.String(
        load_default="dbt",
        validate=validate.Length(min=1),
        metadata={"description": "The product that exposures are dashboards of."},
    )
    source_url = fields.String(
        metadata={"description": "Where the project's files are: https://github.com/…/blob/main"}
    )
    docs_url = fields.String(
        metadata={"description": "Where the pages of `dbt docs` are; tables get a link to theirs."}
    )


class Dbt(Source):
    about: ClassVar = "dbt: models, sources, seeds, snapshots, tests, exposures, metrics, lineage of tables and columns"
    settings: ClassVar = DbtSettings

    def check(self) -> str:
        """Open the files and count what they have. Raises InvalidSource."""
        manifest = Manifest(self.told["manifest"])
        Catalog(self.told.get("catalog"))
        Results(self.told.get("run_results", ()))
        counts = ", ".join(f"{count} {section}" for section, count in manifest.counts().items())
        return f"the manifest of dbt {manifest.metadata('dbt_version')}: {counts}"

    def extract(self) -> Iterator[Statement | Refused]:
        """Read node by node, each behind what it is made from."""
        told = self.told
        manifest, catalog = Manifest(told["manifest"]), Catalog(told.get("catalog"))
        adapter = manifest.metadata("adapter_type")
        dialect = dialect_of(told.get("dialect") or adapter or told.get("database", ""))
        naming = self._naming(told.get("database") or adapter or "dbt", dialect)
        relations = Relations(manifest, catalog, naming, dialect)
        results, owners = Results(told.get("run_results", ())), Owners(manifest)
        metrics, tests = Metrics(manifest, relations), Tests(manifest, results)
        links = Links(told.get("source_url", ""), told.get("docs_url", ""), manifest.metadata("project_name"))
        context = Context(naming, manifest, catalog, results, tests, owners, metrics, links)
        yield from (*catalog.refused, *relations.refused, *results.refused, *metrics.refused)
        lineage = DbtLineage(relations, catalog, naming, dialect)
        made = {relation.id: _made(relation, lineage, manifest) for relation in relations}
        for same in relations.by_key():
            yield from _tables([_table(one, made[one.id].outputs, lineage.read_of(one), context) for one in same])
        yield from lineage.foreign()
        for same in relations.by_key():
            yield from _lineages([made[one.id] for one in same])
        yield from dashboards(manifest, relations, owners, told["product"], told.get("cluster", FALLBACK))

    def _naming(self, database: str, dialect: str) -> Naming:
        return Naming(
            database,
            dialect,
            cluster=self.told.get("cluster", FALLBACK),
            clusters=self.told.get("clusters", {}),
            case=self.told.get("case", "system"),
        )


def _made(relation: Relation, lineage: DbtLineage, manifest: Manifest) -> Made:
    try:
        return lineage.of(relation, manifest.get(relation.id))
    except BadNode as error:
        return Made(refused=[refused(relation.id, error)])


def _table(relation: Relation, outputs: Sequence[str], read: Sequence[str], context: Context) -> Table | Refused:
    try:
        return table_of(relation, context.manifest.get(relation.id), outputs, read, context)
    except BadNode as error:
        return refused(relation.id, error)


def _tables(said: Sequence[Table | Refused]) -> Iterator[Table | Refused]:
    yield from (one for one in said if isinstance(one, Refused))
    tables = [one for one in said if isinstance(one, Table)]
    if tables:
        yield merged_table(tables)


def _lineages(made: Sequence[Made]) -> Iterator[Lineage | Refused]:
    yield from (refused for one in made for refused in one.refused)
    lineages = [one.lineage for one in made if one.lineage]
    if lineages:
        yield merged_lineage(lineages)
