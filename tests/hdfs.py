"""A real HDFS for the tests: a NameNode and a DataNode from Hadoop's own jars.

``make test-hdfs`` brings the jars and runs the store's tests on it; without
them the tests that name HDFS are not there.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from tests.servers import START_SECONDS, free_ports, running

JARS = Path(__file__).parents[1] / "build" / "hadoop"
USER = "lakekeeper"

_DAEMONS = "org.apache.hadoop.hdfs.server"
_JAVA = (
    "java",
    # Hadoop 2.7 looks into a part of Java that has been closed since.
    *("--add-exports", "java.security.jgss/sun.security.krb5=ALL-UNNAMED"),
    *("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
)
_LOGGING = """log4j.rootLogger=WARN,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%p %c{2}: %m%n
"""


def has_hdfs() -> bool:
    """Whether ``make test-hdfs`` has brought the jars."""
    return JARS.is_dir()


@contextmanager
def hdfs_cluster(home: Path) -> Iterator[str]:
    """Run an HDFS of one machine below a folder; yield its URL."""
    [port] = free_ports(1)
    url = f"hdfs://127.0.0.1:{port}"
    _configure(home, url)
    command = [*_JAVA, "-cp", f"{home}:{JARS}/*"]
    name_node = [*command, f"{_DAEMONS}.namenode.NameNode"]
    environment = os.environ | {"HADOOP_USER_NAME": USER}
    subprocess.run(
        [*name_node, "-format", "-nonInteractive"], check=True, capture_output=True, env=environment
    )
    with ExitStack() as stack:
        stack.enter_context(running(name_node, port, home / "name.log", environment=environment))
        data_node = [*command, f"{_DAEMONS}.datanode.DataNode"]
        stack.enter_context(running(data_node, None, home / "data.log", environment=environment))
        _await_data_node(url, home / "data.log")
        yield url


def _configure(home: Path, url: str) -> None:
    anywhere = "127.0.0.1:0"
    settings = {
        "dfs.namenode.name.dir": f"file://{home}/names",
        "dfs.datanode.data.dir": f"file://{home}/blocks",
        "dfs.namenode.http-address": anywhere,
        "dfs.datanode.http.address": anywhere,
        "dfs.datanode.address": anywhere,
        "dfs.datanode.ipc.address": anywhere,
        "dfs.datanode.hostname": "127.0.0.1",
        "dfs.namenode.datanode.registration.ip-hostname-check": "false",
        "dfs.webhdfs.enabled": "false",
        "dfs.replication": "1",
        "dfs.safemode.extension": "0",
    }
    for folder in ("webapps/hdfs", "webapps/datanode"):
        (home / folder).mkdir(parents=True)
    (home / "core-site.xml").write_text(_xml({"fs.defaultFS": url}))
    (home / "hdfs-site.xml").write_text(_xml(settings))
    (home / "log4j.properties").write_text(_LOGGING)


def _xml(settings: dict[str, str]) -> str:
    lines = (
        f"<property><name>{name}</name><value>{value}</value></property>"
        for name, value in settings.items()
    )
    return f"<configuration>{''.join(lines)}</configuration>"


def _await_data_node(url: str, log: Path) -> None:
    """Return when a file can be written, which takes the DataNode."""
    from hdfs_native import Client, WriteOptions

    os.environ["HADOOP_USER_NAME"] = USER
    client = Client(url)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with client.create(f"/{uuid4().hex}", WriteOptions(overwrite=True)) as file:
                file.write(b"x")
        except (RuntimeError, OSError):
            if time.monotonic() > deadline:
                raise RuntimeError(f"HDFS did not start:\n{log.read_text()[-3000:]}") from None
            time.sleep(0.1)
        else:
            return
