"""State that no object of the notebook shows: SQL tables, files, random states, patches.

Each is treated as a variable with a name that no variable can have.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.texts import file_names, last_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_lake.lineage.dataflow.closure import Closure
    from jupyter_lake.lineage.dataflow.files import Traffic
    from jupyter_lake.lineage.dataflow.model import Certainty
    from jupyter_lake.lineage.dataflow.reading import Reading

__all__ = ["RANDOM", "file_reads", "file_writes", "named_files", "outside_reads", "outside_writes"]

RANDOM = "the random state of a library"


def outside_reads(closure: Closure, known: Iterable[str]) -> set[str]:
    """Return those of the known outside names, but for files, that a cell reads."""
    reading = closure.reading
    known = set(known)
    read = _tables(reading.tables, known)
    builtins = {name for name in reading.uses if closure.lookup(name) is Peek.MISSING}
    read |= {f"attribute {name}" for name in reading.attributes | builtins}
    if closure.draws and not reading.seeds:
        read.add(RANDOM)
    return read & known


def _tables(names: set[str], known: set[str]) -> set[str]:
    """Return the known tables of some names; one whose database is not known may be in any."""
    found = {f"table {name}" for name in names}
    for table in known:
        if table.startswith("table in "):
            database, name = table[9:].split(" ", 1)
            if name in names or f"in {database} {name}" in names:
                found.add(table)
    return found | {f"table {name.split(' ', 2)[2]}" for name in names if name.startswith("in ")}


def outside_writes(reading: Reading) -> set[str]:
    """Return the outside names, but for files, that a cell writes."""
    written = {f"table {name}" for name in reading.tables_written}
    written |= {f"attribute {name}" for name in reading.library_patches}
    return written | ({RANDOM} if reading.seeds else set())


def named_files(closure: Closure) -> set[str]:
    """Return the files, by the last parts of their paths, that a cell's texts say it reads."""
    reading = closure.reading
    modules = {f"{name.rpartition('.')[2]}.py" for name in reading.imports | closure.reloaded()}
    texts = {text for name in reading.uses for text in closure.reader.peek.text(name)}
    return (file_names(reading.strings | texts) - reading.files_written) | (
        modules | reading.files_read
    )


def file_reads(
    named: set[str], texts: set[str], traffic: Traffic, known: Iterable[str]
) -> dict[str, Certainty]:
    """Return those of the known names of files that a cell has read.

    What was opened is known by its whole path, what is only spelled by the last part of it.
    """
    opened = set(map(last_part, traffic.read))
    spelled = named - opened - set(map(last_part, traffic.written))
    found: dict[str, Certainty] = {}
    for name in known:
        path = name.removeprefix("file ")
        if path == name:
            continue
        last = last_part(path)
        if path in traffic.read or last in spelled or (path == last and last in opened):
            found[name] = "observed"
        elif os.path.dirname(path) in traffic.folders:
            found[name] = "possible"
        elif last in texts and path not in traffic.written and os.path.isdir(path):
            found[name] = "observed"
    return found


def file_writes(reading: Reading, traffic: Traffic) -> set[str]:
    """Return the names of the files that a cell has written."""
    seen = set(map(last_part, traffic.written))
    return {f"file {name}" for name in (reading.files_written - seen) | traffic.written}
