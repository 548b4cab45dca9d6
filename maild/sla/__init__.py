"""CORE. Calendars, clocks and the ladder: events in, deadlines and due stages out; pure."""
