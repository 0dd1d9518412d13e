"""Care of guests: hosts, journeys, rooms, gifts, meals."""
