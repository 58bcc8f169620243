"""What a cell's data flow is told in: keys of executions, edges, certainties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["CellFlow", "Certainty", "Edge", "Writers", "strongest", "weakest"]

Certainty: TypeAlias = Literal["observed", "possible"]
Writers: TypeAlias = tuple[tuple[str, Certainty], ...]
"""The executions that a version comes from, newest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Data that came to a cell from an earlier execution.

    Attributes
    ----------
    upstream_key
        The execution that wrote what was read.
    variables
        The names that carried it, sorted.
    certainty
        ``observed``, or ``possible`` where it can only be guessed.
    """

    upstream_key: str
    variables: tuple[str, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFlow:
    """What one execution of a cell read and wrote.

    Attributes
    ----------
    edges
        One for each execution that data came from, in order of first use.
    reads, writes
        Names of variables, sorted. Whoever changes an object has read it as well.
    """

    edges: tuple[Edge, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


def strongest(first: Certainty, second: Certainty) -> Certainty:
    """Return ``observed`` if either is."""
    return "observed" if "observed" in (first, second) else "possible"


def weakest(first: Certainty, second: Certainty) -> Certainty:
    """Return ``possible`` if either is: a chain is as sure as its weakest link."""
    return "possible" if "possible" in (first, second) else "observed"
