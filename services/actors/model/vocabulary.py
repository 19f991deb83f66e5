"""The closed lists of the registry and the bounds of its fields, shared by forms, files and tables."""

from datetime import date
from enum import StrEnum


class ActorKind(StrEnum):
    """What an organisation is."""

    MUNICIPALITY = "municipality"
    REGION = "region"
    CIVIL_SOCIETY = "civil_society"
    NETWORK = "network"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    UNIVERSITY = "university"
    PUBLIC_BODY = "public_body"


DECLARING_KINDS = frozenset({ActorKind.MUNICIPALITY, ActorKind.REGION})
"""Kinds that can declare solidarity."""


class MembershipRole(StrEnum):
    """In which role an actor belongs to a network."""

    FOUNDER = "founder"
    COORDINATOR = "coordinator"
    SIGNATORY = "signatory"
    MEMBER = "member"


class DeclarationType(StrEnum):
    """How a municipality declared itself."""

    COUNCIL_MOTION = "council_motion"
    MAYOR_STATEMENT = "mayor_statement"
    CHARTER_SIGNATURE = "charter_signature"
    NETWORK_ACCESSION = "network_accession"


class Theme(StrEnum):
    """What an initiative or a resource is about."""

    HOUSING = "housing"
    LANGUAGE = "language"
    LEGAL = "legal"
    HEALTH = "health"
    EMPLOYMENT = "employment"
    EDUCATION = "education"
    MENTORING = "mentoring"
    FOOD = "food"
    DONATIONS = "donations"
    RECEPTION = "reception"
    PARTICIPATION = "participation"
    ANTI_DISCRIMINATION = "anti-discrimination"
    COMMUNITY_SPACE = "community-space"
    REGULARISATION = "regularisation"
    RESCUE = "rescue"
    COORDINATION = "coordination"


class ResourceKind(StrEnum):
    """What a resource is."""

    REPORT = "report"
    ARTICLE = "article"
    BOOK = "book"
    WEB = "web"


class Confirmation(StrEnum):
    """What the two sides of a membership or partnership say of it; one refusal is enough for `refused`."""

    NONE = "none"
    ONE_SIDE = "one_side"
    BOTH_SIDES = "both_sides"
    REFUSED = "refused"


class Purpose(StrEnum):
    """For whom a municipality offers places of reception. Never by legal status, nationality or papers."""

    GENERAL = "general"
    FAMILIES = "families"
    UNACCOMPANIED_MINORS = "unaccompanied_minors"
    MEDICAL = "medical"
    STUDENTS = "students"
    SINGLE_WOMEN = "single_women"
    OLDER_PEOPLE = "older_people"


class Practice(StrEnum):
    """Kinds of solidarity practice of cities (`practices.json` has their names and where they are named)."""

    UNCONDITIONAL_RECEPTION = "unconditional_reception"
    HOUSING_PROGRAMME = "housing_programme"
    RELOCATION = "relocation"
    SEA_RESCUE_SUPPORT = "sea_rescue_support"
    CITY_CARD = "city_card"
    HEALTH_FOR_ALL = "health_for_all"
    LEGAL_AID = "legal_aid"
    ONE_STOP_SERVICE = "one_stop_service"
    PERSONAL_GUIDANCE = "personal_guidance"
    LANGUAGE_LEARNING = "language_learning"
    ACCESS_TO_WORK = "access_to_work"
    MENTORING = "mentoring"
    MEETING_PLACE = "meeting_place"
    NEWCOMER_COUNCIL = "newcomer_council"
    PUBLIC_ADVOCACY = "public_advocacy"
    CIVIL_SOCIETY_PARTNERSHIP = "civil_society_partnership"
    NEIGHBOURING_MUNICIPALITIES = "neighbouring_municipalities"
    INTEGRATION_STRATEGY = "integration_strategy"
    MAPPING_OF_SERVICES = "mapping_of_services"


NAME_LENGTH = 200
TITLE_LENGTH = 300
SUMMARY_LENGTH = 2000
SOURCE_LENGTH = 500
URL_LENGTH = 500
SLUG_LENGTH = 80
NOTE_LENGTH = 500
MOST_PLACES = 1_000_000
"""The most places of reception that are believed."""
MOST_LANGUAGES = 20
"""The most languages that one resource comes in."""
MOST_LINKED = 50
"""The most actors that one initiative or resource names."""
FIRST_YEAR, LAST_YEAR = 1800, 2100
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Days on which a period may begin or end."""
MOST_PEOPLE = 100_000_000
"""The largest population of a municipality or region that is believed."""
SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
