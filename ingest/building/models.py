"""Registered models with their versions, and what became of their stages and aliases."""

from collections.abc import Iterator, Mapping, Sequence

import orjson

from ingest import records
from ingest.building.lineage import checked
from ingest.records import Props, Put, link, present
from metadata_service.store.mutations import NodeRef, PutNode
from schemas import keys
from schemas.model_statements import Model, ModelVersion, SignatureField

ALIAS, STAGE = "alias", "stage"


def model_key(said: Model) -> str:
    return str(keys.ModelKey(said.instance, said.name))


def model(said: Model) -> Iterator[Put]:
    """Put a registered model; its stages and aliases stand at its versions."""
    ref = NodeRef("MLModel", model_key(said))
    properties = named(said.properties)
    yield PutNode(ref, {**times(said), **present(name=said.name, url=said.url), **properties})
    yield from records.description(ref, said.description or "")
    yield from records.tags(ref, said.tags)
    yield from records.owners(ref, said.owners)


def version_key(said: ModelVersion) -> str:
    return str(keys.ModelVersionKey(str(keys.ModelKey(said.instance, said.model)), said.version))


def version(said: ModelVersion) -> Iterator[Put]:
    """Put a version of a model with the run that made it. Raises InvalidKey for what is no key of a column."""
    ref = NodeRef("MLModelVersion", version_key(said))
    of = NodeRef("MLModel", str(keys.ModelKey(said.instance, said.model)))
    yield PutNode(ref, {**times(said), **_props(said)})
    yield link("HAS_VERSION", of, ref)
    yield link("HAS_DOWNSTREAM", ref, of)
    if said.run:
        run = NodeRef("MLRun", str(keys.RunKey(said.instance, said.run)))
        yield link("PRODUCED", run, ref)
        yield link("HAS_DOWNSTREAM", run, ref)
    for column in said.columns:
        source = NodeRef("Column", checked(keys.ColumnKey, column.key))
        yield link("HAS_DOWNSTREAM", source, ref, {"transformation": column.known_by})
    yield from records.description(ref, said.description or "")


def _props(said: ModelVersion) -> Props:
    return {
        **present(
            name=f"{said.model} v{said.version}",
            version=said.version,
            url=said.url,
            stage=said.stage,
            status=said.status,
            status_message=said.status_message,
            model_id=said.model_id,
            source_uri=said.source_uri,
            inputs=_signature(said.inputs),
            outputs=_signature(said.outputs),
            size_bytes=said.size_bytes,
        ),
        **listed(aliases=said.aliases, flavors=said.flavors),
        **named(said.properties),
    }


def _signature(said: Sequence[SignatureField] | None) -> str | None:
    return None if said is None else orjson.dumps(said).decode()


def times(said: Model | ModelVersion) -> Props:
    return present(created_at=said.created_at, updated_at=said.updated_at)


def listed(**lists: Sequence[str]) -> Props:
    """Return lists as properties; an empty one is none."""
    return {name: list(items) for name, items in lists.items() if items}


def named(properties: Mapping[str, str]) -> Props:
    """Return a registry's own tags as one property."""
    return listed(properties=[f"{name}={value}" for name, value in sorted(properties.items())])


def changes(before: Model, after: Model, run: str, now: int) -> Iterator[Put]:
    """Put what became of stages and aliases between two statements of one model, as `run` saw it."""
    of = NodeRef("MLModel", model_key(after))
    for kind, old, new in ((STAGE, before.stages, after.stages), (ALIAS, before.aliases, after.aliases)):
        for subject in sorted({*old, *new}):
            was, became = old.get(subject), new.get(subject)
            if was != became:
                ref = NodeRef("MLChange", str(keys.ModelChangeKey(of.key, kind, subject, run)))
                told = present(kind=kind, subject=subject, before=was, after=became, run=run)
                yield PutNode(ref, {**told, "observed_at": now})
                yield link("CHANGED", of, ref)
