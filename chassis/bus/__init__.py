"""Speaks with the broker: the only place that knows NATS. A service publishes, asks how its own stream stands, and pulls its deliveries."""

from chassis.bus.admin import ensure_streams
from chassis.bus.connection import Bus, BusRefused, BusUnavailable, Message, StreamFacts
from chassis.bus.pull import Delivery, PullConsumer

__all__ = ["Bus", "BusRefused", "BusUnavailable", "Delivery", "Message", "PullConsumer", "StreamFacts", "ensure_streams"]
