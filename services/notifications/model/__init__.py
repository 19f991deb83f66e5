"""What notifications are about: kinds of messages, who is told of what, the words, and what a webhook may hear. Pure; no clock, no I/O."""
