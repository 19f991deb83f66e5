"""Presets of weights in the database: written once, never changed; at most one in use, held by the partial index."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Conflict, NotFound
from services.matching.engine.weights import BUILT_IN, DEFAULT, Weights
from services.matching.model.weights import MOST_PRESETS, Preset, TooManyPresets, WeightsNameTaken, with_built_in
from services.matching.tables import Base, WeightsRow

W = Base.metadata.tables["weights"].c


class WeightsNotFound(NotFound):
    """No preset of that name."""


class WeightsChosenMeanwhile(Conflict):
    """Two people chose at the same moment."""


class WeightsStore:
    """Presets of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[Preset]:
        """Every preset by name, built-in ones included; exactly one is in use."""
        rows = (await self._session.execute(select(WeightsRow).order_by(W.version).limit(MOST_PRESETS + len(BUILT_IN)))).scalars()
        return with_built_in([_preset(row) for row in rows])

    async def get(self, version: str) -> Preset:
        """One preset. Raises WeightsNotFound."""
        for preset in await self.all():
            if preset.version == version:
                return preset
        raise WeightsNotFound("There is no preset of weights of this name.")

    async def in_use(self) -> Weights:
        """The weights by which proposals are made now."""
        row = (await self._session.execute(select(WeightsRow).where(W.in_use))).scalar_one_or_none()
        return _preset(row).weights if row is not None else DEFAULT

    async def add(self, preset: Preset, now: datetime) -> None:
        """Insert a new preset. Raises WeightsNameTaken, TooManyPresets."""
        if (await self._session.execute(select(func.count()).select_from(WeightsRow))).scalar_one() >= MOST_PRESETS:
            raise TooManyPresets("This instance has as many presets as it can hold ({most}). Use one of them.", most=MOST_PRESETS)
        if preset.is_built_in:
            raise WeightsNameTaken("There is a preset of this name, and presets never change. Choose another name.")
        await self._insert(preset, now)

    async def use(self, preset: Preset, now: datetime) -> None:
        """Make one preset the one in use, instead of whichever was. Raises WeightsChosenMeanwhile."""
        await self._session.execute(update(WeightsRow).where(W.in_use).values(in_use=False, used_since=None))
        try:
            done = await self._session.execute(update(WeightsRow).where(W.version == preset.version).values(in_use=True, used_since=now))
            if done.rowcount == 0:  # type: ignore[attr-defined]
                await self._insert(Preset(preset.weights, in_use=True, used_since=now), now)
        except (IntegrityError, WeightsNameTaken) as error:
            raise WeightsChosenMeanwhile("Somebody chose weights at the same moment. Look which are in use, and choose again.") from error

    async def _insert(self, preset: Preset, now: datetime) -> None:
        values = {
            "version": preset.version,
            "parts": preset.weights.parts,
            "note": preset.note,
            "in_use": preset.in_use,
            "created_by": preset.created_by,
            "created_at": preset.created_at or now,
            "used_since": preset.used_since,
        }
        try:
            await self._session.execute(insert(WeightsRow).values(**values))
        except IntegrityError as error:
            raise WeightsNameTaken("There is a preset of this name, and presets never change. Choose another name.") from error


def _preset(row: WeightsRow) -> Preset:
    return Preset(Weights(row.version, **row.parts), row.note, row.in_use, row.created_by, row.created_at, row.used_since)
