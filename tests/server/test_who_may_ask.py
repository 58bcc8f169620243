"""Every route asks who is there, and whether they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from jupyter_lake.server.routes import ROUTES
from tests.jupyter import JupyterServer, jupyter_server

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_lake.lake import Lake

READ_ONLY = """
from jupyter_server.auth import Authorizer


class Readers(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "jupyter-lake" or action == "read"
"""


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(pattern, method) for pattern, methods in ROUTES.items() for method in methods],
)
def test_without_a_token_nobody_is_let_in(
    anonymous: httpx.Client, pattern: str, method: str
) -> None:
    answer = anonymous.request(method, pattern.replace("([^/]+)", "x"))
    assert answer.status_code == 403
    assert set(answer.json()) == {"kind", "message", "hint"} or method != "GET"


def test_an_unknown_address_tells_strangers_nothing(anonymous: httpx.Client) -> None:
    assert anonymous.get("no/such/thing").status_code == 403


def test_who_may_only_read_changes_nothing(tmp_path: Path, lake: Lake) -> None:
    (tmp_path / "jupyter" / "config").mkdir(parents=True)
    (tmp_path / "jupyter" / "config" / "readers.py").write_text(READ_ONLY)
    config = tmp_path / "jupyter" / "config" / "jupyter_server_config.py"
    config.write_text(
        f"import sys; sys.path.insert(0, {str(config.parent)!r})\n"
        "c.ServerApp.authorizer_class = 'readers.Readers'\n"
    )
    with jupyter_server("jupyter_server", tmp_path / "jupyter") as server:
        assert _ask(server, "GET", lake) == 200
        assert _ask(server, "POST", lake) == 403
    assert [repo.name for repo in lake.repos()] == ["sales"]


def _ask(server: JupyterServer, method: str, lake: Lake) -> int:
    url = f"{server.url}jupyter-lake/api/repos"
    body = {"name": "mine"} if method == "POST" else None
    answer = httpx.request(
        method, url, params={"lake": lake.url}, json=body, headers=server.headers
    )
    return answer.status_code
