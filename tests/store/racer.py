"""A process that works on a lake until it is told to stop, beside others that do other things.

``python racer.py ROLE URL NUMBER FOLDER``; it stops when the folder holds a file ``stop``,
and prints what it has done as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from jupyter_lake.errors import ConflictError
from jupyter_lake.store import Lake, Repo, gc

# How old an object must be here to be collected: more than a commit takes, under load, too.
GRACE = timedelta(seconds=6)
CONTENTS = 12


def going(folder: Path) -> bool:
    """Tell whether nobody has said to stop."""
    return not (folder / "stop").exists()


def content(number: int) -> bytes:
    """Few different contents, so that commits meet again what others have left behind."""
    return f"content {number % CONTENTS} ".encode() * 200


def rest(dice: random.Random) -> None:
    """Let others have the processor: they are to meet at ever other moments, not to heat it."""
    time.sleep(dice.uniform(0, 0.2))


def commits(repo: Repo, number: int, folder: Path) -> dict[str, object]:
    """Put file after file on main, each with a content that may be anywhere in the lake."""
    dice, done = random.Random(number), {}
    while going(folder):
        path, which = f"by-{number}/{len(done)}", dice.randrange(CONTENTS)
        with repo.transaction(message=path) as tx:
            tx.write(path, content(which))
        done[path] = which
        rest(dice)
    return {"paths": done}


def scratches(repo: Repo, number: int, folder: Path) -> dict[str, object]:
    """Commit to branches that are undone and deleted: what gc lives on."""
    dice, rounds = random.Random(number), 0
    while going(folder):
        name = f"scratch-{number}"
        repo.create_branch(name, from_="main")
        for _ in range(3):
            which = dice.randrange(CONTENTS)
            with repo.transaction(name, message="try") as tx:
                tx.write(f"tried/{which}", content(which))
            assert tx.commit.read(f"tried/{which}") == content(which)
        repo.undo(name)
        repo.delete_branch(name)
        rounds += 1
        rest(dice)
    return {"rounds": rounds}


def reads(repo: Repo, number: int, folder: Path) -> dict[str, object]:
    """Read everything on main, over and over; nothing may be missing or wrong."""
    known = {content(which) for which in range(CONTENTS)}
    dice, files = random.Random(number), 0
    while going(folder):
        # A reader that has just come, and remembers nothing.
        commit = Lake.open(repo.lake.url).repo("sales").commit()
        for entry in commit.entries():
            assert commit.read(entry.path) in known, entry.path
            files += 1
        rest(dice)
    return {"files": files}


def collects(repo: Repo, number: int, folder: Path) -> dict[str, object]:
    """Collect again and again."""
    dice = random.Random(number)
    deleted = rounds = 0
    while going(folder):
        deleted += gc(repo.lake, retention=timedelta(0), grace=GRACE).objects
        rounds += 1
        (folder / "deleted").write_text(str(deleted))
        rest(dice)
    return {"deleted": deleted, "rounds": rounds}


ROLES: dict[str, Callable[[Repo, int, Path], dict[str, object]]] = {
    "commits": commits,
    "scratches": scratches,
    "reads": reads,
    "collects": collects,
}

if __name__ == "__main__":
    role, url, number, told_in = sys.argv[1:]
    with suppress(ConflictError):
        found = ROLES[role](Lake.open(url).repo("sales"), int(number), Path(told_in))
        print(json.dumps(found))
