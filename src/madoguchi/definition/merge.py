"""Two people's changes to one definition, brought together. Works on the plain JSON form of definitions.

What only one of them changed is taken; what both changed differently is a clash, and nobody's change is dropped
silently. Fields are matched by id, views, statuses and the like by code, so that moving one is not a rewrite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Side = Literal["mine", "theirs"]
Plain: TypeAlias = Mapping[str, Any]

ORDER: Final = "@order"
"""Last step of the path of a clash about the order of a list."""
KEYS: Mapping[Path, str] = {
    ("fields",): "id", ("views",): "code", ("charts",): "code", ("notifications",): "code", ("documents",): "code",
    ("process", "statuses"): "code", ("process", "actions"): "code", ("procedure", "return_templates"): "code",
    ("procedure", "reject_templates"): "code",
}
"""Lists whose items are matched by a key; every other list is one value."""
OBJECTS: frozenset[Path] = frozenset({(), ("process",), ("procedure",), ("procedure", "notices")})


class _Missing:
    """What is not there; differs from an explicit null."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Clash:
    """A place that both changed differently; ``mine`` and ``theirs`` are ``MISSING`` where it was removed."""

    path: Path
    mine: Any
    theirs: Any

    @property
    def key(self) -> str:
        """The path as one text, under which a choice is made."""
        return "/".join(map(str, self.path)) or "@all"


@dataclass(frozen=True, slots=True)
class Merged:
    """``definition`` has the chosen side of every clash, and theirs where nothing was chosen (``clashes``)."""

    definition: dict[str, Any]
    clashes: tuple[Clash, ...]


def merge(base: Plain, mine: Plain, theirs: Plain, *, choices: Mapping[str, Side] | None = None) -> Merged:
    """Both changes since ``base`` in one definition. ``choices`` say which side of a clash counts, by its ``key``."""
    work = _Merge(choices or {})
    mine = _with_fresh_ids(base, mine, theirs)
    return Merged(dict(work.value((), base, mine, theirs)), tuple(work.clashes))


def at(definition: Any, path: Path) -> Any:
    """What stands at the path of a clash; ``MISSING`` where there is nothing."""
    here: Path = ()
    for step in path:
        if step == ORDER:
            return [item[KEYS[here]] for item in definition]
        if here in KEYS:
            definition = next((item for item in definition or () if item[KEYS[here]] == step), MISSING)
        else:
            definition = definition.get(step, MISSING) if isinstance(definition, Mapping) else MISSING
        here = (*here, step)
    return definition


def highest_id(definition: Plain) -> int:
    """The highest field id in a definition, columns of tables included."""
    return max((number for field in definition.get("fields", ()) for number in _ids(field)), default=0)


def _ids(field: Plain) -> list[int]:
    return [field["id"], *(sub["id"] for sub in field.get("fields", ()))]


def _with_fresh_ids(base: Plain, mine: Plain, theirs: Plain) -> Plain:
    """My new fields with ids that theirs do not use: two people who each add a field both take the next number."""
    known = {number for field in base.get("fields", ()) for number in _ids(field)}
    added = {number for field in theirs.get("fields", ()) for number in _ids(field)} - known
    same = [field for field in mine.get("fields", ()) if field in theirs.get("fields", ())]
    counter = max(highest_id(base), highest_id(mine), highest_id(theirs))
    fields = []
    for field in mine.get("fields", ()):
        if field not in same and set(_ids(field)) & added:
            field, counter = _renumbered(field, added, counter)
        fields.append(field)
    return {**mine, "fields": fields}


def _renumbered(field: Plain, taken: set[int], counter: int) -> tuple[Plain, int]:
    fresh = dict(field)
    if field["id"] in taken:
        counter += 1
        fresh["id"] = counter
    subs = []
    for sub in field.get("fields", ()):
        if sub["id"] in taken:
            counter += 1
            sub = {**sub, "id": counter}
        subs.append(sub)
    return (fresh | {"fields": subs} if subs else fresh), counter


class _Merge:
    def __init__(self, choices: Mapping[str, Side]) -> None:
        self._choices = choices
        self.clashes: list[Clash] = []

    def value(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """The value at ``path`` after both changes."""
        if mine == theirs or base == theirs:
            return mine
        if base == mine:
            return theirs
        whole = _whole(base, mine, theirs)
        if not whole and path in KEYS:
            return self._items(path, base or [], mine or [], theirs or [])
        if not whole and (path in OBJECTS or path[:-1] in KEYS) and not _changes_kind(base, mine, theirs):
            return self._object(path, base, mine, theirs)
        return self._choose(Clash(path, mine, theirs))

    def _object(self, path: Path, base: Plain, mine: Plain, theirs: Plain) -> dict[str, Any]:
        result = {}
        for key in dict.fromkeys([*theirs, *mine, *base]):
            sides = (side.get(key, MISSING) for side in (base, mine, theirs))
            found = self.value((*path, key), *sides)
            if found is not MISSING:
                result[key] = found
        return result

    def _items(self, path: Path, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
        key = KEYS[path]
        sides = [{item[key]: item for item in side} for side in (base, mine, theirs)]
        found = {
            name: self.value((*path, name), *(side.get(name, MISSING) for side in sides))
            for name in dict.fromkeys(name for side in sides for name in side)
        }
        order = self._order(path, *(list(side) for side in sides))
        return [found[name] for name in order if found[name] is not MISSING]

    def _order(self, path: Path, base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
        moved = [_moved(base, side) for side in (mine, theirs)]
        if all(moved) and [n for n in mine if n in theirs] != [n for n in theirs if n in mine]:
            chosen = self._choose(Clash((*path, ORDER), mine, theirs))
        else:
            chosen = mine if moved[0] else theirs
        return _with_others(chosen, theirs if chosen is mine else mine, base)

    def _choose(self, clash: Clash) -> Any:
        side = self._choices.get(clash.key)
        if side is None:
            self.clashes.append(clash)
        return clash.mine if side == "mine" else clash.theirs


def _whole(*sides: Any) -> bool:
    """True if one side has nothing to go into: what was added twice or removed is taken or left as a whole."""
    return any(side is MISSING or side is None for side in sides)


def _changes_kind(base: Plain, mine: Plain, theirs: Plain) -> bool:
    """A field of another type is another field: its settings do not mix with those of the old type."""
    return len({side.get("type") for side in (base, mine, theirs)}) > 1


def _moved(base: Iterable[Any], side: list[Any]) -> bool:
    common = [name for name in base if name in side]
    return [name for name in side if name in common] != common


def _with_others(order: list[Any], other: list[Any], base: list[Any]) -> list[Any]:
    """``order`` with what only ``other`` has (or kept against a removal), each behind its neighbour there."""
    result = list(order)
    for index, name in enumerate(other):
        if name not in result:
            before = next((n for n in reversed(other[:index]) if n in result), None)
            result.insert(result.index(before) + 1 if before is not None else 0, name)
    return [*result, *(name for name in base if name not in result)]
