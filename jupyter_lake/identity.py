"""Who is at the keyboard, for the author of a commit and the user of a run."""

from __future__ import annotations

import functools
import getpass
import os
import socket
import subprocess

__all__ = ["current_user", "host"]


def current_user() -> str:
    """Return the person's name.

    The first of ``JUPYTER_LAKE_USER``, ``JUPYTERHUB_USER``, git's ``user.name``
    and the login name that is set.
    """
    for variable in ("JUPYTER_LAKE_USER", "JUPYTERHUB_USER"):
        if name := os.environ.get(variable, "").strip():
            return name
    return _git_name() or _login()


def host() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


@functools.cache
def _git_name() -> str:
    try:
        answer = subprocess.run(
            ["git", "config", "user.name"],
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        return f"user-{os.getuid()}"
