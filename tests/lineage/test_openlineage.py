"""Each run is a pair of valid OpenLineage events, sent where the user's configuration says."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_lake import access, store
from jupyter_lake.lineage.openlineage_events import configured, events_of
from tests.lineage.conftest import Notebook, runs_of

if TYPE_CHECKING:
    from jupyter_lake.lineage import Run

SCHEMAS = Path(__file__).parent / "openlineage_schemas"
READ = "raw = lake.repo('flights').commit('main').read('flights/2013-01.csv')"


@pytest.fixture(scope="module")
def validate() -> Callable[[dict[str, Any]], None]:
    """Check an event, and each of its facets, against the schema that it names."""
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource

    documents = [json.loads(path.read_text()) for path in sorted(SCHEMAS.glob("*.json"))]
    registry = Registry().with_resources(
        [(document["$id"], Resource.from_contents(document)) for document in documents]
    )

    def check(value: object, url: str) -> None:
        validator = Draft202012Validator(
            {"$ref": url}, registry=registry, format_checker=FormatChecker()
        )
        validator.validate(value)

    def facets(value: object) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            if "_schemaURL" in value:
                yield value
            for each in value.values():
                yield from facets(each)
        elif isinstance(value, list):
            for each in value:
                yield from facets(each)

    def validated(event: dict[str, Any]) -> None:
        check(event, event["schemaURL"])
        for facet in facets(event):
            check(facet, facet["_schemaURL"])

    return validated


def as_json(run: Run, lake: store.Lake, jobs: dict[str, str] | None = None) -> list[dict[str, Any]]:
    from openlineage.client.serde import Serde

    return [json.loads(Serde.to_json(event)) for event in events_of(run, lake.url, jobs)]


@pytest.fixture
def runs(notebook: Notebook, lake: store.Lake) -> list[Run]:
    """A read with columns, a step between, a publication, a failure."""
    notebook.shell.user_ns["access"] = access
    notebook.ok(READ)
    notebook.ok(
        "access.emit(access.Read(lake.url, 'flights', 'c' * 64, 'flights', ('carrier',), 'sql'))\n"
        "half = raw[:4]\n"
        "with lake.repo('reports').transaction('main', message='m') as tx: tx.write('a.csv', half)"
    )
    notebook.run("1 / 0")
    notebook.recorder.record_source = False
    notebook.ok("x = 1")
    return runs_of(lake)


def test_every_event_is_valid_by_the_published_schemas(
    runs: list[Run], lake: store.Lake, validate: Callable[[dict[str, Any]], None]
) -> None:
    jobs = {run.run_id: "a job" for run in runs}
    for run in runs:
        for event in as_json(run, lake, jobs):
            validate(event)


def test_the_schemas_do_refuse(
    runs: list[Run], lake: store.Lake, validate: Callable[[dict[str, Any]], None]
) -> None:
    from jsonschema import ValidationError

    start, _ = as_json(runs[0], lake)
    for break_it in (
        lambda event: event["run"].update(runId="no uuid"),
        lambda event: event["job"]["facets"]["sourceCode"].pop("language"),
        lambda event: event.pop("eventTime"),
    ):
        broken = json.loads(json.dumps(start))
        break_it(broken)
        with pytest.raises(ValidationError):
            validate(broken)


def test_events_say_what_the_run_was(runs: list[Run], lake: store.Lake) -> None:
    start, end = as_json(runs[0], lake)
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert end["run"]["runId"] == runs[0].run_id
    assert end["job"] == {
        "namespace": lake.url,
        "name": "/home/ana/delays.ipynb#cell-1",
        "facets": end["job"]["facets"],
    }
    assert end["job"]["facets"]["sourceCode"]["sourceCode"] == READ
    (dataset,) = end["inputs"]
    assert dataset["name"] == "flights/flights/2013-01.csv"
    head = lake.repo("flights").commit("main").id
    assert dataset["facets"]["version"]["datasetVersion"] == head
    assert end["run"]["facets"]["parent"]["job"]["name"] == "/home/ana/delays.ipynb"


def test_data_from_cell_to_cell_is_a_job_to_job_edge(runs: list[Run], lake: store.Lake) -> None:
    _, end = as_json(runs[1], lake, {runs[0].run_id: "first job"})
    (entry,) = end["job"]["facets"]["lineage"]["entries"]
    jobs = [each for each in entry["inputs"] if each["type"] == "JOB"]
    assert [(job["name"], job["runId"]) for job in jobs] == [("first job", runs[0].run_id)]


def test_columns_go_into_the_column_lineage_of_what_was_written(
    runs: list[Run], lake: store.Lake
) -> None:
    _, end = as_json(runs[1], lake)
    (written,) = end["outputs"]
    assert written["name"] == "reports/a.csv"
    fields = written["facets"]["columnLineage"]["dataset"]
    assert [(field["name"], field["field"]) for field in fields] == [("flights/flights", "carrier")]


def test_a_failed_run_fails_and_a_source_left_out_stays_out(
    runs: list[Run], lake: store.Lake
) -> None:
    assert as_json(runs[2], lake)[1]["eventType"] == "FAIL"
    assert "sourceCode" not in as_json(runs[3], lake)[1]["job"]["facets"]


class Collector(HTTPServer):
    """What an OpenLineage server is to a client: it takes events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            data = gzip.decompress(data)
        self.server.events.append(json.loads(data))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_events_reach_the_server_that_the_user_configured(
    collector: Collector,
    open_notebook: Callable[..., Notebook],
    monkeypatch: pytest.MonkeyPatch,
    validate: Callable[[dict[str, Any]], None],
) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{collector.server_port}")
    notebook = open_notebook()
    notebook.ok(READ)
    notebook.ok("half = raw[:3]")
    notebook.recorder.stop(timeout=20)
    assert [event["eventType"] for event in collector.events] == ["START", "COMPLETE"] * 2
    for event in collector.events:
        validate(event)
    entry = collector.events[-1]["job"]["facets"]["lineage"]["entries"][0]
    assert entry["inputs"][0]["name"] == "/home/ana/delays.ipynb#cell-1"
    assert [name for name in os.environ if name.startswith("OPENLINEAGE__")] == []


def test_a_server_that_is_away_bothers_nobody(
    open_notebook: Callable[..., Notebook],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lake: store.Lake,
) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    notebook = open_notebook()
    notebook.ok("x = 1")
    assert notebook.recorder.flush()
    assert [run.source for run in runs_of(lake)] == ["x = 1"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"OPENLINEAGE_URL": "http://x"}, True),
        ({"OPENLINEAGE__TRANSPORT__TYPE": "console"}, True),
        ({"OPENLINEAGE_URL": "http://x", "OPENLINEAGE_DISABLED": "true"}, False),
    ],
)
def test_nothing_is_sent_unless_the_user_says_where(
    environment: dict[str, str],
    expected: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert configured() is expected


def test_a_configuration_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openlineage.yml").write_text("transport: {type: console}\n")
    assert configured()
