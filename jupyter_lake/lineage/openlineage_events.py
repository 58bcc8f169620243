"""Runs as OpenLineage events (core 2-0-2), for everybody's tools.

A lake is a namespace, a dataset is ``repo/path`` in it with the commit as its
version, a cell is a job, its run a run, the notebook session the parent run.
Data that went from cell to cell is said in the explicit lineage facet
(experimental in OpenLineage): JOB to JOB. Events leave by the user's own
OpenLineage configuration; without one none are made.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from jupyter_lake.lineage.untracked import own_thread

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, RunEvent
    from openlineage.client.facet_v2 import DatasetFacet, JobFacet, RunFacet

    from jupyter_lake.lineage.runs import Run, RunWrite

__all__ = ["Sender", "configured", "events_of"]

log = logging.getLogger(__name__)

PRODUCER = "urn:jupyter_lake"
LONGEST_QUEUE = 10_000
_FINAL = {"ok": "COMPLETE", "interrupted": "ABORT", "died": "ABORT"}
_NAMESPACE = UUID("5e0a6b52-7c0f-5c9f-9d0f-3d6f0c7b1a11")


def job_name(run: Run) -> str:
    """Return how a cell is called as a job: its notebook and its id."""
    cell = run.cell_id or (f"[{run.execution_count}]" if run.execution_count is not None else "")
    return f"{run.notebook or 'unknown'}#{cell}".rstrip("#")


def events_of(run: Run, lake_url: str, jobs: dict[str, str] | None = None) -> list[RunEvent]:
    """Return the START event of a run, and the one that says how it ended.

    Parameters
    ----------
    run
        A run that is over.
    lake_url
        The namespace of its datasets and jobs.
    jobs
        The names of the jobs of upstream runs, by run id.
    """
    from openlineage.client import event_v2 as ol

    inputs, outputs = _inputs(run, lake_url), _outputs(run, lake_url)
    start = ol.RunEvent(
        eventTime=run.started.isoformat(),
        producer=PRODUCER,
        run=ol.Run(run.run_id, _run_facets(run, lake_url)),
        job=ol.Job(lake_url, job_name(run), _job_facets(run)),
        eventType=ol.RunState.START,
    )
    end = ol.RunEvent(
        eventTime=(run.started + timedelta(seconds=run.seconds)).isoformat(),
        producer=PRODUCER,
        run=ol.Run(run.run_id, _run_facets(run, lake_url)),
        job=_job_with_lineage(run, lake_url, jobs or {}),
        eventType=ol.RunState[_FINAL.get(run.status, "FAIL")],
        inputs=inputs,
        outputs=outputs,
    )
    return [start, end]


def _run_facets(run: Run, lake_url: str) -> dict[str, RunFacet]:
    from openlineage.client.facet_v2 import parent_run

    session = uuid5(_NAMESPACE, run.session or run.run_id)
    job = parent_run.Job(lake_url, run.notebook or "unknown")
    return {
        "parent": parent_run.ParentRunFacet(
            run=parent_run.Run(str(session)), job=job, producer=PRODUCER
        )
    }


def _job_facets(run: Run) -> dict[str, JobFacet]:
    from openlineage.client.facet_v2 import job_type_job, source_code_job

    facets: dict[str, JobFacet] = {
        "jobType": job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="JUPYTER", jobType="CELL", producer=PRODUCER
        )
    }
    if run.source is not None:
        facets["sourceCode"] = source_code_job.SourceCodeJobFacet(
            language="PYTHON", sourceCode=run.source, producer=PRODUCER
        )
    return facets


def _job_with_lineage(run: Run, lake_url: str, jobs: dict[str, str]) -> Job:
    from openlineage.client import event_v2 as ol

    facets = _job_facets(run)
    with contextlib.suppress(ImportError):  # clients before 1.50 do not know the facet
        from openlineage.client.facet_v2 import lineage

        sources: list[lineage.LineageDatasetInput | lineage.LineageJobInput] = [
            lineage.LineageJobInput(
                type="JOB", namespace=lake_url, name=jobs[edge.run_id], runId=edge.run_id
            )
            for edge in run.upstream
            if edge.run_id in jobs
        ]
        sources += [
            lineage.LineageDatasetInput(
                namespace=lake_url, name=_dataset(read.repo, read.path), type="DATASET"
            )
            for read in run.reads
        ]
        if sources:
            entry = lineage.LineageJobEntry(type="JOB", runId=run.run_id, inputs=sources)
            facets["lineage"] = lineage.LineageJobFacet(entries=[entry], producer=PRODUCER)
    return ol.Job(lake_url, job_name(run), facets)


def _dataset(repo: str, path: str) -> str:
    return f"{repo}/{path}".rstrip("/")


def _version(commit: str) -> DatasetFacet:
    from openlineage.client.facet_v2 import dataset_version_dataset

    return dataset_version_dataset.DatasetVersionDatasetFacet(
        datasetVersion=commit, producer=PRODUCER
    )


def _inputs(run: Run, lake_url: str) -> list[InputDataset]:
    from openlineage.client import event_v2 as ol
    from openlineage.client.facet_v2 import schema_dataset

    found: list[InputDataset] = []
    for read in run.reads:
        facets: dict[str, DatasetFacet] = {"version": _version(read.commit)}
        if read.columns:
            columns = [schema_dataset.SchemaDatasetFacetFields(name=name) for name in read.columns]
            facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=columns, producer=PRODUCER)
        found.append(ol.InputDataset(lake_url, _dataset(read.repo, read.path), facets=facets))
    return found


def _outputs(run: Run, lake_url: str) -> list[OutputDataset]:
    from openlineage.client import event_v2 as ol

    found: list[OutputDataset] = []
    for write in run.writes:
        facets: dict[str, DatasetFacet] = {"version": _version(write.commit)}
        if lineage := _column_lineage(run, write, lake_url):
            facets["columnLineage"] = lineage
        found.append(ol.OutputDataset(lake_url, _dataset(write.repo, write.path), facets=facets))
    return found


def _column_lineage(run: Run, write: RunWrite, lake_url: str) -> DatasetFacet | None:
    """Say which columns went into what was written: into all of it, as far as is known."""
    from openlineage.client.facet_v2 import column_lineage_dataset as columns

    fields = [
        columns.InputField(
            lake_url,
            _dataset(read.repo, read.path),
            name,
            transformations=[columns.Transformation(type="INDIRECT")],
        )
        for read in run.reads
        for name in read.columns or ()
        if (read.repo, read.path) != (write.repo, write.path)
    ]
    if not fields:
        return None
    return columns.ColumnLineageDatasetFacet(fields={}, dataset=fields, producer=PRODUCER)


def configured() -> bool:
    """Say whether the user has told OpenLineage where events go."""
    if os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true":
        return False
    if any(
        name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG") or name.startswith("OPENLINEAGE__")
        for name in os.environ
    ):
        return True
    places = (Path("openlineage.yml"), Path.home() / ".openlineage" / "openlineage.yml")
    return any(place.is_file() for place in places)


class Sender:
    """Sends runs as events from a thread of its own, if OpenLineage is configured."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Run, str] | None] | None = None
        self._thread: threading.Thread | None = None
        self._jobs: dict[str, str] = {}
        if configured():
            self._queue = queue.Queue(LONGEST_QUEUE)

    def add(self, run: Run, lake_url: str) -> None:
        """Have a run sent; it is left out if ten thousand wait already."""
        if self._queue is None:
            return
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, name="jupyter_lake openlineage", daemon=True
            )
            self._thread.start()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait((run, lake_url))

    def close(self, timeout: float) -> None:
        """Give what waits `timeout` seconds to leave."""
        if self._queue is not None and self._thread is not None:
            with contextlib.suppress(queue.Full):
                self._queue.put_nowait(None)
            self._thread.join(timeout)

    def _work(self) -> None:
        own_thread()
        assert self._queue is not None
        client = _client()
        while (item := self._queue.get()) is not None:
            run, lake_url = item
            self._jobs[run.run_id] = job_name(run)
            try:
                for event in events_of(run, lake_url, self._jobs):
                    client.emit(event)
            except Exception:
                log.debug("OpenLineage took no event of run %s", run.run_id, exc_info=True)
        with contextlib.suppress(Exception):
            client.close(1.0)


def _client() -> OpenLineageClient:
    """Return OpenLineage's client, without its traces in the notebook.

    It puts settings of its own into the environment, where the next process would
    take them for the user's, and its warnings would stand under a cell.
    """
    from openlineage.client import OpenLineageClient

    logging.getLogger("openlineage").addHandler(logging.NullHandler())
    before = set(os.environ)
    client = OpenLineageClient()
    for name in set(os.environ) - before:
        if name.startswith("OPENLINEAGE__"):
            del os.environ[name]
    return client
