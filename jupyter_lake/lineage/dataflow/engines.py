"""Strings of a cell that an engine will resolve: SQL, code, shell commands, magics."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from jupyter_lake.lineage.dataflow.known import (
    CODE_CALLS,
    CODE_MAGICS,
    FILE_WRITERS,
    FOREIGN_MAGICS,
    NAMESPACE_CALLS,
    SHELL_CALLS,
    SQL_CALLS,
)
from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.reading import Level, Reading
from jupyter_lake.lineage.dataflow.strings import (
    at_names,
    bound_parameters,
    format_fields,
    looks_like_sql,
    shell_names,
    sql_tables,
    words,
)

_HOLE = "\0"
_OPTION = re.compile(r"^\s*(?:-{1,2}\w[\w-]*(?:=\S+|\s*\d+(?=\s))?\s+)*")
_FILE_NAME = re.compile(r"[^\s.][^.\s]*(?:\.\w{1,8})+")
_OUTPUTS = {3: "Out", 4: "_oh"}


class Engines:
    """The part of the reader that knows which strings are more than text."""

    LONGEST = 100_000
    MOST_TEXTS = 50

    reading: Reading

    def __init__(self, peek: Peek) -> None:
        self.peek = peek
        self.assigned: dict[str, ast.expr | None] = {}
        self._parsing = 0
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

    def peek_name(self, name: str) -> object:
        """Return the live object of a name that this cell has not touched yet."""
        raise NotImplementedError

    # -- calls -----------------------------------------------------------------------------

    def engine_call(self, node: ast.Call, name: str) -> None:
        """Read the strings of a call that reaches an engine."""
        if name in NAMESPACE_CALLS and not node.args:
            self.reading.dynamic = True
        elif name in ("dict", "list", "sorted", "items", "values") and any(
            map(self._is_namespace, [*node.args[:1], *self._receiver(node)])
        ):
            self.load_everything()
        elif name in ("setattr", "delattr") or name.startswith("register_"):
            self._patching(node, name)
        elif name in FILE_WRITERS or name.startswith(("to_", "write_", "save_", "sink_")):
            self._file_writer(node, name)
        elif name == "open":
            self._opened(node)
        if name in ("register", "to_sql", "write_database", "create_view", "create_table"):
            self.reading.tables_written.update(
                text for arg in node.args for text in self.texts(arg)
            )
        if not self._is_engine(name):
            return
        for argument in self._engine_arguments(node):
            for text in self.texts(argument):
                self.engine_text(text, name, self._is_function(node))

    @staticmethod
    def _receiver(node: ast.Call) -> list[ast.expr]:
        return [node.func.value] if isinstance(node.func, ast.Attribute) else []

    def _patching(self, node: ast.Call, name: str) -> None:
        """Note an attribute that a library's class or module is given by name."""
        names = {text for argument in node.args for text in self.texts(argument)[:1]}
        if name.startswith("register_") or (node.args and self.peek.is_library(node.args[0])):
            self.reading.library_patches.update(names)

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

    @staticmethod
    def _engine_arguments(node: ast.Call) -> list[ast.expr]:
        return [*node.args, *(keyword.value for keyword in node.keywords)]

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
        elif name in CODE_CALLS and (is_function or name not in ("eval",)):
            self.code(text)
        elif name in ("query", "eval"):
            self.load_names(at_names(text))
        elif "sql" in name.lower() and text.isidentifier():
            self.reading.tables.add(text)

    def strings_of_function(self, names: set[str], strings: set[str]) -> None:
        """Read the strings of a function that calls an engine, and those it may be handed."""
        engines = sorted(name for name in names if self._is_engine(name))
        for text in sorted(strings | self.reading.strings) if engines else ():
            for name in engines:
                if (text, name) not in self._engine_texts:
                    self._engine_texts.add((text, name))
                    self.engine_text(text, name, is_function=name != "query")

    def code(self, text: str) -> None:
        """Walk code in a string; where it does not parse, take its words for names."""
        if not self.source(text):
            self.load_names(words(text), certain=False)

    def sql(self, text: str) -> None:
        """Load the variables that stand for tables, and note the tables that SQL itself keeps."""
        for field in _format_holes(text):
            self.code(field)
        tables, written = sql_tables(text)
        self.reading.tables |= tables
        self.reading.tables_written |= written
        self.load_names(tables - written)

    def shell(self, text: str) -> None:
        """Load the variables that IPython puts into a command."""
        names, expressions = shell_names(text)
        self.load_names(names)
        for expression in expressions:
            self.source(expression)

    def load_names(self, names: set[str], *, certain: bool = True) -> None:
        """Load those of some names that are variables."""
        for name in sorted(names):
            if self.peek.value(name) is not self.peek.MISSING:
                self.load(name, Level.RUN, certain=certain)

    def _file_writer(self, node: ast.Call, name: str) -> None:
        del name
        base = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        for argument in [*base, *self._engine_arguments(node)]:
            self.reading.files_written.update(file_names(self.texts(argument)))

    def _opened(self, node: ast.Call) -> None:
        modes = [
            text for argument in self._engine_arguments(node)[1:] for text in self.texts(argument)
        ]
        if any(set(mode) & set("wax+") for mode in modes if len(mode) <= 4) and node.args:
            self.reading.files_written.update(file_names(self.texts(node.args[0])))

    # -- subscripts ------------------------------------------------------------------------

    def special_subscript(self, node: ast.Subscript) -> bool:
        """Read ``Out[3]`` and ``globals()['x']``; tell whether it was one of these."""
        base = node.value
        if isinstance(base, ast.Name) and base.id in _OUTPUTS.values():
            index = self._constant(node.slice)
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
        if isinstance(node.ctx, ast.Load):
            self.visit(node.slice)
            for pattern in texts:
                self.load_names(self._matching(pattern))
        return True

    def _matching(self, pattern: str) -> set[str]:
        if _HOLE not in pattern:
            return {pattern}
        parts = re.compile(".*".join(re.escape(part) for part in pattern.split(_HOLE)))
        return {name for name in self.peek.namespace if parts.fullmatch(name)}

    @staticmethod
    def _is_namespace(node: ast.expr) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr in ("user_ns", "user_global_ns")
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in NAMESPACE_CALLS
            and not node.args
        )

    def _constant(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.peek_name(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self._constant(node.operand)
            return -value if type(value) is int else None
        return None

    # -- texts -----------------------------------------------------------------------------

    def texts(self, node: ast.AST | None, depth: int = 6) -> list[str]:
        """Return what texts an expression may stand for; a NUL stands for an unknown part."""
        if node is None or not depth:
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.JoinedStr):
            return ["".join(self._piece(part) for part in node.values)]
        if isinstance(node, ast.Name):
            return self._text_of_name(node.id, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left = self.texts(node.left, depth - 1) or [_HOLE]
            right = self.texts(node.right, depth - 1) or [_HOLE]
            return [left[0] + right[0]]
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            return self._text_of_item(node, depth)
        found: list[str] = []
        for child in ast.iter_child_nodes(node):
            found += self.texts(child, depth - 1)
        return found[: self.MOST_TEXTS]

    def _piece(self, part: ast.expr) -> str:
        if isinstance(part, ast.FormattedValue):
            texts = self.texts(part.value, 2) if isinstance(part.value, ast.Name) else []
            return texts[0] if texts else _HOLE
        return str(part.value) if isinstance(part, ast.Constant) else _HOLE

    def _text_of_name(self, name: str, depth: int) -> list[str]:
        assigned = self.assigned.get(name)
        if assigned is not None:
            return self.texts(assigned, depth - 1)
        return [] if name in self.reading.stores else self.peek.text(name)

    def _text_of_item(self, node: ast.Subscript, depth: int) -> list[str]:
        inputs = isinstance(node.value, ast.Name) and node.value.id in ("In", "_ih")
        index = self._constant(node.slice)
        if inputs and isinstance(index, int) and isinstance(node.value, ast.Name):
            history = self.peek.value(node.value.id)
            if isinstance(history, list) and -len(history) <= index < len(history):
                return [self.peek.transform(str(history[index]))]
        return self.texts(node.value, depth - 1)

    # -- magics ----------------------------------------------------------------------------

    def magic_call(self, node: ast.Call, name: str) -> bool:
        """Read a magic as IPython writes it in Python; tell whether the call was one."""
        if name not in ("run_line_magic", "run_cell_magic", "system", "getoutput"):
            return False
        if not isinstance(node.func, ast.Attribute) or not _is_shell(node.func.value):
            return False
        texts = [text for argument in node.args for text in self.texts(argument)[:1]]
        if name in ("system", "getoutput"):
            for text in texts:
                self.shell(text)
        elif texts:
            self.magic(texts[0], texts[1] if len(texts) > 1 else "", texts[2:3])
        return True

    def magic(self, name: str, line: str, cell: list[str]) -> None:
        """Load what a magic reads from the notebook."""
        self.load_names({name}, certain=False)
        if name in CODE_MAGICS:
            self._code_magic(name, line, cell)
            return
        self.shell(line)
        body = "".join(cell)
        if name == "lake":
            self._lake_magic(line, body)
        elif name in ("writefile", "file"):
            self.reading.files_written.update(file_names(line.split()))
        elif name == "run":
            self._run_magic(line)
        elif "sql" in name.lower() or looks_like_sql(body):
            self._sql_magic(line, body)
        elif name not in FOREIGN_MAGICS:
            self.load_names(words(line), certain=False)
            self._unknown_cell(body)

    def _code_magic(self, name: str, line: str, cell: list[str]) -> None:
        code = _OPTION.sub("", line)
        if name not in ("capture",) and code.strip():
            self.source(code)
            if name in ("lprun", "mprun"):
                self.load_names(words(line), certain=False)
        for body in cell:
            self.source(body)

    def _lake_magic(self, line: str, body: str) -> None:
        verb, _, rest = line.strip().partition(" ")
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
                try:
                    with open(path, encoding="utf-8") as file:  # noqa: PTH123
                        self.source(file.read(self.LONGEST))
                except (OSError, UnicodeError):
                    continue

    def _unknown_cell(self, body: str) -> None:
        for expression in _format_holes(body):
            self.code(expression)
        if not self.source(body):
            self.load_names(words(body), certain=False)

    # -- what is found at the end ----------------------------------------------------------

    def load_dynamic(self) -> None:
        """Load names that the constants of a cell spell, where it looks names up by string."""
        found = set(self.reading.strings)
        for text in self.reading.strings:
            found.update(format_fields(text))
        for name in list(self.reading.uses):
            found.update(self.peek.text(name))
        self.load_names({name for name in found if name.isidentifier()}, certain=False)


def _is_shell(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "get_ipython"
    return isinstance(node, ast.Name) and node.id in ("ip", "ipython", "shell")


def _format_holes(text: str) -> list[str]:
    return [hole for hole in re.findall(r"\{\{?\s*([^{}:]+?)\s*\}?\}", text) if hole]


def file_names(texts: Iterable[str]) -> set[str]:
    """Return the last parts of those texts that may be paths of files."""
    likely = (text for text in texts if 2 < len(text) < 1000 and "\n" not in text)
    return {name for text in likely if _FILE_NAME.fullmatch(name := re.split(r"[/\\]", text)[-1])}
