"""The order in which a set gives its items, which a pickle does not keep.

It depends on the history of the set's hash table: how large it is, and which of two items that want
the same slot came first. From table and order a history is found that ends in the same order.
The probing is that of CPython's ``setobject.c``, the same in 3.11 to 3.13.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MOST_ITEMS = 10_000  # finding a history takes about a second then
_PLAIN = frozenset({str, bytes, int, float, bool})
_LINEAR_PROBES = 9
_DEEPEST = 40
_ENTRY = 16
_SMALLEST = 8

History = tuple[list[Any], int]
"""Items in the order in which they are added, and the number of slots of the table."""


def disordered(memo: Mapping[int, tuple[int, Any]]) -> Iterator[tuple[Any, History]]:
    """The sets in a pickler's memo that a pickle would give back in another order.

    Only sets of texts, bytes, numbers and tuples of these count: the order of others is not the same
    in two runs of a notebook either.
    """
    for _, value in memo.values():
        kind = type(value)
        if kind is not set and kind is not frozenset:
            continue
        if 1 < len(value) <= _MOST_ITEMS and all(map(_is_plain, value)):
            items = list(value)
            if not _same(kind(items), items) and (history := _find(value, items)) is not None:
                yield value, history


def build(kind: type, items: Iterable[Any], slots: int) -> Any:
    """A set to which the items were added in this order, in a table of so many slots."""
    order = list(items)
    first = order[: slots // 2 - 1]
    # A set made from a dictionary has at once more than twice as many slots as that has keys.
    fill = [object() for _ in range(slots // 4 - len(first))] if slots > _SMALLEST else []
    made = set(dict.fromkeys([*first, *fill]))
    made.update(order[len(first) :])
    made.difference_update(fill)
    return made if kind is set else kind(made)


def _is_plain(item: Any) -> bool:
    if type(item) is tuple:
        return all(map(_is_plain, item))
    return type(item) in _PLAIN


def _same(made: Iterable[Any], items: list[Any]) -> bool:
    return all(one is other for one, other in zip(made, items, strict=True))


def _find(value: Any, items: list[Any]) -> History | None:
    """A history that gives the items in this order, or None."""
    slots = max(_SMALLEST, (sys.getsizeof(value) - sys.getsizeof(type(value)())) // _ENTRY)
    places = _place(items, slots - 1)
    order = None if places is None else _order(items, places, slots - 1)
    if order is None or not _same(build(type(value), order, slots), items):
        return None
    return order, slots


def _probes(item: Any, mask: int) -> Iterator[int]:
    """Slots in which the item is put, the first free one taken."""
    hashed = hash(item)
    perturb = hashed & (1 << 64) - 1
    slot = hashed & mask
    while True:
        near = _LINEAR_PROBES if slot + _LINEAR_PROBES <= mask else 0
        yield from range(slot, slot + near + 1)
        perturb >>= 5
        slot = (slot * 5 + 1 + perturb) & mask


def _first_probes(item: Any, mask: int) -> list[int]:
    slots: dict[int, None] = {}
    for slot, _ in zip(_probes(item, mask), range(_DEEPEST), strict=False):
        slots[slot] = None
    return list(slots)


def _place(items: list[Any], mask: int) -> list[int] | None:
    """A slot for each item, ascending, with as few probes as can be; None if there are none."""
    # Of each item: (slot, cost so far, index of the best choice for the item before).
    choices: list[list[tuple[int, int, int]]] = []
    for item in items:
        found = sorted((slot, depth) for depth, slot in enumerate(_first_probes(item, mask)))
        best, at, before = (0, -1, 0) if not choices else (sys.maxsize, -1, 0)
        row = []
        for slot, depth in found:
            while choices and before < len(choices[-1]) and choices[-1][before][0] < slot:
                if choices[-1][before][1] < best:
                    best, at = choices[-1][before][1], before
                before += 1
            if best < sys.maxsize:
                row.append((slot, best + depth, at))
        if not row:
            return None
        choices.append(row)
    index = min(range(len(choices[-1])), key=lambda i: choices[-1][i][1])
    places = []
    for row in reversed(choices):
        slot, _, index = row[index]
        places.append(slot)
    return places[::-1]


def _order(items: list[Any], places: list[int], mask: int) -> list[Any] | None:
    """The items so that each comes after those that stand in its way; None if that cannot be."""
    holder = dict(zip(places, range(len(items)), strict=True))
    order: list[int] = []
    state = [0] * len(items)  # 1 while those in its way are looked at, 2 when it is in the order
    for start in range(len(items)):
        pending = [start]
        while pending:
            index = pending[-1]
            if state[index] == 0:
                state[index] = 1
                for slot in _first_probes(items[index], mask):
                    if slot == places[index]:
                        break
                    other = holder.get(slot)
                    if other is None or state[other] == 1:
                        return None
                    if state[other] == 0:
                        pending.append(other)
            else:
                pending.pop()
                if state[index] == 1:
                    state[index] = 2
                    order.append(index)
    return [items[index] for index in order]
