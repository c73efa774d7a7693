"""Venues (阵地): the service centre's rooms, and who has them when. `rooms` are the places, `bookings` their use."""

from bot.domain.venues import bookings, rooms
from bot.domain.venues.bookings import Booking
from bot.domain.venues.rooms import Venue

__all__ = ["Booking", "Venue", "bookings", "rooms"]
