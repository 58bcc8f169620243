"""From a request to an answer: authenticated, authorised, off the event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_lake import access
from jupyter_lake.errors import InvalidInputError, LakeError
from jupyter_lake.server.answers import encode
from jupyter_lake.server.question import Question

if TYPE_CHECKING:
    from jupyter_lake.server.lakes import Lakes

__all__ = ["Answer", "LakeHandler", "NoRouteHandler"]

Answer = Callable[..., object]


class _Handler(APIHandler):
    auth_resource = "jupyter-lake"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer any error as ``{kind, message, hint}``."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, LakeError):
            self.set_status(error.status)
            self.finish(json.dumps(error.to_dict()))
        else:
            reason = getattr(error, "log_message", None) or self._reason
            self.finish(json.dumps(_outside(status_code, reason)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what went wrong here; what the asker did wrong is the asker's to read."""
        if isinstance(value, LakeError) and value.status < 500:
            self.log.debug("%s: %s", value.kind, value.message)
        else:
            super().log_exception(typ, value, tb)


class LakeHandler(_Handler):
    """Answers one pattern of URLs with plain functions of the question."""

    def initialize(
        self, *, answers: Mapping[str, Answer], lakes: Lakes, executor: Executor
    ) -> None:
        """Take what tornado hands to each request."""
        self._answers = answers
        self._lakes = lakes
        self._executor = executor

    @web.authenticated
    @authorized
    async def get(self, *parts: str) -> None:
        """Answer a question that changes nothing."""
        await self._answer("GET", parts)

    @web.authenticated
    @authorized
    async def post(self, *parts: str) -> None:
        """Make something."""
        await self._answer("POST", parts)

    @web.authenticated
    @authorized
    async def delete(self, *parts: str) -> None:
        """Take something away."""
        await self._answer("DELETE", parts)

    async def _answer(self, method: str, parts: tuple[str, ...]) -> None:
        answer = self._answers.get(method)
        if answer is None:
            raise web.HTTPError(405)
        question = self._question(method)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._executor, _quietly, answer, question, parts)
        self.set_header("Cache-Control", "no-store")
        self.finish(found)

    def _question(self, method: str) -> Question:
        options = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        body = _body(self.request.body) if method == "POST" else {}
        root = Path(str(self.settings.get("server_root_dir", ""))).expanduser()
        return Question(self._lakes, options, body, root)


class NoRouteHandler(_Handler):
    """Says that there is nothing at a URL, to those who may ask."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer 404."""
        raise web.HTTPError(404, "The lake's API has no such address.")


def _quietly(answer: Answer, question: Question, parts: tuple[str, ...]) -> str:
    # Looking at data in the panel is no reading that lineage should know of.
    with access.quiet():
        return encode(answer(question, *parts))


def _body(text: bytes) -> Mapping[str, object]:
    try:
        body = json.loads(text or b"{}")
    except ValueError:
        body = None
    if isinstance(body, dict):
        return cast("Mapping[str, object]", body)
    raise InvalidInputError("The request's body is no JSON object.", hint="Send {...}.")


def _outside(status: int, reason: str) -> dict[str, object]:
    if status == 403:
        hint = "Log in again, or ask who runs this server for access to the lake."
        return {"kind": "access-denied", "message": f"This server says: {reason}.", "hint": hint}
    if status < 500:
        return {"kind": "bad-request", "message": str(reason), "hint": ""}
    message = "The server could not answer."
    return {"kind": "internal", "message": message, "hint": "Its log says why."}
