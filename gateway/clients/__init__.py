"""What the pages ask of the services: one class per noun, over the signed line, for the caller who is at the door."""

from dataclasses import dataclass

from gateway.clients.administration import InstanceClient, PeopleAdminClient, UpkeepClient, WebhooksClient
from gateway.clients.asking import Asker, Listing, ProblemFromService
from gateway.clients.asks import AsksClient, RegistrationsClient
from gateway.clients.desk import DeskClient
from gateway.clients.imports import ImportsClient
from gateway.clients.map import MapClient
from gateway.clients.matching import (
    CasesClient,
    MatchesClient,
    NeedsClient,
    OffersClient,
    RoundsClient,
    ScarcityClient,
    WeightsClient,
    WordsClient,
)
from gateway.clients.network import NetworkClient
from gateway.clients.notifications import MessagesClient, NotificationsClient
from gateway.clients.own import LinkClient, OwnClient
from gateway.clients.people import AccountsClient, ApiClientsClient, ContactsClient, MeClient, SessionsClient
from gateway.clients.provenance import ProvenanceClient
from gateway.clients.registry import DirectoryClient, RegistryClient
from gateway.clients.search import SearchClient
from gateway.clients.suggestions import SuggestionsClient

__all__ = ["Asker", "Clients", "Listing", "ProblemFromService"]


@dataclass(frozen=True, slots=True)
class Clients:
    """Everything that a page may ask, for one caller."""

    accounts: AccountsClient
    api_clients: ApiClientsClient
    asks: AsksClient
    cases: CasesClient
    contacts: ContactsClient
    desk: DeskClient
    directory: DirectoryClient
    imports: ImportsClient
    instance: InstanceClient
    links: LinkClient
    map: MapClient
    matches: MatchesClient
    me: MeClient
    messages: MessagesClient
    needs: NeedsClient
    network: NetworkClient
    notifications: NotificationsClient
    offers: OffersClient
    own: OwnClient
    people_admin: PeopleAdminClient
    provenance: ProvenanceClient
    registrations: RegistrationsClient
    registry: RegistryClient
    rounds: RoundsClient
    scarcity: ScarcityClient
    search: SearchClient
    sessions: SessionsClient
    suggestions: SuggestionsClient
    upkeep: UpkeepClient
    webhooks: WebhooksClient
    weights: WeightsClient
    words: WordsClient

    @classmethod
    def over(cls, asker: Asker) -> "Clients":
        """All of them over one asker."""
        return cls(
            accounts=AccountsClient(asker),
            api_clients=ApiClientsClient(asker),
            asks=AsksClient(asker),
            cases=CasesClient(asker),
            contacts=ContactsClient(asker),
            desk=DeskClient(asker),
            directory=DirectoryClient(asker),
            imports=ImportsClient(asker),
            instance=InstanceClient(asker),
            links=LinkClient(asker),
            map=MapClient(asker),
            matches=MatchesClient(asker),
            me=MeClient(asker),
            messages=MessagesClient(asker),
            needs=NeedsClient(asker),
            network=NetworkClient(asker),
            notifications=NotificationsClient(asker),
            offers=OffersClient(asker),
            own=OwnClient(asker),
            people_admin=PeopleAdminClient(asker),
            provenance=ProvenanceClient(asker),
            registrations=RegistrationsClient(asker),
            registry=RegistryClient(asker),
            rounds=RoundsClient(asker),
            scarcity=ScarcityClient(asker),
            search=SearchClient(asker),
            sessions=SessionsClient(asker),
            suggestions=SuggestionsClient(asker),
            upkeep=UpkeepClient(asker),
            webhooks=WebhooksClient(asker),
            weights=WeightsClient(asker),
            words=WordsClient(asker),
        )
