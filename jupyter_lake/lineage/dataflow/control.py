"""Branches, loops, exceptions and contexts: what is surely stored after them."""

from __future__ import annotations

import ast

from jupyter_lake.lineage.dataflow.expressions import Expressions
from jupyter_lake.lineage.dataflow.reading import Level
from jupyter_lake.lineage.dataflow.texts import called_name

__all__ = ["Control"]


class Control(Expressions):
    """The part of the reader that knows statements which hold others."""

    def bind(self, target: ast.AST | None, value: ast.expr | None = None) -> None:
        """Bind a target of an assignment, a loop, a ``with``."""
        raise NotImplementedError

    # -- branches and loops ----------------------------------------------------------------

    def _stmt_If(self, node: ast.If) -> None:  # noqa: N802
        truth = self.truth(node.test)
        self.visit(node.test, Level.SHOWN)
        if truth is not None:
            self.body(node.body if truth else node.orelse)
        else:
            self.branches(lambda: self.body(node.body), lambda: self.body(node.orelse))

    def _stmt_For(self, node: ast.For | ast.AsyncFor) -> None:  # noqa: N802
        runs = self.nonempty(node.iter)
        self.visit(node.iter)
        self._loop(node, runs=runs, endless=False, target=node.target)

    _stmt_AsyncFor = _stmt_For  # noqa: N815

    def _stmt_While(self, node: ast.While) -> None:  # noqa: N802
        truth = self.truth(node.test)
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.visit(node.test, Level.SHOWN)
        if truth is not False:
            self._loop(node, runs=truth is True, endless=endless, target=None)

    def _loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        *,
        runs: bool,
        endless: bool,
        target: ast.expr | None,
    ) -> None:
        start = set(self.sure)
        self.loops.append(([], []))
        iterated = node.iter if isinstance(node, ast.For | ast.AsyncFor) else None
        self.bind(target, iterated)
        self.body(node.body)
        breaks, ends = self.loops.pop()
        if not self.dead:
            ends.append(set(self.sure))
        after = set.intersection(*ends) if ends and runs else start
        self.sure, self.dead = after, endless and not breaks
        if node.orelse and not endless:
            self.body(node.orelse)
        if breaks:
            exits = [*breaks] if endless or self.dead else [self.sure, *breaks]
            self.sure, self.dead = set.intersection(*exits), False

    def _stmt_Match(self, node: ast.Match) -> None:  # noqa: N802
        self.visit(node.subject)
        last = node.cases[-1]
        total = (
            last.guard is None
            and isinstance(last.pattern, ast.MatchAs)
            and not last.pattern.pattern
        )
        choices = [lambda case=case: self._case(case) for case in node.cases]
        self.branches(*choices, *([] if total else [lambda: None]))

    def _case(self, case: ast.match_case) -> None:
        for node in ast.walk(case.pattern):
            if isinstance(node, ast.MatchValue):
                self.visit(node.value)
            elif isinstance(node, ast.MatchClass):
                self.visit(node.cls)
            elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                self.store(node.name)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                self.store(node.rest)
        self.visit(case.guard)
        self.body(case.body)

    # -- exceptions and contexts -----------------------------------------------------------

    def _stmt_Try(self, node: ast.Try) -> None:  # noqa: N802
        start = set(self.sure)
        self._until_failure(node.body, start)
        if not self.dead:
            self.body(node.orelse)
        ends = [] if self.dead else [self.sure]
        self.conditional += 1
        for handler in node.handlers:
            self.sure, self.dead = set(start), False
            self.visit(handler.type)
            if handler.name:
                self.store(handler.name)
            self.body(handler.body)
            if handler.name:
                self.sure.discard(handler.name)
            if not self.dead:
                ends.append(self.sure)
        self.conditional -= 1
        self._finally(node.finalbody, start, ends)

    _stmt_TryStar = _stmt_Try  # noqa: N815

    def _until_failure(self, statements: list[ast.stmt], start: set[str]) -> None:
        """Walk a ``try`` body; what its first harmless statements store is there for handlers."""
        harmless = True
        for statement in statements:
            self.body([statement])
            harmless &= isinstance(statement, ast.Pass) or (
                isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
            )
            if harmless:
                start |= self.sure

    def _finally(self, body: list[ast.stmt], start: set[str], ends: list[set[str]]) -> None:
        after = set.intersection(*ends) if ends else set(start)
        self.sure, self.dead = set(start), False
        self.body(body)
        stored = self.sure - start
        self.sure = after | stored
        self.dead = self.dead or not ends

    def _stmt_With(self, node: ast.With | ast.AsyncWith) -> None:  # noqa: N802
        start = set(self.sure)
        swallows = False
        for item in node.items:
            self.visit(item.context_expr)
            self.bind(item.optional_vars, item.context_expr)
            call = item.context_expr
            name = called_name(call) if isinstance(call, ast.Call) else ""
            swallows |= name in ("suppress", "raises", "assertRaises", "warns")
        self.body(node.body)
        if swallows:
            self.sure, self.dead = self.sure & start, False

    _stmt_AsyncWith = _stmt_With  # noqa: N815
