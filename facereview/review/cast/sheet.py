"""From the faces of a video and what is said of them to the rows of its cast sheet.

A row is a person: the faces that carry one creator's name, with the tracks that surely are that
creator; a track that is only likely somebody; matches of the machine that would not be settled any
more; or unknown faces of one cluster. Nobody is twice in a frame: of two groups that would meet in
one, the surer keeps the row and the other gets its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from facereview.records import DECIDED, Creator, Face, Status
from facereview.review.cast.records import CastRow, Place, RowKind, Said, waits

BEST = 8
"""Crops of a row."""

_ORDER = (RowKind.SURE, RowKind.LIKELY, RowKind.OPEN, RowKind.DECIDED, RowKind.REJECTED)

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Group:
    """Faces that always share a row: of one track, in one state."""

    key: Key
    """What it shares with others of its row."""
    kind: RowKind
    faces: tuple[Face, ...]
    said: Said | None = None


def rows(
    faces: Sequence[Face],
    places: Mapping[int, Place],
    said: Mapping[int, Said],
    kinds: Mapping[int, RowKind],
    creators: Mapping[int, Creator],
    *,
    mirrored: frozenset[int] = frozenset(),
) -> tuple[CastRow, ...]:
    """The rows of a video's faces, those that one key settles first.

    ``said`` is by track what the evidence says of it, ``kinds`` how sure that is. ``mirrored``
    faces may share a frame with others of their row.
    """
    groups = _groups(faces, places, said, kinds)
    found = [_row(part, places, creators) for part in _parted(groups, places, mirrored)]
    shown = _shown(found)
    with_rivals = [_meeting(row, shown) for row in found]
    return tuple(
        sorted(with_rivals, key=lambda r: (_ORDER.index(r.kind), -len(r.faces), r.faces[0].id))
    )


def _groups(
    faces: Sequence[Face],
    places: Mapping[int, Place],
    said: Mapping[int, Said],
    kinds: Mapping[int, RowKind],
) -> list[_Group]:
    parts: dict[tuple[Key, Key, RowKind], list[Face]] = defaultdict(list)
    for face in faces:
        place = places.get(face.id, Place(None, None))
        kind, own = _kind(face, place, said, kinds), _own(face, place)
        parts[_key(face, place, kind, said), own, kind].append(face)
    return [
        _Group(key, kind, tuple(some), _judgement(own, kind, said))
        for (key, own, kind), some in parts.items()
    ]


def _own(face: Face, place: Place) -> Key:
    """The track of a face; one without is of its own."""
    return ("face", face.id) if place.track is None else ("track", place.track)


def _judgement(own: Key, kind: RowKind, said: Mapping[int, Said]) -> Said | None:
    """What is said of the faces of a track, where their row rests on it."""
    rests = own[0] == "track" and kind in (RowKind.SURE, RowKind.LIKELY)
    return said.get(own[1]) if rests and not _unjudged(said.get(own[1])) else None


def _unjudged(said: Said | None) -> bool:
    """Whether an error rate is in force, and nothing was said of a track yet."""
    return said is not None and said.chance is not None and said.chance.risk is None


def _kind(
    face: Face, place: Place, said: Mapping[int, Said], kinds: Mapping[int, RowKind]
) -> RowKind:
    if face.state.status is Status.REJECTED:
        return RowKind.REJECTED
    if not waits(face):
        return RowKind.DECIDED
    now = said.get(place.track or 0)
    denied = face.by_machine and face.state.creator_id in place.denied
    unknown = now is None or now.chance is None or _unjudged(now)
    if face.by_machine and unknown and not denied:
        return RowKind.SURE
    if denied or (now is not None and face.id in now.unlike):
        return RowKind.OPEN
    if face.by_machine and now is not None and now.creator_id != face.state.creator_id:
        return RowKind.OPEN
    return kinds.get(place.track or 0, RowKind.OPEN)


def _key(face: Face, place: Place, kind: RowKind, said: Mapping[int, Said]) -> Key:
    """What faces of one row share."""
    given = said.get(place.track or 0)
    if face.state.status in DECIDED and face.state.creator_id is not None:
        doubtful = face.by_machine and kind is not RowKind.SURE
        return kind.value if doubtful else "creator", face.state.creator_id
    if kind is RowKind.SURE and given is not None and given.creator_id is not None:
        return "creator", given.creator_id
    if kind is RowKind.OPEN and given is not None and face.id in given.unlike:
        return "face", face.id
    if kind is RowKind.OPEN and place.cluster is not None:
        return "cluster", place.cluster
    if kind is RowKind.REJECTED:
        return "rejected", _own(face, place)[1]
    return _own(face, place)


def _parted(
    groups: Sequence[_Group], places: Mapping[int, Place], mirrored: frozenset[int]
) -> list[list[_Group]]:
    """Groups of one key, parted where two would show one person twice in a frame.

    So they are where a curator split one off the other.
    """
    by_key: dict[Key, list[_Group]] = defaultdict(list)
    for group in groups:
        by_key[group.key].append(group)
    found: list[list[_Group]] = []
    for some in by_key.values():
        own: list[tuple[list[_Group], set[float]]] = []
        for group in sorted(some, key=_strength):
            frames = {f.timestamp for f in group.faces if f.id not in mirrored}
            for members, taken in own:
                if not taken & frames and not any(_split(group, one, places) for one in members):
                    members.append(group)
                    taken.update(frames)
                    break
            else:
                own.append(([group], frames))
        found += [members for members, _ in own]
    return found


def _split(one: _Group, other: _Group, places: Mapping[int, Place]) -> bool:
    """Whether a curator took faces of one out of a cluster of the other; names count for more."""
    if one.kind is other.kind is RowKind.DECIDED:
        return False
    both = [[places[f.id] for f in group.faces if f.id in places] for group in (one, other)]
    here, there = ({place.cluster for place in some} for some in both)
    out, away = ({c for place in some for c in place.apart} for some in both)
    return bool(here & away or there & out)


def _strength(group: _Group) -> tuple[int, float, int]:
    """Decided ones first, then the surest, then the largest."""
    risk = 1.0
    if group.said is not None and group.said.chance is not None:
        risk = group.said.chance.risk or risk
    decided = 0 if group.kind is RowKind.DECIDED else 1
    return decided, risk, -len(group.faces)


def _row(
    groups: Sequence[_Group], places: Mapping[int, Place], creators: Mapping[int, Creator]
) -> CastRow:
    faces = tuple(sorted((f for g in groups for f in g.faces), key=lambda f: (f.timestamp, f.id)))
    waiting = [group for group in groups if group.kind is not RowKind.DECIDED]
    said = max((g.said for g in waiting if g.said), key=_doubt, default=None)
    named = [f.state.creator_id for f in faces if f.state.status in DECIDED]
    creator_id = named[0] if named else said.creator_id if said else None
    undecided = [f for g in waiting for f in g.faces if f.state.status is not Status.REJECTED]
    clusters = Counter(
        place.cluster for f in faces if (place := places.get(f.id)) and place.cluster is not None
    )
    return CastRow(
        kind=waiting[0].kind if waiting else RowKind.DECIDED,
        faces=faces,
        best=_best(faces),
        creator=creators.get(creator_id or 0),
        rival=creators.get(said.rival_id or 0) if said else None,
        rival_similarity=said.rival_similarity if said else None,
        similarity=said.similarity if said else None,
        chance=said.chance if said else None,
        agree=sum(face.state.creator_id == creator_id for face in undecided) if creator_id else 0,
        undecided=len(undecided),
        clusters=tuple(cluster for cluster, _ in clusters.most_common()),
    )


def _doubt(said: Said) -> float:
    return 1.0 if said.chance is None or said.chance.risk is None else said.chance.risk


def _best(faces: Sequence[Face]) -> tuple[int, ...]:
    ranked = sorted(faces, key=lambda f: (-(f.quality or 0.0), f.timestamp, f.id))
    first: dict[float, int] = {}
    for face in ranked:
        first.setdefault(face.timestamp, face.id)
    return tuple(list(first.values())[:BEST])


def _meeting(row: CastRow, shown: Mapping[int, Collection[tuple[float, int]]]) -> CastRow:
    """The row with a frame that also shows the one whom its rival is."""
    if row.rival is None:
        return row
    own, ids = {face.timestamp for face in row.faces}, {face.id for face in row.faces}
    others = shown.get(row.rival.id, ())
    times = [at for at, face in others if at in own and face not in ids]
    return replace(row, both_at=min(times)) if times else row


def _shown(found: Sequence[CastRow]) -> dict[int, list[tuple[float, int]]]:
    """The frames and faces of each creator's rows."""
    shown: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for row in found:
        if row.creator is not None:
            shown[row.creator.id] += [(face.timestamp, face.id) for face in row.faces]
    return shown
