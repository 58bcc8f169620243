"""Strings of a cell that an engine will resolve: SQL, code, shell commands, magics."""

from __future__ import annotations

import ast
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.effects import Effects
from jupyter_lake.lineage.dataflow.known import CODE_CALLS, SHELL_CALLS
from jupyter_lake.lineage.dataflow.strings import (
    at_names,
    changes_settings,
    format_holes,
    is_engine,
    looks_like_sql,
    shell_names,
    sql_strings,
    sql_tables,
    words,
)
from jupyter_lake.lineage.dataflow.texts import arguments_of, file_names

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = ["LAKE_PINS", "Engines"]

LAKE_PINS = "of the lake's pins"
_SQL_SETTINGS = "the settings of SQL"


class Engines(Effects):
    """The part of the reader that knows which strings are more than text."""

    def __init__(self, peek: Peek) -> None:
        super().__init__(peek)
        self.parsing = 0
        self.database = ""
        self._engine_texts: set[tuple[str, str]] = set()

    def source(self, text: str) -> bool:
        """Walk a source that runs here in the notebook's namespace; tell whether it parses."""
        raise NotImplementedError

    # -- calls -----------------------------------------------------------------------------

    def engine_call(self, node: ast.Call, name: str) -> None:
        """Read the strings of a call that reaches an engine, and what else its name tells."""
        self.namespace_call(node, name)
        self.effects(node, name)
        if is_engine(name) and not self.has_own_namespace(node, name):
            self.database = self.database_of(node)
            for argument in arguments_of(node):
                for text in self.texts(argument):
                    self.engine_text(text, name, self._is_function(node))
            self.database = ""

    def _is_function(self, node: ast.Call) -> bool:
        """Tell a function (``eval``, ``pd.eval``) from a method (``df.eval``)."""
        if isinstance(node.func, ast.Name):
            return True
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        return isinstance(base, ast.Name) and self.peek.is_module(base.id)

    def engine_text(self, text: str, name: str, is_function: bool) -> None:
        """Load the names in a text that reaches an engine of some name."""
        if name in SHELL_CALLS:
            self.shell(text)
        elif looks_like_sql(text) and name not in ("exec", "ev", "ex", "run_cell"):
            self.sql(text)
        elif name in CODE_CALLS and (is_function or name != "eval"):
            self.code(text)
        elif name in ("query", "eval"):
            self.load_names(at_names(text))
        elif "sql" in name.lower() and text.isidentifier():
            self.reading.tables.add(self.database + text)

    def strings_of_function(
        self, names: set[str], strings: set[str], own: frozenset[str] = frozenset()
    ) -> None:
        """Read the strings of a function that calls an engine, and those it may be handed.

        Names of the function's own variables are no variables of the notebook.
        """
        hidden, self.hidden = self.hidden, own
        self._strings_of_function(names, strings)
        self.hidden = hidden

    def _strings_of_function(self, names: set[str], strings: set[str]) -> None:
        engines = sorted(name for name in names if is_engine(name))
        for text in sorted(strings | self.reading.strings) if engines else ():
            for name in engines:
                if (text, name) not in self._engine_texts:
                    self._engine_texts.add((text, name))
                    self.engine_text(text, name, is_function=name != "query")

    # -- texts -----------------------------------------------------------------------------

    def code(self, text: str) -> None:
        """Walk code in a string; where it does not parse, take its words for names."""
        if text.endswith((".py", ".ipy")) and text.split() == [text]:
            self.file_source(text)
        elif not self.source(text):
            self.load_names(words(text), certain=False)

    def file_source(self, path: str) -> None:
        """Walk the source in a file that runs in the notebook's namespace."""
        with contextlib.suppress(OSError, ValueError):
            text = Path(path).read_text(encoding="utf-8")
            if len(text) <= self.LONGEST:
                self.source(text)

    def sql(self, text: str) -> None:
        """Load the variables that stand for tables, and note the tables that SQL itself keeps."""
        for field in format_holes(text):
            self.code(field)
        self.reading.asks_sql = True
        self.reading.tables.add(LAKE_PINS)
        tables, written = sql_tables(text)
        self.reading.files_read |= file_names(sql_strings(text))
        self.reading.tables |= {self.database + name for name in (*tables, _SQL_SETTINGS)}
        self.reading.tables_written |= {self.database + name for name in written}
        if changes_settings(text):
            self.reading.tables_written.add(self.database + _SQL_SETTINGS)
        self.load_names({name for name in tables - written if self.peek.may_be_table(name)})

    def shell(self, text: str, *, files: bool = True) -> None:
        """Load the variables that IPython puts into a command, and note the files it names."""
        if files:
            self.command_files(text)
        self.reading.shell_words |= words(text)
        names, expressions = shell_names(text)
        self.load_names(names)
        for expression in expressions:
            self.source(expression)
