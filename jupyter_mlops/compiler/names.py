"""What a piece of code does to names, and what the functions in it do when they are called."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Body:
    """What functions, lambdas and classes do to global names when they are called.

    ``nested`` is True if a call may give a function or an instance that acts on names later,
    ``everything`` if one may read or bind any name, by ``eval`` for example.
    """

    reads: dict[str, int] = field(default_factory=dict)
    binds: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    nested: bool = False
    everything: bool = False

    def add(self, other: Body) -> None:
        """Take in what another body does."""
        for name, line in other.reads.items():
            self.reads.setdefault(name, line)
        self.binds |= other.binds
        self.mutates |= other.mutates
        self.nested |= other.nested
        self.everything |= other.everything


@dataclass(slots=True)
class Names:
    """What a piece of code does to names.

    Attributes:
        exposed: names that may be read before the code has certainly bound them → first line.
        guarded: the exposed ones that a missing binding does not break (shell expansions, reads
            under ``except NameError``).
        deferred: what bodies defined here do when they are called.
        later: names that these bodies may read before the code has certainly bound them.
        bodies: per bound name, what the bodies in its binding statements do.
        carries: per bound name, the names mentioned in its binding statements.
        calls: per bound name, the names that its binding statements only call.
        binds: names that may be bound → first line.
        certain: names bound for certain at the end.
        deletes: names that may be deleted.
        gone: names that are deleted for certain at the end.
        mutates: names whose value may be changed in place, as far as the syntax shows it.
        imports: names bound by import statements only.
        modules: top-level modules imported.
        stars: modules star-imported.
        everything: any name may be read or bound.
        paths: string literals, and words of magics, that look like paths.
        reads_paths: those of them that a call that reads files names.
        writes_paths: those of them that a call that writes files names.
        ends: line of a statement after which nothing runs, or None.
    """

    exposed: dict[str, int] = field(default_factory=dict)
    guarded: set[str] = field(default_factory=set)
    deferred: Body = field(default_factory=Body)
    later: set[str] = field(default_factory=set)
    bodies: dict[str, Body] = field(default_factory=dict)
    carries: dict[str, set[str]] = field(default_factory=dict)
    calls: dict[str, set[str]] = field(default_factory=dict)
    binds: dict[str, int] = field(default_factory=dict)
    certain: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    stars: set[str] = field(default_factory=set)
    everything: bool = False
    paths: set[str] = field(default_factory=set)
    reads_paths: set[str] = field(default_factory=set)
    writes_paths: set[str] = field(default_factory=set)
    ends: int | None = None
