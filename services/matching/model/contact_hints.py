"""What looks like a contact in free text: the same rule for every service, so it lives in the chassis."""

from chassis.contact_hints import ContactHint, contact_hints

__all__ = ["ContactHint", "contact_hints"]
