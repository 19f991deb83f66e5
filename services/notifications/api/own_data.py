"""Route of what is kept here about the holder of an account."""

from chassis.own_data import from_tables, own_data_router
from services.notifications.store.own_data import own_data

router = own_data_router(from_tables(own_data))
