"""Needs written by hand, so that the demo always has a pair that fits exactly once, and one example of each reason why nothing fits."""

from dataclasses import dataclass

Window = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Gift:
    """A hand-written offer: the only one that answers its story. `by` is an account or actor key."""

    category: str
    by: str
    title_fr: str
    title_en: str
    about_fr: str
    about_en: str
    languages: str
    place: str
    places: int
    provides: str = ""
    topic: tuple[str, str, str] | None = None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A hand-written need of a household of its own, and what the matching should find: see `NeedSpec.expects`."""

    expects: str
    category: str
    size: int
    adults: int
    children: int
    languages: str
    place: str
    max_travel_km: int = 8
    requires: str = ""
    topic: tuple[str, str] | None = None
    windows: tuple[Window, ...] = ()
    urgency: str = "normal"
    requires_language: bool = False


GIFTS = (
    Gift(
        "housing.room", "volunteer-24", "Chambre de plain-pied, accès fauteuil", "Ground-floor room for a wheelchair",
        "Portes larges, douche sans marche, jardin accessible. J'ai aménagé la maison pour mon père.",
        "Wide doors, a step-free shower, a garden you can reach. I fitted the house out for my father.",
        "fr es", "eybens", 2, "wheelchair_access ground_floor quiet",
    ),
    Gift(
        "language.class", "volunteer-06", "Anglais professionnel", "English for work",
        "Courriels, réunions, entretiens : un petit groupe pour ceux qui parlent déjà un peu.",
        "Messages, meetings, interviews: a small group for those who already speak some.",
        "en fr", "villeneuve", 6, "small_group", ("english", "b1", "b2"), ((3, 18, 20),),
    ),
    Gift(
        "language.interpreting", "volunteer-43", "Pachto, dari et français", "Pashto, Dari and French",
        "Je traduis avec ma sœur : dites-nous si vous préférez une femme.",
        "I interpret together with my sister: tell us if you would rather have a woman.",
        "ps fa-AF fr", "saint-martin-d-heres", 10, "female_provider",
    ),
    Gift(
        "health.mental", "demo-sante-sans-seuil", "Consultation avec interprète", "Consultation with an interpreter",
        "Un psychologue, et un interprète professionnel par téléphone dans plus de cent langues.",
        "A psychologist, and a professional interpreter by phone in over a hundred languages.",
        "fr en", "teisseire", 3, "interpreter quiet no_papers_needed", None, ((1, 9, 17), (3, 9, 17)),
    ),
    Gift(
        "education.school_help", "volunteer-15", "Physique au lycée", "Physics for upper school",
        "Ingénieur retraité, je reprends le cours et les exercices jusqu'au baccalauréat.",
        "A retired engineer, I go over lessons and exercises up to the final exam.",
        "fr en", "gieres", 2, "one_to_one quiet", ("physics", "11", "13"), ((2, 14, 17),),
    ),
    Gift(
        "employment.internship", "demo-roue-libre", "Stage en atelier, équipe signante", "Workshop internship, team that signs",
        "Deux mécaniciens de l'atelier parlent la langue des signes. Un mois, puis on fait le point.",
        "Two mechanics of the workshop use sign language. One month, then we take stock.",
        "fr", "fontaine", 1, "hearing_support",
    ),
    Gift(
        "housing.apartment", "volunteer-42", "Grande maison de huit places", "Large house for eight",
        "La maison de ma grand-mère est vide : quatre chambres, un verger, le bus devant.",
        "My grandmother's house is empty: four bedrooms, an orchard, the bus in front.",
        "fr en", "meylan", 8, "own_bathroom cooking_possible",
    ),
    Gift(
        "donations.baby", "volunteer-39", "Berceau et linge de lit", "Cradle and bedding",
        "Le berceau de mes filles, repeint, avec draps et couverture.",
        "My daughters' cradle, repainted, with sheets and a blanket.",
        "es fr", "abbaye", 1, "cot_available free_of_charge",
    ),
)  # fmt: skip

LACKING = (
    "villeneuve", "mistral", "teisseire", "abbaye", "village-olympique", "berriat",
    "eaux-claires", "capuche", "echirolles", "fontaine", "saint-martin-d-heres", "centre",
)  # fmt: skip
"""Where the people stay who all wait for a mentor who speaks Tigrinya, whom nobody offers to be."""

STORIES = (
    Story("one", "housing.room", 1, 1, 0, "fr ar", "abbaye", requires="wheelchair_access ground_floor", urgency="high"),
    Story("one", "language.class", 1, 1, 0, "en fa", "village-olympique", topic=("english", "b1")),
    Story("one", "language.interpreting", 3, 1, 2, "ps", "teisseire", requires="female_provider", urgency="high"),
    Story("one", "health.mental", 1, 1, 0, "ti", "mistral", urgency="urgent"),
    Story("one", "education.school_help", 1, 2, 1, "fr sq", "saint-martin-d-heres", topic=("physics", "12")),
    Story("one", "employment.internship", 1, 1, 0, "fr", "berriat", requires="hearing_support"),
    Story("one", "housing.apartment", 8, 2, 6, "ar en", "la-tronche", 10, urgency="urgent"),
    Story("one", "donations.baby", 1, 2, 1, "fr es", "capuche", requires="cot_available"),
    Story("language", "housing.search", 4, 1, 0, "ti", "villeneuve"),
    Story("language", "education.university", 1, 1, 0, "om am", "ile-verte"),
    Story("language", "employment.recognition", 2, 2, 0, "ta", "fontaine"),
    Story("language", "mentoring.newcomer", 1, 1, 0, "ti en", "abbaye", requires_language=True),
    Story("language", "community.arts", 1, 1, 1, "bn", "echirolles"),
    Story("distance", "transport.bicycle", 1, 1, 0, "fr en", "la-mure", 2),
    Story("distance", "donations.furniture", 1, 2, 2, "fr ar", "bourg-d-oisans", 3),
    Story("distance", "language.class", 1, 1, 0, "fr uk", "pontcharra", 3),
    Story("distance", "food.parcel", 1, 2, 3, "fr", "saint-marcellin", 2, urgency="high"),
    Story("distance", "childcare.playgroup", 1, 1, 1, "fr", "bourg-d-oisans", 4),
    Story("size", "housing.apartment", 10, 3, 7, "fr ar", "echirolles", 15, urgency="urgent"),
    Story("size", "food.meal", 25, 2, 2, "fr", "teisseire"),
    Story("size", "childcare.during_class", 12, 1, 2, "fr en", "villeneuve"),
    Story("size", "donations.school", 30, 2, 4, "fr", "mistral"),
    Story("size", "community.sport", 30, 1, 0, "fr en", "vigny-musset"),
    Story("requirement", "housing.emergency", 1, 1, 0, "fr", "centre", requires="wheelchair_access pets_allowed", urgency="urgent"),
    Story("requirement", "health.dental", 1, 1, 0, "fr", "berriat", requires="hearing_support"),
    Story("requirement", "community.outing", 1, 1, 0, "fr en", "notre-dame", requires="wheelchair_access"),
    Story("requirement", "housing.shared", 1, 1, 0, "fr en", "gieres", requires="ground_floor pets_allowed"),
    Story("time", "language.class", 1, 1, 0, "fr ar", "fontaine", windows=((6, 6, 8),)),
    Story("time", "administration.accompaniment", 2, 1, 0, "fr", "eaux-claires", windows=((6, 20, 22),)),
    Story("time", "health.general", 1, 1, 0, "fr en", "bajatiere", windows=((5, 22, 23),)),
    # What the city lacks: enough people wait for it that it may be told in public.
    *(Story("language", "mentoring.newcomer", 1, 1, 0, "ti", place, requires_language=True) for place in LACKING),
)
