"""``python -m jupyter_lake.cli``."""

from __future__ import annotations

import sys

from jupyter_lake.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
