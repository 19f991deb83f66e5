"""A registry of any size as files: organisations with realistic names in several scripts, and who belongs to which network. Seeded."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from services.actors.model.records import Actor, actor_id_of
from services.actors.model.vocabulary import ActorKind

SEED = 20261121
PLACES = (
    "Grenoble", "Lyon", "Saint-Denis", "Köln", "Łódź", "Αθήνα", "Θεσσαλονίκη", "София", "Київ", "Barcelona", "Palermo", "Gent", "Århus", "Malmö",
    "Zürich", "Genève", "Wien", "Sankt Pölten", "Praha", "Brno", "Kraków", "Gdańsk", "Bologna", "Torino", "València", "Málaga", "A Coruña",
    "Lisboa", "Coimbra", "Dublin", "Glasgow", "Leeds", "İzmir", "Gaziantep", "عمّان", "بيروت", "تونس", "Tbilisi", "Երևան", "Chișinău", "Iași",
    "Zagreb", "Ljubljana", "Sarajevo", "Скопје", "Београд", "Tirana", "Helsinki", "Tampere", "Tartu", "Rīga", "Vilnius", "Reykjavík", "Utrecht",
)  # fmt: skip
SYLLABLES = ("ba", "cho", "dre", "el", "fri", "gan", "hol", "is", "ja", "kro", "lan", "mer", "nov", "or", "pra", "quil", "ros", "sta", "tri", "ul",
             "ver", "wal", "xan", "yve", "zel", "burg", "ton", "ville", "dorf", "ska", "ino", "eau", "berg", "field", "mont", "haven")  # fmt: skip
BEFORE = (
    "Association", "Collectif", "Refugee Council of", "Verein", "Flüchtlingsrat", "Casa", "Cooperativa", "Fundación", "Stowarzyszenie",
    "Σύλλογος", "Фонд", "جمعية", "Amis de", "Welcome", "Solidarity with", "Bureau d'accueil de", "Ajuntament de", "Stadt", "City of",
)  # fmt: skip
AFTER = ("sans frontières", "for all", "solidaire", "e.V.", "Onlus", "Network", "Centre", "House", "United", "Friends", "Accueil", "Open Door")
COUNTRIES = ("FR", "DE", "IT", "ES", "PL", "GR", "BG", "UA", "BE", "NL", "DK", "SE", "CH", "AT", "CZ", "PT", "IE", "GB", "TR", "JO", "LB", "TN")
KINDS = ("municipality",) * 5 + ("civil_society",) * 9 + ("university", "public_body", "region", "international_organisation")
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MEMBER_OF = 4
"""Networks of each imported actor."""
NETWORKS_SHARE = 400
"""One network for so many actors."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the registry is."""

    actors: int
    memberships: int

    @property
    def networks(self) -> int:
        """How many of the actors are networks."""
        return max(4, self.actors // NETWORKS_SHARE)


def _place(random: Random) -> str:
    if random.random() < 0.4:
        return random.choice(PLACES)
    return "".join(random.choices(SYLLABLES, k=random.choice((2, 3, 3, 4)))).capitalize()


def names(size: Size) -> Iterator[str]:
    """The names of the actors, in their order."""
    random = Random(SEED)
    for _ in range(size.actors):
        name = _place(random)
        style = random.random()
        if style < 0.45:
            name = f"{random.choice(BEFORE)} {name}"
        elif style < 0.65:
            name = f"{name} {random.choice(AFTER)}"
        elif style < 0.75:
            name = f"{random.choice(BEFORE)} {name} {random.choice(AFTER)}"
        yield name


def actors(size: Size) -> Iterator[Actor]:
    """The actors, in their order."""
    random = Random(SEED + 1)
    for at, name in enumerate(names(size)):
        kind = ActorKind.NETWORK if at < size.networks else ActorKind(random.choice(KINDS))
        placed = kind is not ActorKind.NETWORK and random.random() < 0.9
        yield Actor(
            id=actor_id_of(f"actor-{at}"), slug=f"actor-{at}", kind=kind, name=name, country=random.choice(COUNTRIES),
            lat=round(random.uniform(35, 65), 5) if placed else None, lon=round(random.uniform(-10, 40), 5) if placed else None,
            population=int(10 ** random.uniform(3, 6.5)) if kind is ActorKind.MUNICIPALITY else None, source="synthetic", created_at=NOW,
            updated_at=NOW,
        )  # fmt: skip


def pairs(size: Size) -> Iterator[tuple[int, int]]:
    """Networks and members by their numbers; a few networks are large, most are small."""
    random = Random(SEED + 2)
    seen: set[tuple[int, int]] = set()
    while len(seen) < size.memberships:
        network = min(int(random.paretovariate(0.6)) - 1, size.networks - 1) if random.random() < 0.5 else random.randrange(size.networks)
        pair = network, random.randrange(size.networks, size.actors)
        if pair not in seen:
            seen.add(pair)
            yield pair


def import_files(size: Size, count: int) -> dict[str, bytes]:
    """A set of files with so many new actors, each a member of four networks that are there."""
    random = Random(SEED + 4)
    actors: list[list[object]] = []
    members: list[list[object]] = []
    for at in range(count):
        name = f"{random.choice(BEFORE)} {_place(random)}"
        place = round(random.uniform(35, 65), 5), round(random.uniform(-10, 40), 5)
        actors.append([f"new-{at}", "civil_society", name, "", random.choice(COUNTRIES), *place, "", "", "synthetic"])
        members += [[f"actor-{network}", f"new-{at}", "member", 2020, "synthetic"] for network in random.sample(range(size.networks), k=MEMBER_OF)]
    return {
        "actors": _file("id,kind,name,local_name,country,lat,lon,population,website,source", actors),
        "memberships": _file("network_id,member_id,role,since,source", members),
    }


def questions(size: Size, count: int) -> list[str]:
    """What people type: whole names, beginnings, single words, typing errors, other scripts, and what nobody has."""
    random = Random(SEED + 3)
    known = list(names(size))
    found: list[str] = []
    while len(found) < count:
        name = random.choice(known)
        word = random.choice(name.split())
        style = random.random()
        if style < 0.3:
            found.append(name)
        elif style < 0.55:
            found.append(name[: random.randint(3, max(3, len(name)))].strip())
        elif style < 0.8:
            found.append(word)
        elif style < 0.95 and len(word) > 4:
            at = random.randrange(1, len(word) - 1)
            found.append(
                random.choice((word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + "x" + word[at:]))
            )
        elif style >= 0.95:
            found.append("".join(random.choices("bcdfghjklmnpqrstvwxz", k=9)))
    return [text for text in found if text]


def _file(header: str, lines: list[list[object]]) -> bytes:
    text = io.StringIO()
    text.write(header + "\n")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
