"""The registry and the directory in the words of Open Referral's HSDS 3.2: services, organizations, places, taxonomies. Needs have no place here."""
