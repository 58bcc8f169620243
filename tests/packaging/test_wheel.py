"""The package builds with and without node, and a release needs none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUNDLE = "share/jupyter/labextensions/jupyter-lake/package.json"
LEFT_OUT = (
    "node_modules",
    ".venv*",
    "build",
    ".git",
    ".mypy_cache",
    ".ruff_cache",
    "lib",
    "__pycache__",
)


@pytest.fixture
def without_node(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH finds Python's tools but no node."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("git", "sh", "bash", "env", "uname"):
        if found := shutil.which(tool):
            (tools / tool).symlink_to(found)
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{tools}"}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.tar.gz"))


@pytest.mark.timeout(600)
def test_a_wheel_from_the_sdist_needs_no_node(
    sdist: Path, without_node: dict[str, str], tmp_path: Path
) -> None:
    # --no-index: nothing may be fetched for it, node least of all.
    options = ["--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path)]
    command = [sys.executable, "-m", "pip", "wheel", str(sdist), *options]
    subprocess.run(command, env=without_node, check=True, capture_output=True)
    assert _holds_the_panel(next(tmp_path.glob("*.whl")))


@pytest.mark.timeout(900)
def test_a_checkout_builds_where_the_machine_has_no_node(
    without_node: dict[str, str], tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.rmtree(checkout / "jupyter_lake" / "labextension", ignore_errors=True)
    wheels = tmp_path / "wheels"
    command = [sys.executable, "-m", "pip", "wheel", str(checkout), "--no-deps", "-w", str(wheels)]
    done = subprocess.run(command, env=without_node, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert _holds_the_panel(next(wheels.glob("*.whl")))


def _holds_the_panel(wheel: Path) -> bool:
    with zipfile.ZipFile(wheel) as archive:
        return any(name.endswith(BUNDLE) for name in archive.namelist())
