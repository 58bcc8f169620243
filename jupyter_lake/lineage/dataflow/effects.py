"""What calls change that no object of the notebook shows: files, tables, waiting results."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.known import (
    FETCHES,
    FILE_WRITERS,
    RUN_COMMANDS,
    SEEDERS,
    SHELL_READERS,
    wordset,
)
from jupyter_lake.lineage.dataflow.namespaces import Namespaces
from jupyter_lake.lineage.dataflow.texts import arguments_of, called_name, file_names, receiver_of

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = ["NEW", "Effects", "own_database"]

NEW = "new"
"""Stands for a database that is in memory, and nobody else's."""
_TABLE_MAKERS = wordset("register to_sql write_database create_view create_table to_table to_view")


class Effects(Namespaces):
    """The part of the reader that knows what calls change by their names."""

    def effects(self, node: ast.Call, name: str) -> None:
        """Note what a call may change that no object of the notebook shows."""
        texts = {text for argument in node.args for text in self.texts(argument)[:1]}
        if name in ("setattr", "delattr") or name.startswith("register_"):
            if name.startswith("register_") or any(map(self.peek.is_library, node.args[:1])):
                self.reading.library_patches.update(texts)
        elif name in FILE_WRITERS or name.startswith(("to_", "write_", "save_", "sink_")):
            self._file_writer(node)
        elif name == "open":
            self._opened(node)
        if name in _TABLE_MAKERS:
            database = self.database_of(node)
            self.reading.tables_written.update(database + text for text in texts)
        self._cursor(node, name)
        self.reading.seeds |= name in SEEDERS
        self.reading.runs_shell |= name in RUN_COMMANDS
        if name == "reload" and node.args:
            self.reading.reloads.update(self.peek.module_name(node.args[0]))

    def _file_writer(self, node: ast.Call) -> None:
        for argument in [*receiver_of(node), *arguments_of(node)]:
            texts = self.texts(argument)
            self.reading.files_written.update(file_names(texts))
            self.reading.places_written.update(texts)

    def _opened(self, node: ast.Call) -> None:
        modes = [text for argument in arguments_of(node)[1:] for text in self.texts(argument)]
        if any(set(mode) & set("wax+") for mode in modes if len(mode) <= 4) and node.args:
            self.reading.files_written.update(file_names(self.texts(node.args[0])))

    def command_files(self, text: str) -> None:
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

    # -- databases -------------------------------------------------------------------------

    def _cursor(self, node: ast.Call, name: str) -> None:
        """Note results that wait in a connection or cursor until they are fetched."""
        for base in receiver_of(node):
            if isinstance(base, ast.Name):
                result = f"result waiting in {base.id}"
                if name in ("execute", "executemany"):
                    self.reading.tables_written.add(result)
                elif name in FETCHES and result not in self.reading.tables_written:
                    self.reading.tables.add(result)

    def database_of(self, node: ast.Call) -> str:
        """Return a mark for the database that a call asks, if nobody else can have it open."""
        base = next(iter(receiver_of(node)), None)
        while isinstance(base, ast.Call) and isinstance(base.func, ast.Attribute):
            base = base.func.value
        if not isinstance(base, ast.Name):
            return ""
        made = self.assigned.get(base.id)
        if isinstance(made, ast.Call) and own_database(made, self.peek) == NEW:
            return f"in @{base.id} "  # its mark is known when the cell has run
        return f"{mark} " if (mark := self.peek.database(base.id)) else ""


def own_database(made: ast.Call, peek: Peek) -> str:
    """Return a mark if a call makes a connection to a database of its own, or of another's."""
    name = called_name(made)
    base = made.func.value if isinstance(made.func, ast.Attribute) else None
    if name == "connect" and not made.keywords:
        places = [getattr(argument, "value", None) for argument in made.args]
        return NEW if places in ([], [":memory:"]) else ""
    if name in ("cursor", "duplicate") and isinstance(base, ast.Name):
        return peek.database(base.id)
    return ""
