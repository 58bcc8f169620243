"""What a cell reads past the lake is named, quietly, and what is no data is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_lake import config, store
from tests.lineage.conftest import Notebook, runs_of


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data files, the notebook's working folder."""
    import pandas as pd

    folder = tmp_path / "work"
    folder.mkdir()
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    frame.to_csv(folder / "a.csv", index=False)
    frame.to_parquet(folder / "a.parquet")
    frame.to_json(folder / "a.jsonl", orient="records", lines=True)
    frame.to_feather(folder / "a.feather")
    frame.to_pickle(folder / "a.pkl")
    monkeypatch.chdir(folder)
    return folder


READERS = {
    "open": ("with open('a.csv') as f: f.read()", "a.csv"),
    "pathlib": ("from pathlib import Path; Path('a.csv').read_bytes()", "a.csv"),
    "pandas csv": ("import pandas as pd; pd.read_csv('a.csv')", "a.csv"),
    "pandas parquet": ("import pandas as pd; pd.read_parquet('a.parquet')", "a.parquet"),
    "pandas feather": ("import pandas as pd; pd.read_feather('a.feather')", "a.feather"),
    "pandas pickle": ("import pandas as pd; pd.read_pickle('a.pkl')", "a.pkl"),
    "pandas pathlike": (
        "import pandas as pd; from pathlib import Path; pd.read_parquet(Path('a.parquet'))",
        "a.parquet",
    ),
    "pyarrow parquet": ("import pyarrow.parquet as pq; pq.read_table('a.parquet')", "a.parquet"),
    "pyarrow file": (
        "import pyarrow.parquet as pq; pq.ParquetFile('a.parquet').read()",
        "a.parquet",
    ),
    "pyarrow dataset": (
        "import pyarrow.dataset as ds; ds.dataset('a.parquet').to_table()",
        "a.parquet",
    ),
    "pyarrow csv": ("import pyarrow.csv as pc; pc.read_csv('a.csv')", "a.csv"),
    "polars csv": ("import polars as pl; pl.read_csv('a.csv')", "a.csv"),
    "polars lazy": ("import polars as pl; pl.scan_parquet('a.parquet').collect()", "a.parquet"),
    "polars keyword": ("import polars as pl; pl.read_parquet(source='a.parquet')", "a.parquet"),
    "numpy": ("import numpy as np; np.loadtxt('a.csv', str)", "a.csv"),
    "sqlite": ("import sqlite3; sqlite3.connect('a.pkl').close()", "a.pkl"),
    "duckdb": ("import duckdb; duckdb.sql(\"SELECT * FROM 'a.parquet'\").fetchall()", "a.parquet"),
    "duckdb reader": ("import duckdb; duckdb.read_csv('a.csv').fetchall()", "a.csv"),
    "duckdb by variable": (
        (
            "import duckdb; place = 'a.parquet'\n"
            "duckdb.connect().execute(f\"FROM read_parquet('{place}')\").fetchall()"
        ),
        "a.parquet",
    ),
    "duckdb glob": ("import duckdb; duckdb.sql(\"FROM '*.parquet'\").fetchall()", "*.parquet"),
    "the lake's SQL": (
        (
            "import duckdb as engine\nclass Lake: sql = staticmethod(engine.sql)\n"
            "Lake.sql(\"FROM 'a.csv'\").fetchall()"
        ),
        "a.csv",
    ),
    "sqlite by URI": (
        "import sqlite3; sqlite3.connect('file:a.pkl?mode=ro', uri=True).close()",
        "a.pkl",
    ),
    "made and read": (
        (
            "import numpy as np; np.savez('new.npz', x=[1])\n"
            "with np.load('new.npz') as archive: archive['x']"
        ),
        "new.npz",
    ),
    "pyarrow memory map": (
        "import pyarrow as pa\nwith pa.memory_map('a.csv') as file: file.read()",
        "a.csv",
    ),
    "fsspec": (
        "import fsspec\nfs = fsspec.filesystem('file')\nwith fs.open('a.csv') as f: f.read()",
        "a.csv",
    ),
}


@pytest.mark.parametrize(("source", "name"), READERS.values(), ids=READERS)
def test_each_way_to_read_a_file_is_seen(
    notebook: Notebook, lake: store.Lake, data: Path, source: str, name: str
) -> None:
    notebook.ok(source)
    assert runs_of(lake)[-1].untracked == (name,)


def test_a_file_of_another_file_system_is_named_by_its_url(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(
        "import fsspec\n"
        "class Bucket(fsspec.AbstractFileSystem):\n"
        "    protocol = 's3x'\n"
        "    def _open(self, path, mode='rb', **options):\n"
        "        import io; return io.BytesIO(b'data')\n"
        "Bucket().open('bucket/raw.csv').read()"
    )
    assert runs_of(lake)[-1].untracked == ("s3x://bucket/raw.csv",)


@pytest.mark.parametrize("library", ["requests", "httpx"])
def test_what_is_fetched_by_a_library_is_named(
    notebook: Notebook, lake: store.Lake, library: str
) -> None:
    notebook.ok(
        f"import {library}\n"
        f"for ask in ({library}.get, {library}.post):\n"
        "    try: ask(f'http://127.0.0.1:9/{ask.__name__}.csv?sig=secret', timeout=1)\n"
        "    except Exception: pass"
    )
    assert runs_of(lake)[-1].untracked == ("http://127.0.0.1:9/get.csv",)


def test_urls_lose_their_credentials(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(
        "import urllib.request\n"
        "try: urllib.request.urlopen('http://ana:secret@127.0.0.1:9/d.csv?sig=secret', timeout=1)\n"
        "except OSError: pass"
    )
    assert runs_of(lake)[-1].untracked == ("http://127.0.0.1:9/d.csv",)


QUIET = {
    "imports": "import colorsys, wave",
    "packages": (
        "import importlib.resources as r, numpy\n"
        "r.files('numpy').joinpath('random', 'LICENSE.md').read_text()"
    ),
    "fonts": (
        "import matplotlib; matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt; plt.figure().savefig('f.png'); plt.close()"
    ),
    "writes": "with open('new.csv', 'w') as f: f.write('x')",
    "writes and looks back": "with open('new.csv', 'w+') as f: f.write('x')",
    "appends": "with open('a.csv', 'a') as f: f.write('')",
    "missing": "try: open('missing.csv')\nexcept OSError: pass",
    "devices": "with open('/dev/null') as f: f.read()",
    "settings": "with open('/etc/hostname') as f: f.read()",
    "hidden": "with open('.env', 'w') as f: f.write('1')\nwith open('.env') as f: f.read()",
    "lake files": "lake.repo('flights').commit('main').read('weather.csv')",
}


@pytest.mark.parametrize("source", QUIET.values(), ids=QUIET)
def test_what_is_no_data_is_not_named(
    notebook: Notebook, lake: store.Lake, data: Path, source: str
) -> None:
    notebook.ok(source)
    assert runs_of(lake)[-1].untracked == ()


def test_our_own_spool_and_cache_are_not_named(
    notebook: Notebook, lake: store.Lake, data: Path
) -> None:
    notebook.ok("from jupyter_lake.lineage import activity; seen = activity(lake)")
    config.cache_dir().mkdir(parents=True, exist_ok=True)
    (config.cache_dir() / "block").write_text("x")
    notebook.ok(f"with open({str(config.cache_dir() / 'block')!r}) as f: f.read()")
    assert [run.untracked for run in runs_of(lake)] == [(), ()]


def test_a_file_is_named_from_the_working_folder_or_the_home_or_in_full(
    notebook: Notebook, lake: store.Lake, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = data.parent / "elsewhere.csv"
    elsewhere.write_text("x")
    notebook.ok(f"with open({str(elsewhere)!r}) as f: f.read()")
    assert runs_of(lake)[-1].untracked == (str(elsewhere),)
    monkeypatch.setenv("HOME", str(data.parent))
    notebook.ok(f"with open({str(elsewhere)!r}) as f: f.read()")
    assert runs_of(lake)[-1].untracked == ("~/elsewhere.csv",)


def test_a_stopped_recorder_hears_nothing_more(
    notebook: Notebook, lake: store.Lake, data: Path
) -> None:
    from jupyter_lake.lineage import untracked

    notebook.recorder.stop()
    assert untracked._sinks == []


def test_readers_imported_later_are_wrapped_and_pickle_as_before(data: Path) -> None:
    code = (
        "import pickle, sys\n"
        "from jupyter_lake.lineage.untracked import Watch\n"
        "seen = []\n"
        "watch = Watch(seen.extend)\n"
        "assert 'polars' not in sys.modules and 'pyarrow.parquet' not in sys.modules\n"
        "import polars, pyarrow.parquet\n"
        "polars.read_csv('a.csv'); pyarrow.parquet.read_table('a.parquet')\n"
        "for reader in (polars.read_csv, pyarrow.parquet.read_table):\n"
        "    assert pickle.loads(pickle.dumps(reader)) is reader\n"
        "watch.close()\n"
        "polars.read_csv('a.csv')\n"
        "assert list(dict.fromkeys(seen)) == ['a.csv', 'a.parquet'], seen\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, cwd=data)
