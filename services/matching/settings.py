"""What an operator may set for matching (MATCHING_...)."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the service."""

    model_config = SettingsConfigDict(env_prefix="MATCHING_", extra="ignore", env_ignore_empty=True)

    answer_days: int = Field(7, ge=1, le=60, description="Days that a provider has to answer a request before it expires.")
    review_days: int = Field(90, ge=7, le=730, description="Days after which a provider is asked whether an offer is still true.")
    review_grace_days: int = Field(14, ge=1, le=90, description="Days after that question until an unconfirmed offer is paused.")
    moderate_volunteers: bool = Field(True, description="Whether a volunteer's public offer waits for a moderator before it is seen.")
    members_record_cases: bool = Field(True, description="Whether members of associations may record cases and needs.")
    proposals_kept: int = Field(20, ge=1, le=20, description="Proposals kept of each need, the best ones.")
    large_from: int = Field(5_000, ge=0, description="Offers from which the in-memory index is the compiled one, in columns.")
    round_offers: int = Field(200, ge=1, le=2000, description="Offers considered for each need of a round, the best ones.")
    need_days: int = Field(90, ge=7, le=730, description="Days after which a need that nobody could fill is withdrawn.")
    closed_case_days: int = Field(30, ge=1, le=730, description="Days after which a closed case's household is blanked.")
    statistic_days: int = Field(400, ge=62, le=3660, description="Days that figures of single days are kept; weeks and months are kept longer.")
    statistic_years: int = Field(10, ge=1, le=50, description="Years that figures of weeks and months are kept.")
    ask_without_name: bool = Field(False, description="Whether somebody without an account may ask for help, under a code alone.")
    asks_per_day: int = Field(5, ge=1, le=1000, description="Asks without a name that one network address may make in a day.")
    asks_waiting: int = Field(
        100, ge=1, le=10_000, description="Asks that may wait for a coordinator at a time; more are refused until some are read."
    )
    ask_days: int = Field(60, ge=7, le=365, description="Days that an ask without a name holds, from its last change; then it ends by itself.")
    ask_place: str = Field(
        "", max_length=300, description="Where an asker meets a coordinator: address, hours and telephone of the reception office."
    )
