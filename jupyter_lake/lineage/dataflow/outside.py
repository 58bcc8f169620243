"""State that no object of the notebook shows: SQL tables, files, random states, patches.

Each is treated as a variable with a name that no variable can have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.texts import file_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_lake.lineage.dataflow.closure import Closure
    from jupyter_lake.lineage.dataflow.reading import Reading

RANDOM = "the random state of a library"


def outside_reads(closure: Closure, known: Iterable[str]) -> set[str]:
    """Return those of the known outside names that a cell reads."""
    reading = closure.reading
    modules = {f"{name.rpartition('.')[2]}.py" for name in reading.imports}
    texts = {text for name in reading.uses for text in closure.reader.peek.text(name)}
    files = file_names(reading.strings | texts) - reading.files_written
    read = {f"file {name}" for name in files | modules | reading.files_read}
    read |= {f"table {name}" for name in reading.tables}
    read |= {f"attribute {name}" for name in reading.attributes}
    if closure.draws and not reading.seeds:
        read.add(RANDOM)
    return read & set(known)


def outside_writes(reading: Reading) -> set[str]:
    """Return the outside names that a cell writes."""
    written = {f"file {name}" for name in reading.files_written}
    written |= {f"table {name}" for name in reading.tables_written}
    written |= {f"attribute {name}" for name in reading.library_patches}
    return written | ({RANDOM} if reading.seeds else set())
