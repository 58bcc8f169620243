"""The same in a real kernel, over the messages that JupyterLab sends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

from tests.verbs.samples import sample_lake

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient

Message = dict[str, Any]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlockingKernelClient]:
    """A kernel with the extension, before the sample lake."""
    folder = tmp_path_factory.mktemp("kernel")
    sample_lake(folder / "lake")
    names = {"LAKE_URL": "lake", "LAKE_SPOOL_DIR": "spool", "LAKE_CACHE_DIR": "cache"}
    settings = {f"JUPYTER_{name}": str(folder / file) for name, file in names.items()}
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(
        env=os.environ | settings | {"IPYTHONDIR": str(folder / "ipython")},
        cwd=str(folder),
        extra_arguments=["--HistoryManager.enabled=False"],
    )
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    client.manager = manager
    execute(client, "%load_ext jupyter_lake")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def execute(
    client: BlockingKernelClient, code: str, seen: Callable[[Message], None] = lambda _: None
) -> list[Message]:
    """Run a cell and return what it put out; `seen` is told of each output as it comes."""
    outputs: list[Message] = []

    def output(message: Message) -> None:
        outputs.append(message)
        seen(message)

    client.execute_interactive(code, timeout=60, output_hook=output, store_history=True)
    return [message for message in outputs if message["msg_type"] != "status"]


def of_type(outputs: list[Message], kind: str) -> list[Message]:
    return [message["content"] for message in outputs if message["msg_type"] == kind]


def test_answers_come_as_html_and_text(kernel: BlockingKernelClient) -> None:
    (answer,) = of_type(execute(kernel, "%lake log sales"), "execute_result")
    assert "Orders of 2026-03" in answer["data"]["text/plain"]
    assert '<div class="jp-lake">' in answer["data"]["text/html"]


def test_a_cell_of_sql(kernel: BlockingKernelClient) -> None:
    outputs = execute(kernel, "%%lake sql few <<\nSELECT *\nFROM sales.orders LIMIT 2")
    (told,) = of_type(outputs, "execute_result")
    assert told["data"]["text/plain"].startswith("few 2 rows × 3 columns")


def test_an_error_is_two_lines_and_no_traceback(kernel: BlockingKernelClient) -> None:
    outputs = execute(kernel, "%lake log slaes")
    (error,) = of_type(outputs, "error")
    assert error["ename"] == "RepoNotFoundError"
    assert len(error["traceback"]) == 2
    assert "Traceback" not in "".join(error["traceback"])


def test_tab_replaces_the_word_before_the_cursor(kernel: BlockingKernelClient) -> None:
    code = "%lake ls sales@v1/ord"
    reply = kernel.complete(code, len(code), reply=True, timeout=30)["content"]
    assert reply["matches"] == ["sales@v1/orders/"]
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "sales@v1/ord"


def test_a_long_query_shows_a_bar_and_stops_when_told_to(kernel: BlockingKernelClient) -> None:
    bars: list[str] = []

    def stop_at_the_bar(message: Message) -> None:
        if message["msg_type"] == "display_data":
            bars.append(message["content"]["data"]["text/html"])
            kernel.manager.interrupt_kernel()

    endless = "%lake sql SELECT count(*) FROM range(10000000) a JOIN range(10000000) b ON a < b"
    outputs = execute(kernel, endless, stop_at_the_bar)
    assert "<progress" in bars[0]
    (error,) = of_type(outputs, "error")
    assert error["ename"] == "KeyboardInterrupt"
    (answer,) = of_type(execute(kernel, "%lake sql SELECT 42 AS a"), "execute_result")
    assert "42" in answer["data"]["text/plain"]


def test_lineage_is_a_picture_where_one_can_be_drawn(kernel: BlockingKernelClient) -> None:
    execute(kernel, "%lake publish few --to reports/few -m 'Two orders'")
    (answer,) = of_type(execute(kernel, "%lake lineage reports/few"), "execute_result")
    assert "text/vnd.graphviz" in answer["data"]
    assert "sales@" in answer["data"]["text/plain"]
