"""The rules of `people`: who may sign in, what is sealed, what was consented to, what may be shown. No clock, no database, no framework."""
