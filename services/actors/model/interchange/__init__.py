"""Formats in which the open data leave, pure: tables, maps, graphs, calendars, HSDS, DCAT-AP and CPSV-AP."""
