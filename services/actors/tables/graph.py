"""Rows of the network's picture: each drawing of it as a whole, and where each actor stands in the newest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.actors.tables.base import Base


class GraphDrawingRow(Base, table=True):
    """One drawing of the network. `mark` says of which state of the registry it is, `looked_at` when that was compared; `packed` holds the whole
    graph for walks through it (model.graph.packed)."""

    __tablename__ = "graph_drawing"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    mark: str = Field(max_length=120)
    packed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: JSON of model.graph.drawing.Figures
    computed_at: datetime = Field(sa_type=UTCDateTime)
    looked_at: datetime = Field(sa_type=UTCDateTime)


class GraphPositionRow(Base, table=True):
    """Where an actor stands, and what its links come to. Only actors with a membership stand here; `drawing`: in which it changed last."""

    __tablename__ = "graph_position"
    __table_args__ = (
        Index("ix_graph_position_degree", "degree", "actor_id"),
        Index("ix_graph_position_bridging", "bridging", "actor_id"),
        Index("ix_graph_position_community", "community", "degree", "actor_id"),
    )

    actor_id: UUID = Field(primary_key=True)
    x: int
    y: int
    degree: int
    bridging: int = Field(sa_column=Column(BigInteger, nullable=False))
    component: int
    community: int
    drawing: int = Field(index=True)


class GraphCommunityRow(Base, table=True):
    """A community of the newest drawing; its number stays the same as long as most of it does."""

    __tablename__ = "graph_community"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int
    links: int
    centre_id: UUID
    since: datetime = Field(sa_type=UTCDateTime)
    drawing: int
