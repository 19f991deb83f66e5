"""The weights by which offers are ranked: which there are, which are used, and why."""

from typing import Annotated

from fastapi import APIRouter, Path

from chassis.context import locale
from chassis.edge import HubRoute
from chassis.language import translate
from services.matching.api.common import InOneTransaction, reason_read
from services.matching.engine.example import worked_example
from services.matching.engine.types import PartName
from services.matching.engine.weights import PART_SENTENCES, PRESET_SENTENCES
from services.matching.model.weights import Preset
from services.matching.schemas.parts import PartRead, ReasonRead
from services.matching.schemas.weights import WeightsCreate, WeightsExample, WeightsList, WeightsPartRead, WeightsRead
from services.matching.use_cases import weights as do

router = APIRouter(prefix="/api/v1/weights", route_class=HubRoute)
Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["default-1"])]


def weights_read(preset: Preset) -> WeightsRead:
    """A preset in the reader's language."""
    language, weights = locale(), preset.weights
    heaviest_first = sorted(PartName, key=lambda name: -weights.of(name))
    purpose = PRESET_SENTENCES.get(preset.version)
    return WeightsRead(
        version=preset.version,
        parts=weights.parts,
        explained=[WeightsPartRead(name=each, weight=weights.of(each), text=translate(PART_SENTENCES[each], language)) for each in heaviest_first],
        text=translate(purpose, language) if purpose else "",
        note=preset.note,
        built_in=preset.is_built_in,
        in_use=preset.in_use,
        created_at=preset.created_at,
        used_since=preset.used_since,
    )


@router.get("")
async def list_weights(work: InOneTransaction) -> WeightsList:
    """Every preset, and which is in use. For everybody: how offers are ranked is no secret."""
    presets = await work.weights.all()
    in_use = next(preset.version for preset in presets if preset.in_use)
    return WeightsList(in_use=in_use, items=[weights_read(preset) for preset in presets], total=len(presets))


@router.get("/{version}")
async def read_weights(version: Name, work: InOneTransaction) -> WeightsRead:
    """One preset. For everybody."""
    return weights_read(await work.weights.get(version))


@router.get("/{version}/example")
async def work_an_example(version: Name, work: InOneTransaction) -> WeightsExample:
    """An invented pair, scored by the real definition with this preset, each part in words. For everybody."""
    preset = await work.weights.get(version)
    found = worked_example(preset.weights)
    parts = [
        PartRead(name=part.name, points=part.points, weight=part.weight, reason=ReasonRead.model_validate(reason_read(part.reason)))
        for part in found.parts
    ]
    return WeightsExample(weights=preset.version, score=found.score, parts=parts)


@router.post("", status_code=201)
async def make_weights(body: WeightsCreate, work: InOneTransaction) -> WeightsRead:
    """Name new weights. They never change afterwards, and nothing is ranked by them before they are chosen; `./hub replay` tries them out."""
    return weights_read(await do.make_weights(work, body.parts.value(body.version), body.note))


@router.post("/{version}/use")
async def use_weights(version: Name, work: InOneTransaction) -> WeightsRead:
    """Rank by this preset from now on. The proposals of every open need are computed anew; matches and rounds that were made stay as they are."""
    return weights_read(await do.use_weights(work, version))
