"""What is offered in the demo city: per category, how many offers by residents and by associations, with how many places, when and how."""

from dataclasses import dataclass

# day 0 is Monday; hours of the day.
Hours = tuple[tuple[int, int, int], ...]

HOURS: dict[str, tuple[Hours, ...]] = {
    "any": ((),),
    "evening": (((0, 18, 20),), ((1, 18, 20), (3, 18, 20)), ((2, 19, 21),), ((3, 18, 20),), ((0, 18, 20), (2, 18, 20))),
    "morning": (((0, 9, 11), (3, 9, 11)), ((1, 9, 12),), ((4, 9, 12),), ((0, 9, 12), (1, 9, 12))),
    "afternoon": (((0, 14, 17),), ((1, 14, 17), (4, 14, 17)), ((3, 14, 17),), ((4, 14, 16),)),
    "day": (((0, 9, 17), (1, 9, 17), (3, 9, 17)), ((1, 9, 12), (1, 14, 17), (4, 9, 12)), ((2, 9, 17), (4, 9, 17))),
    "wednesday": (((2, 14, 17),), ((2, 10, 12), (5, 10, 12)), ((2, 14, 16), (4, 17, 19))),
    "weekend": (((5, 10, 12),), ((5, 14, 18),), ((6, 14, 18),), ((5, 10, 12), (6, 15, 17))),
    "sunday_noon": (((6, 12, 15),),),
    "noon": (((0, 12, 14), (3, 12, 14)), ((1, 12, 14),), ((4, 12, 14),)),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One row: offers by residents and by associations, choices of places, radius in km, kinds of hours, tags that may be provided, tags required.

    `topics` is "french", "school" or "" (none); `fits` bounds the household by the places, and `remote` is the share that needs no travel.
    """

    category: str
    by_residents: int
    by_associations: int
    places: tuple[int, ...]
    radius_km: int
    hours: str
    provides: str = ""
    requires: str = ""
    topics: str = ""
    fits: bool = False
    remote: float = 0.0


KINDS = (
    Kind("housing.room", 12, 1, (1, 1, 2, 2, 3), 5, "any",
         "quiet smoke_free pets_allowed cooking_possible internet lockable_room near_public_transport", "smoke_free", fits=True),
    Kind("housing.apartment", 4, 5, (3, 4, 4, 5, 6), 5, "any",
         "cooking_possible own_bathroom lift near_public_transport internet", fits=True),
    Kind("housing.emergency", 5, 3, (1, 2, 4, 6), 10, "any", "no_papers_needed anonymous child_friendly pets_allowed", fits=True),
    Kind("housing.shared", 5, 1, (1, 1, 2), 5, "any",
         "internet cooking_possible smoke_free lgbt_friendly near_public_transport", "adults_only", fits=True),
    Kind("housing.search", 3, 2, (4, 6, 10), 8, "day afternoon", "one_to_one internet"),
    Kind("language.class", 4, 8, (6, 8, 10, 12), 8, "evening morning afternoon",
         "beginners_welcome no_papers_needed small_group near_public_transport", "regular_attendance", "french"),
    Kind("language.conversation", 10, 3, (1, 2, 4, 6), 6, "evening afternoon weekend",
         "one_to_one small_group evening", topics="french", remote=0.2),
    Kind("language.literacy", 3, 4, (3, 4, 6), 6, "morning afternoon",
         "small_group female_only_space trained_volunteer", "regular_attendance"),
    Kind("language.interpreting", 9, 3, (4, 6, 8, 12), 10, "day", "home_visit evening", remote=0.4),
    Kind("language.translation", 5, 1, (5, 10, 20), 10, "any", "", remote=0.8),
    Kind("legal.asylum", 2, 4, (6, 10, 20), 10, "afternoon day",
         "interpreter free_of_charge no_papers_needed trained_volunteer minors_accepted"),
    Kind("legal.accompaniment", 5, 2, (4, 6, 10), 10, "day morning", "trained_volunteer one_to_one"),
    Kind("legal.residence", 1, 4, (10, 16, 20), 8, "afternoon evening", "no_papers_needed free_of_charge anonymous"),
    Kind("legal.family", 1, 2, (6, 8), 8, "afternoon", "free_of_charge female_provider"),
    Kind("legal.discrimination", 1, 2, (6, 10), 10, "afternoon evening", "anonymous free_of_charge lgbt_friendly"),
    Kind("health.general", 1, 3, (6, 10, 15), 10, "day morning", "no_papers_needed free_of_charge wheelchair_access interpreter"),
    Kind("health.mental", 2, 4, (2, 4, 6), 8, "day afternoon", "no_papers_needed quiet female_provider trained_volunteer"),
    Kind("health.dental", 2, 2, (2, 3, 4), 8, "morning", "no_papers_needed free_of_charge"),
    Kind("health.maternity", 2, 2, (2, 3, 5), 8, "day", "female_provider home_visit no_papers_needed"),
    Kind("health.accompaniment", 6, 1, (4, 6, 8), 8, "day morning", "one_to_one female_provider"),
    Kind("mentoring.family", 8, 2, (1, 1, 2), 5, "weekend wednesday", "child_friendly home_visit"),
    Kind("mentoring.newcomer", 9, 2, (1, 1, 2), 6, "evening weekend afternoon", "one_to_one evening weekend"),
    Kind("mentoring.youth", 6, 2, (1, 2), 6, "weekend evening", "minors_accepted trained_volunteer"),
    Kind("mentoring.women", 5, 1, (1, 2), 5, "afternoon", "female_provider female_only_space child_friendly"),
    Kind("education.school_help", 12, 4, (1, 2, 3, 6), 5, "wednesday evening",
         "child_friendly quiet one_to_one home_visit", "school_age", "school", remote=0.1),
    Kind("education.enrolment", 3, 2, (2, 4, 6), 8, "day", "one_to_one no_papers_needed"),
    Kind("education.university", 4, 1, (2, 3, 6), 8, "afternoon evening", "one_to_one", remote=0.2),
    Kind("education.adult", 3, 2, (4, 6, 8), 6, "evening morning", "beginners_welcome small_group"),
    Kind("employment.search", 6, 4, (4, 6, 10), 8, "day evening", "one_to_one internet", remote=0.2),
    Kind("employment.internship", 2, 3, (1, 1, 2), 10, "day", "beginners_welcome"),
    Kind("employment.training", 0, 4, (4, 6, 8), 10, "day", "beginners_welcome near_public_transport", "regular_attendance"),
    Kind("employment.recognition", 2, 1, (4, 6), 8, "afternoon", "one_to_one", remote=0.2),
    Kind("employment.business", 2, 1, (4, 6), 8, "afternoon", "one_to_one"),
    Kind("food.parcel", 0, 5, (10, 20, 30), 5, "afternoon morning", "no_papers_needed halal_food vegetarian_food anonymous", "can_collect"),
    Kind("food.meal", 7, 4, (2, 4, 6, 12), 5, "noon sunday_noon", "halal_food vegetarian_food child_friendly"),
    Kind("food.garden", 3, 2, (1, 2, 4), 4, "weekend", "child_friendly beginners_welcome"),
    Kind("donations.clothes", 6, 3, (6, 10, 20, 40), 6, "any", "free_of_charge", "can_collect"),
    Kind("donations.furniture", 7, 3, (1, 2, 3, 5), 6, "any", "delivery free_of_charge"),
    Kind("donations.household", 5, 3, (2, 4, 8), 6, "any", "free_of_charge"),
    Kind("donations.baby", 5, 3, (1, 2, 3, 6), 6, "any", "free_of_charge delivery"),
    Kind("donations.digital", 3, 4, (1, 1, 2, 6), 8, "any", "free_of_charge"),
    Kind("donations.school", 2, 2, (3, 5, 10), 6, "any", "free_of_charge"),
    Kind("transport.lift", 6, 1, (4, 6, 8), 12, "day weekend", "child_friendly evening"),
    Kind("transport.moving", 3, 2, (4, 6, 8), 10, "weekend", ""),
    Kind("transport.bicycle", 2, 3, (1, 1, 4, 6), 5, "any", "free_of_charge"),
    Kind("childcare.sitting", 6, 0, (1, 2, 3), 4, "evening wednesday", "home_visit evening child_friendly"),
    Kind("childcare.during_class", 0, 3, (4, 6, 8), 5, "morning evening", "child_friendly trained_volunteer"),
    Kind("childcare.playgroup", 1, 2, (4, 6, 8), 5, "morning", "child_friendly"),
    Kind("community.outing", 5, 3, (4, 6, 8, 12), 6, "weekend", "child_friendly beginners_welcome free_of_charge"),
    Kind("community.sport", 3, 3, (4, 8, 12), 6, "weekend evening", "beginners_welcome female_only_space"),
    Kind("community.arts", 4, 2, (4, 6, 10), 6, "evening weekend", "beginners_welcome child_friendly"),
    Kind("community.meeting", 2, 3, (10, 15, 20), 5, "afternoon evening", "anonymous child_friendly no_papers_needed"),
    Kind("community.participation", 1, 2, (5, 8, 10), 8, "evening", "interpreter childcare_on_site"),
    Kind("administration.accompaniment", 6, 3, (4, 6, 10), 8, "day morning", "one_to_one"),
    Kind("administration.forms", 5, 3, (4, 8, 12), 6, "afternoon morning", "anonymous no_papers_needed"),
    Kind("administration.online", 3, 3, (4, 6, 10), 6, "afternoon", "internet beginners_welcome", remote=0.2),
    Kind("reception.first_days", 3, 2, (1, 2, 3), 10, "day weekend", "one_to_one child_friendly"),
    Kind("reception.day_centre", 0, 3, (15, 20, 30), 6, "day", "no_papers_needed anonymous internet postal_address"),
    Kind("reception.hygiene", 0, 3, (6, 8, 10), 5, "morning", "no_papers_needed anonymous"),
    Kind("reception.luggage", 1, 2, (1, 2, 6), 5, "any", "no_papers_needed anonymous"),
)  # fmt: skip
