"""Strings of a cell that an engine will resolve: SQL, code, shell commands, magics."""

from __future__ import annotations

import ast
import contextlib
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.foresight import Foresight
from jupyter_lake.lineage.dataflow.known import (
    CODE_CALLS,
    FETCHES,
    FILE_WRITERS,
    NAMESPACE_CALLS,
    RUN_COMMANDS,
    SEEDERS,
    SHELL_CALLS,
    SHELL_READERS,
    SQL_CALLS,
)
from jupyter_lake.lineage.dataflow.reading import Level
from jupyter_lake.lineage.dataflow.strings import (
    at_names,
    changes_settings,
    format_fields,
    looks_like_sql,
    shell_names,
    sql_strings,
    sql_tables,
    template_fields,
    words,
)
from jupyter_lake.lineage.dataflow.texts import HOLE, called_name, file_names

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = ["LAKE_PINS", "NEW", "SQL_SETTINGS", "Engines", "format_holes", "own_database"]

_OUTPUTS = ("Out", "_oh")
SQL_SETTINGS = "the settings of SQL"
LAKE_PINS = "of the lake's pins"
_NUMBERED = re.compile(r"_\d+")
_WALKS = frozenset(("dict", "list", "sorted", "items", "values"))
_TABLE_MAKERS = frozenset(
    ("register", "to_sql", "write_database", "create_view", "create_table", "to_table", "to_view")
)


class Engines(Foresight):
    """The part of the reader that knows which strings are more than text."""

    def __init__(self, peek: Peek) -> None:
        super().__init__(peek)
        self.parsing = 0
        self.database = ""
        self.hidden: frozenset[str] = frozenset()
        self._engine_texts: set[tuple[str, str]] = set()

    def load(self, name: str, level: Level, *, certain: bool = True) -> None:
        """Record that a name is looked up here."""
        raise NotImplementedError

    def visit(self, node: ast.AST | None, level: Level = Level.RUN) -> None:
        """Walk an expression."""
        raise NotImplementedError

    def source(self, text: str) -> bool:
        """Walk a source that runs here in the notebook's namespace; tell whether it parses."""
        raise NotImplementedError

    # -- calls -----------------------------------------------------------------------------

    def engine_call(self, node: ast.Call, name: str) -> None:
        """Read the strings of a call that reaches an engine, and what else its name tells."""
        self._namespace_call(node, name)
        self._effects(node, name)
        self._cursor(node, name)
        if self._is_engine(name) and not self._has_own_namespace(node, name):
            self.database = self._database(node)
            for argument in _arguments(node):
                for text in self.texts(argument):
                    self.engine_text(text, name, self._is_function(node))
            self.database = ""

    def _namespace_call(self, node: ast.Call, name: str) -> None:
        arguments = _arguments(node)
        if any(map(self._is_namespace, arguments)) and name != "format":
            self.reading.hands_namespace = not self._is_engine(name)
        if name in NAMESPACE_CALLS and not node.args:
            self.reading.dynamic = True
        walked = [*node.args[:1], *self._receiver(node)]
        if name in _WALKS and any(map(self._is_namespace, walked)):
            self.load_everything()
        if name in _WALKS and any(
            isinstance(each, ast.Name) and each.id in _OUTPUTS for each in walked
        ):
            self.load_names({each for each in self.peek.namespace if _NUMBERED.fullmatch(each)})

    def _effects(self, node: ast.Call, name: str) -> None:
        """Note what a call may change that no object of the notebook shows."""
        texts = {text for argument in node.args for text in self.texts(argument)[:1]}
        if name in ("setattr", "delattr") or name.startswith("register_"):
            if name.startswith("register_") or self.peek.is_library(node.args[0]):
                self.reading.library_patches.update(texts)
        elif name in FILE_WRITERS or name.startswith(("to_", "write_", "save_", "sink_")):
            self._file_writer(node)
        elif name == "open":
            self._opened(node)
        if name in _TABLE_MAKERS:
            database = self._database(node)
            self.reading.tables_written.update(database + text for text in texts)
        self.reading.seeds |= name in SEEDERS
        self.reading.runs_shell |= name in RUN_COMMANDS
        if name == "reload" and node.args:
            self.reading.reloads.update(self.peek.module_name(node.args[0]))

    def _cursor(self, node: ast.Call, name: str) -> None:
        """Note results that wait in a connection or cursor until they are fetched."""
        for base in self._receiver(node):
            if isinstance(base, ast.Name):
                result = f"result waiting in {base.id}"
                if name in ("execute", "executemany"):
                    self.reading.tables_written.add(result)
                elif name in FETCHES and result not in self.reading.tables_written:
                    self.reading.tables.add(result)

    def _database(self, node: ast.Call) -> str:
        """Return a mark for the database that a call asks, if nobody else can have it open."""
        base = next(iter(self._receiver(node)), None)
        while isinstance(base, ast.Call) and isinstance(base.func, ast.Attribute):
            base = base.func.value
        if not isinstance(base, ast.Name):
            return ""
        made = self.assigned.get(base.id)
        if isinstance(made, ast.Call) and own_database(made, self.peek) == NEW:
            return f"in @{base.id} "  # its mark is known when the cell has run
        return f"{mark} " if (mark := self.peek.database(base.id)) else ""

    @staticmethod
    def _receiver(node: ast.Call) -> list[ast.expr]:
        return [node.func.value] if isinstance(node.func, ast.Attribute) else []

    def load_everything(self) -> None:
        """Load every variable, for a cell that walks over the namespace."""
        for name in list(self.peek.namespace):
            if not name.startswith("_") and self.peek.is_data(name):
                self.load(name, Level.MENTION, certain=False)

    @staticmethod
    def _is_engine(name: str) -> bool:
        return (
            name in CODE_CALLS or name in SQL_CALLS or name in SHELL_CALLS or "sql" in name.lower()
        )

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
        engines = sorted(name for name in names if self._is_engine(name))
        for text in sorted(strings | self.reading.strings) if engines else ():
            for name in engines:
                if (text, name) not in self._engine_texts:
                    self._engine_texts.add((text, name))
                    self.engine_text(text, name, is_function=name != "query")

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
        self.reading.tables |= {self.database + name for name in (*tables, SQL_SETTINGS)}
        self.reading.tables_written |= {self.database + name for name in written}
        if changes_settings(text):
            self.reading.tables_written.add(self.database + SQL_SETTINGS)
        self.load_names({name for name in tables - written if self.peek.may_be_table(name)})

    def shell(self, text: str, *, files: bool = True) -> None:
        """Load the variables that IPython puts into a command, and note the files it names."""
        if files:
            self._shell_files(text)
        self.reading.shell_words |= words(text)
        names, expressions = shell_names(text)
        self.load_names(names)
        for expression in expressions:
            self.source(expression)

    def _shell_files(self, text: str) -> None:
        """Note the files that a command names, and those that it may write."""
        tokens = text.replace(">", " > ").split()
        named = file_names(tokens)
        self.reading.files_read |= named
        if tokens and tokens[0] in SHELL_READERS and ">" not in tokens:
            return
        written = tokens[tokens.index(">") + 1 :] if ">" in tokens else tokens[-1:]
        flags = itertools.pairwise(tokens)
        written += [token for flag, token in flags if flag in ("-o", "-O", "--output")]
        self.reading.files_written |= file_names(written)

    def load_names(self, names: set[str], *, certain: bool = True) -> None:
        """Load those of some names that are variables."""
        for name in sorted(names - self.hidden):
            if self.peek.value(name) is not self.peek.MISSING:
                self.load(name, Level.RUN, certain=certain)

    def _file_writer(self, node: ast.Call) -> None:
        for argument in [*self._receiver(node), *_arguments(node)]:
            texts = self.texts(argument)
            self.reading.files_written.update(file_names(texts))
            self.reading.places_written.update(texts)

    def _opened(self, node: ast.Call) -> None:
        modes = [text for argument in _arguments(node)[1:] for text in self.texts(argument)]
        if any(set(mode) & set("wax+") for mode in modes if len(mode) <= 4) and node.args:
            self.reading.files_written.update(file_names(self.texts(node.args[0])))

    def _has_own_namespace(self, node: ast.Call, name: str) -> bool:
        """Tell whether ``exec`` or ``eval`` is handed another namespace than the notebook's."""
        if name not in ("exec", "eval") or not isinstance(node.func, ast.Name):
            return False
        spaces = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        return bool(spaces) and not any(self._is_notebooks(space) for space in spaces)

    def _is_notebooks(self, node: ast.expr) -> bool:
        """Tell whether an expression may be the notebook's namespace, and no copy of it."""
        if isinstance(node, ast.Name):
            assigned = self.assigned.get(node.id)
            if assigned is not None and not isinstance(assigned, ast.Name):
                return self._is_notebooks(assigned)
            known = self.peek_name(node.id)
            return known is self.peek.MISSING or known is self.peek.namespace
        return self._is_namespace(node)

    # -- subscripts ------------------------------------------------------------------------

    def special_subscript(self, node: ast.Subscript) -> bool:
        """Read ``Out[3]`` and ``globals()['x']``; tell whether it was one of these."""
        base = node.value
        if isinstance(base, ast.Name) and base.id in _OUTPUTS:
            index = self.constant(node.slice)
            if isinstance(index, int):
                self.load(f"_{index}", Level.RUN)
                self.visit(node.slice)
                return True
            self.reading.dynamic = True
        if self._is_namespace(base):
            return self._namespace_item(node)
        return False

    def _namespace_item(self, node: ast.Subscript) -> bool:
        texts = self.texts(node.slice)
        self.reading.dynamic = True
        self.visit(node.value)
        if isinstance(node.ctx, ast.Load):
            self.visit(node.slice)
            for pattern in texts:
                self.load_names(self._matching(pattern))
        return True

    def _matching(self, pattern: str) -> set[str]:
        if HOLE not in pattern:
            return {pattern}
        parts = re.compile(".*".join(re.escape(part) for part in pattern.split(HOLE)))
        return {name for name in self.peek.namespace if parts.fullmatch(name)}

    @staticmethod
    def _is_namespace(node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr in ("user_ns", "user_global_ns")
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in NAMESPACE_CALLS
            and not node.args
        )

    # -- what is found at the end ----------------------------------------------------------

    def load_dynamic(self) -> None:
        """Load names that the constants of a cell spell, where it looks names up by string."""
        texts = set(self.reading.strings)
        for name in self.reading.uses:
            texts.update(self.peek.text(name))
        found = set(texts)
        for text in texts:
            found.update(format_fields(text))
            found.update(template_fields(text))
        for name in list(self.reading.uses):
            if self.reading.hands_namespace:
                found.update(self.peek.words_inside(name))
        self.load_names({name for name in found if name.isidentifier()}, certain=False)


NEW = "new"


def own_database(made: ast.Call, peek: Peek) -> str:
    """Return a mark if a call makes a connection to a database of its own, or of another's.

    ``NEW`` stands for a database that is in memory, and nobody else's.
    """
    name = called_name(made)
    base = made.func.value if isinstance(made.func, ast.Attribute) else None
    if name == "connect" and not made.keywords:
        places = [getattr(argument, "value", None) for argument in made.args]
        return NEW if places in ([], [":memory:"]) else ""
    if name in ("cursor", "duplicate") and isinstance(base, ast.Name):
        return peek.database(base.id)
    return ""


def format_holes(text: str) -> list[str]:
    """Return the ``{expressions}`` and ``{{expressions}}`` in a template."""
    return [hole for hole in re.findall(r"\{\{?\s*([^{}:]+?)\s*\}?\}", text) if hole]


def _arguments(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]
