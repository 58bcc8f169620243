"""A small lake that tests of queries share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from jupyter_lake.store import Lake

if TYPE_CHECKING:
    from jupyter_lake.query import Session


def sales_lake(folder: Path) -> Lake:
    """Return a lake with a repo `sales`: 3 orders at main~1, 6 at main."""
    lake = Lake.create(str(folder / "lake"))
    repo = lake.create_repo("sales")
    with repo.transaction("main", message="First") as transaction:
        transaction.write("orders/1.parquet", orders(1))
        transaction.write("customers.csv", b"id,name\n1,Ann\n2,Bob\n")
    with repo.transaction("main", message="Second") as transaction:
        transaction.write("orders/2.parquet", orders(4))
    return lake


def orders(first: int) -> pa.Table:
    ids = [first, first + 1, first + 2]
    return pa.table({"id": ids, "customer": [1, 2, 1], "amount": [i * 1.5 for i in ids]})


def count(session: Session, name: str) -> int:
    """Return how many rows a statement finds under a name."""
    return int(session.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0])
