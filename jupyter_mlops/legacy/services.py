"""Services of the machine that a notebook was written on: databases, clusters, servers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jupyter_mlops.legacy.failure import Failure
from jupyter_mlops.legacy.session import NOWHERE_PORT

_REFUSED = re.compile(r"Connection ?[Rr]efused|ConnectionRefusedError|Can't connect to|Errno 111\b")
_HERE = r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b"
_SAID = re.compile(
    rf"{_HERE}['\"]?(?: \([\d.]+\))?(?:(?:[:,]|\s)\s*(?:port[ =])?(?P<port>\d{{2,5}}|9)\b)?"
)
_WRITTEN = re.compile(
    rf"(?<=['\"/@]){_HERE}['\"]?(?:(?::|,\s*(?:port\s*=\s*)?)(?P<port>\d{{2,5}})\b)?"
)
_CLUSTER = re.compile(r"ipcontroller-client\.json|Hub connection request timed out")
_KNOWN = {
    "3306": "MySQL",
    "5432": "PostgreSQL",
    "5672": "RabbitMQ",
    "6379": "Redis",
    "7077": "Spark",
    "7474": "Neo4j",
    "7687": "Neo4j",
    "9042": "Cassandra",
    "9200": "Elasticsearch",
    "11211": "memcached",
    "25333": "Java, by Py4J",
    "27017": "MongoDB",
}


def needs_cluster(failure: Failure) -> bool:
    """True if a client of ipyparallel found no cluster."""
    return _CLUSTER.search(failure.message) is not None


def service_of(failure: Failure, sources: Iterable[str]) -> str | None:
    """The address of this machine where nothing answered; None if it was none of this machine.

    Args:
        failure: of the cell.
        sources: the code on the way to the error, the innermost last.
    """
    if not _REFUSED.search(f"{failure.kind}: {failure.message}"):
        return None
    if found := _SAID.search(failure.message):
        # What a library was kept from by the proxy that leads nowhere is the network.
        return None if found["port"] == NOWHERE_PORT else _named(found["port"])
    for source in reversed(tuple(sources)):
        if found := _WRITTEN.search(source):
            return _named(found["port"])
    return None


def _named(port: str | None) -> str:
    address = "localhost" if port is None else f"localhost:{port}"
    return f"{address} ({_KNOWN[port]})" if port in _KNOWN else address
