"""Carry an ingestion of files through: look at all of them once, then write them, file by file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.extract.amundsen.databuilder_publisher import NODES, RELATIONS_OF_NODES
from ingest.extract.amundsen.folder import Folder, SourceFile, SourceRow, open_folder
from ingest.extract.amundsen.samples import sample_formats
from ingest.extract.csv_records import Fault
from ingest.last_word import LastWord
from ingest.load import MAX_MUTATIONS, Loader
from ingest.report import Counts, Report, Verdict
from metadata_service.store.port import GraphStore

AMUNDSEN_CSV = "amundsen-csv"  # as the source of what it writes


@dataclass(frozen=True, slots=True)
class Step:
    """Where a running ingestion stands: bytes done of all there are to read. `counts` says that a file is finished."""

    phase: str  # Reading or Writing
    file: SourceFile
    done: int
    total: int
    counts: Counts | None = None


Notice = Callable[[Step], None]


def open_amundsen_csv(root: Path, *, nested_types: bool = False) -> Folder:
    """Recognise Amundsen's CSV files below a folder. Raises InvalidSource, as `open_folder` does."""
    return open_folder(root, (NODES, *sample_formats(nested=nested_types), RELATIONS_OF_NODES))


class FolderIngestion:
    """One run over a folder. Running another changes nothing that is in the graph already."""

    def __init__(
        self,
        folder: Folder,
        store: GraphStore,
        report: Report,
        *,
        notice: Notice = lambda _: None,
        max_mutations: int = MAX_MUTATIONS,
    ) -> None:
        """`report` is filled as rows are written, so that it holds when the run is cut short."""
        self._files = folder.files
        self._loader = Loader(store, AMUNDSEN_CSV, max_mutations=max_mutations)
        self._report = report
        self._notice = notice
        self._last_word = LastWord()
        self._done = 0
        self._total = 2 * sum(file.size for file in folder.files)

    def run(self) -> None:
        """Read everything, then write it. Raises InvalidSource for a file that cannot be read, StoreUnavailable."""
        for file in self._files:
            for row in self._rows("Reading", file):
                if isinstance(row, SourceRow):
                    for put in row.mutations:
                        self._last_word.observe(put)
        for file in self._files:
            self._write(file)
        self._loader.finish()

    def _write(self, file: SourceFile) -> None:
        counts = Counts()

        def account(line: int, verdict: Verdict, reason: str) -> None:
            self._report.count(counts, file.name, line, verdict, reason)

        self._loader.load(self._settled(file), account)
        self._notice(Step("Writing", file, self._done, self._total, counts))

    def _settled(self, file: SourceFile) -> Iterator[SourceRow | Fault]:
        for row in self._rows("Writing", file):
            if isinstance(row, SourceRow):
                yield row._replace(mutations=[self._last_word.settle(put) for put in row.mutations])
            else:
                yield row

    def _rows(self, phase: str, file: SourceFile) -> Iterator[SourceRow | Fault]:
        yield from file.rows(lambda position: self._notice(Step(phase, file, self._done + position, self._total)))
        self._done += file.size
