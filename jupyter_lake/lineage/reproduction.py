"""Making a dataset again: just the cells it came from, with the inputs they had then."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError, RunNotFoundError
from jupyter_lake.lineage.ancestry import (
    Cells,
    commits_what_is_staged,
    obstacles_of,
    staged_for,
)
from jupyter_lake.lineage.makers import runs_that_made
from jupyter_lake.lineage.outcome import Outcome, compare
from jupyter_lake.lineage.pinning import (
    outputs_renumbered,
    pins_of,
    pins_of_all,
    read_as_then,
    write_to_scratch,
)
from jupyter_lake.lineage.run_reader import read_runs
from jupyter_lake.lineage.scratch import opening
from jupyter_lake.lineage.versions import Version, Versions, overlap

if TYPE_CHECKING:
    from jupyter_lake.lineage.recorder import Recorder
    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store import Lake

__all__ = ["Outcome", "Reproduction", "reproduce"]

_LOADING = re.compile(r"^\s*%(?:load_ext\s+jupyter_lake|lake\s+open)\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class Reproduction:
    """A dataset's cells, ready to be run again.

    Attributes
    ----------
    version
        What is to come out.
    runs
        The cells, in the order they ran.
    obstacles
        What stands in the way, in sentences; empty if nothing does.
    branch
        The scratch branch that the cells write to.
    stuck
        The cells that write in a way that can't be led to the scratch branch.
    """

    lake: Lake
    version: Version
    runs: tuple[Run, ...]
    obstacles: tuple[str, ...]
    branch: str
    stuck: tuple[Run, ...] = ()

    @property
    def sources(self) -> list[str]:
        """The cells of the notebook, pins and scratch branches included."""
        written = {write.repo: self.branch for run in self.runs for write in run.writes}
        pins, counts = pins_of_all(self.runs), dict[int, int]()
        cells = [opening(self.lake, self.version, self.runs, branch=self.branch)]
        for run in self.runs:
            source = _LOADING.sub("", run.source or "# recorded without its source").strip()
            if not source:
                continue
            for repo, commit in pins_of(run).items():
                if pins.get(repo) != commit:
                    pins[repo] = commit
                    cells.append(f"%lake use {repo}@{commit[:12]}")
            source = outputs_renumbered(source, counts)
            cells.append(write_to_scratch(read_as_then(source, run), written))
            if run.execution_count is not None:
                counts[run.execution_count] = len(cells)
        return cells

    def notebook(self) -> dict[str, object]:
        """Return the notebook, in nbformat 4.5."""
        cells = [_markdown(self._heading())]
        cells += [
            _code(f"{self.branch}-{number}", source) for number, source in enumerate(self.sources)
        ]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        return {
            "cells": cells,
            "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }

    def _heading(self) -> str:
        lines = [f"# How {self.version} was made", ""]
        where = f"What they write goes to the branch `{self.branch}`."
        lines += [f"The cells it came from, in the order they ran, as they were. {where}", ""]
        lines += [f"- {run.cell}, {run.user}, {run.started:%Y-%m-%d %H:%M:%S}" for run in self.runs]
        read = dict.fromkeys(
            f"{read.repo}@{read.commit[:8]}/{read.path}" for run in self.runs for read in run.reads
        )
        if read:
            lines += ["", "They read:", "", *(f"- `{name}`" for name in read)]
        if self.obstacles:
            lines += ["", "What stands in the way:", ""]
            lines += [f"- {obstacle}" for obstacle in self.obstacles]
        return "\n".join(lines)

    def save(self, path: Path | str) -> Path:
        """Write the notebook to a file, never over one.

        Raises
        ------
        InvalidInputError
            If the file is there already.
        """
        path = Path(path)
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(self.notebook(), file, indent=1, ensure_ascii=False)
        except FileExistsError:
            raise InvalidInputError(
                f"{path} is there already.", hint="Choose another file name."
            ) from None
        return path

    def run(self, *, notebook: Path | str | None = None, timeout: float = 3600.0) -> Outcome:
        """Run the notebook in a kernel of its own, and compare what comes out.

        Parameters
        ----------
        notebook
            The file that it is in; its runs are recorded under this name, by default under that
            of the scratch branch.
        timeout
            How many seconds a cell may take.

        Raises
        ------
        InvalidInputError
            If a cell would write anywhere but to the scratch branch.
        """
        if self.stuck:
            raise InvalidInputError(
                f"{self.stuck[0].cell} writes in a way that can't be led to a scratch branch.",
                hint="Save the notebook with --to, and change the cell by hand.",
            )
        from jupyter_lake.lineage.headless import run_notebook

        origin = Path(self.runs[-1].notebook).parent
        folder = origin if origin.is_dir() else Path.cwd()
        path = Path(notebook or folder / f"{self.branch}.ipynb")
        error = run_notebook(self.notebook(), folder, path=path, timeout=timeout)
        return Outcome("failed", error, self.branch) if error else self.compare()

    def compare(self) -> Outcome:
        """Compare the dataset on the scratch branch with the one that was."""
        return compare(self.lake, self.version, self.branch)

    def to_dict(self) -> dict[str, object]:
        """Return what will be run, as JSON."""
        return {
            "version": str(self.version),
            "branch": self.branch,
            "cells": self.sources,
            "runs": [run.run_id for run in self.runs],
            "obstacles": list(self.obstacles),
        }

    def __repr__(self) -> str:
        lines = [f"{self.version} came from {len(self.runs)} cells"]
        lines += [f"  {run.cell}  {run.first_line[:60]}" for run in self.runs]
        if self.obstacles:
            lines.append("in the way of making it again:")
            lines += [f"  {obstacle}" for obstacle in self.obstacles]
        else:
            lines.append("nothing stands in the way of making it again")
        return "\n".join(lines)


def reproduce(
    lake: Lake, address: Address | str, *, recorder: Recorder | None = None
) -> Reproduction:
    """Find the cells that a dataset came from, so that they can be run again.

    Parameters
    ----------
    lake
        Where the dataset and the runs are.
    address
        The dataset; with a ref, as it was there.
    recorder
        The asker's own: its runs count before they reach the lake.

    Raises
    ------
    NotFoundError
        If there is no such dataset, or no record of how it was made.
    """
    versions = Versions(lake)
    version = versions.at(Address.parse(address) if isinstance(address, str) else address)
    makers = versions.makers(version)
    log = read_runs(lake, recorder)
    named = [str((commit.provenance or {}).get("run") or "") for commit in makers]
    seeds = {run_id for run_id in named if run_id}
    for commit in makers:
        for run in runs_that_made(log, commit, version):
            seeds |= {run.run_id, *staged_for(log, run)}
    cells = Cells.behind(log, [run_id for run_id in seeds if not run_id.startswith("commit:")])
    if not any(_wrote(run, version) for run in cells.runs):
        raise RunNotFoundError(
            f"No cell is recorded as the maker of {version}.",
            hint="Only what a recorded cell published can be made again.",
        )
    obstacles = obstacles_of(cells, versions)
    if not all(named):
        obstacles.append(
            "Some of its files were not made by a recorded cell; they stay as they are."
        )
    branch = f"reproduce-{version.short}-{os.urandom(2).hex()}"
    stuck = tuple(run for run in cells.runs if run.writes and not _leads_to_scratch(run, branch))
    obstacles += [
        f"{run.cell} writes in a way that can't be led to a scratch branch." for run in stuck
    ]
    return Reproduction(lake, version, cells.runs, tuple(obstacles), branch, stuck)


def _wrote(run: Run, version: Version) -> bool:
    return any(
        write.repo == version.repo and overlap(write.path, version.path) for write in run.writes
    )


def _leads_to_scratch(run: Run, branch: str) -> bool:
    """Say whether every repo that a cell writes to was found in its source."""
    source = run.source or ""
    return commits_what_is_staged(run) or all(
        write_to_scratch(source, {repo: branch}) != source
        for repo in {write.repo for write in run.writes}
    )


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": "how", "metadata": {}, "source": text}


def _code(cell_id: str, source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }
