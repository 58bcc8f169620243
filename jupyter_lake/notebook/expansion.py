"""Variables in a magic's line: ``$name`` and ``{name}``.

IPython's own expansion would evaluate the braces of ``main@{2026-10-12}`` as
a subtraction, and those of SQL's structs; so only names are expanded here, and
nothing in a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["expanded"]

_VARIABLE = re.compile(r"(?<!@)\{([^\W\d]\w*)\}|\$([^\W\d]\w*)")


def expanded(line: str, variables: Mapping[str, object]) -> str:
    """Return the line with the values of the variables that it names.

    Examples
    --------
    >>> expanded("log {repo}@{2026-10-12} -n $count", {"repo": "sales", "count": 3})
    'log sales@{2026-10-12} -n 3'
    """
    if line.lstrip().startswith("sql"):
        return line

    def value(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(2)
        return str(variables[name]) if name in variables else match.group()

    return _VARIABLE.sub(value, line)
