"""Offers of the directory as public services in CPSV-AP 3.2."""

from dataclasses import dataclass

from chassis.ids import derived_id
from services.actors.model.directory import DirectoryOffer
from services.actors.model.interchange.hsds.taxonomies import Taxonomy, Term
from services.actors.model.interchange.offers import windows_of
from services.actors.model.interchange.package import Publication
from services.actors.model.interchange.rdf import Literal, Thing, texts
from services.actors.model.vocabulary import ActorKind

AUTHORITIES = frozenset({ActorKind.MUNICIPALITY, ActorKind.REGION, ActorKind.PUBLIC_BODY})
"""Kinds of provider that are themselves the competent authority; others take part in a service of the publisher."""
AREA = "http://data.europa.eu/88u/dataset/atu-type"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Provider:
    """Who gives a service."""

    slug: str
    kind: str
    name: str


def address_of(about: Publication, offer: DirectoryOffer) -> str:
    """The service's own address."""
    return f"{about.address}/api/v1/directory/{offer.id}"


def public_service(offer: DirectoryOffer, provider: Provider | None, about: Publication) -> list[Thing]:
    """A service with all that it points to."""
    own = address_of(about, offer)
    titles = texts(offer.details.get("title"))
    service = Thing(own, ("cpsv:PublicService",)).say("dct:identifier", Literal(str(offer.id))).say("dct:title", *titles)
    service.say("dct:description", *(texts(offer.details.get("description")) or titles))
    term = Term(Taxonomy.OFFERS, offer.category)
    concept = Thing(f"{about.address}/hsds/v3/taxonomy_terms/{term.id}", ("skos:Concept",)).say("skos:prefLabel", Literal(term.name, "en"))
    concept.say("skos:notation", Literal(term.code))
    authority = _authority(provider if provider and provider.kind in AUTHORITIES else None, about)
    page = Thing(f"{about.address}/help/{offer.id}", ("foaf:Document",))
    contact = Thing(f"{own}#contact", ("cv:ContactPoint",)).say("cv:contactPage", page)
    channel, times = _channel(offer, own)
    languages = [_language(tag) for tag in dict.fromkeys(tag.lower().split("-")[0] for tag in offer.languages)]
    service.say("cv:isClassifiedBy", concept).say("cv:hasCompetentAuthority", authority[0]).say("cv:contactPoint", contact)
    service.say("cv:hasChannel", channel).say("dct:language", *languages)
    others = [concept, *authority, page, contact, channel, *times, *languages]
    if offer.lat is not None and offer.lon is not None:
        place = Thing(f"{own}#place", ("dct:Location",))
        place.say("dcat:centroid", Literal(f"POINT({offer.lon:g} {offer.lat:g})", datatype="geo:wktLiteral"))
        service.say("dct:spatial", place)
        others.append(place)
    if provider and provider.kind not in AUTHORITIES:
        taking_part = _participation(own, provider, about)
        service.say("cv:hasParticipation", taking_part[0])
        others += taking_part
    return [service, *others]


def _authority(provider: Provider | None, about: Publication) -> list[Thing]:
    address = f"{about.address}/actors/{provider.slug}" if provider else f"{about.address}/open-data#authority"
    name = provider.name if provider else about.publisher
    area = Thing(f"{address}-area" if "#" in address else f"{address}#area", (AREA,))
    area.say("skos:prefLabel", Literal(name if provider else about.place or name, "en"))
    return [Thing(address, ("cv:PublicOrganisation",)).say("skos:prefLabel", Literal(name, "en")).say("dct:spatial", area), area]


def _participation(own: str, provider: Provider, about: Publication) -> list[Thing]:
    agent = Thing(f"{about.address}/actors/{provider.slug}", ("foaf:Agent", "org:Organization")).say("dct:title", Literal(provider.name, "en"))
    agent.say("dct:identifier", Literal(provider.slug))
    role = Thing(f"{about.address}/open-data#provider", ("skos:Concept",)).say("skos:prefLabel", Literal("Provider", "en"))
    found = Thing(f"{own}#participation", ("cv:Participation",)).say("dct:identifier", Literal(str(derived_id("cpsv", own))))
    found.say("dct:description", Literal(f"{provider.name} gives this service.", "en")).say("cv:role", role).say("cv:hasParticipant", agent)
    return [found, agent, role]


def _channel(offer: DirectoryOffer, own: str) -> tuple[Thing, list[Thing]]:
    channel = Thing(f"{own}#channel", ("cv:Channel",)).say("dct:identifier", Literal(str(derived_id("cpsv", own, "channel"))))
    channel.say("dct:description", Literal("At a distance." if offer.remote else "In person.", "en"))
    times = []
    for number, (day, first, last) in enumerate(windows_of(offer)):
        span = f"{first // 60:02d}:{first % 60:02d} to {last // 60:02d}:{last % 60:02d}"
        hours = Thing(f"{own}#hours{number}", ("time:TemporalEntity",)).say("dct:description", Literal(f"{DAYS[day]}, {span}, local time.", "en"))
        channel.say("cv:openingHours", hours)
        times.append(hours)
    return channel, times


def _language(code: str) -> Thing:
    return Thing(f"http://id.loc.gov/vocabulary/iso639-{1 if len(code) == 2 else 2}/{code}", ("dct:LinguisticSystem",))
