"""What is read of the network: its picture, ways through it, what is alike, and how it grew."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.actors.model.vocabulary import ActorKind


class Ref(BaseModel):
    """An actor as others name it."""

    id: UUID
    slug: str = Field(examples=["grenoble-fr"])
    kind: ActorKind
    name: str = Field(examples=["Grenoble"])


class Node(BaseModel):
    """An actor in the graph. Discs with a radius of 4 + 3 * sqrt(degree) around `x`, `y` do not overlap. Who is too new to be drawn has no place."""

    id: UUID
    slug: str
    kind: ActorKind
    name: str
    country: str | None
    lat: float | None
    lon: float | None
    x: int | None = Field(description="To the right, in units of the drawing.", examples=[-120])
    y: int | None = Field(description="Downwards, in units of the drawing.", examples=[48])
    degree: int | None = Field(description="Memberships in the whole network.", examples=[7])
    community: int | None = Field(examples=[3])


class Edge(BaseModel):
    """A membership in the graph: from the member to the network."""

    source: UUID = Field(description="The member's id.")
    target: UUID = Field(description="The network's id.")
    role: str = Field(examples=["member"])
    since: int | None = Field(examples=[2018])


class Network(BaseModel):
    """Who belongs to which network, as nodes and edges."""

    nodes: list[Node]
    edges: list[Edge]


class NodeColumns(BaseModel):
    """Actors by columns: the n-th entry of each list is about the n-th actor. `kind` and `country` are places in `kinds` and `countries`.
    `format=picture` leaves out `id` and `community`."""

    id: list[UUID] | None = None
    slug: list[str]
    name: list[str]
    kind: list[int]
    country: list[int | None]
    x: list[int | None]
    y: list[int | None]
    degree: list[int | None]
    community: list[int | None] | None = None


class EdgeColumns(BaseModel):
    """Memberships by columns. `member` and `network` are places in the lists of actors, `role` in `roles`."""

    member: list[int]
    network: list[int]
    role: list[int]
    since: list[int | None]


class NetworkColumns(BaseModel):
    """The same as nodes and edges, in about a third of the space."""

    kinds: list[str]
    countries: list[str]
    roles: list[str]
    nodes: NodeColumns
    edges: EdgeColumns


class DrawingRead(BaseModel):
    """The newest drawing of the network: of when it is, and what it came to."""

    number: int
    computed_at: datetime
    actors: int = Field(description="Actors with at least one membership; only they are drawn.")
    memberships: int
    components: int = Field(description="Parts of the network between which no way leads.")
    communities: int
    modularity: float = Field(description="How clearly the communities part (0: not at all; above 0.3 is called clear).")
    bridging_exact: bool = Field(description="Whether `bridging` is exact; in very large networks it is estimated from 400 actors, chosen evenly.")


class CentralRead(BaseModel):
    """An actor and what its memberships come to."""

    actor: Ref
    degree: int = Field(description="Memberships in the drawing, on either side.")
    networks: int = Field(description="In how many networks it is now.")
    members: int = Field(description="How many members it has now (networks only).")
    bridging: float = Field(description="Betweenness, 0 to 1, three digits: over how large a share of shortest paths between others it lies.")
    community: int
    x: int
    y: int


class CommunityRead(BaseModel):
    """A group of actors that belong together more than to others (Louvain). Its number stays while most of it stays."""

    number: int
    size: int
    links: int = Field(description="Memberships within.")
    centre: Ref | None = Field(description="Who has most memberships within; null when it has left since.")
    since: datetime = Field(description="When a drawing first showed it.")


class PathsRead(BaseModel):
    """The shortest ways between two actors."""

    drawing: int
    length: int | None = Field(description="Memberships on each way; null where no way leads. Two members of one network are 2 apart.")
    count: int = Field(description="How many shortest ways there are in all; `paths` holds the first of them.")
    paths: list[list[Ref | None]] = Field(description="Actors from one end to the other; null: left since the drawing.")


class SharedRead(BaseModel):
    """A network in which several of the chosen actors are."""

    network: Ref
    actors: list[UUID]


class LinkRead(BaseModel):
    """A membership of the tree, whichever side is the network."""

    one: UUID
    other: UUID


class ConnectionRead(BaseModel):
    """What joins several actors. The tree has at most twice as many memberships as the smallest one (Mehlhorn's Steiner tree, 1988)."""

    drawing: int
    shared: list[SharedRead] = Field(description="Networks in which two or more of them are, those with most first; at most 50.")
    actors: list[Ref] = Field(description="All of the tree: the chosen ones and those between.")
    links: list[LinkRead]
    apart: list[list[UUID]] = Field(description="Groups between which no way leads; empty when all are joined.")


class LikenessRead(BaseModel):
    """Another network or actor, and how much it has in common."""

    actor: Ref
    common: int = Field(description="Members (or networks) that both have.")
    either: int = Field(description="Members (or networks) that one of the two has.")
    jaccard: float = Field(description="common / either, 0 to 1.")


class OverlapRead(BaseModel):
    """What networks have in common: with one other network, or with those that are most alike."""

    sizes: list[int] = Field(description="With `with`: how many members each of the two has.")
    common: int | None
    jaccard: float | None
    members: list[Ref] = Field(description="Members of both, by name, at most `limit`.")
    items: list[LikenessRead] = Field(description="Without `with`: networks by Jaccard index, the most alike first.")


class AlikeRead(BaseModel):
    """Actors whose networks are most alike."""

    items: list[LikenessRead]


class YearRead(BaseModel):
    """How many joined in a year, and how many had by its end, of those whose year is known."""

    year: int
    joined: int
    total: int


class GrowthRead(BaseModel):
    """A network's members by the year in which they joined."""

    network: Ref
    members: int
    undated: int
    years: list[YearRead]


class YearsRead(BaseModel):
    """How the network grew, by the year in which memberships began."""

    years: list[YearRead]
    undated: int = Field(description="Memberships of which no year is known.")
    total: int = Field(description="How many networks there are; `networks` holds the largest.")
    networks: list[GrowthRead]
