"""What magics read from the notebook."""

from __future__ import annotations

import ast
import re
import types

from jupyter_lake.lineage.dataflow.bytecode import code_facts
from jupyter_lake.lineage.dataflow.engines import LAKE_PINS, Engines
from jupyter_lake.lineage.dataflow.known import CODE_MAGICS, FOREIGN_MAGICS, RUN_MAGICS, RUNS_TEXT
from jupyter_lake.lineage.dataflow.strings import (
    bound_parameters,
    format_holes,
    looks_like_sql,
    words,
)
from jupyter_lake.lineage.dataflow.texts import file_names

__all__ = ["Magics"]

_OPTION = re.compile(r"^\s*(?:-{1,2}\w[\w-]*(?:=\S+|\s*\d+(?=\s))?\s+)*")


class Magics(Engines):
    """The part of the reader that knows IPython's magics."""

    def magic_call(self, node: ast.Call, name: str) -> bool:
        """Read a magic as IPython writes it in Python; tell whether the call was one."""
        if name not in ("run_line_magic", "run_cell_magic", "system", "getoutput"):
            return False
        if not isinstance(node.func, ast.Attribute) or not _is_shell(node.func.value):
            return False
        texts = [text for argument in node.args for text in self.texts(argument)[:1]]
        if name in ("system", "getoutput"):
            self.reading.runs_shell = True
            for text in texts:
                self.shell(text)
        elif texts:
            self.magic(texts[0], texts[1] if len(texts) > 1 else "", texts[2:3])
        return True

    def magic(self, name: str, line: str, cell: list[str]) -> None:
        """Load what a magic reads from the notebook."""
        if isinstance(self.peek.value(name), types.FunctionType):  # a magic of the user's
            self.load_names({name})
        if name in CODE_MAGICS:
            self._code_magic(name, line, cell)
            return
        # In SQL and in addresses, what looks like a file's name is a table's.
        self.shell(line, files=name != "lake" and "sql" not in name.lower())
        body = "".join(cell)
        self.reading.runs_shell |= name in RUN_MAGICS
        if name in RUN_MAGICS:
            self.reading.shell_words |= words(body)
        if name == "lake":
            self._lake_magic(line, body)
        elif name in ("writefile", "file"):
            self.reading.files_written.update(file_names(line.split()))
        elif name == "run":
            self._run_magic(line)
        elif "sql" in name.lower() or looks_like_sql(body):
            self._sql_magic(line, body)
        elif name not in FOREIGN_MAGICS and not self._takes_text_only(name):
            self.load_names(words(line), certain=False)
            self._unknown_cell(body)

    def _takes_text_only(self, name: str) -> bool:
        """Tell a magic of the user's that surely runs nothing of its text, nor looks names up."""
        function = self.peek.value(name)
        if not isinstance(function, types.FunctionType):
            return False
        facts = code_facts(function.__code__)
        called = {type(self.peek.value(each)) for each in facts.loads}
        return types.FunctionType not in called and not (
            (facts.loads | facts.attributes) & RUNS_TEXT
        )

    def _code_magic(self, name: str, line: str, cell: list[str]) -> None:
        code = _OPTION.sub("", line)
        if name != "capture" and code.strip():
            self.source(code)
            if name in ("lprun", "mprun"):
                self.load_names(words(line), certain=False)
        for body in cell:
            self.source(body)

    def _lake_magic(self, line: str, body: str) -> None:
        verb, _, rest = line.strip().partition(" ")
        pins = self.reading.tables_written if verb == "use" else self.reading.tables
        pins.add(LAKE_PINS)
        if verb == "sql":
            self._sql_magic(rest, body)
        elif verb in ("publish", "put"):
            self.load_names(set(rest.split()[:1]))

    def _sql_magic(self, line: str, body: str) -> None:
        for text in (line, body):
            self.sql(re.sub(r"^\s*\w+\s*<<", "", text))
            self.load_names(bound_parameters(text))

    def _run_magic(self, line: str) -> None:
        self.reading.strings.update(line.split())
        if "-i" not in line.split():
            return
        for path in line.split():
            if path.endswith((".py", ".ipy")):
                self.file_source(path)

    def _unknown_cell(self, body: str) -> None:
        for expression in format_holes(body):
            self.code(expression)
        if not self.source(body):
            self.load_names(words(body), certain=False)


def _is_shell(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "get_ipython"
    return isinstance(node, ast.Name) and node.id in ("ip", "ipython", "shell")
