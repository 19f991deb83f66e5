"""Ways out of the hub, one class each, and the address book that they ask at that moment. None of them knows a database."""
